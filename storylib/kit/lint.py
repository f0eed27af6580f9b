"""Checks plots and worlds for their authors: every problem is told as ``file:line: problem``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from storylib import tables
from storylib import vocabulary as v
from storylib.kit import plot as files
from storylib.kit.casting import cast_roles
from storylib.kit.choosing import Choice
from storylib.kit.extras import QUESTIONS
from storylib.kit.locating import Finding, Where, report
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.pack_lint import check_packs
from storylib.kit.plot import PAGE_TURN, Aside, Beat, Plot, Staging, Thing, World
from storylib.kit.telling import Telling
from storylib.kit.template import UnfilledSlot
from storylib.kit.themes import Understood, load_themes
from storylib.story import Brief, CharacterSpec, props

CORE = 4  # beats that are told whatever else is left out
HERO = CharacterSpec(name="Otto", kind="bear", pronouns="they", traits=("curious",))


def check(folder: Path | None = None) -> list[str]:
    """Every problem in every plot, world, theme and pack, those of the ``folder`` too; empty when all is well."""
    paths = sorted([*files.HERE.glob("worlds/*.yaml"), *files.HERE.glob("plots/*.yaml")])
    found = [problem for path in paths for problem in check_file(path)]
    return found + report(files.HERE / "themes.yaml", _themes()) + check_packs(PackCatalog.with_folder(folder).files())


def check_file(path: Path) -> list[str]:
    """The problems of one plot or world (a plot is what has beats); plots are tried in every world there is."""
    try:
        data = tables.read(path)
        if "beats" in data:
            plot = Plot.model_validate(data)
            return report(path, [*_plot(path.stem, plot), *_filled(plot)])
        return report(path, _world(World.model_validate(data)))
    except ValidationError as error:
        return report(path, [(tuple(e["loc"]), e["msg"]) for e in error.errors()])
    except yaml.MarkedYAMLError as error:
        return [f"{path.name}:{error.problem_mark.line + 1 if error.problem_mark else 1}: {error.problem}"]


def _world(world: World) -> Iterator[Finding]:
    for place in files.PLACES:
        if place not in world.places:
            yield ("places",), f"the place {place} is missing"
    for role in files.THINGS:
        if role not in world.things:
            yield ("things",), f"the thing {role} is missing"
    yield from _things(world.things)
    for name in sorted({*files.PLACES, *files.THINGS} & set(world.slots)):
        yield ("slots", name), f"{name} is also a place or a thing, so this slot is never used"
    yield from _asides(world.asides, set(files.PLACES))


def _things(things: Mapping[Any, tuple[Thing, ...]]) -> Iterator[Finding]:
    for role, kinds in things.items():
        for i, thing in enumerate(kinds):
            if not props.known(thing.prop):
                yield ("things", role, i), f"there is no picture of {thing.prop}"


def _asides(asides: tuple[Aside, ...], known: set[str]) -> Iterator[Finding]:
    for i, aside in enumerate(asides):
        if aside.about not in known:
            yield ("asides", i), f"there is no beat or place {aside.about}"
        if aside.tone == "educational" and not aside.source:
            yield ("asides", i), "a fact needs its source"


def _plot(name: str, plot: Plot) -> Iterator[Finding]:
    if name != f"{plot.moral}-{plot.id}":
        yield ("id",), f"the file should be called {plot.moral}-{plot.id}.yaml"
    ids = [beat.id for beat in plot.beats]
    if len(set(ids)) < len(ids):
        yield ("beats",), "two beats have the same id"
    pages = len(plot.beats) + sum(1 for beat in plot.beats if beat.then)
    if pages < v.MAX_PAGES:
        yield ("beats",), f"there is enough for {pages} pages only; {v.MAX_PAGES} are needed"
    if sum(1 for beat in plot.beats if not beat.optional) < CORE:
        yield ("beats",), f"at least {CORE} beats must not be optional"
    if sum(1 for part in plot.cast if part.own) < v.MAX_CAST - 1:
        yield ("cast",), f"{v.MAX_CAST - 1} roles must be open to the teacher's characters"
    for about in QUESTIONS:
        if about not in {q.about for q in plot.questions}:
            yield ("questions",), f"no question is about {about}"
    for moment in ("open", "close"):
        if not any(beat.theme == moment and not beat.optional for beat in plot.beats):
            yield ("beats",), f"no core beat has a place for a theme ({moment})"
    for name in sorted({*files.PLACES, *files.THINGS} & set(plot.things)):
        yield ("things", name), f"{name} is a place or a thing of every world already"
    yield from _things(plot.things)
    yield from _asides(plot.asides, set(ids))
    yield from _staging(plot, plot.cover, ("cover",))
    for i, beat in enumerate(plot.beats):
        yield from _beat(plot, beat, i)


def _beat(plot: Plot, beat: Beat, i: int) -> Iterator[Finding]:
    yield from _staging(plot, beat.scene, ("beats", i, "scene"))
    if beat.then:
        yield from _staging(plot, beat.then, ("beats", i, "then"))
    turns = 1 if beat.then else 0
    planted = {w.plants for b in plot.beats[:i] for told in b.told.values() for w in told}
    for band in v.AGE_BANDS:
        if band not in beat.told:
            yield ("beats", i), f"nothing is told to the band {band}"
        for j, wording in enumerate(beat.told.get(band, ())):
            where = ("beats", i, band, j)
            if wording.text.count(PAGE_TURN) != turns:
                yield where, f"{turns} page turns ({PAGE_TURN}) are needed here, as the beat has {turns + 1} scenes"
            if wording.pays and wording.pays not in planted:
                yield where, f"{wording.pays} was never planted"
        last = plot.moral != "none" and i == len(plot.beats) - 1
        if last and any("{moral}" not in w.text for w in beat.told.get(band, ())):
            yield ("beats", i, band), "the last beat must have a place for the {moral}"


def _staging(plot: Plot, staging: Staging, where: Where) -> Iterator[Finding]:
    roles = {"hero", *(part.role for part in plot.cast)}
    things = {*files.THINGS, *plot.things}
    allowed = (roles, set(get_args(v.Pose)), set(get_args(v.Expression)), things)
    for spec in staging.cast:
        words = spec.split()
        for word, known, what in zip(words, allowed, ("role", "pose", "expression", "thing"), strict=False):
            if word not in known:
                yield where, f"{word} is no {what} ({spec})"
        if not 3 <= len(words) <= 4:
            yield where, f"a member of the cast is: role pose expression [thing], not {spec}"
        elif len(words) == 4 and words[3] in things:
            yield from ((where, f"nobody can hold {prop}") for prop in _not_holdable(plot, words[3]))
    for thing in staging.props:
        if thing not in things:
            yield where, f"{thing} is no thing that a world or this plot has"


def _not_holdable(plot: Plot, role: str) -> list[str]:
    worlds = [files.load_world(name) for name in files.world_names()]
    things = [*plot.things.get(role, ())]
    things += [thing for world in worlds for thing in world.things.get(role, ())]  # type: ignore[call-overload]
    return sorted({t.prop for t in things if props.known(t.prop) and not props.holdable(t.prop)})


def _filled(plot: Plot) -> Iterator[Finding]:
    """Every text of the plot, filled in every world for every band: a slot that nobody gives is found here."""
    for world in map(files.load_world, files.world_names()):
        for band in v.AGE_BANDS:
            telling = _telling(plot, world, band)
            for where, text in _texts(plot, band):
                try:
                    telling.say(text)
                except UnfilledSlot as error:
                    yield where, f"in the world {world.id}, band {band}: {error}"


def _texts(plot: Plot, band: v.AgeBand) -> Iterator[tuple[Where, str]]:
    for i, beat in enumerate(plot.beats):
        for j, wording in enumerate(beat.told.get(band, ())):
            for text in _alternatives(wording.text):
                yield ("beats", i, band, j), text
    for i, title in enumerate(plot.titles):
        yield ("titles", i), title
    for i, aside in enumerate(plot.asides):
        for text in aside.lines(band):
            yield ("asides", i), text
    for i, asked in enumerate(plot.questions):
        yield ("questions", i), " ".join(asked.small if band in ("1-2", "3-5") else asked.big)


def _alternatives(text: str) -> list[str]:
    """The text with all alternatives side by side, so that each of their slots is filled."""
    return [text.replace("[", "").replace("]", "").replace("|", " ")]


def _telling(plot: Plot, world: World, band: v.AgeBand) -> Telling:
    brief = Brief(characters=(HERO,), age_band=band, moral=plot.moral)
    choice = Choice(plot, world, Understood((), ()), moral=True)
    return Telling(brief, choice, cast_roles(plot, world, brief.characters, Random(0)), Random(0), 0)


def _themes() -> Iterator[Finding]:
    for key, theme in load_themes().themes.items():
        if theme.plot and theme.plot not in files.plot_names():
            yield ("themes", key), f"there is no plot {theme.plot}"
        if theme.prop and not props.known(theme.prop):
            yield ("themes", key), f"there is no picture of {theme.prop}"
