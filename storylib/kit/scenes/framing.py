"""Framing: something near and dark at the edge of the picture, so that it has depth."""

from __future__ import annotations

import math

from storylib.kit.scenes.nature import circles, placed
from storylib.kit.scenes.places import Frame
from storylib.kit.scenes.stage import H, Stage, W
from storylib.kit.svg import darken, lighten, mix


def frame(stage: Stage, kind: Frame) -> str:
    """The markup in front of the cast; it never reaches the middle of the picture."""
    return FRAMES[kind](stage) if kind in FRAMES else ""


def _near(stage: Stage, colour: str) -> str:
    return mix(stage.leaf(colour), "#e9f2fb", 0.7 if stage.season == "winter" else 0)


def _leaves(stage: Stage) -> str:
    colour = _near(stage, "#4f9358")
    out = []
    for side, corner in ((1, -30), (-1, W + 30)):
        for i in range(6):
            a = math.radians(-8 - i * 17)
            length = stage.rng.uniform(230, 310) * (1 - 0.06 * i)
            x, y = corner + side * length * math.cos(a), H + 36 + length * math.sin(a)
            nx, ny = math.sin(a) * 44, math.cos(a) * 44
            mx, my = (corner + x) / 2, (H + 36 + y) / 2
            out.append(
                f'<path d="M{corner},{H + 36} Q{mx + side * nx:.0f},{my - ny:.0f} {x:.0f},{y:.0f}'
                f' Q{mx - side * nx * 0.4:.0f},{my + ny * 0.4:.0f} {corner},{H + 36} Z"'
                f' fill="{mix(colour, darken(colour, 0.35), stage.rng.random())}"/>'
            )
    return "".join(out)


def _grass(stage: Stage) -> str:
    """Blades along the lower edge, high at the sides and low in the middle."""
    colour = stage.grass("#5f9f52")
    blades = ["", ""]
    for i in range(64):
        x = i * 25 + stage.rng.uniform(-10, 10)
        side = abs(x - W / 2) / (W / 2)
        height = stage.rng.uniform(0.5, 1.0) * (26 + 130 * side**2.2)
        lean = stage.rng.uniform(-26, 26)
        blades[i % 2] += (
            f"M{x - 11:.0f},{H + 10}Q{x + lean * 0.2:.0f},{H - height * 0.6:.0f} {x + lean:.0f},{H - height:.0f}"
            f"Q{x + 10 + lean * 0.3:.0f},{H - height * 0.5:.0f} {x + 13:.0f},{H + 10}Z"
        )
    tones = (darken(colour, 0.16), darken(colour, 0.3))
    return "".join(f'<path d="{d}" fill="{tone}"/>' for d, tone in zip(blades, tones, strict=True))


def _branch(stage: Stage) -> str:
    """A branch from an upper corner, with leaves, blossom or snow."""
    colour = _near(stage, "#5fa052")
    side = stage.rng.choice((1, -1))
    bough = '<path d="M-40,70 C80,60 190,110 330,96 M120,84 C160,120 190,150 250,170" stroke="#7a5238"'
    bough += ' stroke-width="17" fill="none" stroke-linecap="round"/>'
    spots = [(stage.rng.uniform(-20, 350), stage.rng.uniform(40, 190)) for _ in range(26)]
    tones = (colour, darken(colour, 0.18), lighten(colour, 0.16))
    leaves = "".join(
        f'<path d="M0,0 q18,-22 46,-6 q-16,24 -46,6" fill="{stage.rng.choice(tones)}"'
        f' transform="translate({x:.0f} {y:.0f}) rotate({stage.rng.uniform(0, 360):.0f})"/>'
        for x, y in spots
    )
    extra = {"spring": "#f9bfd0", "winter": "#ffffff"}.get(stage.season)
    dots = circles([(x + 14, y - 8, 8.0) for x, y in spots[::2]], extra) if extra else ""
    return f'<g transform="translate({0 if side > 0 else W} 0) scale({side} 1)">{bough}{leaves}{dots}</g>'


def _rocks(stage: Stage) -> str:
    colour = "#d5e0ec" if stage.season == "winter" else "#5b5378"
    left, right = stage.rng.uniform(150, 240), stage.rng.uniform(150, 240)
    return "".join(
        placed(x, H + 12, 1, f'<path d="M{-w},0 Q{-w},{-w * 0.5:.0f} {-w * 0.3:.0f},{-w * 0.62:.0f}'
               f' Q{w * 0.4:.0f},{-w * 0.6:.0f} {w},0 Z" fill="{tone}"/>')
        for x, w, tone in ((0, left, colour), (60, left * 0.6, darken(colour, 0.2)),
                           (W, right, colour), (W - 70, right * 0.6, darken(colour, 0.2)))
    )  # fmt: skip


def _weed(stage: Stage) -> str:
    blades = ""
    for base in (20, 70, 120, W - 20, W - 66, W - 116):
        height = stage.rng.uniform(150, 300)
        sway = stage.rng.uniform(-20, 20)
        blades += f"M{base},{H + 10}c-40,{-height * 0.3:.0f} 40,{-height * 0.6:.0f} {sway:.0f},{-height:.0f}"
    return f'<path d="{blades}" stroke="#1f5f7c" stroke-width="26" fill="none" stroke-linecap="round"/>'


FRAMES = {"leaves": _leaves, "grass": _grass, "branch": _branch, "rocks": _rocks, "weed": _weed}
