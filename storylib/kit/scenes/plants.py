"""Growing things, as the season dresses them: trees, bushes, grass, flowers, cactus."""

from __future__ import annotations

import math
from typing import Literal

from storylib.kit.scenes.nature import circles, jitter, placed
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage
from storylib.kit.svg import darken, lighten, mix

TRUNK = "#8a5f45"
PETALS = ("#fff6fa", "#f7a8bd", "#ffe08a", "#c6a4f2", "#ff9f8a")
TreeKind = Literal["round", "pine", "palm", "apple"]


def tree(stage: Stage, x: float, y: float, scale: float, colour: str, kind: TreeKind = "round") -> str:
    """A tree with its foot at (x, y), about 270 units high at scale 1, dressed for the season."""
    kind = "palm" if stage.palms else kind
    bare = stage.season == "winter" and kind in ("round", "apple")
    body = _bare(stage) if bare else TREES[kind](stage, colour)
    shadow = '<ellipse cx="6" cy="0" rx="62" ry="11" fill="#2a1633" fill-opacity=".16"/>'
    return placed(x, y, scale, shadow + body)


def _round(stage: Stage, colour: str) -> str:
    colour = stage.leaf(colour)
    trunk = f'<path d="M-13,4 C-8,-40 -12,-80 -18,-120 H18 C12,-80 8,-40 15,4 Z" fill="{TRUNK}"/>'
    spots: list[tuple[float, float, float]] = [(-52, -150, 52), (50, -152, 54), (0, -206, 64)]
    crown = jitter(stage, [*spots, (-34, -186, 50), (38, -198, 50), (0, -146, 54)], 7)
    light = [(a - 14, b - 18, r * 0.36) for a, b, r in crown[:5]]
    curls = "".join(
        f"M{stage.rng.uniform(-70, 70):.0f},{stage.rng.uniform(-230, -120):.0f}q6,-7 12,0" for _ in range(9)
    )
    lines = f'<path d="{curls}" stroke="{darken(colour, 0.1)}" stroke-width="3.5" fill="none" stroke-linecap="round"/>'
    leaves = circles(crown, darken(colour, 0.16), dy=7, dr=2) + circles(crown, colour, -3, -3, -5)
    return trunk + leaves + circles(light, lighten(colour, 0.13)) + lines + _blossom(stage)


def _blossom(stage: Stage) -> str:
    if stage.season != "spring" or stage.rng.random() < 0.4:
        return ""
    spots = [(stage.rng.uniform(-86, 86), stage.rng.uniform(-250, -124), stage.rng.uniform(5, 9)) for _ in range(26)]
    return circles(spots[:18], "#f9bfd0") + circles(spots[18:], "#fff0f4")


def _apple(stage: Stage, colour: str) -> str:
    fruit = [(-60, -150, 11), (-20, -196, 11), (34, -160, 11), (62, -186, 11), (8, -238, 11), (-42, -222, 11)]
    return _round(stage, colour) + (
        circles(jitter(stage, list(fruit), 10), "#d9483f") if stage.season != "spring" else ""
    )


def _bare(stage: Stage) -> str:
    trunk = f'<path d="M-13,4 C-8,-40 -10,-80 -14,-130 H12 C10,-80 8,-40 15,4 Z" fill="{TRUNK}"/>'
    limbs = "M0,-120 C-6,-170 -40,-190 -66,-232 M0,-126 C10,-176 30,-196 30,-256 M4,-110 C30,-140 60,-150 84,-196"
    twigs = "M-34,-186 q-26,-6 -44,-2 M-20,-170 q4,-40 -4,-74 M26,-196 q26,-20 34,-46 M50,-152 q30,0 50,-12"
    snow = "M-68,-234 q16,24 36,42 M84,-198 q-14,26 -34,44 M30,-258 q2,24 -2,48"
    return trunk + "".join(
        f'<path d="{d}" stroke="{colour}" stroke-width="{width + stage.rng.uniform(-1, 1):.1f}" fill="none"'
        ' stroke-linecap="round"/>'
        for d, colour, width in ((limbs, TRUNK, 15), (twigs, TRUNK, 8), (snow, "#f4f8fc", 8))
    )


