"""The pictures of things that are vendored, and their names in words."""

from __future__ import annotations

from storylib.providers.kit import grammar

_PLURAL = {"books": "books", "fireworks": "fireworks", "sparkles": "sparkles"}


def named(prop: str) -> str:
    """``red-apple`` as "a red apple"."""
    words = prop.replace("-", " ")
    return _PLURAL.get(prop, grammar.article(words))
