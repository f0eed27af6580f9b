"""Places beyond the sky: the moon's ground, and a spaceship's bridge."""

from __future__ import annotations

from storylib.kit.scenes.nature import circles, hill, stars
from storylib.kit.scenes.stage import LEFT, RIGHT, Glow, Stage, W
from storylib.kit.svg import darken, lighten

PLANETS = (("#ffd9a0", "#e0806a"), ("#c9f0d8", "#5aa6a0"), ("#f6c6e8", "#b06ab8"), ("#d9d4ff", "#7d7bd0"))
DEEP = {
    "morning": ("#2b2a6b", "#4a4a9a", "#7d6fb8"),
    "day": ("#141a42", "#2b2a6b", "#56408f"),
    "sunset": ("#2a1b56", "#5a3a8a", "#a05a9a"),
    "night": ("#0e1233", "#1c1f56", "#38306f"),
}
GROUNDS = ("#cfc9e3", "#e3c9b8", "#c4d6e0", "#d6cfb8")


def heavens(stage: Stage) -> None:
    """Stars, a coloured mist, a ringed planet and the Earth."""
    stage.sky = DEEP[stage.time]
    rng = stage.rng
    stage.halos.append(
        Glow(rng.uniform(300, 600), 260, 560, stage.kept.choice(("#e58ac9", "#7fb0f0", "#8fe0d0")), 0.35)
    )
    stage.shine(stars(stage, 150, 760))
    light, dark = stage.kept.choice(PLANETS)
    stage.add(
        stage.piece("planet", rng.uniform(300, 560), rng.uniform(180, 270), 1.25, {"#d9d4ff": light, "#7d7bd0": dark})
    )
    stage.add(stage.piece("earth", rng.uniform(1180, 1330), rng.uniform(140, 240), 1.0))
    stage.add(stage.prop("comet", rng.uniform(760, 980), rng.uniform(90, 180), 84))


def space(stage: Stage) -> None:
    """On a small moon: craters, a lander, planets in the sky."""
    heavens(stage)
    ground = stage.kept.choice(GROUNDS)
    stage.layer(0.5, hill(stage, 690, 30, 4, darken(ground, 0.35))[0])
    near, _ = hill(stage, 770, 26, 4, ground, darken(ground, 0.3))
    stage.layer(1.0, near)
    stage.add(*(_crater(stage, ground) for _ in range(9)))
    stage.add(stage.piece("lander", stage.kept.choice((1330, 220)), 836, 1.15))


def _crater(stage: Stage, ground: str) -> str:
    x, y, r = stage.rng.uniform(40, W - 40), stage.rng.uniform(830, 1060), stage.rng.uniform(26, 74)
    return (
        f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{r:.0f}" ry="{r * 0.3:.0f}" fill="{darken(ground, 0.34)}"/>'
        f'<ellipse cx="{x:.0f}" cy="{y + 5:.0f}" rx="{r * 0.86:.0f}" ry="{r * 0.22:.0f}" fill="{darken(ground, 0.2)}"/>'
    )


PANE = (
    "M250,90 Q768,20 1286,90 Q1350,100 1360,170 L1400,480 Q1404,540 1340,546"
    " H196 Q132,540 136,480 L176,170 Q186,100 250,90 Z"
)


def spaceship(stage: Stage) -> None:
    """The bridge: a great window on the stars, dials, lights, pipes."""
    heavens(stage)
    hull = "#aab4d8"
    hole = f"M{LEFT},-80H{RIGHT}V800H{LEFT}Z {PANE}"
    stage.layer(0.7, f'<path d="{hole}" fill-rule="evenodd" fill="{hull}"/>')
    stage.add(f'<path d="{PANE}" fill="none" stroke="{lighten(hull, 0.5)}" stroke-width="26"/>')
    stage.add(f'<path d="M560,60L520,546M976,60L1016,546" stroke="{lighten(hull, 0.5)}" stroke-width="18"/>')
    bolts = [(x, 610.0, 9.0) for x in range(LEFT + 40, RIGHT, 120)]
    stage.add(circles(bolts, darken(hull, 0.22)))
    stage.layer(1.0, hill(stage, 730, 0, 1, "#8a93bd", "#6f78a6")[0])
    stage.add(f'<rect x="{LEFT}" y="716" width="{RIGHT - LEFT}" height="22" fill="{lighten(hull, 0.45)}"/>')
    panels = (
        "".join(f"M{768 + (i - 6) * 150},738L{768 + (i - 6) * 290},1200" for i in range(13))
        + "M-120,840H1656M-120,990H1656"
    )
    stage.add(f'<path d="{panels}" stroke="#6a74a4" stroke-width="5" fill="none"/>')
    stage.add(stage.piece("console", 768, 770, 1.05))
    for x, colour in ((70, "#8fd18a"), (1466, "#f2748b")):
        stage.add(f'<rect x="{x - 70}" y="580" width="140" height="200" rx="26" fill="{darken(hull, 0.14)}"/>')
        stage.shine(
            f'<circle cx="{x}" cy="640" r="30" fill="{colour}"/>',
            f'<rect x="{x - 40}" y="694" width="80" height="18" rx="9" fill="#ffd166"/>',
        )
        stage.glow(x, 640, 120, colour, 0.5)
