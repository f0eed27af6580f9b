"""Rooms: bedroom, kitchen, classroom, library, barn, throne room."""

from __future__ import annotations

from storylib.kit.scenes.nature import circles, placed
from storylib.kit.scenes.places.built import bunting
from storylib.kit.scenes.places.interior import carpet, lamp, room
from storylib.kit.scenes.places.windows import window
from storylib.kit.scenes.stage import LEFT, RIGHT, Stage, W
from storylib.kit.svg import darken, lighten

SPINES = ("#e4697a", "#5b9fc4", "#f5b95a", "#7bb87a", "#9a7fcf", "#f08f6a", "#5ab0a8", "#c98a5a")


def bedroom(stage: Stage) -> None:
    """A bed, a lamp, a rug, books, toys, and the time in the window."""
    wall = stage.kept.choice(("#f6dcc4", "#d4e6ea", "#e6dcf2", "#f9e3b9"))
    curtain = stage.kept.choice(("#f08f8a", "#7fb0d9", "#8fc48a", "#c3a2e0"))
    dots = [(LEFT + c * 118 + (r % 2) * 59.0, 30.0 + r * 84, 6.0) for r in range(8) for c in range(16)]
    room(stage, wall, "#d9a878", pattern=circles(dots, darken(wall, 0.06)))
    window(stage, 780, 310)
    stage.add(stage.piece("curtains", 780, 120, 1.0, {"#f08f8a": curtain, "#d96f70": darken(curtain, 0.14)}))
    stage.add(stage.piece("shelf", 1290, 250, 1.0), stage.prop("teddy-bear", 1400, 200, 100))
    stage.add(stage.piece("framed-picture", 355, 270, 1.0), stage.piece("bed", 1250, 762, 1.15))
    stage.add(stage.piece("drawers", 150, 720, 1.0), stage.piece("toy-box", 420, 780, 0.9))
    stage.add(placed(640, 905, 1.0, stage.piece("rug", 0, 0, 1.0, RUGS[curtain])))
    lamp(stage, 137, 505, '<path d="M-49,45 L-27,-45 H27 L49,45 Z" fill="#fff3c4"/>')


RUGS = {
    "#f08f8a": {},
    "#7fb0d9": {"#e58a86": "#7faed0", "#f7c3ad": "#cfe3ee", "#eca398": "#9cc3dc"},
    "#8fc48a": {"#e58a86": "#86b886", "#f7c3ad": "#dcecc8", "#eca398": "#a8cf9c"},
    "#c3a2e0": {"#e58a86": "#a98fd0", "#f7c3ad": "#e6dcf2", "#eca398": "#c3b0e0"},
}


def kitchen(stage: Stage) -> None:
    """Cooker, sink under the window, pans on their hooks, a table; a fridge where there is electricity."""
    wall = stage.kept.choice(("#fbe9c6", "#dcecdf", "#f8dccb"))
    tiles = "".join(f"M{x},440V560" for x in range(LEFT, RIGHT, 80)) + f"M{LEFT},500H{RIGHT}"
    tiled = f'<rect x="{LEFT}" y="440" width="{RIGHT - LEFT}" height="256" fill="{lighten(wall, 0.5)}"/>'
    joints = f'<path d="{tiles}" stroke="{darken(wall, 0.08)}" stroke-width="4" fill="none"/>'
    room(stage, wall, "#e6cfae", pattern=tiled + joints)
    window(stage, 700, 250, 300)
    stage.add(_cold_store(stage), stage.piece("cooker", 200, 736, 1.15))
    stage.add(stage.piece("counter", 640, 738, 1.0), stage.piece("counter", 1020, 738, 0.9))
    stage.add(
        stage.piece("tap", 700, 562, 1.0), stage.piece("kettle", 160, 490, 1.1), stage.piece("pans", 250, 180, 1.0)
    )
    stage.add(
        stage.prop("bread", 480, 520, 96),
        stage.prop("potted-plant", 1080, 515, 110),
        stage.prop("bowl-with-spoon", 920, 536, 80),
    )
    stage.add(carpet(768, 430, "#8fb8a8", "#c9dfcf"))
    lamp(stage, 1060, 120, '<path d="M-70,40 Q-60,-40 0,-44 Q60,-40 70,40 Z" fill="#fff3c4"/>', 0.34)


def _cold_store(stage: Stage) -> str:
    if stage.world not in ("castle", "jungle"):
        return stage.piece("fridge", 1390, 740, 1.2)
    return (
        stage.piece("shelf", 1390, 300, 1.0)
        + stage.piece("barrel", 1330, 752, 1.3)
        + stage.piece("barrel", 1480, 760, 1.5)
    )


def classroom(stage: Stage) -> None:
    """A blackboard with chalk drawings, flags, desks, pictures on the wall, a globe."""
    room(stage, stage.kept.choice(("#e9f0d8", "#f4e9cf", "#dfeaf2")), "#d7ab7b", planks="away")
    stage.add(stage.piece("blackboard", 640, 320, 1.0))
    window(stage, 1270, 310, 300)
    stage.add(
        '<rect x="60" y="190" width="200" height="240" rx="14" fill="#fffaf0" stroke="#d8c39a" stroke-width="6"/>'
    )
    stage.add(stage.prop(stage.kept.choice(("world-map", "rainbow", "rocket", "butterfly")), 160, 310, 140))
    stage.add(bunting(30, 26))
    for x, things in ((200, ("books", "pencil")), (1330, ("red-apple", "crayon"))):
        stage.add(stage.piece("desk", x, 820, 1.0))
        stage.add(*(stage.prop(name, x - 70 + 140 * i, 696, 80) for i, name in enumerate(things)))
    stage.add(stage.piece("globe", 330, 732, 0.7))
    stage.add(carpet(768, 480, "#6fb0c9", "#8fc9db"))


