"""The order in which a figure is put together: what lies behind is drawn first."""

from __future__ import annotations

from storylib.kit.rig.body import (
    draw_arm,
    draw_behind,
    draw_cane,
    draw_hand,
    draw_legs,
    draw_seat,
    draw_soles,
    draw_torso,
)
from storylib.kit.rig.figure import Figure
from storylib.kit.rig.head import draw_head, draw_nape
from storylib.kit.rig.outfit import draw_clothes, draw_load, draw_neckwear
from storylib.kit.rig.poses import Side

Grip = tuple[float, float]  # where on an item the hand belongs, from its middle
_ARMS: tuple[Side, Side] = ("left", "right")
_FAR = 30  # degrees: a head turned further has its chin over the neck
_ON_SIDE = "translate(146 -62) scale(1 .92) rotate(-90)"  # the torso of somebody who lies, neck to the left
_TAIL_UP = "translate(150 -62) scale(.9) rotate(-90) scale(-1 1)"
_ON_HANDS = "translate(-64 158) rotate(-12 0 -180)"  # and the head


def draw_upright(figure: Figure, item: str, grip: Grip | None) -> None:
    """Every pose but lying down, and what helps to walk or to roll."""
    seated = figure.look.wheelchair and figure.bearing.seat
    if seated:
        figure.pen.part("aid/wheelchair_back")
    _draw_person(figure, item, grip)
    if seated:
        figure.pen.part("aid/wheelchair_front")
    if figure.look.walking_frame and not seated:
        figure.pen.part("aid/frame")


def _draw_person(figure: Figure, item: str, grip: Grip | None) -> None:
    with figure.moved(figure.whole):
        if figure.from_behind:
            _draw_from_behind(figure, item, grip)
            return
        with figure.moved(figure.torso):
            draw_behind(figure)
            with figure.moved(figure.head):
                draw_nape(figure)
        if not figure.stance.knees:
            draw_legs(figure)
        with figure.moved(figure.torso):
            _draw_trunk(figure)
        if figure.stance.knees:
            draw_legs(figure)
        with figure.moved(figure.torso):
            _draw_top(figure, _in_hand(figure, item, grip))


def _draw_from_behind(figure: Figure, item: str, grip: Grip | None) -> None:
    """What is before the body for its owner is hidden by it, and what hangs down its back is seen."""
    with figure.moved(figure.torso):
        _draw_arms(figure, list(_ARMS))
        _draw_grip(figure, list(_ARMS), _in_hand(figure, item, grip))
    draw_legs(figure)
    with figure.moved(figure.torso):
        _draw_trunk(figure)
        draw_behind(figure)
        draw_load(figure)
        with figure.moved(figure.head):
            draw_head(figure)
            draw_nape(figure)


def _draw_trunk(figure: Figure) -> None:
    """Neck, torso and clothes, as wide as the build asks."""
    if figure.species.neck:
        figure.pen.part(figure.species.neck)
    with figure.moved(f"scale({figure.species.build.body:g} 1)"):
        draw_torso(figure)
        draw_clothes(figure)
    if figure.stance.legs == "sit" and not figure.from_behind:
        draw_seat(figure)


def _draw_top(figure: Figure, item: str) -> None:
    """Head, neckwear, arms, and the item between arms and hands."""
    behind = [side for side in _ARMS if _passes_behind(figure, side)]
    before = [side for side in _ARMS if side not in behind]
    overhead = figure.stance.overhead
    if figure.look.cane:
        draw_cane(figure, "left" if item else "right")
    _draw_arms(figure, behind)
    if not overhead:
        _draw_grip(figure, behind, item)
    if abs(figure.stance.head) > _FAR:
        _draw_neckwear(figure)
    with figure.moved(figure.head):
        draw_head(figure)
    _draw_arms(figure, before)
    if abs(figure.stance.head) <= _FAR:
        _draw_neckwear(figure)
    _draw_grip(figure, behind if overhead else before, item)


def _draw_neckwear(figure: Figure) -> None:
    with figure.moved(f"scale({figure.species.build.body:g} 1)"):
        draw_neckwear(figure)


def _passes_behind(figure: Figure, side: Side) -> bool:
    """Behind the head, unless wide ears or a glass dome would hide the arm."""
    return figure.stance.behind in (side, "both") and not figure.species.wide_head and figure.look.hat != "helmet"


def _draw_arms(figure: Figure, sides: list[Side]) -> None:
    for side in () if figure.has_spread_wings else sides:
        draw_arm(figure, side)


def _in_hand(figure: Figure, item: str, grip: Grip | None) -> str:
    """The item where it is held: by its grip, so that it reaches away from the body, or else by its middle."""
    hold, arm = figure.stance.item, figure.stance.grasp
    if not item or hold is None:
        return ""
    if grip is None or arm is None:
        return f'<g transform="translate({hold.x:g} {hold.y:g}) scale({hold.size:g})">{item}</g>'
    (x, y), (dx, dy) = arm.hand, grip
    across = -hold.size if dx * x > 0 else hold.size
    return (
        f'<g transform="translate({x:g} {y:g}) scale({across:g} {hold.size:g}) translate({-dx:g} {-dy:g})">{item}</g>'
    )


def _draw_grip(figure: Figure, sides: list[Side], item: str) -> None:
    """The item, if one of these hands holds it, and the hands on it; wings lie behind it, they would hide it."""
    hold, feathered = figure.stance.item, figure.species.wings == "feathers"
    thing = item if hold and sides and hold.hand in (*sides, "both") else ""
    figure.pen.svg.add("" if feathered else thing)
    for side in () if figure.has_spread_wings else sides:
        draw_hand(figure, side)
    figure.pen.svg.add(thing if feathered else "")


def draw_lying(figure: Figure) -> None:
    """Asleep on the ground: the torso on its side, the head on the hands."""
    svg = figure.pen.svg
    ground = f"{svg.prefix}ground"
    svg.defs[ground] = f'<clipPath id="{ground}"><rect x="-400" y="-500" width="800" height="504"/></clipPath>'
    svg.add(f'<g clip-path="url(#{ground})">')
    with figure.moved(_TAIL_UP):
        draw_behind(figure)
    with figure.moved(_ON_HANDS):
        draw_nape(figure)
    with figure.moved(_ON_SIDE):
        _draw_trunk(figure)
        _draw_neckwear(figure)
    draw_soles(figure)
    with figure.moved(_ON_HANDS):
        draw_head(figure)
    for side in _ARMS:
        draw_hand(figure, side)
    svg.add("</g>")
