"""A scene from the words of a page: who of the cast is there, where and when, what they do and feel, what they hold.

Where the words say nothing, things stay as they were on the page before: a story that goes into a kitchen is there
until it leaves it. What is denied ("she was not sad", "there was no cake") is not drawn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from storylib.providers.own import lexicon
from storylib.providers.own.lexicon import Meaning
from storylib.story import Actor, CharacterSpec, Scene, props
from storylib.vocabulary import World

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|[.!?;:,…\n“”\"]")
_BREAKS = {".", "!", "?", ";", ",", "…", ":", "\n", "and", "but", "then", "while", "when", "so", "because", "as"}
_ENDS = {".", "!", "?", "…", "\n"}
_TO = {"in", "into", "at", "to", "on", "onto", "inside", "through", "from", "reached"}
_DENIED = {"not", "never", "no", "without", "nobody", "nothing", "cannot"}
_NEAR = 4  # words between a denial or a preposition and what it belongs to
_EVERYBODY = {"they", "we", "everyone", "everybody", "both", "us", "together"}
_PRONOUNS = {"she": "she", "her": "she", "he": "he", "him": "he"}
_OPENERS = {".", "!", "?", "…", "\n", ":", "“", '"', "”"}
_CALENDAR = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
    "april", "may", "june", "july", "august", "september", "october", "november", "december", "english", "mr", "mrs",
}  # fmt: skip
_MOST = 5  # in a scene
_ASIDE = {"whisper", "point_at"}  # what else happens on the page is drawn rather
_NEEDS_A_THING = {"hold", "carry"}


@dataclass(frozen=True)
class Read:
    """What a page's picture shows; ``understood``: its words said something of it."""

    scene: Scene
    understood: bool


@dataclass
class _Page:
    """What has been read of a page so far, and who is meant at this word."""

    cast: list[str]
    specs: dict[str, CharacterSpec]
    before: Scene
    found: dict[str, str] = field(default_factory=dict)  # of the scene as a whole
    sure: bool = False  # about the place
    present: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    acts: dict[str, dict[str, str]] = field(default_factory=dict)
    things: list[str] = field(default_factory=list)
    event: tuple[str, str] | None = None  # what, by whom
    verb: bool = False  # in this clause
    acted: bool = False  # the subjects have done something; whoever is named in the next clause takes over


def read(pages: Sequence[str], cast: Sequence[CharacterSpec], world: World | None = None) -> list[Read]:
    """Read a scene from each page; the first of the cast is the hero, and "I"."""
    people = lexicon.lexicon().people
    own = {spec.name: spec for spec in cast}
    specs = {name: spec for name, spec in people.items() if name.lower() not in {each.lower() for each in own}} | own
    scene = Scene(setting="meadow", world=world, cast=(Actor(name=cast[0].name),))
    found: list[Read] = []
    for number, text in enumerate(pages):
        page = _Page(list(own), specs, scene, sure=False)
        _gather(page, _tokens(text), first=number == 0)
        scene = _scene(page, world)
        found.append(Read(scene, bool(page.found or page.present or page.acts or page.things)))
    return found


def read_next(before: Sequence[str], text: str, cast: Sequence[CharacterSpec], world: World | None = None) -> Scene:
    """Read the scene of one more page behind others, with nobody in it who is not in the cast."""
    scene = read([*before, text], cast, world)[-1].scene
    own = {spec.name for spec in cast}
    return scene.model_copy(update={"cast": tuple(actor for actor in scene.cast if actor.name in own)})


def extras(pages: Sequence[Read], cast: Sequence[CharacterSpec]) -> tuple[CharacterSpec, ...]:
    """Return the people who are in the scenes without being in the cast."""
    own, people = {spec.name for spec in cast}, lexicon.lexicon().people
    seen = dict.fromkeys(actor.name for page in pages for actor in page.scene.cast if actor.name not in own)
    return tuple(people[name] for name in seen)


def strangers(pages: Sequence[str], cast: Sequence[CharacterSpec]) -> tuple[str, ...]:
    """Return who seems to be named in the pages and is nobody of the cast: written with a capital twice or more, at
    least once inside a sentence, and never without one."""
    own = {word for spec in cast for word in _tokens(spec.name)} | _CALENDAR
    tokens = [token for page in pages for token in [".", *_TOKEN.findall(page)]]
    small = {token for token in tokens if token.islower()}
    counts = Counter(_base(token.replace("’", "'")) for token in tokens if token[:1].isupper())
    inside = {
        _base(token.replace("’", "'")) for before, token in pairwise(tokens)
        if token[:1].isupper() and before not in _OPENERS
    }  # fmt: skip
    return tuple(
        name for name, count in counts.items()
        if count > 1 and name in inside and len(name) > 1 and name.lower() not in own | small
        and not lexicon.meanings((name.lower(),))
    )  # fmt: skip


# --- words


def _tokens(text: str) -> list[str]:
    return [token.lower().replace("’", "'") for token in _TOKEN.findall(text)]


