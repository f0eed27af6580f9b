"""Gaze: what each of the cast looks at, and so how far every face is turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from storylib import vocabulary as v
from storylib.kit.scenes.composition import Spot
from storylib.story.props import find as find_prop

Point = tuple[float, float]
FACE = 258  # how high a face is, at scale 1
_NEAR = 260  # units at scale 1: what is this far aside turns a head fully
_WAYS: dict[v.Gaze, Point] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "ahead": (0, 0)}
_BUSY: tuple[v.Pose, ...] = ("read", "hold", "shy", "sleep", "swim", "fly")  # poses that look somewhere by themselves


@dataclass(frozen=True)
class Onlookers:
    """Everybody in a picture and the things that can be looked at. ``meet``: who says nothing looks at a neighbour."""

    spots: Sequence[Spot]
    things: dict[str, Point]
    meet: bool

    def looks(self) -> list[Point | None]:
        """For each of the cast where the eyes go, in the figure's own directions; None: as the pose has it."""
        return [self._look(spot) for spot in self.spots]

    def _look(self, spot: Spot) -> Point | None:
        said = spot.actor.looks
        if said in _WAYS:
            x, y = _WAYS[said]
            return (-x if spot.flip else x), y
        if said == "away":
            x, y = self._towards(spot, self._neighbour(spot) or (spot.x, spot.y)) or (0.0, 0.0)
            return (-math.copysign(1, x), 0.35)
        target = self._found(spot, said) if said else spot.sight or (self._by_itself(spot) if self.meet else None)
        return self._towards(spot, target) if target else None

    def _found(self, spot: Spot, name: str) -> Point | None:
        for other in self.spots:
            if other is not spot and other.spec.name == name:
                return face(other)
        prop = find_prop(name)
        return self.things.get(prop.name) if prop else None

    def _by_itself(self, spot: Spot) -> Point | None:
        if spot.actor.pose in _BUSY:
            return None
        return self._neighbour(spot) or next(iter(self.things.values()), None)

    def _neighbour(self, spot: Spot) -> Point | None:
        others = [face(other) for other in self.spots if other is not spot]
        return min(others, key=lambda at: abs(at[0] - spot.x), default=None)

    @staticmethod
    def _towards(spot: Spot, target: Point) -> Point:
        x, y = face(spot)
        dx, dy = (target[0] - x) / (_NEAR * spot.scale), (target[1] - y) / (_NEAR * spot.scale)
        return _within(-dx if spot.flip else dx), _within(dy)


def face(spot: Spot) -> Point:
    """The middle of somebody's face in the picture."""
    return spot.x, spot.y - (FACE + spot.seat) * spot.scale


def _within(share: float) -> float:
    return max(-1.0, min(1.0, share))
