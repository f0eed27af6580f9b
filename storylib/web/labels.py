"""The vocabulary as people read it."""

from __future__ import annotations

from typing import Final

AGE_BANDS: Final[dict[str, str]] = {
    "1-2": "1–2 years",
    "3-5": "3–5 years",
    "6-8": "6–8 years",
    "9-12": "9–12 years",
}
TONES: Final[dict[str, str]] = {
    "whimsical": "Whimsical",
    "educational": "Educational",
    "adventurous": "Adventurous",
    "calming": "Calming",
}
MORALS: Final[dict[str, str]] = {
    "fits": "Whatever fits",
    "none": "No moral",
    "kindness": "Kindness",
    "courage": "Courage",
    "friendship": "Friendship",
    "honesty": "Honesty",
    "perseverance": "Perseverance",
}
STATES: Final[dict[str, str]] = {
    "queued": "In the queue",
    "writing": "Being written",
    "illustrating": "Being drawn",
    "ready": "Ready",
    "failed": "Needs attention",
    "cancelled": "Stopped",
}
REVIEWS: Final[dict[str, str]] = {"draft": "Draft", "approved": "Approved", "shared": "Shared"}
ROLES: Final[dict[str, str]] = {"educator": "Educator", "admin": "Administrator"}
STYLES: Final[dict[str, str]] = {"storybook": "Storybook", "cutout": "Paper cut-out", "crayon": "Crayon"}
WORLDS: Final[dict[str, str]] = {
    "forest": "Forest",
    "sea": "Under the sea",
    "space": "Space",
    "town": "Town and school",
    "farm": "Farm",
    "castle": "Castle",
    "snow": "Snow",
    "jungle": "Jungle",
}
PRONOUNS: Final[dict[str, str]] = {"she": "She", "he": "He", "they": "They"}
HAIRS: Final[dict[str, str]] = {
    "short": "Short",
    "curly": "Curly",
    "afro": "Afro",
    "long": "Long",
    "pigtails": "Pigtails",
    "braids": "Braids",
    "bun": "Bun",
    "hijab": "Hijab",
    "ponytail": "Ponytail",
    "locs": "Locs",
    "wavy": "Wavy",
    "none": "None",
}
AGES: Final[dict[str, str]] = {"baby": "Baby", "child": "Child", "adult": "Grown-up", "grandparent": "Grandparent"}
HATS: Final[dict[str, str]] = {
    "beanie": "Beanie",
    "cap": "Cap",
    "wizard": "Wizard hat",
    "crown": "Crown",
    "pirate": "Pirate hat",
    "helmet": "Space helmet",
    "sunhat": "Sun hat",
    "turban": "Turban",
    "patka": "Patka",
    "kippah": "Kippah",
    "headwrap": "Headwrap",
}


SHOTS = {"wide": "From afar", "mid": "In full", "close": "From close by"}


def word(name: str) -> str:
    """Return a single word of the vocabulary (a kind, a trait) as a label."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def moral(name: str) -> str:
    """Return the label of one of ours, or a teacher's own words as they are."""
    return MORALS.get(name, name)