def _phrases(tokens: list[str], names: dict[tuple[str, ...], str]) -> Iterator[tuple[int, int, list[Meaning], str]]:
    """Yield each phrase that says something: where it begins, how long it is, what it means, or whose name it is."""
    at = 0
    while at < len(tokens):
        for size in range(min(lexicon.LONGEST, len(tokens) - at), 0, -1):
            words = tuple(_base(token) for token in tokens[at : at + size])
            if words in names:
                yield at, size, [], names[words]
            elif means := lexicon.meanings(tuple(tokens[at : at + size])):
                yield at, size, means, ""
            else:
                continue
            at += size - 1
            break
        else:
            yield at, 1, [], ""
        at += 1


def _base(token: str) -> str:
    """Return the name in "Mira's" and "James'"."""
    return token.removesuffix("'s").removesuffix("'")


def _gather(page: _Page, tokens: list[str], *, first: bool) -> None:
    names = {tuple(_tokens(name)): name for name in page.cast}
    for at, size, means, name in _phrases(tokens, names):
        token = tokens[at]
        if name:
            _meet(page, name)
        elif token in _BREAKS:
            page.verb = False
            page.acted = page.acted or token in _ENDS
        elif token == "i":
            _meet(page, page.cast[0])
        elif token in _EVERYBODY:
            page.subjects = page.subjects if token == "together" else _all(page)
        elif token in _PRONOUNS:
            _point(page, _PRONOUNS[token])
        if means and not _denied(tokens, at):
            near = set(tokens[max(0, at - _NEAR + 1) : at])
            for meaning in means:
                _note(page, meaning, told=bool(near & _TO) or size > 1, first=first)


def _denied(tokens: list[str], at: int) -> bool:
    for token in reversed(tokens[max(0, at - _NEAR) : at]):
        if token in _ENDS or token == ",":
            return False
        if token in _DENIED or token.endswith("n't"):
            return True
    return False


# --- who


def _meet(page: _Page, name: str) -> None:
    """Somebody is named: before a verb they act, after it something is done to them."""
    if name not in page.present:
        page.present.append(name)
    if page.verb:
        return
    page.subjects = [name] if page.acted else [*(each for each in page.subjects if each != name), name]
    page.acted = False


def _all(page: _Page) -> list[str]:
    if len(page.present) < 2:
        page.present = list(dict.fromkeys([*page.present, *(actor.name for actor in page.before.cast), *page.cast]))
    return list(page.present)


def _point(page: _Page, pronoun: str) -> None:
    """A pronoun means the last who was named and goes by it, here or on the page before."""
    before = [actor.name for actor in page.before.cast]
    for name in [*reversed(page.present), *before, *page.cast]:
        if page.specs[name].pronouns == pronoun:
            if not page.verb:
                page.subjects, page.acted = [name], False
            if name not in page.present:
                page.present.append(name)
            return


# --- what


def _note(page: _Page, meaning: Meaning, *, told: bool, first: bool) -> None:
    group, value = meaning
    if group == "settings":
        _go(page, value, told=told, first=first)
    elif group == "people":
        if value in page.specs:
            _meet(page, value)
    elif group == "prop":
        _thing(page, value)
    elif group in ("poses", "expressions"):
        page.verb, page.acted = page.verb or group == "poses", True
        for name in page.subjects or _only(page):
            page.acts.setdefault(name, {})["pose" if group == "poses" else "expression"] = value
    elif group == "events":
        page.verb, page.acted = True, True
        if page.event is None or value not in _ASIDE:
            page.event = (value, (page.subjects or _only(page) or [""])[0])
    else:
        page.found[{"times": "time", "weathers": "weather", "seasons": "season", "moods": "mood"}[group]] = value


def _go(page: _Page, place: str, *, told: bool, first: bool) -> None:
    """A place that is only mentioned does not take the story there, unless nothing better was said at its beginning."""
    if told or (first and not page.sure):
        page.found["setting"], page.sure = place, page.sure or told


def _only(page: _Page) -> list[str]:
    return page.present[-1:] or [actor.name for actor in page.before.cast[:1]]


def _thing(page: _Page, prop: str) -> None:
    for name in page.subjects:
        act = page.acts.get(name, {})
        if act.get("pose") in ("hold", "carry", "eat", "read", "reach") and "holds" not in act and props.holdable(prop):
            act["holds"] = prop
            return
    if prop not in page.things:
        page.things.append(prop)


# --- the scene


def _scene(page: _Page, world: World | None) -> Scene:
    names = (page.present or [actor.name for actor in page.before.cast])[:_MOST]
    event, names = _event(page, names)
    kept = {name: getattr(page.before, name) for name in ("setting", "time", "weather", "season")}
    if page.found.get("setting", kept["setting"]) != kept["setting"]:
        kept["weather"] = "clear"
    facts: dict[str, Any] = {**kept, "mood": "happy", **page.found, "world": world, "event": event}
    return Scene(cast=tuple(_actor(page, name) for name in names), props=tuple(page.things[:3]), **facts)


def _event(page: _Page, names: list[str]) -> tuple[str | None, list[str]]:
    if page.event is None or len(names) < 2:
        return None, names
    what, who = page.event
    return what, [who, *(name for name in names if name != who)] if who in names else names


def _actor(page: _Page, name: str) -> Actor:
    act: dict[str, Any] = dict(page.acts.get(name, {}))
    if act.get("pose") in _NEEDS_A_THING and "holds" not in act:
        act["pose"] = "stand"
    return Actor(name=name, **act)
