"""How lists, numbers and sums of money are put into words, and words compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

_AN = re.compile(r"(?:[aeiou]|hono|honest|hour|8)", re.IGNORECASE)
_NOT_AN = re.compile(r"(?:uni|use|usu|one\b|once|eu)", re.IGNORECASE)


def key(value: str) -> str:
    """What two equal names share, whatever their case."""
    return unicodedata.normalize("NFKC", storable(value)).casefold()


def storable(value: str) -> str:
    """The same with a blank for what no database takes or nobody can type, such as NUL and half characters.

    For words that are looked for; what is kept goes through ``line``, which refuses them.
    """
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in value)


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
