"""What a theme's words mean to the Kit: a moral, a world, a prop and a phrase to weave in; and what it cannot read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import Field

from storylib import vocabulary as v
from storylib.manuscript import Model
from storylib.providers.kit import props
from storylib.providers.kit.plot import HERE, Lines, read

Sort = Literal["thing", "animal", "event", "feeling", "weather", "doing"]


class Theme(Model):
    """One theme of the classroom."""

    sort: Sort
    say: str  # in a sentence: "the dentist", "a new baby sister", "dinosaurs"
    also: Lines = ()  # other words that mean it
    moral: v.Moral | None = None
    plot: str | None = None  # the one that fits best, by its file's name
    world: v.World | None = None
    prop: str | None = None
    a: str | None = None  # the prop in words, when there is one: "a toy dinosaur"
    season: v.Season | None = None


class ThemeFile(Model):
    """All themes, and for each sort the lines that weave one in: ``open`` on an early page, ``close`` on a late one."""

    ignored: str  # words that say nothing about the theme
    weave: dict[Sort, dict[Literal["open", "close"], dict[str, Lines]]]
    themes: dict[str, Theme] = Field(min_length=1)


@dataclass(frozen=True)
class Understood:
    """The themes found in a text, in its order, and the words nobody knows."""

    themes: tuple[Theme, ...]
    unknown: tuple[str, ...]


@lru_cache(maxsize=1)
def load_themes() -> ThemeFile:
    """Parse and validate the themes, once."""
    return ThemeFile.model_validate(read(HERE / "themes.yaml"))


@lru_cache(maxsize=1)
def _index() -> dict[tuple[str, ...], str]:
    """Every way of saying a theme, as stems, to its key."""
    return {
        _stems(say): key for key, theme in load_themes().themes.items() for say in (*theme.also, key.replace("-", " "))
    }


def understand(text: str) -> Understood:
    """Read a teacher's theme; the longest way of saying wins, plurals count as singulars."""
    file = load_themes()
    ignored = frozenset(file.ignored.split())
    stems, raw = _stems(text), _tokens(text)
    found: list[str] = []
    pictured: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(stems):
        length, key = _match(stems, at)
        if key:
            found.append(key)
        elif props.known(stems[at]):
            pictured.append(stems[at])
        elif raw[at] not in ignored:
            unknown.append(raw[at])
        at += length
    return Understood(
        tuple(file.themes[key] for key in dict.fromkeys(found)) + _pictured(pictured), tuple(dict.fromkeys(unknown))
    )


def _pictured(words: list[str]) -> tuple[Theme, ...]:
    """Words that are no theme but have a picture are shown and named."""
    return tuple(Theme(sort="thing", say=props.named(w), prop=w, a=props.named(w)) for w in dict.fromkeys(words))


def _match(stems: tuple[str, ...], at: int) -> tuple[int, str | None]:
    index = _index()
    for length in range(min(5, len(stems) - at), 0, -1):
        if key := index.get(stems[at : at + length]):
            return length, key
    return 1, None


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower())


def _stems(text: str) -> tuple[str, ...]:
    return tuple(_stem(token) for token in _tokens(text))


def _stem(token: str) -> str:
    token = token.removesuffix("'s")
    if token.endswith("ies") and len(token) > 4:
        return token[:-3] + "y"
    return token[:-1] if token.endswith("s") and not token.endswith("ss") and len(token) > 3 else token
