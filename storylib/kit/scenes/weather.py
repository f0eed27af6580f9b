"""Weather: what falls, drifts or arches, in the sky and in front of everything."""

from __future__ import annotations

from storylib import vocabulary as v
from storylib.kit.scenes.nature import cloud, stars, twinkle
from storylib.kit.scenes.stage import Glow, H, Stage, W
from storylib.kit.svg import mix

RAINBOW = ("#f2748b", "#f9a45c", "#ffd95e", "#8fd18a", "#74b9ee", "#a68be0")
GREENS = ("#8fc46a", "#b3d77f", "#f7c9d6")
BLOWN: dict[v.Season, tuple[str, ...]] = {  # what the wind carries
    "spring": GREENS,
    "summer": GREENS,
    "autumn": ("#f0a04b", "#e0703f", "#f5c85a"),
    "winter": ("#ffffff", "#e3f0f8"),
}
CONFETTI = ("#f2748b", "#ffd166", "#74b9ee", "#8fd18a", "#c6a4f2")


def open_sky(stage: Stage, horizon: float = 560) -> None:
    """Sun or moon, stars, clouds and rainbow on the farthest layer."""
    overcast = stage.daylight.sun is None
    if stage.night:
        stage.shine(stars(stage, 10 if overcast else 70, horizon))
    sun = _sun_or_moon(stage)
    count = 5 if overcast else 2 if stage.night else 3
    for i in range(count):
        x = (i + 0.5) * W / count + stage.rng.uniform(-120, 120)
        if sun and abs(x - sun) < 190:  # a cloud may touch it, not hide it
            x = sun + (190 if x > sun else -190)
        stage.add(cloud(stage, x, stage.rng.uniform(90, horizon - 240), stage.rng.uniform(0.75, 1.35)))
    if stage.weather == "rainbow":
        stage.add(_rainbow(stage))


def _sun_or_moon(stage: Stage) -> float | None:
    """Paint it and tell its x; None when clouds hide it."""
    light = stage.daylight
    if light.sun is None:
        return None
    x = stage.rng.choice((1180, 330, 1240))
    y = {"sunset": 360, "morning": 300}.get(stage.time, stage.rng.randint(150, 220))
    radius = 54 if stage.night else 62
    stage.halos.append(Glow(x, y, radius * 4.6, light.sun, 0.8 if stage.night else 0.6))
    stage.shine(f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{light.disc}"/>')
    if stage.night:
        craters = ((-16, -12, 10), (18, 16, 14), (14, -24, 6))
        stage.shine(*(f'<circle cx="{x + a}" cy="{y + b}" r="{r}" fill="#ece2b8"/>' for a, b, r in craters))
    return x


def _rainbow(stage: Stage) -> str:
    middle = stage.rng.choice((640, 760, 900))
    return "".join(
        f'<path d="M{middle - 600 + i * 22},720 A{600 - i * 22},{560 - i * 22} 0 0 1 {middle + 600 - i * 22},720"'
        f' fill="none" stroke="{colour}" stroke-width="23" stroke-opacity=".6"/>'
        for i, colour in enumerate(RAINBOW)
    )


def falling(stage: Stage, sheltered: bool) -> str:
    """What the weather puts in front of the cast. Where it is sheltered nothing falls."""
    if sheltered or stage.weather not in FALLING:
        return ""
    return FALLING[stage.weather](stage)


def _rain(stage: Stage) -> str:
    rng, d = stage.rng, ["", ""]
    for i in range(95):
        length = rng.uniform(26, 52)
        d[i % 2] += f"M{rng.uniform(-40, W):.0f},{rng.uniform(-20, H):.0f}l{-length * 0.28:.0f},{length:.0f}"
    line = 'stroke="#eaf4fb" fill="none" stroke-linecap="round"'
    return "".join(
        f'<path d="{part}" {line} stroke-width="{w}" stroke-opacity="{o}"/>'
        for part, w, o in zip(d, (3.6, 2.6), (0.6, 0.45), strict=True)
    )


def _snow(stage: Stage) -> str:
    rng = stage.rng
    d = ""
    for _ in range(130):
        r = rng.choice((3, 4, 6, 9))
        d += f"M{rng.uniform(0, W) - r:.0f},{rng.uniform(0, H):.0f}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0"
    return f'<path d="{d}" fill="#ffffff" fill-opacity=".9"/>'


def _wind(stage: Stage) -> str:
    rng = stage.rng
    gusts = "".join(
        f"M{rng.uniform(-60, 900):.0f},{rng.uniform(90, 800):.0f}"
        f"c120,-34 {rng.uniform(220, 330):.0f},34 {rng.uniform(380, 470):.0f},-6c46,-22 34,-66 0,-62c-24,4 -22,34 2,34"
        for _ in range(6)
    )
    lines = (
        f'<path d="{gusts}" stroke="#ffffff" stroke-width="8" fill="none" stroke-linecap="round" stroke-opacity=".4"/>'
    )
    colours = BLOWN["winter" if stage.snowy else stage.season]
    leaves = "".join(
        f'<path d="M0,0 q14,-18 30,0 q-16,16 -30,0" fill="{rng.choice(colours)}"'
        f' transform="translate({x:.0f} {y:.0f}) rotate({turn:.0f})"/>'
        for x, y, turn in ((rng.uniform(0, W), rng.uniform(60, 900), rng.uniform(0, 360)) for _ in range(26))
    )
    return lines + leaves


def _fireflies(stage: Stage) -> str:
    spots = [(stage.rng.uniform(0, W), stage.rng.uniform(340, 960), stage.rng.uniform(0.8, 1.3)) for _ in range(28)]
    rings = ((22, 0.12), (13, 0.25), (7, 0.5), (4, 1.0))
    return "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r * s:.1f}" fill="#fff2a0" fill-opacity="{opacity}"/>'
        for x, y, s in spots
        for r, opacity in rings
    )


