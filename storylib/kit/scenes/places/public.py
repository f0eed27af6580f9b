"""Places that everybody shares: a swimming pool, a stage, a vegetable bed, a street to be crossed."""

from __future__ import annotations

from storylib.kit.scenes.nature import flat, placed
from storylib.kit.scenes.places.built import bunting, terrace
from storylib.kit.scenes.places.country import fence, lawn, rolling, scatter_trees
from storylib.kit.scenes.places.windows import window
from storylib.kit.scenes.plants import bush
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage
from storylib.kit.scenes.weather import open_sky
from storylib.kit.svg import lighten

_WATER = "#63c3dc"
_BOARDS = "#c9965c"


def pool(stage: Stage) -> None:
    """An indoor pool: water with lanes, a tiled edge, a ladder; windows on one side, benches on the other."""
    wall = stage.kept.choice(("#d3ebf0", "#dbe2f2"))
    stage.layer(0.3, _band(-80, 660, wall))
    stage.layer(0.6, _band(560, 60, "#b9d3dc"), _band(548, 14, "#f4fafc"))
    _pool_side(stage)
    stage.layer(0.85)
    stage.add(f'<rect x="{LEFT}" y="610" width="{RIGHT - LEFT}" height="330" fill="{_WATER}"/>')
    for y, colour in ((668, "#f2b632"), (748, "#e4697a")):
        stage.add(
            f'<path d="M{LEFT},{y}H{RIGHT}" stroke="{colour}" stroke-width="11" stroke-dasharray="30 12"'
            ' stroke-linecap="round"/>'
        )
    gleams = "".join(
        f"M{stage.rng.uniform(0, 1400):.0f},{stage.rng.uniform(640, 900):.0f}q30,-12 60,0t60,0" for _ in range(16)
    )
    stage.add(f'<path d="{gleams}" stroke="{lighten(_WATER, 0.5)}" stroke-width="7" fill="none"/>')
    stage.layer(0.95, flat(stage, 900, "#dbe8ec"))
    stage.add(f'<rect x="{LEFT}" y="894" width="{RIGHT - LEFT}" height="22" fill="#ffffff"/>')
    stage.add(stage.piece("pool-ladder", 1360 if stage.wall == "window" else 180, 900, 1.2))


def _pool_side(stage: Stage) -> None:
    if stage.wall == "window":
        for x in (260, 768, 1276):
            window(stage, x, 290, 340)
        return
    stage.add(stage.piece("door", 300, 566, 0.85), stage.piece("lifebuoy", 560, 400, 1.1))
    stage.add(stage.piece("gym-bench", 930, 590, 0.9), stage.piece("towel-rail", 930, 420, 1.2))
    stage.add(stage.piece("lifebuoy", 1290, 400, 1.1))


def theatre(stage: Stage) -> None:
    """A stage: its curtains and boards, and either a painted sky or the dark house with its seats."""
    stage.layer(0.3)
    if stage.wall == "window":
        _backdrop(stage)
    else:
        _house(stage)
    stage.layer(1.0, flat(stage, 740, _BOARDS))
    boards = "".join(f"M{LEFT},{y}H{RIGHT}" for y in range(770, 1180, 52))
    stage.add(f'<path d="{boards}" stroke="#a8763f" stroke-width="5"/>')
    stage.add(stage.piece("stage-curtain", 120, 800, 1.0), stage.piece("stage-curtain", 1416, 800, 1.0, flip=True))
    stage.add(_pelmet())
    stage.glow(768, 560, 620, "#fff0c4", 0.4)


def _backdrop(stage: Stage) -> None:
    """Scenery: a painted sky with hills, clouds and stars on strings."""
    stage.add(f'<rect x="{LEFT}" y="-80" width="{RIGHT - LEFT}" height="830" fill="#8fcdec"/>')
    stage.add('<path d="M-120,750V600Q250,440 560,600T1200,560T1660,620V750Z" fill="#93cb72"/>')
    stage.add(*(stage.prop(name, x, y, 150) for name, x, y in (("sun", 1080, 220), ("cloud", 500, 240))))
    strings = '<path d="M500,-80V190M1080,-80V150M800,-80V330" stroke="#5b5570" stroke-width="4"/>'
    stage.add(strings, stage.prop("star", 800, 370, 90))


def _house(stage: Stage) -> None:
    """Seen from the back of the stage: rows of heads in the dark."""
    stage.add(f'<rect x="{LEFT}" y="-80" width="{RIGHT - LEFT}" height="830" fill="#4a3a5c"/>')
    for row, (y, r) in enumerate(((470, 40), (560, 50), (670, 62))):
        tone = ("#5f4d75", "#6f5b86", "#7f6a98")[row]
        spots = "".join(f"M{x + (row % 2) * 70},{y}h.1" for x in range(LEFT, RIGHT, 3 * r))
        stage.add(f'<path d="{spots}" stroke="{tone}" stroke-width="{2 * r}" stroke-linecap="round"/>')
        stage.add(
            f'<rect x="{LEFT}" y="{y + r * 0.7:.0f}" width="{RIGHT - LEFT}" height="{r * 1.4:.0f}" fill="{tone}"/>'
        )


def _band(y: float, height: float, colour: str) -> str:
    """A stretch across the whole picture."""
    return f'<rect x="{LEFT}" y="{y:.0f}" width="{RIGHT - LEFT}" height="{height:.0f}" fill="{colour}"/>'


def _pelmet() -> str:
    bows = "q96,90 192,0" * 10
    hem = f'<path d="M-120,70{bows}" fill="none" stroke="#ffd166" stroke-width="12"/>'
    return f'<path d="M-120,-80V70{bows}V-80Z" fill="#a8304a"/>{hem}'


def garden_bed(stage: Stage) -> None:
    """Raised beds with vegetables, a greenhouse, a fence, a water butt."""
    open_sky(stage)
    scatter_trees(stage, rolling(stage, "#9fd07c")[1])
    stage.layer(0.7, fence(742))
    lawn(stage, "#93cb72", blooms=8)
    stage.add(stage.piece("greenhouse", 1290, 770, 1.1), stage.piece("barrel", 1050, 790, 1.1))
    for x, y, size in ((240, 800, 1.0), (690, 812, 1.05)):
        stage.add(stage.piece("vegetable-bed", x, y, size))
    stage.add(stage.prop("watering-can", 940, 810, 90), stage.prop("sunflower", 60, 690, 150))


def crossing(stage: Stage) -> None:
    """A street with a zebra crossing and its lights, houses behind, flags over the road."""
    open_sky(stage)
    rolling(stage, "#b4c9a8")
    stage.layer(0.6)
    terrace(stage, 690, 1.1, 1.4)
    stage.layer(1.0, flat(stage, 690, "#c9c3cf"))
    stage.add(f'<rect x="{LEFT}" y="752" width="{RIGHT - LEFT}" height="500" fill="#77788a"/>')
    stage.add(f'<rect x="{LEFT}" y="744" width="{RIGHT - LEFT}" height="16" fill="#eef0f4"/>')
    stripes = "".join(f"M{x},770h96l-{(768 - x) // 6 + 30},330h-120Z" for x in range(300, 1240, 176))
    stage.add(f'<path d="{stripes}" fill="#f4f5f8"/>')
    stage.add(stage.piece("traffic-light", 1370, 756, 1.15), stage.piece("traffic-light", 150, 756, 1.15))
    stage.add(bush(stage, 20, 744, 0.7, "#76b964"), bush(stage, 1520, 744, 0.7, "#76b964"))
    stage.layer(0.9, placed(0, -60, 1, bunting(90, 40)))
