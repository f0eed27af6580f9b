"""Poses: where hands, feet and head go, and where a held item lies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from storylib.kit.rig.shapes import table
from storylib.vocabulary import Pose

SHOULDER, LONGEST, SAG = (50.0, -164.0), 185.0, 14.0  # where an arm begins, how long it is, how low its elbow hangs
Side = Literal["left", "right", "both"]
Variant = Literal["carry_in_arms", "hold_up", "carry_up"]  # how else a pose looks, for some heads and some items
Reach = Mapping[Side, tuple[float, float]]  # where hands go, in figure units
Leg = tuple[float, ...]  # hip, knee, ankle, foot (x, y each), foot's turn in degrees


@dataclass(frozen=True)
class Arm:
    """Where a hand and the elbow's bend are, in the torso's units."""

    hand: tuple[float, float]
    elbow: tuple[float, float]

    @classmethod
    def to(cls, hand: tuple[float, float], way: int) -> Arm:
        """The arm on the right (``way`` 1) or on the left (-1) with its hand there, or as near as it can be."""
        x, y = SHOULDER[0] * way, SHOULDER[1]
        dx, dy = hand[0] - x, hand[1] - y
        part = min(1.0, LONGEST / max(math.hypot(dx, dy), 1.0))
        end = (x + dx * part, y + dy * part)
        return cls(end, ((x + end[0]) / 2, (y + end[1]) / 2 + SAG))

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
    mouth: bool = False

    @property
    def grasp(self) -> Arm | None:
        """The hand that holds an item by its grip; None: both hold it, or it is at the mouth, or beside the knees."""
        if self.item is None or self.item.hand == "both" or self.knees or self.mouth:
            return None
        return self.left if self.item.hand == "left" else self.right

    def raised(self, by: float) -> Stance:
        """The same stance with hands and item ``by`` units higher."""
        return replace(
            self, left=self.left.raised(by), right=self.right.raised(by), item=self.item and self.item.raised(by)
        )

    def eating(self, lips: tuple[float, float]) -> Stance:
        """The same stance with the right hand and what it holds at these lips."""
        x, y = lips
        right = replace(self.right, hand=(x + 46, y + 32))
        return replace(self, right=right, item=self.item and replace(self.item, x=x + 30, y=y + 10))


@cache
def stance(pose: Pose | Variant) -> Stance:
    """The stance of a pose."""
    row = dict(table("poses")["pose"][pose])
    for side in ("left", "right"):
        x, y, elbow_x, elbow_y = row[side]
        row[side] = Arm((x, y), (elbow_x, elbow_y))
    if "item" in row:
        row["item"] = Hold(*row["item"])
    feet = tuple(tuple(leg) for leg in table("poses")["legs"][row["legs"]])
    return Stance(**row | {"feet": feet, "gaze": tuple(row.get("gaze", (0, 0)))})
