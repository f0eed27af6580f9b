"""How large a page is, where its picture and its words stand, and how large the type is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from storylib.vocabulary import AgeBand

Placement = Literal["above", "below", "left", "right", "full"]  # of the picture; full: the words lie over it
Shape = Literal["square", "a4", "a5", "letter", "half-letter"]

SHAPES: dict[Shape, tuple[float, float]] = {  # millimetres; a5 and half-letter stand upright, as booklets are folded
    "square": (210, 210),
    "a4": (297, 210),
    "a5": (148.5, 210),
    "letter": (279.4, 215.9),
    "half-letter": (139.7, 215.9),
}
TYPE: dict[AgeBand, float] = {"1-2": 26, "3-5": 22, "6-8": 18, "9-12": 16}  # points on a page 210 mm wide
PAPER = "#fffaf0"  # the paper on which the Kit's pictures are painted, so that their torn edge lies on it


@dataclass(frozen=True)
class Layout:
    """A page. Lengths in millimetres; ``bleed`` is added around it, ``inset`` kept white; ``scale`` enlarges the type;
    ``press``: for a printer, with one black ink."""

    shape: Shape = "square"
    placement: Placement = "above"
    bleed: float = 0
    inset: float = 0
    scale: float = 1
    paper: str | None = PAPER
    press: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height after trimming, in millimetres."""
        return SHAPES[self.shape]

    def type_size(self, band: AgeBand) -> float:
        """Return the largest type for an age band, in points; words that need more room are set smaller."""
        return round(TYPE[band] * self.scale * min(1, self.size[0] / 210 + 0.1), 1)


SCREEN = Layout()
