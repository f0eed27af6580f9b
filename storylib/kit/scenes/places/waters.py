"""Places by, on and under the water: beach, ship, underwater."""

from __future__ import annotations

from storylib.kit.scenes.nature import circles, flat, hill, placed, ripples, rock
from storylib.kit.scenes.plants import tree
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage, W
from storylib.kit.scenes.weather import open_sky
from storylib.kit.svg import darken, lighten, mix


def sea(stage: Stage, y: float, depth: float, bottom: float) -> None:
    """Water from the horizon ``y`` down, lighter towards the shore."""
    far = mix("#58b7d8", stage.daylight.sky[-1], 0.35)
    stage.layer(depth, f'<rect x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="900" fill="{far}"/>')
    for i, share in enumerate((0.33, 0.66)):
        colour = mix(far, "#7fd6d4", share)
        top = y + (bottom - y) * (0.25 + 0.35 * i)
        stage.add(f'<path d="M{LEFT},{top:.0f} q220,-22 444,0 t444,0 t444,0 t444,0 V1200 H{LEFT} Z" fill="{colour}"/>')
    stage.add(ripples(stage, 26, y + 16, bottom - 30))
    if stage.daylight.sun and stage.halos:
        stage.shine(_glitter(stage, stage.halos[0].x, y, bottom))


def _glitter(stage: Stage, x: float, top: float, bottom: float) -> str:
    """The path of light that a low sun or the moon lays on the water; by day a few sparks."""
    rng, low = stage.rng, stage.time in ("sunset", "night")
    out = []
    for i in range(30 if low else 9):
        near = (i + rng.random()) / (30 if low else 9)
        y, reach = top + 6 + (bottom - top - 44) * near, (26 + 70 * near) * (1 if low else 2.4)
        half = rng.uniform(10, 26) * (0.5 + near)
        out.append(f"M{x + rng.uniform(-reach, reach) - half:.0f},{y:.0f}h{2 * half:.0f}")
    colour, shown = stage.daylight.disc, 0.7 if low else 0.5
    return (
        f'<path d="{"".join(out)}" stroke="{colour}" stroke-width="6" stroke-linecap="round" fill="none"'
        f' stroke-opacity="{shown}"/>'
    )


def beach(stage: Stage) -> None:
    """Sea, foam, sand, a palm, a parasol or a lighthouse, shells."""
    open_sky(stage, 500)
    _far_shore(stage)
    sea(stage, 500, 0.3, 770)
    stage.add(stage.prop("sailboat", stage.rng.uniform(640, 1100), 540, 96))
    foam = "M-120,742 Q200,704 420,734 T860,728 T1240,742 T1656,716 V830 H-120 Z"
    stage.layer(0.9, f'<path d="{foam}" fill="#eefaf8"/>')
    sand = "#e9e6dc" if stage.season == "winter" else "#f3dfae"
    ground, _ = hill(stage, 770, 10, 5, sand, darken(sand, 0.1))
    grains = [(stage.rng.uniform(0, W), stage.rng.uniform(810, 1080), stage.rng.uniform(1.5, 3.5)) for _ in range(60)]
    stage.layer(1.0, ground, circles(grains, darken(sand, 0.14)))
    palm, other = stage.kept.choice(((1390, 200), (150, 1330)))
    stage.add(tree(stage, palm, 812, 1.9, "#6fb36a", "palm"))
    stage.add(_on_the_sand(stage, other), stage.prop("spiral-shell", stage.rng.uniform(300, 1200), 966, 52))


