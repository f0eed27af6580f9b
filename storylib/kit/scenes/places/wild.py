"""Wild places: forest, treehouse, mountain, cave, snow, desert, jungle."""

from __future__ import annotations

import math

from storylib.kit.scenes.nature import Line, hill, mountains, placed, rock
from storylib.kit.scenes.places.country import lawn, rolling
from storylib.kit.scenes.plants import TreeKind, bush, cactus, tree
from storylib.kit.scenes.stage import BOTTOM, LEFT, RIGHT, Stage, W
from storylib.kit.scenes.weather import open_sky
from storylib.kit.svg import darken, lighten, mix

PINE = "#5f9c74"


def wood(stage: Stage, crests: tuple[Line, Line], colour: str, kinds: tuple[TreeKind, ...]) -> None:
    """Rows of trees, small and pale far away, larger near."""
    for i in range(15):
        x = i * 110 + stage.rng.uniform(-40, 40)
        stage.add(tree(stage, x, crests[0].y(x) + 60, stage.rng.uniform(0.7, 1.0), stage.far(colour, 0.55),
                       stage.rng.choice(kinds)))  # fmt: skip
    stage.layer(0.7)
    for i in range(9):
        x = i * 190 + stage.rng.uniform(-60, 60)
        stage.add(tree(stage, x, crests[1].y(x) + 64, stage.rng.uniform(1.15, 1.5), stage.far(colour, 0.22),
                       stage.rng.choice(kinds)))  # fmt: skip


def frame_trees(stage: Stage, colour: str, kinds: tuple[TreeKind, ...]) -> None:
    """A big tree at either edge."""
    for low, high, size in ((-20, 90, 2.1), (1420, 1540, 2.2)):
        stage.add(tree(stage, stage.rng.uniform(low, high), 850, size, colour, stage.rng.choice(kinds)))


def forest(stage: Stage) -> None:
    """Deep woods: rows of trees, mushrooms, a big tree at either edge."""
    open_sky(stage)
    kinds: tuple[TreeKind, ...] = ("round", "pine")
    wood(stage, rolling(stage, "#7fb765"), "#6fae5e", kinds)
    lawn(stage, "#7fb765", blooms=8)
    frame_trees(stage, "#6fae5e", kinds)
    stage.add(*(stage.prop("mushroom", x, y, 62) for x, y in ((190, 836), (1330, 846), (1384, 862))))


def treehouse(stage: Stage) -> None:
    """A hut in a great tree, with a rope ladder; the cast stands at its foot."""
    open_sky(stage)
    crests = rolling(stage, "#86bf68")
    for i in range(9):
        x = i * 190 + stage.rng.uniform(-50, 50)
        stage.add(tree(stage, x, crests[1].y(x) + 40, stage.rng.uniform(0.9, 1.3), stage.far("#6fae5e", 0.4)))
    lawn(stage, "#86bf68", y=762, blooms=14)
    x = stage.kept.choice((1180, 1230))
    stage.layer(1.0, stage.piece("treehouse", x, 850, 1.0))
    leaf = mix(stage.leaf("#6fae5e"), "#f4f8fc", 0.5 if stage.season == "winter" else 0)
    _crown(stage, x, 250, leaf)
    stage.add(stage.piece("treehouse-hut", x, 470, 1.25), stage.piece("rope-ladder", x - 150, 870, 0.92))
    _crown(stage, x - 20, 70, lighten(leaf, 0.06))
    if stage.night:
        for at in (x - 110, x + 115):
            stage.glow(at, 365, 120, strength=0.7)
            stage.shine(f'<circle cx="{at}" cy="365" r="32" fill="#ffe596"/>')
    stage.add(bush(stage, 60, 838, 1.4, "#6fae5e"))


def _crown(stage: Stage, x: float, y: float, colour: str) -> None:
    for dx, dy, size in ((-230, 70, 1.5), (210, 60, 1.6), (-80, 10, 1.8), (100, 0, 1.8)):
        stage.add(bush(stage, x + dx, y + dy + 40, size * 1.25, colour))


def mountain(stage: Stage) -> None:
    """Great peaks, pines and boulders; room to climb."""
    open_sky(stage)
    stage.layer(0.1, mountains(stage, 660, stage.far("#8fa9c4", 0.5), 0.4, 3))
    stage.layer(0.2, placed(stage.kept.choice((430, 1080)), 720, 1.7, _peak(stage.far("#8c96b8", 0.25))))
    crests = rolling(stage, "#a4c98a", 610)
    for i in range(10):
        x = i * 165 + stage.rng.uniform(-50, 50)
        stage.add(tree(stage, x, crests[1].y(x) + 30, stage.rng.uniform(0.7, 1.0), stage.far(PINE, 0.4), "pine"))
    lawn(stage, "#a4c98a", y=766, blooms=8)
    spots = ((70, 846, 1.7), (260, 830, 0.8), (1300, 828, 0.9), (1450, 850, 1.9))
    stage.add(*(rock(stage, x, y, s) for x, y, s in spots))


