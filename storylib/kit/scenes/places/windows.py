"""Windows: what a room shows of the world outside, its hour and its weather."""

from __future__ import annotations

from collections.abc import Callable

from storylib.kit.scenes.nature import circles, cloud, placed
from storylib.kit.scenes.places.skies import DEEP, GROUNDS, PLANETS
from storylib.kit.scenes.stage import Stage
from storylib.kit.svg import darken, mix

_ROOFS = ("#d9705f", "#c98a5a", "#8f7fb5", "#5f95a8")
_NIGHT = "#26335f"


def window(stage: Stage, x: float, y: float, side: float = 380, frame: str = "#fff8ee") -> None:
    """A square window around (x, y)."""
    key, half, sky = stage.id(), side / 2, _sky(stage)
    stops = "".join(f'<stop offset="{i / (len(sky) - 1):.2f}" stop-color="{c}"/>' for i, c in enumerate(sky))
    box = f'x="{-half}" y="{-half}" width="{side}" height="{side}" rx="{side * 0.1:.0f}"'
    view = (
        f'<linearGradient id="{key}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
        f'<rect {box} fill="url(#{key})"/><clipPath id="{key}c"><rect {box}/></clipPath>'
        f'<g clip-path="url(#{key}c)">{_view(stage, side)}</g>'
    )
    bars = (
        f'<rect {box} fill="none" stroke="{frame}" stroke-width="22"/>'
        f'<path d="M0,{-half}V{half}M{-half},0H{half}" stroke="{frame}" stroke-width="13"/>'
    )
    stage.shine(placed(x, y, 1, view))
    stage.add(placed(x, y, 1, bars))
    if not stage.night:
        stage.glow(x, y, side * 0.8, sky[-1], 0.22)


def _sky(stage: Stage) -> tuple[str, ...]:
    return DEEP[stage.time] if stage.world == "space" else stage.daylight.sky


def _view(stage: Stage, side: float) -> str:
    """Sky, the land of the world, and what falls."""
    sky = _heavens(stage, side) if stage.world == "space" else _weather_sky(stage, side)
    land = LANDS.get(stage.world or "", _hills)(stage, side)
    falls = _falling(stage, side) if stage.weather in ("rain", "snow") and stage.world != "space" else ""
    return sky + land + falls


def _weather_sky(stage: Stage, side: float) -> str:
    light, above = stage.daylight, ""
    if light.sun:
        above = f'<circle cx="{side * 0.24:.0f}" cy="{-side * 0.24:.0f}" r="{side * 0.12:.0f}" fill="{light.disc}"/>'
    return above + (_stars(stage, side) if stage.night else cloud(stage, -side * 0.22, -side * 0.16, side / 540))


def _heavens(stage: Stage, side: float) -> str:
    light, dark = stage.kept.choice(PLANETS)
    planet = stage.piece("planet", side * 0.24, -side * 0.2, side / 520, {"#d9d4ff": light, "#7d7bd0": dark})
    return _stars(stage, side) + planet


def _stars(stage: Stage, side: float) -> str:
    spots = [(stage.rng.uniform(-side / 2, side / 2), stage.rng.uniform(-side / 2, side * 0.2), 3.0) for _ in range(22)]
    return circles(spots, "#fff8d8")


def _hills(stage: Stage, side: float) -> str:
    return _ground(side, _dusky(stage, mix(stage.grass("#8fca6e"), stage.daylight.far, 0.45)))


def _moon(stage: Stage, side: float) -> str:
    colour = darken(stage.kept.choice(GROUNDS), 0.15)
    craters = [(-side * 0.3, side * 0.4, side * 0.05), (side * 0.22, side * 0.42, side * 0.07)]
    return _ground(side, colour) + circles(craters, darken(colour, 0.2))


def _sea(stage: Stage, side: float) -> str:
    """The horizon, two waves, and a sail."""
    water = _dusky(stage, mix("#4fb0cf", stage.daylight.sky[-1], 0.25))
    waves = f"M{-side},{side * 0.3:.0f}q{side * 0.12:.0f},-10 {side * 0.24:.0f},0" + f"t{side * 0.24:.0f},0" * 8
    return (
        f'<rect x="{-side}" y="{side * 0.16:.0f}" width="{2 * side}" height="{side}" fill="{water}"/>'
        f'<path d="{waves}V{side}H{-side}Z" fill="{mix(water, "#bfeeee", 0.3)}"/>'
        f'<path d="M{-side * 0.25:.0f},{side * 0.13:.0f}l0,{-side * 0.17:.0f}l{side * 0.12:.0f},{side * 0.17:.0f}z"'
        f' fill="{_dusky(stage, "#fff4e0")}"/>'
        f'<path d="M{-side * 0.31:.0f},{side * 0.14:.0f}h{side * 0.22:.0f}q{-side * 0.02:.0f},{side * 0.06:.0f}'
        f' {-side * 0.08:.0f},{side * 0.06:.0f}h{-side * 0.07:.0f}z" fill="{_dusky(stage, "#b5613f")}"/>'
    )


def _roofs(stage: Stage, side: float) -> str:
    """The houses across the street."""
    out, width = [], side * 0.3
    for i in range(4):
        x, top = (i - 2) * width + side * 0.06, side * stage.kept.uniform(0.2, 0.3)
        wall, roof = _dusky(stage, "#e6cba6"), _dusky(stage, _ROOFS[i])
        out.append(f'<rect x="{x:.0f}" y="{top:.0f}" width="{width:.0f}" height="{side}" fill="{wall}"/>')
        gable = f"M{x - 8:.0f},{top:.0f}l{width / 2 + 8:.0f},{-side * 0.14:.0f}l{width / 2 + 8:.0f},{side * 0.14:.0f}z"
        pane = "#ffd98a" if stage.night else "#bfe3f0"
        out.append(f'<path d="{gable}" fill="{roof}"/>')
        out.append(
            f'<rect x="{x + width * 0.36:.0f}" y="{top + side * 0.07:.0f}" width="{width * 0.28:.0f}"'
            f' height="{side * 0.1:.0f}" rx="4" fill="{pane}"/>'
        )
    return "".join(out)


LANDS: dict[str, Callable[[Stage, float], str]] = {"space": _moon, "sea": _sea, "town": _roofs}


def _ground(side: float, colour: str) -> str:
    return (
        f'<path d="M{-side},{side * 0.42:.0f} Q{-side * 0.2:.0f},{side * 0.2:.0f} {side * 0.06:.0f},{side * 0.34:.0f}'
        f' T{side},{side * 0.26:.0f} V{side} H{-side} Z" fill="{colour}"/>'
    )


def _dusky(stage: Stage, colour: str) -> str:
    """The colour of what lies outside, by night nearly that of the night. (A window shines: it is not tinted later.)"""
    return mix(colour, _NIGHT, 0.6) if stage.night else colour


def _falling(stage: Stage, side: float) -> str:
    rng, h = stage.rng, side / 2
    if stage.weather == "snow":
        flakes = [(rng.uniform(-h, h), rng.uniform(-h, h), rng.choice((3.0, 5.0, 7.0))) for _ in range(30)]
        return circles(flakes, "#ffffff")
    drops = "".join(f"M{rng.uniform(-h, h):.0f},{rng.uniform(-h, h):.0f}l-8,28" for _ in range(30))
    return f'<path d="{drops}" stroke="#eaf4fb" stroke-width="3.5" stroke-linecap="round"/>'