FALLING = {"rain": _rain, "snow": _snow}


def drifting(stage: Stage, sheltered: bool) -> str:
    """What is in the air behind the cast, where it hides no face: gusts, fireflies, confetti, sparkles."""
    outdoors = DRIFTING[stage.weather](stage) if stage.weather in DRIFTING and not sheltered else ""
    return outdoors + (FEELINGS[stage.mood](stage) if stage.mood in FEELINGS else "")


def _confetti(stage: Stage) -> str:
    rng = stage.rng
    return "".join(
        f'<rect x="{x:.0f}" y="{y:.0f}" width="16" height="9" rx="3" fill="{rng.choice(CONFETTI)}"'
        f' transform="rotate({rng.uniform(0, 360):.0f} {x:.0f} {y:.0f})"/>'
        for x, y in ((rng.uniform(0, W), rng.uniform(0, 800)) for _ in range(64))
    )


def _sparkles(stage: Stage) -> str:
    rng = stage.rng
    spots = ((rng.uniform(60, W - 60), rng.uniform(40, 620), rng.uniform(7, 15)) for _ in range(16))
    return "".join(twinkle(x, y, k, "#fff3b8") for x, y, k in spots)


def _fog(stage: Stage) -> str:
    """Banks of mist, thicker than the air between."""
    colour, rng = mix(stage.daylight.far, stage.daylight.sky[-1], 0.6), stage.rng
    return "".join(
        f'<ellipse cx="{rng.uniform(100, W - 100):.0f}" cy="{y}" rx="{rng.uniform(420, 640):.0f}" ry="{ry}"'
        f' fill="{colour}" fill-opacity=".5"/>'
        for y, ry in ((600, 34), (680, 44), (770, 36), (850, 40))
    )


DRIFTING = {"fog": _fog, "wind": _wind, "fireflies": _fireflies}
FEELINGS = {"celebrate": _confetti, "wonder": _sparkles}
