"""The stage of one picture: its facts, its own luck, and the layers that are painted on it, back to front.

Units: a picture is 1536 × 1024, y downwards. Land is painted from -120 to 1656 across and down to 1200, so that
the camera can move a little.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

from storylib import vocabulary as v
from storylib.kit.raster import HEIGHT, WIDTH
from storylib.kit.scenes import props
from storylib.kit.scenes.light import TIMES, Daylight, overcast
from storylib.kit.scenes.pieces import piece
from storylib.kit.svg import mix
from storylib.story import Scene
from storylib.story.props import find as find_prop

W, H = WIDTH, HEIGHT
LEFT, RIGHT, BOTTOM = -120, 1656, 1200  # how far land is painted


@dataclass
class Layer:
    """Things at one distance: ``depth`` 0 is the horizon, 1 is where the cast stands, above 1 is in front."""

    depth: float
    parts: list[str] = field(default_factory=list)
    lit: bool = False  # shines by itself: night does not darken it


@dataclass(frozen=True)
class Glow:
    """A pool of light around (x, y), radius in units, strength 0–1."""

    x: float
    y: float
    r: float
    colour: str = "#ffd98a"
    strength: float = 0.7


class Stage:
    """What a place paints on. Chance comes from ``rng`` and ``kept``, so the same order gives the same picture."""

    def __init__(self, scene: Scene, page: str, book: str, wall: v.Wall = "window"):
        self.time, self.weather, self.season, self.mood = scene.time, scene.weather, scene.season, scene.mood
        self.world, self.wall = scene.world, wall
        self.palms = scene.world == "jungle" != scene.setting  # in the thick of it other trees grow as well
        self.rng = random.Random(page)
        self.kept = random.Random(book)  # for what must look the same on every page of a book
        self.daylight: Daylight = overcast(TIMES[scene.time], scene.weather)
        self.sky: tuple[str, ...] = self.daylight.sky
        self.layers: list[Layer] = [Layer(0.0)]
        self.glows: list[Glow] = []
        self.halos: list[Glow] = []  # in the sky, behind everything
        self._ids = itertools.count()

    @property
    def night(self) -> bool:
        """Whether lamps are on."""
        return self.time == "night"

    @property
    def snowy(self) -> bool:
        """Whether snow lies outdoors."""
        return self.season == "winter" or self.weather == "snow"

    def layer(self, depth: float, *markup: str) -> None:
        """Start the next layer towards the viewer."""
        self.layers.append(Layer(depth, list(markup)))

    def add(self, *markup: str) -> None:
        """Paint on the nearest layer so far."""
        self.layers[-1].parts.extend(markup)

    def shine(self, *markup: str) -> None:
        """Paint something that gives light, on a layer of its own just in front of the nearest."""
        depth = self.layers[-1].depth
        self.layers += [Layer(depth, list(markup), lit=True), Layer(depth)]

    def glow(self, x: float, y: float, r: float, colour: str = "#ffd98a", strength: float = 0.7) -> None:
        """Light up the surroundings of (x, y)."""
        self.glows.append(Glow(x, y, r, colour, strength))

    def id(self) -> str:
        """A prefix for ids that nothing else in this picture has."""
        return f"s{next(self._ids)}"

    def far(self, colour: str, distance: float) -> str:
        """``colour`` seen through that much air (0–1)."""
        return mix(colour, self.daylight.far, distance)

    def leaf(self, colour: str) -> str:
        """``colour`` of a tree's leaves in this season."""
        if self.season == "autumn":
            return mix(colour, self.rng.choice(("#e8963e", "#d9663c", "#efc04c", "#c9803e")), 0.8)
        if self.season == "spring":
            return mix(colour, "#c4e37a", 0.3)
        return mix(colour, "#eef4f8", 0.35) if self.snowy else colour

    def grass(self, colour: str) -> str:
        """``colour`` of grassy ground in this season and weather."""
        if self.snowy:
            return mix(colour, "#f4f8fc", 0.9 if self.season == "winter" else 0.6)
        return mix(colour, "#d9b65f", 0.42) if self.season == "autumn" else colour

    def prop(self, name: str, x: float, y: float, size: float) -> str:
        """A known prop centred on (x, y), as part of the scenery.

        Raises:
            KeyError: no such prop.
        """
        found = find_prop(name)
        if found is None:
            raise KeyError(name)
        return f'<g transform="translate({x:.0f} {y:.0f})">{props.drawing(found, size, self.id())}</g>'

    def piece(
        self,
        name: str,
        x: float,
        y: float,
        scale: float = 1.0,
        colours: dict[str, str] | None = None,
        flip: bool = False,
    ) -> str:
        """A set piece with its foot at (x, y); ``colours`` repaints: old → new."""
        across = -scale if flip else scale
        place = f"translate({x:.0f} {y:.0f}) scale({across:.3f} {scale:.3f})"
        return f'<g transform="{place}">{piece(name, colours or {})}</g>'
