"""The body: what lies behind it, legs, torso, arms and hands."""

from __future__ import annotations

import math

from storylib.kit.rig.figure import Figure
from storylib.kit.rig.poses import SHOULDER, Arm, Leg, Side
from storylib.kit.rig.shapes import EDGE

TORSO = "M0,-198 C62.7,-198 74,-128 66,-72 C58,-34 -58,-34 -66,-72 C-74,-128 -62.7,-198 0,-198 Z"
_LEG, _ARM, _THIN_ARM, _WING = 37.5, 33.0, 28.0, 40.0  # widths
_FLOWING = ("run", "trail", "flutter", "leap")  # legs that move fast enough to lift a cape


def draw_behind(figure: Figure) -> None:
    """Tail, wings, shell, spikes and cape, in torso units."""
    pen, species, spread = figure.pen, figure.species, figure.stance.spread
    if species.tail:
        with figure.moved(f"translate(0 {-figure.stance.drop:g})"):  # it stays above the ground when one sits down
            pen.part(species.tail)
    if species.wings == "bat":
        pen.part("wings/bat_spread" if spread else "wings/bat")
    elif species.wings and spread:
        pen.part("wings/feather_spread")
    pen.parts(species.back)
    if figure.look.cape:
        _draw_cape(figure)


def _draw_cape(figure: Figure) -> None:
    """A cape, flowing behind those who move fast, and no longer than down to the ground."""
    length = 1 - figure.stance.drop / 172  # 172 units hang from the shoulders
    with figure.moved(f"translate(0 -186) scale(1 {length:.3g}) translate(0 186)"):
        figure.pen.part("cloth/cape_flying" if figure.stance.legs in _FLOWING else "cloth/cape")


def draw_legs(figure: Figure) -> None:
    """Standing, walking and flying legs, in figure units."""
    for leg in figure.stance.feet:
        _draw_leg(figure, leg)


def _draw_leg(figure: Figure, leg: Leg) -> None:
    hip_x, hip_y, knee_x, knee_y, ankle_x, ankle_y, foot_x, foot_y, turn = leg
    longer = figure.species.build.leg
    path = f"M{hip_x:g},{hip_y - longer:g} Q{knee_x:g},{knee_y - longer / 2:g} {ankle_x:g},{ankle_y:g}"
    colour, width = _leg_colour(figure), _LEG * (0.9 if figure.human else 1)
    figure.pen.tube(path, colour, width)
    if figure.species.limb_stripes and colour == "limb":
        _draw_bands(figure, path, width)
    if figure.human and figure.look.dress:
        figure.pen.line(f"M{ankle_x:g},{ankle_y - 8:g} l0,8", "#ffffff", width)
    figure.pen.ball(foot_x, foot_y, 37, 19, _foot_colour(figure), turn)
    if figure.human or figure.look.shoes:
        _draw_sole(figure, foot_x, foot_y, turn)


def _draw_sole(figure: Figure, x: float, y: float, turn: float) -> None:
    """The pale edge of a shoe."""
    with figure.moved(f"translate({x:g} {y:g}) rotate({turn:g})"):
        figure.pen.line("M-30,9 Q0,20 30,9", _foot_colour(figure) + "+60", 4.5)


def _leg_colour(figure: Figure) -> str:
    """Trousers, or a child's overalls, or bare."""
    look = figure.look
    if look.trousers:
        return "trousers"
    return "overalls" if figure.human and look.overalls and not look.dress else "limb"


def _foot_colour(figure: Figure) -> str:
    return "shoes" if figure.look.shoes else "foot"


def draw_seat(figure: Figure) -> None:
    """Legs of somebody who sits: short, towards us, soles up; in torso units."""
    pen, shoe = figure.pen, _foot_colour(figure)
    for side in (-1, 1):
        pen.tube(f"M{side * 30},-62 Q{side * 66},-52 {side * 72},-50", _leg_colour(figure), 39)
        pen.ball(side * 86, -60, 24, 30, shoe, side * 14)
        pen.svg.ellipse(side * 88, -58, 11, 14, pen.palette[shoe + "+35"], extra='opacity=".7"')


def draw_torso(figure: Figure) -> None:
    """The bare torso with its belly, in torso units."""
    pen = figure.pen
    pen.svg.path(TORSO, pen.shade("base"), pen.palette.edge("base"), EDGE)
    if not figure.from_behind:
        pen.parts(figure.species.belly)


def draw_soles(figure: Figure) -> None:
    """Feet of somebody who lies, in figure units."""
    for x, y in ((132, -40), (120, -18)):
        figure.pen.ball(x, y, 30, 17, _foot_colour(figure), -18)


def draw_arm(figure: Figure, side: Side) -> None:
    """One arm with its sleeve, without the hand, in torso units."""
    look, pen = figure.look, figure.pen
    path, width = _curve(figure, side), _arm_width(figure)
    pen.tube(path, "limb", width)
    if figure.species.limb_stripes:
        _draw_bands(figure, path, width)
    if figure.worn == "white_coat":
        pen.tube(_curve(figure, side, 0.84), "#fbfdff", width + 4)
        _soften_shoulder(figure, side, "#fbfdff")
    elif look.dress or look.shirt:
        sleeve, reach = ("dress", 0.5) if look.dress else ("shirt", 0.76)
        pen.tube(_curve(figure, side, reach), sleeve, width + 2)
        _soften_shoulder(figure, side, sleeve)
    elif figure.species.limb_is_body:
        _soften_shoulder(figure, side, "limb")


