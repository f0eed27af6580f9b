"""Light: what each time, weather and mood does to the colours of a picture.

Night and mist are mixed into the colours of the drawing itself, which costs nothing; a translucent layer over the
whole picture would cost the rasteriser 20–60 ms each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from storylib import vocabulary as v
from storylib.kit.svg import mix


@dataclass(frozen=True)
class Daylight:
    """The light of a time of day. ``tint`` multiplies: fully in the distance, less on the cast."""

    sky: tuple[str, ...]  # top to horizon
    sun: str | None  # None: hidden
    disc: str
    far: str  # the colour of distance
    cloud: str
    tint: str = "#ffffff"
    land: float = 0.0  # how much of the tint the land takes
    cast: float = 0.0  # and the cast

    def under(self, water: str) -> Daylight:
        """The same hour under water: distance has the water's colour, no sun, little tint."""
        return replace(self, far=water, sun=None, cloud=water, land=self.land * 0.6)


TIMES: dict[v.Time, Daylight] = {
    "morning": Daylight(("#a9dcf2", "#fdeccb"), "#fff1b8", "#ffd95e", "#a8cfd6", "#ffffff", "#ffe6c4", 0.28, 0.12),
    "day": Daylight(("#7cc8f0", "#dff5f2"), "#fff0a6", "#ffd95e", "#9ccfe0", "#ffffff"),
    "sunset": Daylight(
        ("#8d78c6", "#ffb38a", "#ffe2ac"), "#fff0b8", "#ffe09a", "#c79bb8", "#ffd9cf", "#ff9a6a", 0.3, 0.1
    ),
    "night": Daylight(
        ("#1d2657", "#46589d", "#7f8ecb"), "#fdf6d8", "#fdf6d8", "#3f5291", "#5f6fb2", "#3a4a98", 0.56, 0.2
    ),
}
GREY = ("#93a9bd", "#d6e0e4")
STORM_AT_NIGHT = ("#262d4d", "#566187")
CLOUDED: tuple[v.Weather, ...] = ("rain", "snow", "fog", "cloudy")


def overcast(light: Daylight, weather: v.Weather) -> Daylight:
    """The same time of day under clouds: greyer sky and distance, no sun."""
    if weather not in CLOUDED:
        return light
    grey = STORM_AT_NIGHT if light.land > 0.5 else GREY
    share = 0.5 if weather == "cloudy" else 0.75
    sky = (mix(light.sky[0], grey[0], share), mix(light.sky[-1], grey[1], share))
    return replace(
        light,
        sky=sky,
        sun=None,
        far=mix(light.far, mix(grey[0], grey[1], 0.5), share),
        cloud=mix(light.cloud, grey[1], 0.6),
        tint=mix(light.tint, "#6f86a3", 0.4 if light.land > 0.5 else 0.6),
        land=max(light.land, 0.16),
        cast=max(light.cast, 0.07),
    )


@dataclass(frozen=True)
class Feeling:
    """What a mood does to the finished picture: saturation, a wash (multiplied), and how dark its corners are."""

    colour: float = 1.0
    wash: str = "#ffffff"
    corners: float = 0.24


MOODS: dict[v.Mood, Feeling] = {
    "happy": Feeling(1.06, "#fffdf6"),
    "calm": Feeling(0.9, "#f8fbff", 0.18),
    "wonder": Feeling(1.08, "#faf3ff", 0.32),
    "tense": Feeling(0.82, "#dfe3f0", 0.5),
    "sad": Feeling(0.68, "#e4eaf4", 0.34),
    "funny": Feeling(1.16, "#fffcee", 0.14),
    "celebrate": Feeling(1.14, "#fff8f0", 0.2),
}

_COLOUR = re.compile(r'"(#[0-9a-f]{6})"')


@lru_cache(maxsize=65536)
def _lit(colour: str, tint: str, amount: float, mist: str, thickness: float) -> str:
    parts = zip(_bytes(colour), _bytes(tint), strict=True)
    shaded = "#" + "".join(f"{round(c * (1 - amount + amount * t / 255)):02x}" for c, t in parts)
    return mix(shaded, mist, thickness) if thickness else shaded


def _bytes(colour: str) -> bytes:
    return bytes.fromhex(colour[1:])


def relight(markup: str, tint: str, amount: float, mist: str = "#ffffff", thickness: float = 0.0) -> str:
    """The same drawing with every colour multiplied by ``tint`` to that amount, then mixed into the mist."""
    if not amount and not thickness:
        return markup
    return recolour(markup, lambda colour: _lit(colour, tint, round(amount, 3), mist, round(thickness, 3)))


def recolour(markup: str, change: Callable[[str], str]) -> str:
    """The same drawing with ``change`` applied to every ``"#rrggbb"``."""
    return _COLOUR.sub(lambda m: f'"{change(m[1])}"', markup)
