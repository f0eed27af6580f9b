"""What will not be as it should be in a file, before it is made."""

from __future__ import annotations

from storylib.exports.typesetting import typeset

_COMMON = frozenset("‘’“”–—… \n")  # beside Latin letters; every font here has them


def unset(words: str) -> str:
    """Return the characters that no font here has; about 0.2 s where there are any but Latin letters, else at once.

    Raises:
        Unavailable: as ``typeset``.
    """
    rare = "".join(sorted({c for c in words if ord(c) > 0x17F and c not in _COMMON}))
    if not rare:
        return ""
    facts = {
        "title": "Preflight", "author": "Storylib", "description": "Preflight", "language": "en", "sheet": "a4",
        "heading": rare, "subtitle": "", "parts": [], "terms": 0,
    }  # fmt: skip
    return typeset("handout", facts, {}).missing
