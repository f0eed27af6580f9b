"""The drawings of the props that a scene may name.

Most are vendored Fluent Emoji (``art/props``), a few are our own (``art/drawn``).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from storylib.kit.svg import darken
from storylib.story.props import Prop

ART = Path(__file__).parent.parent / "art"
BOX = 32  # side of a prop's drawing
LINE = 3.0  # width of the line around a prop, as around the figures
_DEFS = re.compile("<defs>.*?</defs>")
_STOPS = re.compile(r'(?:fill|stop-color)="(#[0-9a-f]{6})"')
_STROKES = re.compile(r'stroke="(#[0-9a-f]{6})"')
_PAINT = re.compile(r'(fill|stroke)="(?!none)[^"]+"')
_EFFECT = re.compile(r' (?:filter|mask|clip-path)="[^"]+"')


@cache
def _body(name: str) -> str:
    drawn = ART / "drawn" / f"{name}.svg"
    text = (drawn if drawn.exists() else ART / "props" / f"{name}.svg").read_text()
    return text[text.index(">") + 1 : text.rindex("</svg>")]


def grip(prop: Prop) -> tuple[float, float] | None:
    """Where a hand holds the prop, from its middle, in units when it is held."""
    unit = prop.held / BOX
    return prop.grip and ((prop.grip[0] - BOX / 2) * unit, (prop.grip[1] - BOX / 2) * unit)


@cache
def _silhouette(name: str) -> str:
    """The prop in one dark colour of its own, to be drawn with a line, behind it: the line is all that shows."""
    body = _body(name)
    stops = [bytes.fromhex(colour[1:]) for colour in _STOPS.findall(body) or _STROKES.findall(body)]
    mean = "#" + "".join(f"{sum(part) // len(stops):02x}" for part in zip(*stops, strict=True))
    ink = darken(mean, 0.55)
    flat = _EFFECT.sub("", _PAINT.sub(rf'\1="{ink}"', _DEFS.sub("", body)))
    return f'<g fill="{ink}" stroke="{ink}" stroke-linejoin="round">{flat}</g>'


def drawing(prop: Prop, size: float, prefix: str, line: float = 0) -> str:
    """Markup of the prop, ``size`` units wide and high, centred on (0, 0), with a line of that width around it.

    ``prefix`` must be fresh for each use in a document: it keeps gradient ids apart.
    """
    body = _body(prop.name).replace("@", f"{prefix}-")
    if line:
        body = f'<g stroke-width="{2 * line * BOX / size:.3f}">{_silhouette(prop.name)}</g>{body}'
    return f'<g transform="translate({-size / 2:.1f} {-size / 2:.1f}) scale({size / BOX:.3f})">{body}</g>'