def _peak(colour: str) -> str:
    return (
        f'<path d="M-330,0 Q-160,-90 -60,-300 Q-20,-360 20,-320 Q60,-240 110,-210 Q200,-120 330,0 Z" fill="{colour}"/>'
        f'<path d="M20,-320 Q60,-240 110,-210 Q200,-120 330,0 H60 Q120,-130 20,-320 Z" fill="{darken(colour, 0.12)}"/>'
        f'<path d="M-98,-226 Q-78,-264 -60,-300 Q-20,-360 20,-320 Q44,-270 70,-240 q-24,22 -44,0 q-18,34 -48,8'
        f' q-24,34 -76,6 Z" fill="{mix(colour, "#ffffff", 0.88)}"/>'
    )


OUTSIDE = {"sea": "#6cc3d3", "space": "#cfc9e3"}  # what a cave opens on, where it is no meadow


def cave(stage: Stage) -> None:
    """Inside the rock: the country seen through the mouth, crystals, stalactites."""
    open_sky(stage, 640)
    outside = OUTSIDE.get(stage.world or "") or stage.grass("#8fcb74")
    stage.layer(0.2, hill(stage, 600, 24, 6, stage.far(outside, 0.5))[0])
    stage.add(hill(stage, 680, 20, 5, stage.far(outside, 0.2))[0])
    for depth, grown, colour in ((0.45, 1.0, "#a294b4"), (0.6, 1.18, "#877a9e"), (0.8, 1.42, "#6d6186")):
        stage.layer(depth, _mouth(stage, grown, colour))
    stage.add(_stalactites(stage, "#7d7197", 170, 0.9))
    stage.layer(1.0, _stalactites(stage, "#54496d", 210, 1.15), hill(stage, 770, 16, 5, "#8f84a6", "#675c80")[0])
    for x, y, s in ((150, 850, 1.3), (1390, 846, 1.4), (1190, 812, 0.7), (340, 808, 0.6)):
        stage.add(stage.piece("crystals", x, y, s, flip=x > W / 2))
        stage.glow(x, y - 60 * s, 230 * s, "#b79cf0", 0.6 if stage.night else 0.4)
    stage.add(*(rock(stage, x, y, s, "#7a7092") for x, y, s in ((20, 870, 1.5), (1520, 880, 1.6), (1010, 806, 0.5))))


def _mouth(stage: Stage, grown: float, colour: str) -> str:
    """A wall of rock with an uneven opening."""
    points = []
    for i in range(16):
        turn, far = i * math.tau / 16, stage.rng.uniform(0.92, 1.06) * grown
        points.append((W / 2 + 330 * far * math.cos(turn), 560 + 320 * far * math.sin(turn)))
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True)]
    curve = f"M{middles[-1][0]:.0f},{middles[-1][1]:.0f}" + "".join(
        f"Q{x:.0f},{y:.0f} {mx:.0f},{my:.0f}" for (x, y), (mx, my) in zip(points, middles, strict=True)
    )
    wall = f"M{LEFT},-80H{RIGHT}V{BOTTOM}H{LEFT}Z"
    return f'<path d="{wall}{curve}Z" fill-rule="evenodd" fill="{colour}"/>'


def _stalactites(stage: Stage, colour: str, reach: float, width: float) -> str:
    d, x = f"M{LEFT},-60 V40 ", float(LEFT)
    while x < RIGHT:
        step = stage.rng.uniform(70, 130) * width
        tip = stage.rng.uniform(0.35, 1.0) * reach * (1.35 if abs(x + step / 2 - W / 2) > 420 else 0.7)
        d += f"Q{x + step * 0.4:.0f},60 {x + step * 0.5:.0f},{40 + tip:.0f} Q{x + step * 0.6:.0f},60 {x + step:.0f},40 "
        x += step
    return f'<path d="{d} V-60 Z" fill="{colour}"/>'


