"""Drawing data: shapes read from YAML, and the palette that gives their colour names a colour.

A shape is one line of YAML. Its outline is ``path`` (absolute SVG path) or ``oval`` (x, y, rx, ry); its paint is one of
``fill`` (shaded, with a dark edge), ``soft`` (shaded, no edge), ``flat`` (one colour, no edge) or only ``line`` with
``width``. ``both`` draws it mirrored as well, ``turn`` rotates an oval, ``opacity`` thins it.
A colour is a name of the palette or a hex colour, lightened or darkened in per cent: ``base+30``, ``#fff1de-12``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from storylib import tables
from storylib.kit.svg import Svg, darken, lighten

EDGE = 3.2  # the width of an edge, in rig units
_TOKEN = re.compile(r"[A-Za-z]|-?[\d.]+")
_COLOUR = re.compile(r"(#[0-9a-f]{6}|[a-z_]+)(?:([+-])(\d+))?")


def table(name: str) -> Any:
    """The content of ``<name>.yaml`` in this package, read once."""
    return tables.beside(__file__, name)


def mirrored(path: str) -> str:
    """The path seen in a mirror that stands on x = 0. Knows every command but arcs."""
    flipped: list[str] = []
    command, index = "", 0
    for token in _TOKEN.findall(path):
        if token.isalpha():
            command, index = token, 0
        elif command not in "Vv" and index % (1 if command in "Hh" else 2) == 0:
            token, index = f"{-float(token):g}", index + 1
        else:
            index += 1
        flipped.append(token)
    return " ".join(flipped)


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape, and its mirror image ready made."""

    path: str
    mirror: str
    oval: tuple[float, ...]
    fill: str
    soft: str
    flat: str
    line: str
    width: float
    both: bool
    turn: float
    opacity: float

    @classmethod
    def read(cls, entry: dict[str, Any]) -> Shape:
        """From one line of YAML."""
        paints = {key: entry.pop(key, "") for key in ("fill", "soft", "flat", "line")}
        path, oval = entry.pop("path", ""), tuple(entry.pop("oval", ()))
        width, turn, opacity = (float(entry.pop(k, d)) for k, d in (("width", EDGE), ("turn", 0), ("opacity", 1)))
        both = bool(entry.pop("both", False))
        if entry or not (path or oval):
            raise ValueError(f"a shape needs a path or an oval, and nothing unknown: {entry}")
        return cls(
            path, mirrored(path) if both else path, oval, **paints, width=width, both=both, turn=turn, opacity=opacity
        )


@cache
def part(name: str) -> tuple[Shape, ...]:
    """The shapes of a part of ``parts.yaml``, ``wardrobe.yaml`` or ``faces.yaml``: ``ears/point``, ``hat/crown``."""
    group, _, key = name.partition("/")
    for source in ("parts", "wardrobe", "faces"):
        if group in table(source):
            return tuple(Shape.read(dict(entry)) for entry in table(source)[group][key])
    raise KeyError(name)


class Palette:
    """The colours of one character by name."""

    def __init__(self, colours: dict[str, str]):
        self.colours = colours
        self._known: dict[str, str] = {}

    def __getitem__(self, expression: str) -> str:
        if expression not in self._known:
            self._known[expression] = self._mixed(expression)
        return self._known[expression]

    def edge(self, expression: str) -> str:
        """The colour of the line around something of this colour."""
        return self.colours.get(expression + "_edge") or darken(self[expression], 0.42)

    def _mixed(self, expression: str) -> str:
        match = _COLOUR.fullmatch(expression)
        if not match:
            raise ValueError(f"not a colour: {expression}")
        name, sign, amount = match.groups()
        colour = name if name.startswith("#") else self.colours[name]
        if not sign:
            return colour
        return (lighten if sign == "+" else darken)(colour, int(amount) / 100)


class Pen:
    """Draws shapes with one character's palette."""

    def __init__(self, svg: Svg, palette: Palette):
        self.svg = svg
        self.palette = palette

    def part(self, name: str, side: int = 0) -> None:
        """Draw a part. As one of a pair, ``side`` 1 or -1, what is marked ``both`` is drawn on that side only."""
        for shape in part(name):
            ways = ((side,) if side else (1, -1)) if shape.both else (1,)
            for way in ways:
                self._shape(shape, way)

    def parts(self, names: tuple[str, ...]) -> None:
        """Draw several parts, the first one lowest."""
        for name in names:
            self.part(name)

    def shade(self, colour: str) -> str:
        """The paint of a shaded surface."""
        return self.svg.shade(self.palette[colour])

    def line(self, path: str, colour: str, width: float) -> None:
        """A round line; ``colour`` is a palette expression."""
        self.svg.path(path, stroke=self.palette[colour], width=width)

    def tube(self, path: str, colour: str, width: float) -> None:
        """A round line with an edge, as limbs and tails are."""
        self.svg.path(path, stroke=self.palette.edge(colour), width=width + 2 * EDGE)
        self.svg.path(path, stroke=self.palette[colour], width=width)

    def ball(self, x: float, y: float, rx: float, ry: float, colour: str, turn: float = 0) -> None:
        """A shaded oval with an edge, rotated by ``turn`` degrees."""
        extra = f'transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        self.svg.ellipse(x, y, rx, ry, self.shade(colour), self.palette.edge(colour), EDGE, extra)

    def _shape(self, shape: Shape, way: int) -> None:
        fill, stroke = self._paint(shape)
        extra = f'opacity="{shape.opacity:g}"' if shape.opacity < 1 else ""
        if shape.oval:
            x, y, rx, ry = shape.oval
            if shape.turn:
                extra += f' transform="rotate({way * shape.turn:g} {way * x:g} {y:g})"'
            self.svg.ellipse(way * x, y, rx, ry, fill, stroke, shape.width, extra)
        else:
            self.svg.path(shape.path if way > 0 else shape.mirror, fill, stroke, shape.width, extra)

    def _paint(self, shape: Shape) -> tuple[str, str]:
        line = self.palette[shape.line] if shape.line else ""
        if shape.fill:
            return self.shade(shape.fill), line or self.palette.edge(shape.fill)
        if shape.soft:
            return self.svg.shade(self.palette[shape.soft], 0.3, 0.06), line
        return (self.palette[shape.flat] if shape.flat else "none"), line
