"""Touch: where the hands go of those who hug or hold hands, whatever their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from storylib.kit.rig import Reach
from storylib.kit.rig.poses import Side
from storylib.kit.scenes.composition import Spot

Point = tuple[float, float]
HAND = -112  # the height of joined hands, at scale 1
STRETCH = 1.3
EMBRACED: dict[Side, Point] = {"right": (-44, -150), "left": (-64, -108)}  # on the one who is hugged, on the near side


def reaches(spots: Sequence[Spot]) -> list[Reach]:
    """For each actor, left to right, where the hands are that touch a neighbour, in figure units."""
    found: list[dict[Side, Point]] = [{} for _ in spots]
    for i, (left, right) in enumerate(pairwise(spots)):
        if left.actor.pose == right.actor.pose == "hold_hands":
            at = _between(left, right)
            found[i][_side(left, to_right=True)] = _inside(left, at)
            found[i + 1][_side(right, to_right=False)] = _inside(right, at)
        if left.actor.pose == "hug" and not left.flip:
            found[i] |= _embrace(left, right)
        if right.actor.pose == "hug" and right.flip:
            found[i + 1] |= _embrace(right, left)
    for spot, hands in zip(spots, found, strict=True):
        hands |= {side: _inside(spot, at) for side, at in spot.hands.items()}
    return list(found)


def _between(left: Spot, right: Spot) -> Point:
    """Where two hands meet: nearer to the smaller one, who has the shorter arms."""
    share = left.scale / (left.scale + right.scale)
    heights = (left.y + HAND * left.scale, right.y + HAND * right.scale)
    return left.x + (right.x - left.x) * share, sum(heights) / 2


def _embrace(one: Spot, other: Spot) -> dict[Side, Point]:
    near = 1 if other.x > one.x else -1
    high = min(other.scale, STRETCH * one.scale)  # a small one embraces a tall one lower down
    places = {side: (other.x + near * x * other.scale, other.y + y * high) for side, (x, y) in EMBRACED.items()}
    return {side: _inside(one, place) for side, place in places.items()}


def _side(spot: Spot, to_right: bool) -> Side:
    return "right" if spot.flip is not to_right else "left"


def _inside(spot: Spot, at: Point) -> Point:
    """A place in the picture, in the figure's own units."""
    across = -spot.scale if spot.flip else spot.scale
    return (at[0] - spot.x) / across, (at[1] - spot.y) / (spot.scale * spot.squash)