def _pine(stage: Stage, colour: str) -> str:
    out = [f'<rect x="-11" y="-40" width="22" height="44" rx="6" fill="{TRUNK}"/>']
    for i, (y, w, h) in enumerate(((-28, 92, 92), (-92, 76, 84), (-150, 58, 84))):
        c = mix(colour, lighten(colour, 0.25), i / 3)
        left = f"C{-w * 0.7:.0f},{y - 14} {-w * 0.3:.0f},{y - h * 0.5:.0f} 0,{y - h} Z"
        right = f"M0,{y - h} C{w * 0.3:.0f},{y - h * 0.5:.0f} {w * 0.7:.0f},{y - 14} {w},{y}"
        hem = f"Q{w * 0.5:.0f},{y + 16} 0,{y + 12} Q{-w * 0.5:.0f},{y + 16} {-w},{y}"
        out.append(f'<path d="{right} {hem} {left}" fill="{c}"/>')
        shade = f"Q{w * 0.5:.0f},{y + 16} {w * 0.2:.0f},{y + 12} Q{w * 0.3:.0f},{y - 20} 0,{y - h} Z"
        out.append(f'<path d="{right} {shade}" fill="{darken(c, 0.09)}"/>')
        out.append(_pine_snow(y, w, h) if stage.snowy else "")
    return "".join(out)


def _pine_snow(y: float, w: float, h: float) -> str:
    return (
        f'<path d="M0,{y - h - 2} C{w * 0.2:.0f},{y - h * 0.62:.0f} {w * 0.36:.0f},{y - h * 0.45:.0f}'
        f" {w * 0.5:.0f},{y - h * 0.3:.0f} q-14,10 -22,-4 q-10,16 -22,2 q-14,12 -22,-4 q-10,12 -24,6"
        f' C{-w * 0.3:.0f},{y - h * 0.5:.0f} {-w * 0.16:.0f},{y - h * 0.7:.0f} 0,{y - h - 2} Z" fill="#ffffff"/>'
    )


def _palm(stage: Stage, colour: str) -> str:
    rings = "".join(f"M{-8 + i * 6},{-20 - i * 30}q12,6 22,0" for i in range(6))
    out = [
        '<path d="M-12,4 C-4,-60 6,-130 34,-190 L50,-186 C28,-124 18,-56 16,4 Z" fill="#b58a5c"/>',
        f'<path d="{rings}" stroke="#8a6540" stroke-width="4" fill="none"/>',
    ]
    for angle in (-160, -120, -75, -35, 5, 200):
        turn = math.radians(angle)
        x, y = 42 + 130 * math.cos(turn), -156 + 92 * math.sin(turn)
        out.append(
            f'<path d="M42,-190 Q{(42 + x) / 2 + 20 * math.sin(turn):.0f},{(-190 + y) / 2 - 46:.0f} {x:.0f},{y:.0f}'
            f' Q{(42 + x) / 2:.0f},{(-190 + y) / 2 - 4:.0f} 42,-190 Z"'
            f' fill="{mix(colour, lighten(colour, 0.3), stage.rng.random())}"/>'
        )
    return "".join(out) + circles([(38, -178, 11), (54, -176, 10)], "#7a4f35")


TREES = {"round": _round, "apple": _apple, "pine": _pine, "palm": _palm}


def bush(stage: Stage, x: float, y: float, scale: float, colour: str) -> str:
    """A bush with its foot at (x, y), about 170 units wide at scale 1."""
    colour = mix(stage.leaf(colour), "#f4f8fc", 0.55 if stage.season == "winter" else 0)
    leaves = jitter(stage, [(-48, -24, 36), (0, -40, 46), (46, -24, 38), (0, -12, 40)], 4)
    body = circles(leaves, darken(colour, 0.14), dy=5) + circles(leaves, colour, -2, -2, -5)
    return placed(x, y, scale, body + circles([(-14, -54, 13), (-56, -34, 10), (36, -36, 11)], lighten(colour, 0.13)))


