"""Figures: the cast drawn on their spots, dressed for the place, with shadows, held things and their light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storylib import vocabulary as v
from storylib.kit import rig
from storylib.kit.scenes import props
from storylib.kit.scenes.composition import SUNK, Spot
from storylib.kit.scenes.nature import placed
from storylib.kit.scenes.places.waters import bubbles
from storylib.kit.scenes.stage import Stage
from storylib.story import CharacterSpec, Scene
from storylib.story.props import Prop
from storylib.story.props import find as find_prop

NEVER_BREATHES = ("robot",)
CHIN = 44  # how far a blanket keeps from the pillow, so that it hides no face
DARK_PLACES = ("space", "cave")
CLIMBS: dict[str, tuple[v.Setting, ...]] = {
    "climbing-tree": ("meadow", "garden", "park", "forest", "treehouse", "hill", "river", "farm", "jungle"),
    "climbing-rock": ("mountain", "cave", "beach", "underwater", "castle", "snow", "desert", "space"),
    "climbing-ropes": ("ship",),
}


def dress(spec: CharacterSpec, scene: Scene) -> CharacterSpec:
    """The spec as the place demands: a helmet for everyone who breathes, out in space."""
    if scene.setting != "space" or spec.kind in NEVER_BREATHES:
        return spec
    return spec.model_copy(update={"look": spec.look.model_copy(update={"hat": "helmet"})})


def held(spot: Spot) -> Prop | None:
    """What this actor has in hand, if the prop can be held and the pose leaves a hand free."""
    if spot.actor.holds is None or not rig.can_hold(spot.actor.pose):
        return None
    prop = find_prop(spot.actor.holds)
    return prop if prop and prop.held else None


def holdable(name: str) -> bool:
    """Whether somebody can hold the thing of this name."""
    prop = find_prop(name)
    return prop is not None and prop.held > 0


def empty_handed(spot: Spot, used: Sequence[str]) -> Spot:
    """The same actor without a thing that an event has in its own place."""
    if spot.actor.holds not in used:
        return spot
    return replace(spot, actor=spot.actor.model_copy(update={"holds": None}))


def put_down(spot: Spot) -> str | None:
    """What this actor should hold but cannot: it is put beside them."""
    return spot.actor.holds if spot.actor.holds and held(spot) is None else None


def draw(stage: Stage, spot: Spot, scene: Scene, reach: rig.Reach, look: tuple[float, float] | None = None) -> str:
    """The figure of one actor with its shadow; lights up what glows in its hand. ``reach``: hands that touch others.

    ``look`` is where the eyes go.
    """
    prop = held(spot)
    item = props.drawing(prop, prop.held, stage.id(), props.LINE) if prop else ""
    if prop and prop.glows and (stage.night or scene.setting in DARK_PLACES):
        _shine(stage, spot, prop)
    spec, actor = dress(spot.spec, scene), spot.actor
    grip = props.grip(prop) if prop else None
    bearing = rig.Bearing(spot.facing, look, spot.lean, spot.seat)
    body = rig.character(spec, actor.pose, actor.expression, item, stage.id(), grip, reach, bearing, actor.wears)
    across, down = -spot.scale if spot.flip else spot.scale, spot.scale * spot.squash
    figure = f'<g transform="translate({spot.x:.1f} {spot.y:.1f}) scale({across:.3f} {down:.3f})">{body}</g>'
    if spot.afloat:
        return _afloat(stage, spot, figure)
    if spot.tucked:
        x = spot.x + (-CHIN if spot.flip else CHIN) * spot.scale
        return figure + stage.piece("blanket", x, spot.y, spot.scale, flip=spot.flip)
    return (
        _climbed(stage, spot, scene)
        + _shadow(spot)
        + figure
        + (_breath(stage, spot) if scene.setting == "underwater" else "")
    )


def _climbed(stage: Stage, spot: Spot, scene: Scene) -> str:
    """What a climber climbs: a tree, a rock, a ship's ropes, or a ladder."""
    if spot.actor.pose != "climb":
        return ""
    name = next((name for name, settings in CLIMBS.items() if scene.setting in settings), "climbing-ladder")
    leaves = {"#6fae5e": stage.leaf("#6fae5e")}
    return stage.piece(name, spot.x, spot.y + spot.shadow + 8, spot.scale * 1.1, leaves, flip=spot.flip)


def _shine(stage: Stage, spot: Spot, prop: Prop) -> None:
    """Light around the thing in hand: wide enough to be seen by, faint enough for the holder to be seen."""
    dx, dy = rig.grasp(spot.actor.pose, prop.grip is not None)
    _, hangs = props.grip(prop) or (0, 0)  # a lantern hangs below the hand
    x, y = spot.x + (-dx if spot.flip else dx) * spot.scale, spot.y + (dy - hangs) * spot.scale
    before_body = abs(dx) < 50
    stage.glow(x, y, 430 * spot.scale, "#ffcf7a", 0.32 if before_body else 0.46)
    stage.glow(x, y, 110 * spot.scale, "#ffe9a8", 0.12 if before_body else 0.25)


def _shadow(spot: Spot) -> str:
    if spot.shadow < 0:
        return ""
    wide = 190 if spot.actor.pose == "sleep" else 92
    width = wide * spot.scale * (0.72 if spot.shadow or spot.actor.pose in ("jump", "cheer", "climb") else 1)
    y = spot.y + spot.shadow + 2
    return (
        f'<ellipse cx="{spot.x:.0f}" cy="{y:.0f}" rx="{width:.0f}" ry="{15 * spot.scale:.0f}" fill="#2a1633"'
        f' fill-opacity="{0.16 if spot.shadow else 0.25}"/>'
    )


def _afloat(stage: Stage, spot: Spot, figure: str) -> str:
    """The part of the figure above the water, with rings around it."""
    key, line = stage.id(), spot.y - SUNK * spot.scale
    clip = f'<clipPath id="{key}"><rect x="-200" y="-400" width="2000" height="{line + 400:.0f}"/></clipPath>'
    rings = "".join(
        f'<ellipse cx="{spot.x:.0f}" cy="{line + 4 * i:.0f}" rx="{(150 + 46 * i) * spot.scale:.0f}"'
        f' ry="{(13 + 8 * i) * spot.scale:.0f}" fill="none" stroke="#ffffff" stroke-opacity="{0.75 - 0.25 * i}"'
        ' stroke-width="5"/>'
        for i in range(3)
    )
    return f'{clip}<g clip-path="url(#{key})">{figure}</g>{rings}'


def _breath(stage: Stage, spot: Spot) -> str:
    rng = stage.rng
    top = -430 * spot.scale
    return placed(spot.x, spot.y, 1, bubbles([
        (rng.uniform(40, 90) * spot.scale, top - 26 * i * spot.scale, rng.uniform(5, 13)) for i in range(4)
    ]))  # fmt: skip
