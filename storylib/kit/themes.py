"""What a theme's words mean to the Kit: a moral, a world, a prop and a phrase to weave in; and what it cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Literal

from pydantic import Field

from storylib import tables
from storylib import vocabulary as v
from storylib.kit import grammar
from storylib.kit.plot import HERE, Lines
from storylib.story import Model, props

Sort = Literal["thing", "animal", "event", "feast", "arrival", "feeling", "weather", "doing"]
GRAVE, STRANGE = "!grave ", "!strange"  # what stands in the index instead of a theme's key; its group follows
_LONGEST = 5  # words of a phrase


class Theme(Model):
    """One theme of the classroom."""

    sort: Sort
    say: str  # in a sentence: "the dentist", "a new baby sister", "dinosaurs"
    also: Lines = ()  # other words that mean it
    moral: v.Lesson | None = None
    plot: str | None = None  # the one that fits best, by its file's name
    about: bool = True  # whether that plot is about it; else it is only the nearest there is
    world: v.World | None = None
    prop: str | None = None
    a: str | None = None  # the prop in words, when there is one: "a toy dinosaur"
    season: v.Season | None = None


class ThemeFile(Model):
    """All themes, and for each sort the lines that weave one in: ``open`` on an early page, ``close`` on a late one."""

    ignored: str  # words that say nothing about the theme
    little: str  # words that may stand in a phrase or not
    doubtful: str  # words that are a theme only where no unknown word stands beside them
    strange: Lines  # phrases that look like a theme, and are none
    weave: dict[Sort, dict[Literal["open", "close"], dict[str, Lines]]]
    themes: dict[str, Theme] = Field(min_length=1)


@dataclass(frozen=True)
class Understood:
    """The themes found in a text, in its request, the words nobody knows, and those that no comedy should tell of."""

    themes: tuple[Theme, ...]
    unknown: tuple[str, ...]
    grave: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()  # of grave.yaml, to which those belong


@lru_cache(maxsize=1)
def load_themes() -> ThemeFile:
    """Parse and validate the themes, once."""
    return ThemeFile.model_validate(tables.read(HERE / "themes.yaml"))


@lru_cache(maxsize=1)
def load_grave() -> dict[str, tuple[str, ...]]:
    """What is not told, by group, with the plots that are told ``instead`` and the phrases that are ``harmless``."""
    listed: dict[str, Any] = tables.read(HERE / "grave.yaml")
    return {group: tuple(phrases) for group, phrases in listed.items()}


@lru_cache(maxsize=1)
def _index() -> dict[tuple[str, ...], str]:
    """Every way of saying a theme, as stems, to its key; what is written out goes before a form of another word."""
    exact = {_stems(said): key for said, key in _sayings()}
    forms = {form: key for said, key in _sayings() for form in product(*map(_forms, _words(said)))}
    return forms | exact


def _sayings() -> Iterator[tuple[str, str]]:
    file, grave = load_themes(), load_grave()
    for group, phrases in grave.items():
        if group != "instead":
            yield from ((said, STRANGE if group == "harmless" else f"{GRAVE}{group}") for said in phrases)
    yield from ((said, STRANGE) for said in file.strange)
    for key, theme in file.themes.items():
        yield from ((said, key) for said in (*theme.also, key.replace("-", " ")))


def understand(text: str) -> Understood:
    """Read a teacher's theme; the longest way of saying wins, whatever its plurals, verb forms and little words.

    A theme that names something grave is not taken in parts: of "grandpa has died" nothing is left to tell.
    """
    file = load_themes()
    found = _read(text)
    groups = {said: key.removeprefix(GRAVE) for said, key in found if key and key.startswith(GRAVE)}
    unknown = [said for said, key in found if key in (None, STRANGE) and said not in file.ignored.split()]
    keys = [key for _, key in found if key]
    themes = tuple(_theme(key) for key in dict.fromkeys(keys) if key != STRANGE and not key.startswith(GRAVE))
    told = () if groups else themes
    return Understood(told, tuple(dict.fromkeys(unknown)), tuple(groups), frozenset(groups.values()))


def _read(text: str) -> list[tuple[str, str | None]]:
    """The phrases of a text, each with what it means: a theme, a ``?`` and a picture's name, or None."""
    words, found, at = _words(text), [], 0
    while at < len(words):
        length, key = _match(words, at)
        found.append((" ".join(words[at : at + length]), key))
        at += length
    return [(said, None if _doubted(found, i) else key) for i, (said, key) in enumerate(found)]


def _doubted(found: list[tuple[str, str | None]], i: int) -> bool:
    """Whether a word of several meanings stands beside one that nobody knows: "parking space" is no space."""
    file = load_themes()
    ignored = file.ignored.split()
    if (found[i][1] or "").startswith(GRAVE) or not {found[i][0], *_forms(found[i][0])} & set(file.doubtful.split()):
        return False
    before, after = ([pair for pair in side if pair[0] not in ignored] for side in (found[:i], found[i + 1 :]))
    return any(key in (None, STRANGE) for _, key in before[-1:] + after[:1])


def _theme(key: str) -> Theme:
    """A theme of the file; a word that is none but has a picture is shown and named."""
    if not key.startswith("?"):
        return load_themes().themes[key]
    prop = key[1:]
    return Theme(sort="thing", say=grammar.prop_name(prop), prop=prop, a=grammar.prop_name(prop))


def _match(words: list[str], at: int) -> tuple[int, str | None]:
    index = _index()
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        phrase = words[at : at + length]
        for form in (tuple(map(_stem, phrase)), *product(*map(_forms, phrase))):
            if key := index.get(form):
                return length, key
    word = _stem(words[at])
    return 1, f"?{word}" if props.known(word) else None


def _words(text: str) -> list[str]:
    little = load_themes().little.split()
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'"))
    return [word for word in found if word not in little]


def _stems(text: str) -> tuple[str, ...]:
    return tuple(map(_stem, _words(text)))


def _forms(word: str) -> list[str]:
    """What a word may be a form of: ``bullied`` of "bully", ``sharing`` of "share", ``swimming`` of "swim"."""
    found = [_stem(word)]
    if word.endswith("ied") and len(word) > 4:
        found.append(word[:-3] + "y")
    for ending in ("ing", "ed", "es"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2:
            found += [root, root + "e", *([root[:-1]] if root[-1] == root[-2] else [])]
    return list(dict.fromkeys(found))


def _stem(token: str) -> str:
    token = token.removesuffix("'s").removesuffix("'")
    if token.endswith("ies") and len(token) > 4:
        return token[:-3] + "y"
    return token[:-1] if token.endswith("s") and not token.endswith("ss") and len(token) > 3 else token
