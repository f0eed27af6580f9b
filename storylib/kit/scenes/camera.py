"""The camera: the same place looks different on each page, because it is seen from elsewhere."""

from __future__ import annotations

import random
from dataclasses import dataclass

from storylib import vocabulary as v
from storylib.kit.scenes.stage import W

ZOOM: dict[v.Shot, tuple[float, float]] = {"wide": (0.0, 0.0), "mid": (0.02, 0.12), "close": (0.26, 0.4)}
LIFT: dict[v.Shot, tuple[float, float]] = {"wide": (24, 84), "mid": (24, 84), "close": (10, 36)}


@dataclass(frozen=True)
class Camera:
    """Where a picture is taken from. Near things move more than far ones, so hills slide behind each other.

    ``zoom`` 0.1 makes the near ground a tenth larger; ``pan`` and ``lift`` move it, in units; ``floor`` is the line
    that zooming keeps in place.
    """

    flip: bool = False
    zoom: float = 0.0
    pan: float = 0.0
    lift: float = 0.0
    floor: float = 890.0

    def point(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Where the picture shows the place's (x, y)."""
        scale = self.scale(depth)
        x = W - x if self.flip else x
        return W / 2 + (x - W / 2) * scale + self.pan * depth, self.floor + (y - self.floor) * scale + self.lift * depth

    def scale(self, depth: float) -> float:
        """How much larger the place's things look."""
        return 1 + self.zoom * depth

    def transform(self, depth: float) -> str:
        """The same as an SVG transform."""
        scale = self.scale(depth)
        x, y = self.point(0, 0, depth)
        return f"translate({x:.1f} {y:.1f}) scale({-scale if self.flip else scale:.4f} {scale:.4f})"


def aim(shot: v.Shot, floor: float, rng: random.Random, flip: bool = False, page: int = 0) -> Camera:
    """A camera for this shot: nearer or farther; higher on one page, lower on the next."""
    zoom = rng.uniform(*ZOOM[shot])
    way = 1 if page % 2 else -1
    room = W * zoom / 2 + 60  # how far it can turn without showing the end of the land
    return Camera(
        flip=flip,
        zoom=zoom,
        pan=rng.uniform(-room, room) * 0.7,
        lift=rng.uniform(*LIFT[shot]) * way,
        floor=floor,
    )
