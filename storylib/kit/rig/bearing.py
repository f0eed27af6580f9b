"""Bearing: which way a figure is turned, where it looks, how it leans, and whether it sits on something."""

from __future__ import annotations

from dataclasses import dataclass

from storylib.vocabulary import Facing

_TURN, _NOD, _PROFILE = 20.0, 11.0, 40.0  # how far a face moves on its head, in head units
_NARROW = 0.16  # how much nearer to each other the eyes of a turned face are


@dataclass(frozen=True)
class Bearing:
    """``look`` is where the eyes go, from -1 to 1 across (the figure's right is 1) and down; ``lean`` is in degrees.

    ``seat`` is how high the figure sits, in units; 0: it does not.
    """

    facing: Facing = "front"
    look: tuple[float, float] | None = None
    lean: float = 0.0
    seat: float = 0.0

    @property
    def turn(self) -> float:
        """How far the face is turned, from -1 to 1."""
        return 1.0 if self.facing == "side" else (self.look or (0.0, 0.0))[0]

    @property
    def shift(self) -> tuple[float, float]:
        """How far the face is moved on its head."""
        far = _PROFILE if self.facing == "side" else _TURN
        return far * self.turn, _NOD * (self.look or (0.0, 0.0))[1]

    @property
    def narrow(self) -> float:
        """How wide a turned face is against one that looks at us."""
        return 1 - _NARROW * abs(self.turn) * (1.6 if self.facing == "side" else 1.0)

    @property
    def pupils(self) -> tuple[float, float]:
        """How far the pupils are from the middle of their eyes."""
        x, y = self.look or (0.0, 0.0)
        return 7 * x, 6 * y
