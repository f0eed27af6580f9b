"""The character rig: any kind, in any look, pose and expression, drawn as SVG from the data beside this file.

A figure stands on (0, 0), looks to the right where it matters, is 350 to 440 units tall and about 260 wide.
The same spec always gives the same figure.
"""

from __future__ import annotations

from dataclasses import replace

from storylib.kit.rig.assembly import Grip, draw_lying, draw_upright
from storylib.kit.rig.bearing import Bearing
from storylib.kit.rig.figure import Figure, holding
from storylib.kit.rig.poses import Reach, stance
from storylib.kit.rig.shapes import Palette, Pen
from storylib.kit.svg import Svg
from storylib.story import CharacterSpec
from storylib.vocabulary import Expression, Pose, Wear

__all__ = ["Bearing", "Grip", "Reach", "can_hold", "character", "grasp", "portrait"]

_SIDE = 512  # of a portrait, in pixels
_COOL, _WARM = ("#d6ece4", "#b9dfd1"), ("#fdecd0", "#f9d9ab")  # backdrops: outside, and the circle behind the head


def character(
    spec: CharacterSpec,
    pose: Pose,
    expression: Expression,
    item: str = "",
    prefix: str = "c",
    grip: Grip | None = None,
    reach: Reach | None = None,
    bearing: Bearing | None = None,
    worn: Wear | None = None,
) -> str:
    """The figure as SVG markup (defs and groups), feet at (0, 0), y grows downwards.

    ``item`` is markup centred on (0, 0), about 100 units in size, that the figure holds if the pose can; ``grip`` is
    where on it one hand belongs; ``reach`` says where hands go that touch somebody; ``bearing`` how it is turned;
    ``worn`` what it has put on.
    ``prefix`` starts every id, so that several figures can share a document.
    """
    figure = Figure.of(spec, pose, expression, prefix, grip is not None).borne(bearing or Bearing())
    figure = replace(figure, worn=worn).reaching(reach or {})
    if pose == "sleep":
        draw_lying(figure)
    else:
        draw_upright(figure, item or (_book(prefix) if pose == "read" else ""), grip)
    return figure.pen.svg.markup()


def _book(prefix: str) -> str:
    """The open book of somebody who reads and was given nothing else."""
    svg = Svg(prefix + "book")
    Pen(svg, Palette({})).part("cloth/book")
    return svg.markup()


def can_hold(pose: Pose) -> bool:
    """Whether a figure in this pose has a place for an item."""
    return stance(pose).item is not None


def grasp(pose: Pose, one_hand: bool) -> tuple[float, float]:
    """Where in figure units a held item is, about; (0, 0) in a pose that holds nothing."""
    hold = holding(pose, one_hand).item
    return (hold.x, hold.y) if hold else (0, 0)


def portrait(spec: CharacterSpec, expression: Expression = "happy") -> str:
    """The character from the knees up, waving, as a complete SVG document of 512 × 512."""
    outside, circle = _backdrop(spec)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIDE}" height="{_SIDE}" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="{outside}"/><circle cx="256" cy="270" r="206" fill="{circle}"/>'
        f'<g transform="translate(256 552) scale(1.04)">{character(spec, "wave", expression, prefix="p")}</g></svg>'
    )


def _backdrop(spec: CharacterSpec) -> tuple[str, str]:
    """Cool behind warm colours, warm behind cool ones, so that every figure stands out."""
    base = Figure.of(spec, "stand", "happy", "p").pen.palette["base"]
    return _COOL if int(base[1:3], 16) > int(base[5:7], 16) + 20 else _WARM
