"""A character in words: what an illustrator and a writer need to know of a look."""

from __future__ import annotations

from functools import cache
from typing import Any

from storylib import tables
from storylib.story import CharacterSpec
from storylib.text import article


def said() -> dict[str, Any]:
    """Return all the wording of words.yaml."""
    found: dict[str, Any] = tables.beside(__file__, "words")
    return found


def thing(prop: str) -> str:
    """Return ``red-apple`` as "a red apple"."""
    words = prop.replace("-", " ")
    return words if words.endswith("s") else article(words)


_WORN = (
    ("hat_colour", "hat"), ("shirt", "shirt"), ("trousers", "trousers"), ("dress", "dress"), ("overalls", "overalls"),
    ("cape", "cape"), ("scarf", "scarf"), ("bowtie", "bow tie"), ("bow", "bow in the hair"), ("glasses", "glasses"),
    ("shoes", "shoes"),
)  # fmt: skip


_AIDS = {
    "wheelchair": "sitting in a wheelchair", "walking_frame": "with a walking frame",
    "cane": "with a long white cane", "hearing_aids": "hearing aids", "ear_defenders": "ear defenders",
}  # fmt: skip


def person(spec: CharacterSpec) -> str:
    """Describe a character in one line: kind, colours, clothes, nature. No name."""
    look = spec.look
    noun = said()["people"][spec.age][spec.pronouns] if spec.age else spec.kind
    told = [f"{'small ' if look.size < 0.85 else ''}{f'{colour(look.colour)} ' if look.colour else ''}{noun}"]
    told += [", ".join(_worn(spec))] if _worn(spec) else []
    told += [f"by nature {', '.join(spec.traits)}"] if spec.traits else []
    told += [spec.description.rstrip(".")] if spec.description else []
    return f"{article('; '.join(told))} ({spec.pronouns})"


def _worn(spec: CharacterSpec) -> list[str]:
    look = spec.look
    worn = [f"{colour(look.skin)} skin"] if look.skin else []
    if look.hair and look.hair != "none":
        tint = f"{colour(look.hair_colour)} " if look.hair_colour else ""
        worn.append(f"{tint}hijab" if look.hair == "hijab" else f"{tint}{look.hair} hair")
    for field, what in _WORN:
        if value := getattr(look, field):
            worn.append(f"{colour(value)} {look.hat if what == 'hat' and look.hat else what}")
    if look.hat and not look.hat_colour:
        worn.append(f"{look.hat} hat")
    worn += [what for field, what in _AIDS.items() if getattr(look, field)]
    worn += ["flower behind the ear"] * look.flower + ["medal"] * look.medal
    return worn + ([f"stripes of {colour(look.stripes)} on the shirt"] if look.stripes else [])


def colours() -> dict[str, str]:
    """Return the words for colours, and what they mean: name → lower-case hex."""
    found: dict[str, str] = said()["colours"]
    return found


@cache
def colour(hexadecimal: str) -> str:
    """Return the word for a colour: the nearest of those in words.yaml, by the "redmean" distance (Riemersma, 2001)."""
    wanted = _rgb(hexadecimal)
    return min(colours(), key=lambda name: _distance(wanted, _rgb(colours()[name])))


def _rgb(hexadecimal: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(hexadecimal[1:])
    return red, green, blue


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    mean = (one[0] + other[0]) / 2
    red, green, blue = ((a - b) ** 2 for a, b in zip(one, other, strict=True))
    return (2 + mean / 256) * red + 4 * green + (2 + (255 - mean) / 256) * blue
