"""Checks theme packs for their authors, and proves that a step tells only of what an earlier step has brought in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import yaml
from pydantic import ValidationError

from storylib import vocabulary as v
from storylib.kit import grammar
from storylib.kit.locating import Finding, Where, report
from storylib.kit.pack import ROLES, STORY_BANDS, Pack, PackScene, drawable, load_pattern, parse_pack, pattern_names
from storylib.kit.pack_casting import cast_pack
from storylib.kit.pack_telling import PackTelling
from storylib.kit.plot import load_world
from storylib.kit.template import UnfilledSlot
from storylib.kit.themes import load_grave
from storylib.story import Brief, CharacterSpec, props, reading_level

STEPS = 6  # that a band needs at least
BOARD_PAGES = 5
QUESTIONS = 4
WORDS = 4
HERO = CharacterSpec(name="Amina", kind="child", pronouns="she", traits=("curious",))
PRESSING = ("must", "should", "have to", "never", "always", "bad", "naughty", "wrong")  # no words of a social story


def check_packs(paths: Sequence[Path]) -> list[str]:
    """Every problem of these packs and of all together, as ``file:line: problem, what to write``."""
    read = [(path, *_read(path)) for path in paths]
    found = [problem for path, pack, broken in read for problem in broken or report(path, _pack(pack) if pack else ())]
    return found + _together([(path, pack) for path, pack, _ in read if pack])


def _read(path: Path) -> tuple[Pack | None, list[str]]:
    try:
        return parse_pack(path), []
    except ValidationError as error:
        return None, report(path, [(tuple(e["loc"]), _explained(e)) for e in error.errors()])
    except yaml.MarkedYAMLError as error:
        return None, [f"{path.name}:{error.problem_mark.line + 1 if error.problem_mark else 1}: {error.problem}"]


def _explained(error: Mapping[str, Any]) -> str:
    """A mistake of the format in words, and what to write instead."""
    key = error["loc"][-1] if error["loc"] else "the file"
    if error["type"] == "missing":
        return f"{key} is missing; see docs/theme-packs.md"
    if error["type"] == "extra_forbidden":
        return f"there is no key {key} here; in braces a text with a comma needs quotes"
    return f"{key}: {error['msg']}"


def _together(packs: Sequence[tuple[Path, Pack]]) -> list[str]:
    """What two packs may not share: a name, or a way in which teachers ask."""
    found, taken = [], dict[str, Path]()
    for path, pack in packs:
        for said in {pack.name.lower(), *(phrase.lower() for phrase in pack.asked_as)}:
            if said in taken:
                found.append(f"{path.name}:1: {taken[said].name} is asked for as {said!r} too; leave it to one of them")
            taken[said] = path
    return found


def _pack(pack: Pack) -> Iterator[Finding]:
    if pack.pattern not in pattern_names():
        yield ("pattern",), f"there is no pattern {pack.pattern}; write one of {', '.join(pattern_names())}"
        return
    if re.search(r"\b(my|our|your)\b", pack.name):
        yield ("name",), "the name completes “a story about …”; leave out my, our and your"
    yield from _bands(pack)
    yield from _step_ids(pack)
    yield from _fitness(pack)
    for where, scene in _scenes(pack):
        yield from _scene(pack, where, scene)
    yield from _brought(pack)
    yield from _texts(pack)
    yield from _social(pack)
    yield from _extras(pack)


def _bands(pack: Pack) -> Iterator[Finding]:
    suited = load_pattern(pack.pattern).bands
    for band in [band for band in pack.bands if band in STORY_BANDS]:
        told = sum(1 for step in pack.steps if band in step.told)
        if band not in suited:
            yield ("bands",), f"the pattern {pack.pattern} is not for the band {band}; leave it out"
        elif told < STEPS:
            yield ("steps",), f"{told} steps are told to the band {band}; write at least {STEPS}"
    if "1-2" in pack.bands and len(pack.board_book) < BOARD_PAGES:
        yield ("bands",), f"the band 1-2 needs a board_book of at least {BOARD_PAGES} pages"
    for i, step in enumerate(pack.steps):
        for band in step.told:
            if band not in pack.bands or band not in STORY_BANDS:
                yield ("steps", i, band), f"the band {band} is not one that this pack tells in steps; see bands"


def _step_ids(pack: Pack) -> Iterator[Finding]:
    ids = [step.id for step in pack.steps]
    for i, id_ in enumerate(ids):
        if id_ in ids[:i]:
            yield ("steps", i, "id"), f"another step has the id {id_}; write another"
    named: list[tuple[Where, str]] = [(("cover",), pack.cover)] if pack.cover else []
    named += [(("social_story", i, "like"), sentence.like) for i, sentence in enumerate(pack.social_story)]
    named += [(("questions", i, "at"), question.at) for i, question in enumerate(pack.questions)]
    yield from ((where, f"there is no step {id_}; write the id of one") for where, id_ in named if id_ not in ids)


def _fitness(pack: Pack) -> Iterator[Finding]:
    groups = [group for group in load_grave() if group not in ("instead", "harmless")]
    for group in pack.fit_for:
        if group not in groups:
            yield ("fit_for",), f"{group} is no group of grave themes; write one of {', '.join(groups)}"
    if pack.fit_for and len(pack.sources) < 2:
        yield ("sources",), "a pack that is fit for a grave theme needs two sources"


# --- scenes


def _scenes(pack: Pack) -> Iterator[tuple[Where, PackScene]]:
    yield from ((("steps", i, "scene"), step.scene) for i, step in enumerate(pack.steps))
    yield from ((("board_book", i, "scene"), page.scene) for i, page in enumerate(pack.board_book))


def _scene(pack: Pack, where: Where, scene: PackScene) -> Iterator[Finding]:
    roles = {*ROLES, *pack.roles}
    if not drawable(scene.at, v.SETTINGS):
        yield (*where, "at"), f"{scene.at} cannot be drawn yet; add a place that can, like {scene.at}/park"
    for i, actor in enumerate(scene.cast):
        yield from (((*where, "cast", i), problem) for problem in _actor(actor, roles))
    for role in scene.looks:
        if role not in roles:
            yield (*where, "looks"), f"{role} is no role; write one of {', '.join(sorted(roles))}"


def _actor(actor: str, roles: set[str]) -> Iterator[str]:
    words = actor.split()
    if not 3 <= len(words) <= 4:
        yield f"write a member of the cast as: role pose expression [thing], not {actor}"
        return
    if words[0] not in roles:
        yield f"{words[0]} is no role; write one of {', '.join(sorted(roles))}, or add it under roles"
    if not drawable(words[1], v.POSES):
        yield f"{words[1]} is no pose yet; add one that is, like {words[1]}/stand"
    if not drawable(words[2], v.EXPRESSIONS):
        yield f"{words[2]} is no expression; write one of {', '.join(v.EXPRESSIONS)}"
    if len(words) == 4 and props.known(words[3]) and not props.holdable(words[3]):
        yield f"nobody can hold {words[3]}; put it under things"


# --- what is told


def _brought(pack: Pack) -> Iterator[Finding]:
    """Whoever names a thing names it after the step that brings it, in every wording of it."""
    for at, step in enumerate(pack.steps):
        for thing in step.brings:
            for band in [band for band in STORY_BANDS if _named_later(pack, at, band, thing)]:
                for j, text in enumerate(step.told.get(band, ("",))):
                    if not grammar.names(text, thing):
                        yield ("steps", at, band, j), f"this wording does not name the {thing} that the step brings"
            yield from (
                (("steps", i, band, j), f"the {thing} is named before the step {step.id} brings it")
                for i, earlier in enumerate(pack.steps[:at]) for band, texts in earlier.told.items()
                for j, text in enumerate(texts) if grammar.names(text, thing)
                if not any(thing in before.brings for before in pack.steps[: i + 1])
            )  # fmt: skip


def _named_later(pack: Pack, at: int, band: v.AgeBand, thing: str) -> bool:
    return any(grammar.names(text, thing) for step in pack.steps[at + 1 :] for text in step.told.get(band, ()))


def _told(pack: Pack) -> Iterator[tuple[Where, v.AgeBand, str]]:
    for i, step in enumerate(pack.steps):
        for band, texts in step.told.items():
            yield from ((("steps", i, band, j), band, text) for j, text in enumerate(texts))
    yield from ((("board_book", i, "text"), "1-2", page.text) for i, page in enumerate(pack.board_book))


def _others(pack: Pack) -> Iterator[tuple[Where, str]]:
    """What else is filled in: titles, social story, questions, what pictures show."""
    yield from ((("titles", i), text) for i, text in enumerate(pack.titles))
    yield from ((("social_story", i, "text"), sentence.text) for i, sentence in enumerate(pack.social_story))
    yield from ((("questions", i, "ask"), f"{q.ask} {q.listen_for}") for i, q in enumerate(pack.questions))
    yield from (((*where, "show"), scene.show) for where, scene in _scenes(pack))


def _texts(pack: Pack) -> Iterator[Finding]:
    for where, band, text in _told(pack):
        filled = _fill(pack, band, text)
        yield from ((where, problem) for problem in filled[1] or _level(filled[0], band, pack))
        yield from _unsaid(pack, where, text)
    for where, text in _others(pack):
        yield from ((where, problem) for problem in _fill(pack, "6-8", text)[1])
        if where[-1] != "show":
            yield from _unsaid(pack, where, text)


def _fill(pack: Pack, band: v.AgeBand, text: str) -> tuple[str, list[str]]:
    """The text filled, and what could not be."""
    if re.search(r"<[a-zA-Z/]|https?://|\*\*", text):
        return text, ["a pack holds plain sentences; leave out markup and addresses"]
    brief, world = Brief(characters=(HERO,), age_band=band), load_world(pack.world or "town")
    telling = PackTelling(pack, band, cast_pack(pack, world, brief.characters, Random(0)), world, [], Random(0))
    try:
        told = telling.say(text)
    except UnfilledSlot as error:
        return text, [f"{error}; see the list of slots"]
    return told, ["a bracket is open or stands alone"] if re.search(r"[\[\]{}|]", told) else []


def _level(text: str, band: v.AgeBand, pack: Pack) -> list[str]:
    names = [HERO.name, *(role.name for role in pack.roles.values() if role.name)]
    found = reading_level.outside(reading_level.measure(text, band, names), band)
    return [f"too hard for {band}: {problem}" for problem in found]


def _unsaid(pack: Pack, where: Where, text: str) -> Iterator[Finding]:
    for phrase in pack.never_say:
        if grammar.names(text, phrase):
            yield where, f"this says {phrase!r}, which the pack must never say"


def _social(pack: Pack) -> Iterator[Finding]:
    """Gray's criteria, as far as they can be counted."""
    if not pack.social_story:
        return
    kinds = [sentence.kind for sentence in pack.social_story]
    coaching = kinds.count("coach")
    if len(kinds) - coaching < 2 * coaching:
        describing = len(kinds) - coaching
        yield (
            ("social_story",),
            f"{describing} sentences describe and {coaching} coach; write two for each that coaches",
        )
    if "perspective" not in kinds and "affirm" not in kinds:
        yield ("social_story",), "write what others feel or know (perspective), or that it is all right (affirm)"
    for i, sentence in enumerate(pack.social_story):
        where = ("social_story", i, "text")
        if re.search(r"\byou(r)?\b", sentence.text, re.IGNORECASE):
            yield where, "a social story speaks as I, or of {hero}; never to you"
        for word in _pressing(sentence.text):
            yield where, f"{word!r} presses; write what may help, with I can or I may"


def _pressing(text: str) -> Iterable[str]:
    return (word for word in PRESSING if re.search(rf"\b{word}\b", text, re.IGNORECASE))


def _extras(pack: Pack) -> Iterator[Finding]:
    texts = " ".join([text for _, _, text in _told(pack)] + [sentence.text for sentence in pack.social_story])
    if len(pack.words) < WORDS:
        yield ("words",), f"write at least {WORDS} words with their meanings"
    for i, word in enumerate(pack.words):
        if not grammar.names(texts, word.word):
            yield ("words", i), f"{word.word} stands nowhere in the texts; write a word that does"
    if pack.steps and len(pack.questions) < QUESTIONS:
        yield ("questions",), f"write at least {QUESTIONS} questions"