def library(stage: Stage) -> None:
    """Walls of books, a ladder, an armchair, a reading lamp."""
    room(stage, "#f0dcc2", "#b98a64")
    for left in (-60, 380, 1110):
        stage.add(_bookcase(stage, left))
    window(stage, 965, 280, 260)
    stage.add(stage.prop("ladder", 560, 560, 330), stage.piece("armchair", 965, 760, 1.25))
    stage.add(carpet(740, 520, "#8f4f5b", "#b0707a"))
    stage.add(stage.piece("globe", 1180, 790, 0.9), stage.prop("potted-plant", 318, 672, 150))
    lamp(
        stage,
        830,
        520,
        '<path d="M-40,36 L-22,-40 H22 L40,36 Z" fill="#fff3c4"/>'
        '<path d="M0,36V230" stroke="#8a6a4a" stroke-width="9"/>',
    )


def _bookcase(stage: Stage, left: float) -> str:
    rng = stage.kept
    out = [f'<rect x="{left}" y="60" width="410" height="660" rx="14" fill="#a8744e"/>']
    spines: dict[str, str] = {}
    for row in range(4):
        base = 236 + row * 156
        out.append(f'<rect x="{left + 20}" y="{base - 136}" width="370" height="136" fill="#7d5438"/>')
        x = left + 26.0
        while x < left + 360:
            w, h = rng.uniform(20, 34), rng.uniform(84, 124)
            colour = rng.choice(SPINES)
            spines[colour] = spines.get(colour, "") + f"M{x:.0f},{base}v-{h:.0f}h{w:.0f}v{h:.0f}z"
            x += w + 3 + (40 if rng.random() < 0.06 else 0)
    return "".join(out) + "".join(f'<path d="{d}" fill="{colour}"/>' for colour, d in spines.items())


def barn(stage: Stage) -> None:
    """Inside the barn: beams, hay, stalls, light through the gaps and the open door."""
    gaps = "".join(f"M{x},-80V700" for x in range(LEFT, RIGHT, 92))
    boards = f'<path d="{gaps}" stroke="#9c6c4b" stroke-width="6"/>'
    room(stage, "#b98560", "#d9b878", planks="away", pattern=boards)
    window(stage, 768, 420, 420, "#8a5a3c")
    beams = f"M{LEFT},90H{RIGHT}M330,-80V720M1206,-80V720M330,260L490,90M1206,260L1046,90"
    stage.add(f'<path d="{beams}" stroke="#7d5238" stroke-width="36" fill="none"/>')
    rails = "M-120,560H300M-120,640H300M1236,560H1656M1236,640H1656M80,520V720M1456,520V720"
    stage.add(f'<path d="{rails}" stroke="#d0a070" stroke-width="22" stroke-linecap="round"/>')
    for x, y, s in ((120, 800, 1.25), (250, 840, 1.0), (150, 700, 1.0), (1410, 806, 1.3), (1300, 850, 0.95)):
        stage.add(stage.piece("hay-bale", x, y, s))
    straw = "".join(
        f"M{stage.rng.uniform(0, W):.0f},{stage.rng.uniform(780, 1080):.0f}l{stage.rng.uniform(-26, 26):.0f},-10"
        for _ in range(60)
    )
    stage.add(f'<path d="{straw}" stroke="#f2d88a" stroke-width="5" stroke-linecap="round"/>')
    stage.add(
        '<path d="M768,-80V60" stroke="#5d3d2a" stroke-width="6"/>', stage.prop("red-paper-lantern", 768, 100, 96)
    )
    if stage.night:
        stage.glow(768, 100, 520, "#ffd27a", 0.65)


def throne_room(stage: Stage) -> None:
    """Pillars, banners, torches, a red carpet, and a throne on its steps."""
    stones = "".join(
        f"M{LEFT + c * 150 + (r % 2) * 75},{30 + r * 96}h70" for r in range(7) for c in range(12) if (r + c) % 2
    )
    masonry = f'<path d="{stones}" stroke="#b9acce" stroke-width="12" stroke-linecap="round"/>'
    room(stage, "#cabfdb", "#b4a8c8", planks="away", pattern=masonry)
    for x in (380, 1156):
        window(stage, x, 280, 210, "#efe8f5")
    steps = "M470,740H1066V790H470ZM420,790H1116V840H420Z"
    stage.add(
        f'<path d="{steps}" fill="#d9cfe6"/><path d="M470,740H1066M420,790H1116" stroke="#efe9f6" stroke-width="8"/>'
    )
    stage.add('<path d="M650,740H886L930,840L1130,1200H406L606,840Z" fill="#c0455a"/>')
    stage.add(
        '<path d="M650,740L606,840L406,1200M886,740L930,840L1130,1200" stroke="#ffd166" stroke-width="12" fill="none"/>'
    )
    stage.add(stage.piece("throne", 768, 744, 1.05))
    colours = stage.kept.choice(("#7a5bb5", "#3f7f9f", "#b8434f"))
    stage.add(*(stage.piece("banner", x, 90, 1.0, {"#7a5bb5": colours}) for x in (580, 956)))
    stage.add(stage.piece("pillar", 170, 790, 1.1), stage.piece("pillar", 1366, 790, 1.1))
    for x in (170, 1366):
        stage.add(stage.piece("wall-torch", x, 420, 1.2))
        stage.shine(stage.piece("flame", x, 350, 1.1))
        stage.glow(x, 320, 260, "#ffb45e", 0.7 if stage.night else 0.35)
