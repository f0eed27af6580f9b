"""Gentle places in the open: meadow, garden, park, playground, hill, river, farm."""

from __future__ import annotations

from storylib.kit.scenes.nature import Line, hill, mountains, placed, ripples, rock
from storylib.kit.scenes.plants import bush, flowers, tree, tufts
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage
from storylib.kit.scenes.weather import open_sky
from storylib.kit.svg import darken, lighten, mix

GREEN = "#7dbb62"


def rolling(stage: Stage, colour: str, y: float = 560) -> tuple[Line, Line]:
    """Two far hills; returns their crests. Things added next stand on the nearer one."""
    ground = stage.grass(colour)
    back, crest = hill(stage, y, 46, 4, stage.far(ground, 0.62))
    stage.layer(0.3, back)
    front, nearer = hill(stage, y + 90, 34, 5, stage.far(ground, 0.36))
    stage.layer(0.5, front)
    return crest, nearer


def lawn(stage: Stage, colour: str, y: float = 748, path: bool = False, blooms: int = 14) -> Line:
    """The ground that the cast stands on: grass, flowers, perhaps a path."""
    ground = stage.grass(colour)
    markup, crest = hill(stage, y, 16, 4, lighten(ground, 0.08), darken(ground, 0.04 if stage.snowy else 0.12))
    stage.layer(1.0, markup)
    if path:
        stage.add(_path(mix("#f4e2b4", ground, 0.35 if stage.snowy else 0.18)))
    stage.add(tufts(stage, 20 if stage.snowy else 46, ground), flowers(stage, blooms), _fallen_leaves(stage))
    return crest


def _fallen_leaves(stage: Stage) -> str:
    if stage.season != "autumn" or stage.snowy:
        return ""
    rng, paths = stage.rng, ["", "", ""]
    for i in range(54):
        x, y, s = rng.uniform(LEFT, RIGHT), rng.uniform(790, 1080), rng.uniform(0.7, 1.3)
        wide, dy = 24 * s, rng.uniform(-9, 9)
        upper = f"q{wide * 0.4:.0f},{dy - 10:.0f} {wide:.0f},{dy:.0f}"
        paths[i % 3] += f"M{x:.0f},{y:.0f}{upper}q{-wide / 2:.0f},{wide / 2:.0f} {-wide:.0f},{-dy:.0f}z"
    return "".join(f'<path d="{d}" fill="{c}"/>' for d, c in zip(paths, ("#e0703f", "#efb04a", "#c98a45"), strict=True))


def _path(colour: str) -> str:
    return (
        '<path d="M700,760 C780,800 560,850 640,910 C690,960 540,1010 450,1200 L1110,1200'
        f' C980,1010 1010,930 930,880 C850,830 900,790 770,760 Z" fill="{colour}"/>'
    )


def lit_house(stage: Stage, x: float, y: float, scale: float, wall: str = "#fbe6c8", roof: str = "#d9736a") -> None:
    """A cottage, with light in its windows at night."""
    stage.add(stage.piece("house", x, y, scale, {"#fbe6c8": wall, "#d9736a": roof, "#8a4f5b": darken(roof, 0.3)}))
    if stage.snowy:
        stage.add(placed(x, y, scale, '<path d="M-112,-116 Q-60,-178 -8,-216 Q0,-222 8,-216 Q60,-178 112,-116'
                         ' q-18,14 -30,0 q-16,16 -34,0 q-20,18 -44,0 q-24,18 -48,0 q-18,16 -36,0 q-16,14 -30,0 Z"'
                         ' fill="#f7fbff"/>'))  # fmt: skip
    if stage.night:
        stage.shine(stage.piece("house-windows", x, y, scale))
        stage.glow(x, y - 70 * scale, 150 * scale, strength=0.45)


def fence(y: float, colour: str = "#fff8ea", height: float = 60) -> str:
    """A picket fence across the whole picture."""
    posts = "".join(f"M{x},{y + 20}v-{height}" for x in range(LEFT, RIGHT, 78))
    rails = f"M{LEFT},{y - 18}H{RIGHT}M{LEFT},{y + 6}H{RIGHT}"
    return (
        f'<path d="{posts}" stroke="{colour}" stroke-width="13" stroke-linecap="round"/>'
        f'<path d="{rails}" stroke="{colour}" stroke-width="9"/>'
    )


