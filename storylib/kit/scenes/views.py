"""Views: from above, from behind, from so far that people are tiny, from so near that a face fills the picture.

And what a page does by chance, so that its people do not stand in one row and look at us on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storylib import vocabulary as v
from storylib.kit.scenes.camera import Camera
from storylib.kit.scenes.composition import SOLES, Spot
from storylib.kit.scenes.events import Placed
from storylib.kit.scenes.gaze import face
from storylib.kit.scenes.stage import H, W

Point = tuple[float, float]
NEAR, TINY, OVER = 2.35, 0.34, 0.8  # scale of a near face; of tiny people against the usual; height from above
RAISED, RAISED_ZOOM = 360, 0.75  # from above: how much higher the ground is, and nearer, so that it fills the picture
_STANDS: tuple[v.Pose, ...] = ("stand", "walk", "point", "hold", "think", "hips", "open", "wave", "reach")
_DEPTH = ((1.14, 44), (0.84, -56))  # size and step of who is nearer, and of who is farther


@dataclass(frozen=True)
class Lens:
    """Moves and sizes everything about a point of the picture: ``middle`` is shown at ``at``."""

    scale: float = 1.0
    middle: Point = (0.0, 0.0)
    at: Point = (0.0, 0.0)
    squash: float = 1.0  # of heights

    def point(self, at: Point) -> Point:
        """Where a point of the picture is shown."""
        (x, y), (mx, my) = at, self.middle
        return self.at[0] + (x - mx) * self.scale, self.at[1] + (y - my) * self.scale

    def spot(self, spot: Spot) -> Spot:
        """Where somebody is shown."""
        x, y = self.point((spot.x, spot.y))
        hands = {side: self.point(at) for side, at in spot.hands.items()}
        sight = self.point(spot.sight) if spot.sight else None
        return replace(spot, x=x, y=y, scale=spot.scale * self.scale, hands=hands, sight=sight, squash=self.squash)

    def placed(self, thing: Placed) -> Placed:
        """Where something of an event is shown."""
        x, y = self.point((thing.x, thing.y))
        foot = self.point((0, thing.foot))[1]
        return replace(thing, x=x, y=y, foot=foot, scale=thing.scale * self.scale)


def lens(view: v.View, spots: Sequence[Spot], seed: int) -> Lens:
    """How a view shows these people."""
    if not spots:
        return Lens()
    x, ground = sum(spot.x for spot in spots) / len(spots), max(spot.y for spot in spots)
    if view == "near":
        aside = 0 if len(spots) == 1 else (120 if spots[0].flip else -120)
        return Lens(NEAR / spots[0].scale, face(spots[0]), (W / 2 + aside, H * 0.52))
    if view == "tiny":
        return Lens(TINY, (x, ground), (W * (0.66 if seed % 2 else 0.36), min(ground, H * 0.88)))
    if view == "above":
        return Lens(0.82, (x, ground), (x, H * 0.86), OVER)
    return Lens()


def seen_from(view: v.View, camera: Camera) -> Camera:
    """The camera of a view."""
    if view == "near":
        return replace(camera, zoom=camera.zoom + 0.45, lift=camera.lift + 60)
    if view == "tiny":
        return replace(camera, zoom=0.0, pan=0.0, lift=camera.lift / 2)
    if view == "above":
        return replace(camera, zoom=RAISED_ZOOM, pan=0.0, lift=-RAISED)
    return camera


def turned(view: v.View, spots: Sequence[Spot], loose: bool) -> list[Spot]:
    """The same people as they stand in a view: from behind all show their backs, from above they stand in depth.

    ``loose``: no event holds them together.
    """
    if view == "behind":
        return [replace(spot, facing="back") if spot.actor.facing is None else spot for spot in spots]
    if view == "above" and loose:
        return [replace(spot, y=spot.y - 130 * (i % 2)) for i, spot in enumerate(spots)]
    return list(spots)


def by_chance(spots: Sequence[Spot], seed: int) -> list[Spot]:
    """What pages do in turn: side by side; in depth; turned to each other; in depth the other way about."""
    if len(spots) < 2 or any(spot.afloat or spot.tucked or spot.shadow or spot.hands for spot in spots):
        return list(spots)
    turn = seed % 4
    if turn == 2:
        return [_aside(spot) for spot in spots]
    if turn == 0 or not all(spot.actor.pose in _STANDS for spot in spots):
        return list(spots)
    return [_at_depth(spot, (i + turn // 2) % 2) for i, spot in enumerate(spots)]


def _aside(spot: Spot) -> Spot:
    free = spot.actor.facing is None and spot.actor.pose in _STANDS
    return replace(spot, facing="side") if free else spot


def _at_depth(spot: Spot, farther: int) -> Spot:
    size, step = _DEPTH[farther]
    return replace(spot, scale=spot.scale * size, y=min(spot.y + step, max(spot.y, H - SOLES)))