def tufts(stage: Stage, count: int, colour: str, top: float = 780, bottom: float = 1100) -> str:
    """Grass: larger towards the viewer. Two paths in all."""
    out = ["", ""]
    for i in range(count):
        x, y = stage.rng.uniform(LEFT, RIGHT), stage.rng.uniform(top, bottom)
        s = 0.5 + 0.8 * (y - top) / 260
        out[i % 2] += (
            f"M{x - 9 * s:.0f},{y:.0f}Q{x - 10 * s:.0f},{y - 16 * s:.0f} {x - 15 * s:.0f},{y - 22 * s:.0f}"
            f"Q{x - 4 * s:.0f},{y - 15 * s:.0f} {x - 2 * s:.0f},{y - 3 * s:.0f}"
            f"Q{x:.0f},{y - 20 * s:.0f} {x + 2 * s:.0f},{y - 29 * s:.0f}"
            f"Q{x + 6 * s:.0f},{y - 18 * s:.0f} {x + 4 * s:.0f},{y - 3 * s:.0f}"
            f"Q{x + 8 * s:.0f},{y - 14 * s:.0f} {x + 16 * s:.0f},{y - 19 * s:.0f}"
            f"Q{x + 11 * s:.0f},{y - 10 * s:.0f} {x + 10 * s:.0f},{y:.0f}Z"
        )
    return f'<path d="{out[0]}" fill="{darken(colour, 0.16)}"/><path d="{out[1]}" fill="{darken(colour, 0.09)}"/>'


def flowers(stage: Stage, count: int, top: float = 790, bottom: float = 1080) -> str:
    """Meadow flowers; more in spring, none under snow."""
    count = 0 if stage.snowy else int(count * {"spring": 1.5, "autumn": 0.4}.get(stage.season, 1.0))
    spots = sorted((stage.rng.uniform(top, bottom), stage.rng.uniform(LEFT, RIGHT)) for _ in range(count))
    return "".join(flower(stage, x, y, 0.6 + 0.8 * (y - top) / 260) for y, x in spots)


def flower(stage: Stage, x: float, y: float, scale: float) -> str:
    """One flower with its foot at (x, y)."""
    colour = stage.rng.choice(PETALS)
    turns = [k * 2 * math.pi / 5 for k in range(5)]
    petals = circles([(9 * math.cos(a), -30 + 9 * math.sin(a), 7.5) for a in turns], colour)
    stem = (
        '<path d="M0,0 Q3,-14 0,-26" stroke="#5d9a4e" stroke-width="4" fill="none"/>'
        '<path d="M0,-6 q12,-10 16,-4 q-6,8 -16,8" fill="#6aa957"/>'
    )
    heart = f'<circle cx="0" cy="-30" r="5.5" fill="{"#d9822f" if colour == "#ffe08a" else "#f5b93f"}"/>'
    return placed(x, y, scale, stem + petals + heart)


def cactus(x: float, y: float, scale: float, colour: str = "#6fae7c") -> str:
    """A tall desert cactus with two arms."""
    stroke = f'stroke-linecap="round" stroke-linejoin="round" fill="none" stroke="{colour}" stroke-width="32"'
    lines = f'fill="none" stroke="{darken(colour, 0.12)}" stroke-width="4" stroke-linecap="round"'
    return placed(
        x,
        y,
        scale,
        f'<path d="M0,0 V-160 M0,-64 H-50 V-112 M0,-92 H46 V-138" {stroke}/>'
        f'<path d="M-5,-10 V-160 M7,-20 V-150 M-50,-76 V-108 M46,-100 V-134" {lines}/>'
        '<circle cx="0" cy="-178" r="9" fill="#f58fa0"/><circle cx="46" cy="-156" r="7" fill="#f58fa0"/>',
    )
