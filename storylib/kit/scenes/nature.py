"""Given things: hills, mountains, clouds, rocks, stars, water; and the discs that many things are drawn with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from storylib.kit.scenes.stage import BOTTOM, LEFT, RIGHT, Stage, W
from storylib.kit.svg import darken, lighten, mix


@dataclass(frozen=True)
class Line:
    """The crest of a hill: smooth between its points."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def y(self, x: float) -> float:
        """The height of the crest at ``x``."""
        i = max(0, min(len(self.xs) - 2, bisect_right(self.xs, x) - 1))
        t = max(0.0, min(1.0, (x - self.xs[i]) / (self.xs[i + 1] - self.xs[i])))
        return self.ys[i] + (self.ys[i + 1] - self.ys[i]) * t * t * (3 - 2 * t)


def hill(stage: Stage, y: float, swell: float, waves: int, colour: str, foot: str = "") -> tuple[str, Line]:
    """Ground from about ``y`` down; ``foot`` is the colour it shades to (costs a gradient, so only for near ground)."""
    xs = tuple(LEFT + i * (RIGHT - LEFT) / waves for i in range(waves + 1))
    ys = tuple(y + stage.rng.uniform(-swell, swell) for _ in xs)
    d = f"M{xs[0]:.0f},{ys[0]:.0f} "
    for i in range(waves):
        middle = (xs[i] + xs[i + 1]) / 2
        d += f"C{middle:.0f},{ys[i]:.0f} {middle:.0f},{ys[i + 1]:.0f} {xs[i + 1]:.0f},{ys[i + 1]:.0f} "
    d += f"V{BOTTOM} H{LEFT} Z"
    if not foot:
        return f'<path d="{d}" fill="{colour}"/>', Line(xs, ys)
    key = stage.id()
    stops = f'<stop offset="0" stop-color="{colour}"/><stop offset=".6" stop-color="{foot}"/>'
    gradient = f'<linearGradient id="{key}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
    return f'{gradient}<path d="{d}" fill="url(#{key})"/>', Line(xs, ys)


def flat(stage: Stage, y: float, colour: str, foot: str = "") -> str:
    """Level ground from ``y`` down."""
    return hill(stage, y, 0, 1, colour, foot)[0]


def circles(
    spots: Sequence[tuple[float, float, float]], colour: str, dx: float = 0, dy: float = 0, dr: float = 0
) -> str:
    """One path of many discs (x, y, r), each moved and grown by the same."""
    d = "".join(
        f"M{x + dx - r - dr:.0f},{y + dy:.0f}a{r + dr:.0f},{r + dr:.0f} 0 1,0 {2 * (r + dr):.0f},0"
        f"a{r + dr:.0f},{r + dr:.0f} 0 1,0 {-2 * (r + dr):.0f},0"
        for x, y, r in spots
    )
    return f'<path d="{d}" fill="{colour}"/>'


def jitter(stage: Stage, spots: list[tuple[float, float, float]], by: float) -> list[tuple[float, float, float]]:
    """The same discs, each a little elsewhere."""
    return [(x + stage.rng.uniform(-by, by), y + stage.rng.uniform(-by, by), r) for x, y, r in spots]


def placed(x: float, y: float, scale: float, body: str) -> str:
    """``body`` with its origin at (x, y)."""
    return f'<g transform="translate({x:.0f} {y:.0f}) scale({scale:.2f})">{body}</g>'


def cloud(stage: Stage, x: float, y: float, scale: float) -> str:
    """A fair-weather cloud around (x, y)."""
    colour = stage.daylight.cloud
    puffs = jitter(stage, [(-70, 8, 44), (-26, -16, 54), (34, -10, 50), (78, 10, 38)], 6)
    base = f'<rect x="-112" y="6" width="226" height="42" rx="21" fill="{colour}"/>'
    shade = f'<path d="M-96,44 Q0,60 100,44 Q80,30 40,32 Q0,44 -50,34 Z" fill="{darken(colour, 0.05)}"/>'
    return placed(x, y, scale, circles(puffs, colour) + base + shade)


