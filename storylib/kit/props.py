"""The pictures of things that are vendored, and their names in words."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from storylib.kit import grammar
from storylib.kit.plot import HERE


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((HERE / "art" / "props.json").read_text(encoding="utf-8"))
    return table


def known(prop: str) -> bool:
    """Whether there is a picture of it, under this or another name."""
    return prop in _table()["props"] or prop in _table()["aliases"]


def holdable(prop: str) -> bool:
    """Whether it is drawn in a hand."""
    table = _table()
    return bool(table["props"][table["aliases"].get(prop, prop)]["held"])


def named(prop: str) -> str:
    """``red-apple`` as "a red apple"."""
    return grammar.article(prop.replace("-", " "))
