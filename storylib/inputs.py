"""What text people may type: trimmed, normalized, without what no database takes or nobody can see."""

from __future__ import annotations

import re
import unicodedata

from storylib.errors import Invalid

# Letters and marks of every script, digits, and what names are written with.
_IN_NAMES = frozenset(" '’-.·")


def line(value: str, field: str, limit: int, *, required: bool = False) -> str:
    """One line of text: NFC, trimmed, runs of blanks made one.

    Raises:
        Invalid: too long, empty though required, or with control characters.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", value).split())
    _no_controls(cleaned, field)
    if required and not cleaned:
        raise Invalid("input.required", field, field=field)
    if len(cleaned) > limit:
        raise Invalid("input.long", field, field=field, limit=limit, length=len(cleaned))
    return cleaned


def passage(value: str, field: str, limit: int, *, required: bool = False) -> str:
    """Text of several lines: each as in ``line``; line breaks stay, and several empty lines become one.

    Raises:
        Invalid: as for ``line``.
    """
    lines = (line(each, field, limit) for each in value.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    if required and not cleaned:
        raise Invalid("input.required", field, field=field)
    if len(cleaned) > limit:
        raise Invalid("input.long", field, field=field, limit=limit, length=len(cleaned))
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
        raise Invalid("input.strange", field, field=field, strange=" ".join(strange))
    if not any(unicodedata.category(c)[0] == "L" for c in cleaned):
        raise Invalid("input.letterless", field, field=field)
    return cleaned


def _no_controls(value: str, field: str) -> None:
    # Cc: NUL and friends; Cs: half a character; Cf but joiners: invisible direction switches that hide what is said.
    for c in value:
        if unicodedata.category(c) in ("Cc", "Cs") or (unicodedata.category(c) == "Cf" and c not in "\u200c\u200d"):
            raise Invalid("input.hidden", field, field=field)
