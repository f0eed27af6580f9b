"""What text may come in from people, and how lists, numbers and sums of money are put into words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from storylib.errors import Invalid

# Letters and marks of every script, digits, and what names are written with.
_IN_NAMES = frozenset(" '’-.·")
_AN = re.compile(r"(?:[aeiou]|hono|honest|hour|8)", re.IGNORECASE)
_NOT_AN = re.compile(r"(?:uni|use|usu|one\b|once|eu)", re.IGNORECASE)


def line(value: str, field: str, limit: int, *, required: bool = False) -> str:
    """One line of text: NFC, trimmed, runs of blanks made one.

    Raises:
        Invalid: too long, empty though required, or with control characters.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", value).split())
    _no_controls(cleaned, field)
    if required and not cleaned:
        raise Invalid(f"{field.capitalize()} is required.", field)
    if len(cleaned) > limit:
        raise Invalid(f"{field.capitalize()} may have up to {limit} characters; this has {len(cleaned)}.", field)
    return cleaned


def passage(value: str, field: str, limit: int, *, required: bool = False) -> str:
    """Text of several lines: each as in ``line``; line breaks stay, and several empty lines become one.

    Raises:
        Invalid: as for ``line``.
    """
    lines = (line(each, field, limit) for each in value.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    if required and not cleaned:
        raise Invalid(f"{field.capitalize()} is required.", field)
    if len(cleaned) > limit:
        raise Invalid(f"{field.capitalize()} may have up to {limit} characters; this has {len(cleaned)}.", field)
    return cleaned


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16.

    Raises:
        UnicodeDecodeError: it is in neither.
    """
    return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")


def name(value: str, field: str = "name", limit: int = 40) -> str:
    """A character's name: letters of any script, digits, blanks, apostrophes, hyphens, dots.

    Raises:
        Invalid: empty, too long, without a letter, or with other characters.
    """
    cleaned = line(value, field, limit, required=True)
    strange = sorted({c for c in cleaned if not (unicodedata.category(c)[0] in "LMN" or c in _IN_NAMES)})
    if strange:
        raise Invalid(f"A {field} may contain only letters, digits, spaces, ' and -, not {' '.join(strange)}.", field)
    if not any(unicodedata.category(c)[0] == "L" for c in cleaned):
        raise Invalid(f"A {field} needs at least one letter.", field)
    return cleaned


def key(value: str) -> str:
    """What two equal names share, whatever their case."""
    return unicodedata.normalize("NFKC", storable(value)).casefold()


def storable(value: str) -> str:
    """The same with a blank for what no database takes or nobody can type, such as NUL and half characters.

    For words that are looked for; what is kept goes through ``line``, which refuses them.
    """
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in value)


def _no_controls(value: str, field: str) -> None:
    # Cc: NUL and friends; Cs: half a character; Cf but joiners: invisible direction switches that hide what is said.
    for c in value:
        if unicodedata.category(c) in ("Cc", "Cs") or (unicodedata.category(c) == "Cf" and c not in "\u200c\u200d"):
            raise Invalid(f"{field.capitalize()} contains a hidden control character; please type it again.", field)


# --- what Storylib itself says


def listed(several: Sequence[str], conjunction: str = "and") -> str:
    """Join as people do: ``Luna``, ``Luna and Bruno``, ``Luna, Bruno and Pip``; empty for none."""
    return f" {conjunction} ".join(filter(None, [", ".join(several[:-1]), *several[-1:]]))


def counted(number: int, what: str, many: str = "", *, one: str = "1") -> str:
    """Count things: ``1 call``, ``1,200 calls``; ``many`` is a plural that does not end in s."""
    return f"{one} {what}" if number == 1 else f"{number:,} {many or what + 's'}"


def article(phrase: str) -> str:
    """Put "a" or "an" before a phrase, by its sound."""
    sounds_like_vowel = _AN.match(phrase) and not _NOT_AN.match(phrase)
    return f"{'an' if sounds_like_vowel else 'a'} {phrase}"


def usd(amount: float | Decimal) -> str:
    """Write US dollars: ``$12.50``; small sums with more digits, large ones without cents."""
    size = abs(float(amount))
    return f"${amount:,.4f}" if 0 < size < 0.1 else f"${amount:,.2f}" if size < 1000 else f"${amount:,.0f}"


def cents(amount: Decimal) -> str:
    """Write US dollars to the cent, as budgets are set: ``$1,250.00``."""
    return f"${amount:,.2f}"


def price(amount: Decimal) -> str:
    """Write US dollars to the cent; what is less than a cent with as many digits as it takes to be no zero."""
    if not amount or amount >= Decimal("0.01"):
        return cents(amount)
    return f"${amount:.4f}" if amount >= Decimal("0.0001") else "less than $0.0001"
