"""Which words say what about a picture, from ``lexicon.yaml``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from storylib import tables
from storylib.story import CharacterSpec, Look, props

Group = Literal["settings", "times", "weathers", "seasons", "moods", "poses", "expressions", "events", "people", "prop"]
Meaning = tuple[Group, str]
LONGEST = 4  # words in a phrase
# What a place brings along by itself, or what stands in the sky whatever is said.
_SCENERY = {
    "bed", "door", "sun", "cloud", "rainbow", "bathtub", "couch-and-lamp", "hut", "bus", "evergreen-tree", "chair",
    "snowflake", "star", "crescent-moon", "fire", "red-heart", "musical-notes", "bat", "net", "pick",
}  # fmt: skip


@dataclass(frozen=True)
class Lexicon:
    """``meanings`` of phrases, as tuples of lower-case words; ``people`` by name."""

    meanings: dict[tuple[str, ...], list[Meaning]]
    people: dict[str, CharacterSpec]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read once."""
    table: dict[str, dict[str, Any]] = tables.beside(__file__)
    people = table.pop("people") if "people" in table else {}
    meanings: defaultdict[tuple[str, ...], list[Meaning]] = defaultdict(list)
    for group, values in table.items():
        for value, phrases in values.items():
            for phrase in phrases:
                meanings[tuple(phrase.split())].append((group, value))  # type: ignore[arg-type]
    for name, person in people.items():
        for phrase in person["words"]:
            meanings[tuple(phrase.split())].append(("people", name))
    return Lexicon(dict(meanings), {name: _person(name, person) for name, person in people.items()})


def _person(name: str, said: dict[str, Any]) -> CharacterSpec:
    look = {name: value for name, value in said.items() if name not in ("words", "pronouns")}
    return CharacterSpec(name=name, kind="child", pronouns=said["pronouns"], look=Look(**look))


def meanings(words: tuple[str, ...]) -> list[Meaning]:
    """Return what a word or a phrase says of a picture; empty: nothing."""
    found = list(lexicon().meanings.get(words, ()))
    prop = props.find("-".join(words))
    if prop and prop.name not in _SCENERY:
        found.append(("prop", prop.name))
    return found
