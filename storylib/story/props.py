"""The props that a scene may name, and what is known of each: a closed list, like every other part of a scene.

``props.json`` is written by ``python -m storylib.kit.art.vendor``, with the pictures of the same names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Prop:
    """A prop and its measures in scene units. ``held`` 0: nobody can hold it.

    ``grip`` is where a hand holds it, in its box; None: around the middle, with both hands.
    """

    name: str
    place: Literal["ground", "behind", "air", "water", "wall", "floor"]
    size: int
    held: int
    glows: bool
    grip: tuple[float, float] | None


@cache
def _table() -> tuple[dict[str, Prop], dict[str, str]]:
    data = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return {name: _prop(name, row) for name, row in data["props"].items()}, data["aliases"]


def _prop(name: str, row: dict[str, Any]) -> Prop:
    return Prop(name, **row | {"grip": row["grip"] and tuple(row["grip"])})


@cache
def names() -> tuple[str, ...]:
    """Return every prop's own name, in alphabetical order."""
    return tuple(sorted(_table()[0]))


@cache
def find(name: str) -> Prop | None:
    """Find a prop by its name, or by a familiar word, in the plural, with spaces or capitals."""
    props, aliases = _table()
    word = "-".join(name.lower().split())
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if found := props.get(aliases.get(form, form)):
            return found
    return None


def known(name: str) -> bool:
    """Tell whether there is a prop of exactly this name or alias."""
    props, aliases = _table()
    return name in props or name in aliases


def holdable(name: str) -> bool:
    """Tell whether a hand can hold the prop of this name or alias. Raises ``KeyError`` if there is none."""
    props, aliases = _table()
    return bool(props[aliases.get(name, name)].held)