def _soften_shoulder(figure: Figure, side: Side, colour: str) -> None:
    """Cover the edge between arm and torso, so that one grows out of the other."""
    x = (40 if side == "right" else -40) * figure.species.build.body
    figure.pen.svg.ellipse(x, SHOULDER[1] + 4, 16.5, 16.5, figure.pen.palette[colour])


def _arm_width(figure: Figure) -> float:
    if figure.species.wings == "feathers":
        return _WING
    return _THIN_ARM if figure.human else _ARM


def draw_hand(figure: Figure, side: Side) -> None:
    """A hand, paw or wing tip at the end of an arm, in torso units."""
    arm = figure.arm(side)
    if figure.species.wings == "feathers":
        _draw_feathers(figure, arm)
        return
    (x, y), (dx, dy) = arm.hand, _direction(arm)
    pen, radius = figure.pen, 17 if figure.human else 21
    if figure.stance.finger and side == "right":
        pen.tube(f"M{x:g},{y:g} l{32 * dx:.1f},{32 * dy:.1f}", "hand", 10)
    elif figure.human:
        _draw_thumb(figure, arm, side)
    pen.ball(x, y, radius, radius, "hand")
    reach, gap = radius - 9, radius / 3.5
    fingers = "".join(
        f"M{x + reach * dx + k * dy:.1f},{y + reach * dy - k * dx:.1f} l{7 * dx:.1f},{7 * dy:.1f} " for k in (-gap, gap)
    )
    pen.svg.path(fingers, stroke=pen.palette.edge("hand"), width=2.6, extra='opacity=".6"')


def draw_cane(figure: Figure, side: Side) -> None:
    """A long white cane with a red end, from that hand to the ground, in torso units."""
    x, y = figure.arm(side).hand
    dx, ground = (52 if side == "right" else -52), figure.legs - figure.stance.drop + figure.stance.lift
    pen = figure.pen
    pen.tube(f"M{x:g},{y - 22:g} L{x + dx:g},{ground:g}", "#ffffff", 8)
    pen.line(f"M{x + dx * 0.8:g},{y + (ground - y) * 0.8:g} L{x + dx:g},{ground:g}", "#d8434a", 8)
    pen.line(f"M{x:g},{y - 22:g} L{x + dx * 0.12:g},{y + (ground - y) * 0.08:g}", "#3d3a4c", 12)


def _draw_thumb(figure: Figure, arm: Arm, side: Side) -> None:
    """A thumb, towards the body's middle, or upwards on a level arm."""
    (x, y), (dx, dy) = arm.hand, _direction(arm)
    inwards = -1 if side == "right" else 1
    px, py = (dy, -dx) if dy * inwards > 0 else (-dy, dx)
    if abs(dy) < 0.4:
        px, py = (dy, -dx) if dx > 0 else (-dy, dx)
    figure.pen.tube(f"M{x:g},{y:g} l{14 * px + 9 * dx:.1f},{14 * py + 9 * dy:.1f}", "hand", 10)


def _draw_feathers(figure: Figure, arm: Arm) -> None:
    """Three feathers fanned out at the end of a wing."""
    (x, y), (dx, dy) = arm.hand, _direction(arm)
    fan = ""
    for degrees in (-34, 0, 34):
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        fan += f"M{x:g},{y:g} l{24 * (dx * c - dy * s):.1f},{24 * (dx * s + dy * c):.1f} "
    figure.pen.tube(fan, "hand", 15)
    figure.pen.line(f"M{x - 6 * dx:.1f},{y - 6 * dy:.1f} l.1,0", "hand", 34)


def _direction(arm: Arm) -> tuple[float, float]:
    """The unit vector from the elbow to the hand."""
    dx, dy = arm.hand[0] - arm.elbow[0], arm.hand[1] - arm.elbow[1]
    length = math.hypot(dx, dy)
    return dx / length, dy / length


def _curve(figure: Figure, side: Side, t: float = 1) -> str:
    """The arm's curve from the shoulder, or its first part, up to ``t`` (de Casteljau's construction)."""
    out = SHOULDER[0] * figure.species.build.body
    x0, y0 = -out if side == "left" else out, SHOULDER[1]
    (x1, y1), (x2, y2) = figure.arm(side).elbow, figure.arm(side).hand
    ax, ay = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
    bx, by = x1 + (x2 - x1) * t, y1 + (y2 - y1) * t
    return f"M{x0:g},{y0:g} Q{ax:.1f},{ay:.1f} {ax + (bx - ax) * t:.1f},{ay + (by - ay) * t:.1f}"


def _draw_bands(figure: Figure, path: str, width: float) -> None:
    """Stripes across a limb."""
    figure.pen.svg.add(
        f'<path d="{path}" fill="none" stroke="{figure.pen.palette["stripe"]}" stroke-width="{width - 3:g}"'
        ' stroke-dasharray="0 16 8 12"/>'
    )