def scatter_trees(stage: Stage, crest: Line, colour: str = GREEN) -> None:
    """Three trees on a hill, left, middle and right."""
    for low, high in ((30, 260), (560, 760), (1290, 1500)):
        x = stage.rng.uniform(low, high)
        stage.add(tree(stage, x, crest.y(x) + 30, stage.rng.uniform(1.0, 1.3), stage.far(colour, 0.15)))


def meadow(stage: Stage) -> None:
    """Soft hills, flowers, a path to a cottage."""
    open_sky(stage)
    crest = rolling(stage, "#9ccf6e")[1]
    x = stage.kept.choice((1210, 300))
    lit_house(stage, x, crest.y(x) + 24, 0.95)
    scatter_trees(stage, crest)
    lawn(stage, "#9ccf6e", path=True, blooms=26)


def garden(stage: Stage) -> None:
    """A fence, vegetable beds, a greenhouse, flowers everywhere."""
    open_sky(stage)
    crest = rolling(stage, "#9ad272")[1]
    x = stage.kept.choice((1330, 230))
    stage.add(stage.piece("greenhouse", x, crest.y(x) + 66, 1.0))
    other = 1536 - x
    stage.add(tree(stage, other, crest.y(other) + 40, 1.35, stage.far(GREEN, 0.1), "apple"))
    stage.layer(0.7, fence(742))
    lawn(stage, "#9ad272", y=760, blooms=30)
    stage.add(stage.piece("vegetable-bed", 260, 838, 0.9), stage.piece("vegetable-bed", 1290, 830, 0.85))
    stage.add(*(stage.prop("sunflower", x, 720, 150) for x in (60, 1460) if not stage.snowy))


def park(stage: Stage) -> None:
    """A pond, benches, lamps and round bushes."""
    open_sky(stage)
    crest = rolling(stage, "#97cf76")[1]
    scatter_trees(stage, crest)
    lawn(stage, "#97cf76", path=True, blooms=10)
    water = "#d9ecf5" if stage.season == "winter" else "#7cc8e4"
    stage.add(f'<ellipse cx="1210" cy="815" rx="270" ry="38" fill="{mix(water, "#6a9a5a", 0.35)}"/>')
    stage.add(f'<ellipse cx="1210" cy="812" rx="256" ry="32" fill="{water}"/>')
    stage.add(stage.piece("bench", 300, 830, 1.15), stage.piece("fountain", 1200, 822, 0.7))
    stage.add(*(bush(stage, x, 800, 1.3, "#76b964") for x in (20, 1500)))
    lamps(stage, (480, 960), 800, 1.0)


def lamps(stage: Stage, xs: tuple[float, ...], y: float, scale: float) -> None:
    """Street lamps, lit at night."""
    stage.add(*(stage.piece("lamp-post", x, y, scale) for x in xs))
    for x in xs if stage.night else ():
        stage.glow(x, y - 264 * scale, 210 * scale, "#ffe08a", 0.8)
        stage.shine(
            f'<rect x="{x - 18 * scale:.0f}" y="{y - 286 * scale:.0f}" width="{36 * scale:.0f}"'
            f' height="{44 * scale:.0f}" rx="10" fill="#fff6d0"/>'
        )


def playground(stage: Stage) -> None:
    """Swing, slide, seesaw and sandpit behind a low fence."""
    open_sky(stage)
    crest = rolling(stage, "#a3d17c")[1]
    for x in (90, 700, 1450):
        stage.add(tree(stage, x, crest.y(x) + 30, stage.rng.uniform(0.9, 1.15), stage.far(GREEN, 0.2)))
    stage.layer(0.7, fence(732, "#f6d27a", 50))
    lawn(stage, "#a3d17c", y=756, blooms=8)
    sand = "#eef2f5" if stage.snowy else "#f0dcae"
    stage.add(f'<ellipse cx="770" cy="960" rx="660" ry="120" fill="{sand}"/>')
    stage.add(stage.piece("slide", 300, 836, 1.15), stage.piece("swing", 1220, 830, 1.1))
    stage.add(stage.piece("seesaw", 760, 822, 0.85), stage.piece("sandpit", 1450, 900, 0.8))


