"""Places that people made, in the open: town, market, castle."""

from __future__ import annotations

from storylib.kit.scenes.nature import flat, mountains
from storylib.kit.scenes.places.country import GREEN, lamps, lawn, lit_house, rolling
from storylib.kit.scenes.plants import bush, tree
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage
from storylib.kit.scenes.weather import open_sky
from storylib.kit.svg import mix

WALLS = ("#f6d6b8", "#f4b9a7", "#bfdce4", "#f7e3a8", "#d9c7ea", "#cfe3bd")
ROOFS = ("#c9655a", "#7c6bb0", "#4f8f9f", "#d98c4a")


def cobbles(stage: Stage, y: float, colour: str) -> None:
    """A paved square from ``y`` down."""
    base = mix(colour, "#f4f8fc", 0.6) if stage.snowy else colour
    stage.layer(1.0, flat(stage, y, base))
    stage.add(f'<rect x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="26" fill="{mix(base, "#8a7f98", 0.35)}"/>')
    paths = ["", "", ""]
    for row in range(7):
        for column in range(17):
            x, top = LEFT + column * 112 + (row % 2) * 56, y + 42 + row * 58
            paths[stage.rng.randrange(3)] += (
                f"M{x},{top + 14}q0,-14 14,-14h72q14,0 14,14v16q0,14 -14,14h-72q-14,0 -14,-14z"
            )
    tones = (mix(base, "#ffffff", 0.38), mix(base, "#ffffff", 0.22), mix(base, "#8a7f98", 0.12))
    stage.add(*(f'<path d="{d}" fill="{tone}"/>' for d, tone in zip(paths, tones, strict=True)))


def terrace(stage: Stage, y: float, low: float, high: float) -> None:
    """A row of gabled houses in many colours."""
    start = stage.kept.randrange(6)
    for i in range(7):
        x, size = i * 250 + stage.rng.uniform(-20, 20), stage.rng.uniform(low, high)
        lit_house(stage, x, y + stage.rng.uniform(-8, 8), size, WALLS[(start + i) % 6], ROOFS[(start + i) % 4])


def town(stage: Stage) -> None:
    """A street of gabled houses, cobbles and lamps; puddles when it rains."""
    open_sky(stage)
    rolling(stage, "#b4c9a8")
    stage.layer(0.7)
    terrace(stage, 722, 1.25, 1.6)
    cobbles(stage, 720, "#d3ccd8")
    stage.add(bush(stage, 20, 760, 0.8, "#76b964"), bush(stage, 1520, 762, 0.8, "#76b964"))
    lamps(stage, (250, 1290), 800, 1.0)
    if stage.weather == "rain" or stage.night:
        spots = ((220, 850), (640, 990), (1010, 880), (1340, 960))
        stage.shine(*(f'<ellipse cx="{x}" cy="{y}" rx="66" ry="14" fill="#8fa4dc"/>' for x, y in spots))


def market(stage: Stage) -> None:
    """Striped stalls heaped with fruit, bread and flowers, under strings of flags."""
    open_sky(stage)
    stage.layer(0.5)
    terrace(stage, 690, 0.95, 1.2)
    cobbles(stage, 716, "#dcc9b2")
    awnings = (("#e4697a", "#fff8ec"), ("#5b9fc4", "#fff8ec"), ("#7bb87a", "#fff3c9"))
    goods = (("red-apple", "pear", "banana"), ("bread", "pie", "cheese-wedge"), ("tulip", "potted-plant", "rose"))
    for i, x in enumerate((210, 768, 1326)):
        stripe, plain = awnings[i]
        stage.add(stage.piece("stall", x, 826, 1.12, {"#e4697a": stripe, "#fff8ec": plain}))
        stage.add(*(stage.prop(name, x + dx, 672, 84) for name, dx in zip(goods[i], (-100, 0, 100), strict=True)))
        if stage.night:
            stage.glow(x, 620, 230, strength=0.7)
    stage.layer(0.9, bunting(110, 60))
    stage.add(stage.piece("barrel", 490, 836, 0.8), stage.piece("barrel", 1060, 838, 0.8))


def bunting(
    y: float, sag: float, colours: tuple[str, ...] = ("#f2748b", "#ffd166", "#74b9ee", "#8fd18a", "#c6a4f2")
) -> str:
    """Flags on a string that hangs in two bows."""
    rope, flags = f"M{LEFT},{y}", [""] * len(colours)
    for bow in range(2):
        start = LEFT + bow * 888
        rope += f"q444,{2 * sag} 888,0"
        for i in range(8):
            t = (i + 0.5) / 8
            x, drop = start + 888 * t, y + 4 * sag * t * (1 - t)
            flags[(i + bow) % len(colours)] += f"M{x - 46:.0f},{drop - 4:.0f}h92l-46,78z"
    drawn = "".join(f'<path d="{d}" fill="{colour}"/>' for d, colour in zip(flags, colours, strict=True))
    return f'{drawn}<path d="{rope}" stroke="#8a5f45" stroke-width="7" fill="none"/>'


def castle(stage: Stage) -> None:
    """A castle with flags above a green, mountains behind."""
    open_sky(stage)
    stage.layer(0.1, mountains(stage, 640, stage.far("#9fc0c9", 0.55)))
    crest = rolling(stage, "#93cb72")[1]
    x = stage.kept.choice((1080, 470))
    stage.add(stage.piece("castle", x, 700, 1.25))
    if stage.night:
        stage.shine(stage.piece("castle-windows", x, 700, 1.25))
        stage.glow(x, 520, 330, strength=0.4)
    for low, high in ((30, 160), (1400, 1500)):
        at = stage.rng.uniform(low, high)
        stage.add(tree(stage, at, crest.y(at) + 30, stage.rng.uniform(1.0, 1.3), stage.far(GREEN, 0.15)))
    lawn(stage, "#93cb72", path=True, blooms=14)
    stage.add(*(bush(stage, at, 810, 1.0, "#6fb35a") for at in (560, 1000)))