def mountains(stage: Stage, y: float, colour: str, snowline: float = 0.24, count: int = 4) -> str:
    """A range standing on ``y`` with snow on its upper part."""
    out = []
    for k in range(count):
        x = 120 + k * 1720 / count + stage.rng.uniform(-90, 90)
        h = stage.rng.uniform(230, 360)
        out.append(
            f'<path d="M{x - 330:.0f},{y:.0f} Q{x - 120:.0f},{y - h * 0.5:.0f} {x - 24:.0f},{y - h:.0f}'
            f" Q{x:.0f},{y - h - 22:.0f} {x + 24:.0f},{y - h:.0f}"
            f' Q{x + 130:.0f},{y - h * 0.5:.0f} {x + 330:.0f},{y:.0f} Z"'
            f' fill="{mix(colour, "#ffffff", 0.08 * (k % 2))}"/>'
        )
        out.append(_snowcap(x, y, h, snowline, mix(colour, "#ffffff", 0.85)))
    return "".join(out)


def _snowcap(x: float, y: float, h: float, share: float, colour: str) -> str:
    low, side = h * (1 - share), 330 * share
    return (
        f'<path d="M{x - side:.0f},{y - low:.0f} Q{x - side * 0.5:.0f},{y - h * 0.92:.0f} {x - 24:.0f},{y - h:.0f}'
        f" Q{x:.0f},{y - h - 22:.0f} {x + 24:.0f},{y - h:.0f} Q{x + side * 0.6:.0f},{y - h * 0.9:.0f}"
        f" {x + side:.0f},{y - low:.0f} q-26,20 -44,-4 q-24,30 -46,4 "
        f'q-{side * 0.5:.0f},30 -{max(0.0, 2 * side - 90):.0f},0 Z" fill="{colour}"/>'
    )


def rock(stage: Stage, x: float, y: float, scale: float, colour: str = "#a9a3b0") -> str:
    """A boulder about 120 units wide at scale 1."""
    top = stage.rng.uniform(58, 84)
    snow = (
        '<path d="M-40,-52 Q-10,-84 30,-62 Q46,-50 40,-40 q-14,6 -22,-4 q-12,12 -24,0 q-16,10 -34,-8 Z" fill="#fff"/>'
    )
    return placed(
        x,
        y,
        scale,
        f'<path d="M-62,0 Q-70,-34 -40,-54 Q-14,-{top:.0f} 24,-64 Q60,-48 64,0 Z" fill="{colour}"/>'
        f'<path d="M10,0 Q30,-30 24,-64 Q60,-48 64,0 Z" fill="{darken(colour, 0.14)}"/>'
        f'<path d="M-36,-36 Q-26,-50 -8,-52" stroke="{lighten(colour, 0.35)}" stroke-width="6" fill="none"'
        ' stroke-linecap="round"/>' + (snow if stage.snowy else ""),
    )


def stars(stage: Stage, count: int, down_to: float) -> str:
    """A starry sky above ``down_to``: one path of dots, and a few that twinkle."""
    rng = stage.rng
    spots = [(rng.uniform(LEFT, RIGHT), rng.uniform(0, down_to), rng.choice((1.6, 2.2, 3.0))) for _ in range(count)]
    dots = "".join(f"M{x - r:.1f},{y:.0f}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0" for x, y, r in spots)
    twinkles = "".join(
        twinkle(rng.uniform(60, W - 60), rng.uniform(30, down_to * 0.7), rng.uniform(6, 11)) for _ in range(7)
    )
    return f'<path d="{dots}" fill="#fffbe6"/>{twinkles}'


def twinkle(x: float, y: float, k: float, colour: str = "#fff6cf") -> str:
    """A four-pointed sparkle of half-width ``k``."""
    return (
        f'<path d="M{x:.0f},{y - k:.0f} Q{x:.0f},{y:.0f} {x + k:.0f},{y:.0f} Q{x:.0f},{y:.0f} {x:.0f},{y + k:.0f}'
        f' Q{x:.0f},{y:.0f} {x - k:.0f},{y:.0f} Q{x:.0f},{y:.0f} {x:.0f},{y - k:.0f} Z" fill="{colour}"/>'
    )


def ripples(stage: Stage, count: int, top: float, bottom: float, colour: str = "#ffffff") -> str:
    """Short waves on water, as one path."""
    rng = stage.rng
    d = "".join(f"M{rng.uniform(LEFT, RIGHT):.0f},{rng.uniform(top, bottom):.0f}q20,-9 40,0t40,0" for _ in range(count))
    return f'<path d="{d}" stroke="{colour}" stroke-width="4" fill="none" stroke-linecap="round" stroke-opacity=".5"/>'