def hilltop(stage: Stage) -> None:
    """High above the country: far valleys, a great tree, a windmill, much sky."""
    open_sky(stage, 620)
    stage.layer(0.1, mountains(stage, 660, stage.far("#9fc0c9", 0.6)))
    valley, crest = hill(stage, 660, 30, 6, stage.far(stage.grass("#9ccf6e"), 0.6))
    stage.layer(0.25, valley)
    for x in (240, 820, 1320):
        lit_house(stage, x, crest.y(x) + 8, 0.3)
    near, ridge = hill(stage, 706, 26, 4, stage.far(stage.grass("#9ccf6e"), 0.3))
    stage.layer(0.5, near)
    x = stage.kept.choice((330, 1180))
    stage.add(stage.piece("windmill", x, ridge.y(x) + 16, 0.8))
    ground = stage.grass("#a2d473")
    dome = f'<path d="M{LEFT},960 C300,750 1240,730 {RIGHT},940 V1200 H{LEFT} Z" fill="{ground}"/>'
    stage.layer(1.0, dome, tree(stage, 1536 - x, 850, 2.0, GREEN))
    stage.add(tufts(stage, 36, ground, 860), flowers(stage, 18, 850))


def river(stage: Stage) -> None:
    """A wide stream with stones, reeds and a far bank."""
    open_sky(stage)
    stage.layer(0.1, mountains(stage, 640, stage.far("#9fc0c9", 0.55)))
    crest = rolling(stage, "#8fcb74")[1]
    scatter_trees(stage, crest)
    bank = stage.grass("#8fcb74")
    stage.layer(0.8, hill(stage, 716, 10, 5, darken(bank, 0.05))[0])
    stage.add(*(bush(stage, x, 746, 0.9, "#6fb35a") for x in (140, 540, 1110, 1400)))
    water = "#bfe0ee" if stage.season == "winter" else "#6cc0e2"
    stage.add(f'<path d="M{LEFT},750 C300,730 420,770 760,752 S1240,736 {RIGHT},760 V930 H{LEFT} Z" fill="{water}"/>')
    stage.add(ripples(stage, 18, 770, 870))
    stage.add(*(rock(stage, x, y, s) for x, y, s in ((220, 800, 0.7), (690, 792, 0.55), (1260, 806, 0.8))))
    stage.add(stage.prop("fish", 980, 846, 54))
    near, _ = hill(stage, 880, 10, 5, lighten(bank, 0.08), darken(bank, 0.1))
    stage.layer(1.0, near, tufts(stage, 40, bank, 890), flowers(stage, 14, 900))
    stage.add(*(_reeds(x, y) for x, y in ((60, 905), (180, 900), (1380, 900), (1480, 910))))


def _reeds(x: float, y: float) -> str:
    stems = "M0,0Q-10,-80 -22,-150M8,0Q6,-90 12,-190M18,0Q30,-70 44,-128"
    return placed(
        x, y, 1.0,
        f'<path d="{stems}" stroke="#5d9a4e" stroke-width="7" fill="none" stroke-linecap="round"/>'
        '<path d="M-22,-150v-44M12,-190v-48M44,-128v-40" stroke="#9c6b45" stroke-width="16" stroke-linecap="round"/>',
    )  # fmt: skip


def farm(stage: Stage) -> None:
    """A red barn, striped fields, hay, a fence and a scarecrow."""
    open_sky(stage)
    crest = rolling(stage, "#b6d071")[0]
    _fields(stage)
    x = stage.kept.choice((1190, 360))
    other = 1536 - x
    for at in (other - 190, other + 220):
        stage.add(tree(stage, at, crest.y(at) + 110, 1.0, stage.far(GREEN, 0.2), "apple"))
    stage.add(stage.piece("windmill", other, 706, 0.72), stage.piece("barn", x, 742, 1.0))
    if stage.night:
        stage.glow(x, 520, 150, strength=0.5)
    stage.layer(0.75, fence(742))
    lawn(stage, "#b6d071", y=758, path=True, blooms=8)
    stage.add(stage.piece("hay-bale", 110, 836, 1.0), stage.piece("hay-bale", 1440, 838, 1.1))
    stage.add(stage.piece("scarecrow", 1536 - other * 0.9, 812, 0.8) if stage.season != "winter" else "")


def _fields(stage: Stage) -> None:
    """Furrows that run towards the horizon."""
    crop = stage.far(stage.grass("#d9c35a"), 0.25)
    d = "".join(f"M{760 + (i - 10) * 26},648L{760 + (i - 10) * 150},800" for i in range(21))
    stage.add(f'<path d="{d}" stroke="{crop}" stroke-width="16" stroke-linecap="round"/>')
