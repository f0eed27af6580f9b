"""Briefs that are known to make good books, for "Surprise me"."""

from __future__ import annotations

from random import Random
from typing import Any

from storylib import vocabulary as v
from storylib.kit.plot import world_names
from storylib.kit.themes import load_themes

PAGES: dict[v.AgeBand, tuple[int, ...]] = {"1-2": (6, 8), "3-5": (8, 10), "6-8": (8, 10, 12), "9-12": (8, 10)}


def surprise(seed: int) -> dict[str, Any]:
    """Fields of a brief that fit together: theme, age_band, tone, moral, pages, world."""
    rng = Random(f"surprise|{seed}")
    file = load_themes()
    key = rng.choice(sorted(file.themes))
    theme = file.themes[key]
    band = rng.choices(v.AGE_BANDS, weights=(1, 3, 3, 2))[0]
    worlds = world_names()
    return {
        "theme": key.replace("-", " "),
        "age_band": band,
        "tone": rng.choice(v.TONES),
        "moral": "fits",
        "pages": rng.choice(PAGES[band]),
        "world": theme.world if theme.world in worlds else rng.choice(worlds),
    }