def _far_shore(stage: Stage) -> None:
    """A lighthouse on its cliff, or a green island."""
    colour = stage.far("#8fae86", 0.3)
    if stage.kept.random() < 0.5:
        stage.layer(
            0.15, f'<path d="M1000,530 Q1080,440 1200,470 Q1290,420 1380,470 Q1460,480 1500,530 Z" fill="{colour}"/>'
        )
        stage.add(tree(stage, 1230, 476, 0.5, stage.far("#6fb36a", 0.3), "palm"))
        return
    stage.layer(0.15, f'<path d="M{LEFT},520 V380 Q60,370 150,400 Q250,420 300,520 Z" fill="{colour}"/>')
    stage.add(stage.piece("lighthouse", 130, 400, 0.55))
    if stage.night:
        stage.glow(130, 228, 190, "#ffe9a8", 0.8)


def _on_the_sand(stage: Stage, x: float) -> str:
    """What somebody left on the beach, or the sea did."""
    kind = stage.kept.choice(("parasol", "boat", "rocks"))
    if kind == "rocks":
        return rock(stage, x, 836, 1.5, "#b3a58f") + rock(stage, x + 110, 850, 0.8, "#b3a58f")
    if kind == "boat":
        return stage.piece("rowing-boat", x, 860, 1.0)
    return stage.piece("parasol", x, 850, 1.05) + stage.piece("sandcastle", x + (190 if x < W / 2 else -190), 850, 0.6)


def ship(stage: Stage) -> None:
    """On deck: a mast with sails, the wheel, rails, and the sea all round."""
    open_sky(stage, 560)
    stage.layer(
        0.1, f'<path d="M1120,592 Q1210,540 1330,560 Q1430,548 1490,592 Z" fill="{stage.far("#8fae86", 0.45)}"/>'
    )
    sea(stage, 590, 0.25, 900)
    mast = stage.kept.choice((520, 1000))
    stage.layer(0.8, stage.piece("ship-mast", mast, 830, 1.0), _rigging(mast))
    stage.layer(0.9, _rail(700, "#c48f62"))
    deck = flat(stage, 790, "#d9a878", "#b98a5c")
    planks = "".join(f"M{768 + (i - 7) * 118},790L{768 + (i - 7) * 230},1200" for i in range(15))
    stage.layer(1.0, deck, f'<path d="{planks}" stroke="#b07e52" stroke-width="4" fill="none"/>')
    stage.add(f'<path d="M{LEFT},790 H{RIGHT}" stroke="#a8744e" stroke-width="16"/>')
    other = 1536 - mast
    stage.add(stage.piece("ships-wheel", other, 860, 1.05), stage.piece("barrel", 70, 860, 1.1))
    stage.add(stage.piece("barrel", 1470, 866, 1.15), stage.piece("treasure-chest", 1330, 880, 0.8))
    if stage.night:
        stage.add(stage.prop("red-paper-lantern", mast + 70, 640, 76))
        stage.glow(mast + 70, 640, 240, "#ffd98a", 0.75)


def _rigging(mast: float) -> str:
    d = "".join(f"M{mast},120L{mast + side * reach},800" for side in (-1, 1) for reach in (300, 380))
    return f'<path d="{d}" stroke="#8a6a4a" stroke-width="4" fill="none"/>'


def _rail(y: float, colour: str) -> str:
    posts = "".join(f"M{x},{y}V800" for x in range(LEFT, RIGHT, 96))
    return (
        f'<path d="{posts}" stroke="{darken(colour, 0.12)}" stroke-width="15"/>'
        f'<path d="M{LEFT},{y}H{RIGHT}" stroke="{colour}" stroke-width="24"/>'
        f'<path d="M{LEFT},{y - 7}H{RIGHT}" stroke="{lighten(colour, 0.25)}" stroke-width="6"/>'
    )


SEA_LIGHT = {
    "morning": ("#c9f2e6", "#62c3d6", "#3a80ba"),
    "day": ("#a5ecec", "#4fb5d6", "#2f6fb0"),
    "sunset": ("#f6c9b4", "#7d9fd0", "#3f5aa0"),
    "night": ("#3f6fae", "#264a8c", "#182d66"),
}


