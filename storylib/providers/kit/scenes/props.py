"""The props a scene may name: where each goes, how big it is, and its drawing.

Most are vendored Fluent Emoji (``art/props``), a few are our own (``art/drawn``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

ART = Path(__file__).parent.parent / "art"
BOX = 32  # side of a prop's drawing


@dataclass(frozen=True)
class Prop:
    """A prop and its measures in scene units. ``held`` 0: nobody can hold it."""

    name: str
    place: Literal["ground", "behind", "air", "water"]
    size: int
    held: int
    glows: bool


@cache
def _table() -> tuple[dict[str, Prop], dict[str, str]]:
    data = json.loads((ART / "props.json").read_text())
    return {name: Prop(name, **row) for name, row in data["props"].items()}, data["aliases"]


@cache
def names() -> tuple[str, ...]:
    """Every prop's own name, in alphabetical order."""
    return tuple(sorted(_table()[0]))


@cache
def find(name: str) -> Prop | None:
    """The prop of that name; also by a familiar word, in the plural, with spaces or capitals."""
    props, aliases = _table()
    word = "-".join(name.lower().split())
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if found := props.get(aliases.get(form, form)):
            return found
    return None


@cache
def _body(name: str) -> str:
    drawn = ART / "drawn" / f"{name}.svg"
    text = (drawn if drawn.exists() else ART / "props" / f"{name}.svg").read_text()
    return text[text.index(">") + 1 : text.rindex("</svg>")]


def drawing(prop: Prop, size: float, prefix: str) -> str:
    """Markup of the prop, ``size`` units wide and high, centred on (0, 0).

    ``prefix`` must be fresh for each use in a document: it keeps gradient ids apart.
    """
    body = _body(prop.name).replace("@", f"{prefix}-")
    return f'<g transform="translate({-size / 2:.1f} {-size / 2:.1f}) scale({size / BOX:.3f})">{body}</g>'
