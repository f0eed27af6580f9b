"""Covers: the heroes large below, a calm space above for the title, sparkles around."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from storylib.kit.scenes.camera import Camera
from storylib.kit.scenes.composition import HEIGHT, MARGIN, Spot
from storylib.kit.scenes.nature import twinkle
from storylib.kit.scenes.stage import Glow, H, Stage, W

TITLE = 0.34  # share of the picture's height that is kept calm
FEET = 985
CLOSE = 1.07  # of the width of two neighbours: how far they may be apart
AURA = Glow(W / 2, H * 0.52, 640, "#ffe7a8", 0.5)  # the light in the sky behind the heroes


def enlarge(camera: Camera, spots: list[Spot]) -> tuple[Camera, list[Spot]]:
    """The same line-up, close together, as large as fits under the title and between the edges, in the middle."""
    camera = replace(camera, lift=min(camera.lift, 0) + 60)
    if not spots:
        return camera, spots
    spots = _together(spots)
    left = min(spot.x - spot.reach for spot in spots)
    right = max(spot.x + spot.reach for spot in spots)
    tall = max(spot.scale for spot in spots) * HEIGHT
    grow = min((W - 2 * MARGIN) / (right - left), (FEET - H * TITLE - 20) / tall)
    middle = (left + right) / 2
    return camera, [
        replace(spot, x=W / 2 + (spot.x - middle) * grow, y=FEET - 14 * (i % 2), scale=spot.scale * grow, afloat=False)
        for i, spot in enumerate(spots)
    ]


def _together(spots: list[Spot]) -> list[Spot]:
    """Nobody farther from a neighbour than their elbows are wide."""
    out = spots[:1]
    for before, spot in pairwise(spots):
        gap = min(spot.x - before.x, (before.reach + spot.reach) * CLOSE)
        out.append(replace(spot, x=out[-1].x + gap))
    return out


def ornaments(stage: Stage) -> str:
    """A fine frame, and stars that keep clear of the middle."""
    rng = stage.rng
    stars = "".join(
        twinkle(
            rng.choice((rng.uniform(80, 380), rng.uniform(W - 380, W - 80))),
            rng.uniform(90, H * 0.37),  # above their faces
            rng.uniform(9, 20),
        )
        for _ in range(14)
    )
    frame = f'<rect x="46" y="46" width="{W - 92}" height="{H - 92}" rx="52" fill="none" stroke="#fff6dc"'
    return f'{stars}{frame} stroke-width="7"/>'