def snow(stage: Stage) -> None:
    """A white country with pines, an igloo and far peaks."""
    stage.season = "winter"
    open_sky(stage)
    stage.layer(0.1, mountains(stage, 640, stage.far("#b9cddf", 0.4), 0.5))
    wood(stage, rolling(stage, "#f3f8fc"), "#5f9c8a", ("pine",))
    markup, _ = hill(stage, 748, 16, 4, "#fbfdff", "#d5e3f2")
    stage.layer(1.0, markup)
    for _ in range(8):
        x, y = stage.rng.uniform(0, W), stage.rng.uniform(800, 1060)
        rx = stage.rng.uniform(60, 130)
        stage.add(f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{rx:.0f}" ry="12" fill="#dbe7f4"/>')
    frame_trees(stage, "#5f9c8a", ("pine",))
    stage.add(stage.piece("igloo", stage.kept.choice((1240, 300)), 836, 1.05))


def desert(stage: Stage) -> None:
    """Dunes, tables of red rock, tall cactus."""
    open_sky(stage)
    stage.layer(0.1, *(_mesa(x, 640, s, stage.far("#c98563", 0.35)) for x, s in ((300, 1.1), (1220, 1.4), (800, 0.6))))
    ground = "#f0cd8c"
    stage.layer(0.3, hill(stage, 600, 30, 3, stage.far(ground, 0.35))[0])
    dune, crest = hill(stage, 670, 34, 3, stage.far(darken(ground, 0.05), 0.14))
    stage.layer(0.55, dune)
    for x, s in ((210, 1.0), (1020, 0.7), (1400, 1.1)):
        stage.add(cactus(x, crest.y(x) + 30, s, stage.far("#6fae7c", 0.12)))
    near, _ = hill(stage, 772, 22, 3, lighten(ground, 0.12), darken(ground, 0.1))
    stage.layer(1.0, near, _sand_waves(stage, darken(ground, 0.12)))
    stage.add(cactus(70, 870, 1.6), rock(stage, 1440, 860, 1.2, "#c99a70"), rock(stage, 1340, 850, 0.6, "#c99a70"))


def _sand_waves(stage: Stage, colour: str) -> str:
    rng = stage.rng
    d = "".join(f"M{rng.uniform(0, W):.0f},{rng.uniform(820, 1080):.0f}q50,-14 100,0t90,0" for _ in range(16))
    return f'<path d="{d}" stroke="{colour}" stroke-width="5" fill="none" stroke-linecap="round"/>'


def _mesa(x: float, y: float, scale: float, colour: str) -> str:
    return placed(
        x, y, scale,
        f'<path d="M-190,0 L-140,-150 Q-130,-170 -104,-170 H96 Q126,-170 134,-150 L190,0 Z" fill="{colour}"/>'
        f'<path d="M-160,-90 H164 L172,-64 H-168 Z M-178,-40 H180 L188,-10 H-186 Z" fill="{lighten(colour, 0.16)}"/>',
    )  # fmt: skip


def jungle(stage: Stage) -> None:
    """Palms, a waterfall, hanging vines, huge leaves and bright flowers."""
    open_sky(stage)
    crests = rolling(stage, "#69b065")
    _waterfall(stage, stage.kept.choice((520, 1010)))
    kinds: tuple[TreeKind, ...] = ("palm", "palm", "round")
    wood(stage, crests, "#4fa060", kinds)
    lawn(stage, "#69b065", blooms=12)
    frame_trees(stage, "#4fa060", ("palm",))
    stage.add(*(_fern(stage, x, 850 + stage.rng.uniform(0, 30), 1.2) for x in (30, 210, 1330, 1500)))
    stage.layer(1.0, *(_vine(stage, x) for x in (120, 250, 1180, 1330, 1450)))


def _waterfall(stage: Stage, x: float) -> None:
    cliff = stage.far("#7d8f86", 0.2)
    stage.add(
        f'<path d="M{x - 190},730 Q{x - 170},520 {x - 110},440 Q{x},400 {x + 120},446 Q{x + 180},540 {x + 200},730 Z"'
        f' fill="{cliff}"/><path d="M{x - 50},428 Q{x},418 {x + 50},430 L{x + 66},740 H{x - 66} Z" fill="#a9e0ee"/>'
        f'<path d="M{x - 26},440V720M{x + 4},430V700M{x + 30},446V726" stroke="#ffffff" stroke-width="8"'
        ' stroke-linecap="round"/>'
    )


def _fern(stage: Stage, x: float, y: float, scale: float) -> str:
    colour = stage.rng.choice(("#3f8f56", "#57a55f", "#2f8060"))
    blades = "".join(
        f"M0,0Q{dx * 0.4:.0f},{-dy:.0f} {dx},{-dy * 0.8:.0f}Q{dx * 0.5:.0f},{-dy * 0.5:.0f} 0,0Z"
        for dx, dy in ((-120, 70), (-84, 130), (-30, 170), (34, 174), (88, 126), (124, 66))
    )
    return placed(x, y, scale, f'<path d="{blades}" fill="{colour}"/>')


def _vine(stage: Stage, x: float) -> str:
    length = stage.rng.uniform(170, 330)
    leaves = "".join(f"M{x},{y}q-26,2 -34,22q26,4 34,-22q26,2 34,22q-26,4 -34,-22" for y in range(20, int(length), 52))
    return (
        f'<path d="M{x},-60 V{length:.0f}" stroke="#3f7f4c" stroke-width="7"/><path d="{leaves}" fill="#4f9f5c"/>'
        f'<circle cx="{x}" cy="{length:.0f}" r="12" fill="{stage.rng.choice(("#f58fb0", "#ffb55e", "#f7e07a"))}"/>'
    )
