"""Poses: where hands, feet and head go, and where a held item lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from storylib.providers.kit.rig.shapes import table
from storylib.vocabulary import Pose

Side = Literal["left", "right", "both"]
Leg = tuple[float, ...]  # hip, knee, ankle, foot (x, y each), foot's turn in degrees


@dataclass(frozen=True)
class Arm:
    """Where a hand and the elbow's bend are, in the torso's units."""

    hand: tuple[float, float]
    elbow: tuple[float, float]

    def raised(self, by: float) -> Arm:
        """The same arm with the hand ``by`` units higher."""
        return replace(self, hand=(self.hand[0], self.hand[1] - by))


@dataclass(frozen=True)
class Hold:
    """Where a held item's middle lies, its size, and the hand or hands that hold it."""

    x: float
    y: float
    size: float
    hand: Side

    def raised(self, by: float) -> Hold:
        """The same hold, ``by`` units higher."""
        return replace(self, y=self.y - by)


@dataclass(frozen=True)
class Stance:
    """One pose; lengths in rig units, angles in degrees (see poses.yaml)."""

    left: Arm
    right: Arm
    legs: str
    feet: tuple[Leg, ...] = ()
    drop: float = 0
    lean: float = 0
    head: float = 0
    lift: float = 0
    turn: float = 0
    gaze: tuple[float, float] = (0, 0)
    behind: Side | None = None
    item: Hold | None = None
    finger: bool = False
    spread: bool = False
    knees: bool = False
    overhead: bool = False

    def raised(self, by: float) -> Stance:
        """The same stance with hands and item ``by`` units higher."""
        return replace(
            self, left=self.left.raised(by), right=self.right.raised(by), item=self.item and self.item.raised(by)
        )


@cache
def stance(pose: Pose | Literal["carry_in_arms"]) -> Stance:
    """The stance of a pose."""
    row = dict(table("poses")["pose"][pose])
    for side in ("left", "right"):
        x, y, elbow_x, elbow_y = row[side]
        row[side] = Arm((x, y), (elbow_x, elbow_y))
    if "item" in row:
        row["item"] = Hold(*row["item"])
    feet = tuple(tuple(leg) for leg in table("poses")["legs"][row["legs"]])
    return Stance(**row | {"feet": feet, "gaze": tuple(row.get("gaze", (0, 0)))})