def underwater(stage: Stage) -> None:
    """The sea floor: shafts of light, weed, coral, bubbles, a sunken chest, passing fish."""
    stage.sky = SEA_LIGHT[stage.time]
    stage.daylight = stage.daylight.under(stage.sky[1])
    stage.layer(0.0, *(_shaft(stage, 80 + i * 280) for i in range(6)))
    middle = stage.sky[2]
    stage.layer(0.3, hill(stage, 690, 40, 4, mix(middle, stage.sky[1], 0.55))[0])
    stage.layer(0.5, hill(stage, 750, 40, 4, mix(middle, stage.sky[1], 0.25))[0])
    stage.add(*(_weed(stage, stage.rng.uniform(0, W)) for _ in range(9)))
    sand, _ = hill(stage, 800, 18, 5, "#f2e1b0", "#d8b98a")
    stage.layer(1.0, sand)
    corals = ((120, "#f58fa0"), (1400, "#f7a35c"), (1270, "#c58be0"), (300, "#f7b05c"))
    stage.add(*(_coral(x, colour) for x, colour in corals))
    stage.add(stage.piece("treasure-chest", stage.kept.choice((480, 1080)), 846, 0.75))
    stage.add(stage.prop("spiral-shell", 560, 975, 56), stage.prop("coral", 960, 830, 70))
    spots = [(stage.rng.uniform(0, W), stage.rng.uniform(40, 760), stage.rng.uniform(4, 15)) for _ in range(24)]
    stage.add(bubbles(spots))
    stage.layer(0.6, *(stage.prop(name, x, y, s) for name, x, y, s in FISH))


FISH = (
    ("tropical-fish", 1180, 250, 88),
    ("fish", 330, 180, 74),
    ("tropical-fish", 760, 120, 56),
    ("fish", 930, 330, 52),
)


def _shaft(stage: Stage, x: float) -> str:
    x += stage.rng.uniform(-60, 60)
    wide = stage.rng.uniform(120, 220)
    colour = mix(stage.sky[0], stage.sky[1], 0.55)
    return f'<path d="M{x:.0f},-10 l90,0 l{wide:.0f},700 l-330,0 Z" fill="{colour}" fill-opacity=".4"/>'


def _weed(stage: Stage, x: float) -> str:
    rng = stage.rng
    h = rng.uniform(160, 330)
    d = "".join(
        f"M{x + k:.0f},830C{x + k - 50:.0f},{830 - h * 0.35:.0f} {x + k + 50:.0f},{830 - h * 0.65:.0f}"
        f" {x + k + rng.uniform(-20, 20):.0f},{830 - h * rng.uniform(0.7, 1):.0f}"
        for k in (-26, 0, 26)
    )
    colour = rng.choice(("#4aa98a", "#5fbf8a", "#3f9a94"))
    return f'<path d="{d}" stroke="{colour}" stroke-width="18" fill="none" stroke-linecap="round"/>'


def _coral(x: float, colour: str) -> str:
    dots = ((0, 740), (-3, 780), (4, 820), (-62, 736), (-52, 786), (58, 706), (52, 756), (-96, 730), (94, 712))
    branches = (
        ("M0,862V730", 30),
        ("M0,812C-60,800 -66,770 -62,722M0,790C56,780 64,740 58,690", 25),
        ("M-62,764q-30,-8 -36,-40M60,742q32,-6 36,-36", 19),
    )
    body = "".join(f'<path d="{d}" stroke-width="{width}"/>' for d, width in branches)
    stroke = f'<g stroke="{colour}" fill="none" stroke-linecap="round">{body}</g>'
    return placed(x, 0, 1, stroke + circles([(a, b, 4.5) for a, b in dots], lighten(colour, 0.5)))


def bubbles(spots: list[tuple[float, float, float]]) -> str:
    """Rings with a little light in them."""
    return "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="#ffffff" fill-opacity=".2" stroke="#ffffff"'
        f' stroke-opacity=".6" stroke-width="2.5"/>'
        for x, y, r in spots
    )
