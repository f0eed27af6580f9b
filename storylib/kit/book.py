"""One book of the Kit while it is written: its cast, its plan, its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from random import Random
from zlib import crc32

from storylib.kit import captions, choosing, grammar, pacing
from storylib.kit.casting import cast_roles
from storylib.kit.extras import extras
from storylib.kit.plot import Beat, Staging
from storylib.kit.staging import Stage
from storylib.kit.telling import Telling
from storylib.kit.themes import load_themes
from storylib.story import Brief, CharacterSpec, Extras, Opening, PageDraft, reading_level
from storylib.vocabulary import AgeBand

# a page that holds more words than this gets no further sentence (tone, theme) added to it
ROOM: dict[AgeBand, int] = {"1-2": 7, "3-5": 42, "6-8": 95, "9-12": 150}
# and a page on which several beats meet holds no more than this
FULL: dict[AgeBand, int] = {"1-2": 9, "3-5": 68, "6-8": 145, "9-12": 193}


TRIALS = 3

Told = list[tuple[pacing.Piece, str]]  # the beats of a page, each with its text


class Book:
    """One book while it is written."""

    def __init__(self, brief: Brief, choice: choosing.Choice):
        self.brief = brief
        self.choice = choice
        plot, world = self.choice.plot, self.choice.world
        names = [c.name for c in brief.characters]
        key = f"{brief.seed}|{plot.id}|{world.id}|{brief.age_band}|{brief.tone}|{names}"
        rng = Random(key)
        self.cast = cast_roles(plot, world, brief.characters, rng)
        # neighbouring seeds give neighbouring starts, and so different first choices
        start = brief.seed + 10**9 + crc32(f"{plot.id}{world.id}{brief.characters[0].name}".encode())
        self.telling = Telling(brief, self.choice, self.cast, rng, start)
        theme = self.choice.theme
        self.stage = Stage(
            world, brief.tone, self.cast, self.telling.things, self.telling.chooser,
            season=theme.season if theme and theme.season in world.seasons else rng.choice(world.seasons),
            theme_prop=theme.prop if theme else None,
        )  # fmt: skip
        # separate tellings try out how long the beats are
        trials = [Telling(brief, self.choice, self.cast, Random(f"{key}|{n}"), start + n) for n in range(TRIALS)]
        lengths = {beat.id: max(_count([trial.beat(beat, None)]) for trial in trials) for beat in plot.beats}
        full = FULL[brief.age_band]
        self.plan = self._planned(pacing.Room(lengths, full), rng)
        self.texts: list[str] = []
        self._said: list[str] = []
        self._woven_in: set[str] = set()

    def _planned(self, room: pacing.Room, rng: Random) -> list[pacing.Sheet]:
        """The beats for each page; where one of the teacher's characters would be missed, their best beat is told."""
        beats, brief = self.choice.plot.beats, self.brief
        plan = pacing.plan(beats, brief.pages, brief.age_band, room, rng)
        for role in [role for role, player in self.cast.items() if player.own]:
            theirs = [beat for beat in beats if role in _staged(beat)]
            if theirs and role not in _seen(plan):
                best = max(theirs, key=lambda beat: beat.weight)
                beats = tuple(_vital(beat) if beat is best else beat for beat in beats)
                plan = pacing.plan(beats, brief.pages, brief.age_band, room, rng)
        return plan

    @property
    def mentions(self) -> bool:
        """Whether the pages told so far say something of the theme."""
        return bool(self._woven_in)

    def opening(self) -> Opening:
        """The title, and who plays besides the teacher's characters."""
        _ = self._first
        supporting = tuple(p.spec for p in self.cast.values() if not p.own and self._plays(p.spec))
        title = grammar.typeset(grammar.titled(self.telling.say(self.telling.chooser.one(self.choice.plot.titles))))
        return Opening(title=title, supporting=supporting, cover=self.stage.scene(self.choice.plot.cover, theme=True))

    @cached_property
    def _first(self) -> Told:
        """What the first page tells; chosen before anything else, so that it gets the first digits of the seed."""
        return self._told(self.plan[0])

    def pages(self) -> Iterator[PageDraft]:
        """The pages in order."""
        _ = self._first
        for number, spec in enumerate(self.plan, start=1):
            told = self._first if number == 1 else self._told(spec)
            yield self._page(number, told)

    def extras(self) -> Extras:
        """What the class talks about afterwards; asked for after the pages."""
        return extras(self.telling, self.choice, self.texts)

    def _page(self, number: int, told: Told) -> PageDraft:
        text = grammar.typeset(" ".join(text for _, text in told))
        self.texts.append(text)
        pieces = [piece for piece, _ in told]
        seen = self._shown(pieces, text)
        scene = self.stage.scene(seen.scene, number, theme=any(piece.beat.theme for piece in pieces))
        specs = {p.spec.name: p.spec for p in self.cast.values()}
        alt = captions.alt(scene, specs, self.choice.world.places[seen.scene.at].in_, self.telling.prop_names)
        prose = captions.description(scene, specs, alt)
        return PageDraft(number=number, text=text, scene=scene, description=prose, alt=alt)

    def _shown(self, pieces: Sequence[pacing.Piece], text: str) -> pacing.Piece:
        """The beat in the page's picture: of those whose people and held things the text names, the heaviest."""

        def true_and_heavy(piece: pacing.Piece) -> tuple[int, int]:
            missing = [name for name in self._named_in(piece.scene) if name.lower() not in text.lower()]
            return -len(missing), piece.beat.weight

        return max(pieces, key=true_and_heavy)

    def _named_in(self, staging: Staging) -> Iterator[str]:
        """What a reader who sees the scene looks for in the text."""
        for spec in staging.cast:
            role, _pose, _expression, *held = spec.split()
            yield self.cast[role].spec.name
            yield from (self.telling.things[thing].short for thing in held)

    def _told(self, spec: pacing.Sheet) -> Told:
        """A page: its beats, then, where there is room, the theme and one sentence in the tone."""
        self.telling.turn_page()
        first = self.choice.plot.beats[0].id
        told = [(piece, self.telling.beat(piece.beat, piece.half)) for piece in spec]
        while (
            len(told) > 1 and _count(text for _, text in told) > reading_level.BANDS[self.brief.age_band].words_on_page
        ):
            told.remove(min(told, key=lambda t: (t[0].beat.id == first, t[0].beat.weight)))
        return self._with_aside(self._with_theme(told))

    def _with_theme(self, told: Told) -> Told:
        room = reading_level.BANDS[self.brief.age_band].words_on_page - _count(text for _, text in told)
        return [(piece, f"{text} {self._woven(piece, room)}".strip()) for piece, text in told]

    def _with_aside(self, told: Told) -> Told:
        """A sentence in the tone of the brief for the heaviest beat that has a place for one; facts stand last."""
        facts = self.brief.tone == "educational"
        full = (FULL if len(told) > 1 else ROOM)[self.brief.age_band]
        room = full - _count(text for _, text in told)
        for i in sorted(range(len(told)), key=lambda i: -told[i][0].beat.weight):
            piece, text = told[i]
            if not piece.beat.aside or piece.half == 1 or (facts and not piece.beat.fact):
                continue
            if aside := self._aside(piece.beat, room):
                if facts:
                    return [*told, (piece, aside)]
                told[i] = (piece, f"{aside} {text}" if piece.beat.aside == "before" else f"{text} {aside}")
                break
        return told

    def _aside(self, beat: Beat, room: int) -> str:
        """The plot's own for this beat, else, where one arrives, the world's for the place; none twice in a book.

        ``room`` is the number of words that it may have.
        """
        sources = [(beat.id, self.choice.plot.asides)]
        if beat.aside == "before":
            sources.append((beat.scene.at, self.choice.world.asides))
        for about, asides in sources:
            lines = [
                line
                for a in asides
                if (a.about, a.tone) == (about, self.brief.tone)
                for line in a.lines(self.brief.age_band)
            ]
            fresh = [line for line in lines if line not in self._said and _count([line]) <= room]
            if fresh:
                self._said.append(self.telling.chooser.one(fresh))
                return self._framed(self.telling.say(self._said[-1]))
        return ""

    def _framed(self, aside: str) -> str:
        """Facts step out of the story, and say so."""
        if self.brief.tone != "educational" or self.brief.age_band == "1-2":
            return aside
        return f"Did you know? {aside}" if self.brief.age_band == "3-5" else f"({aside})"

    def _woven(self, piece: pacing.Piece, room: int) -> str:
        """A sentence about the theme, once early and once late in the book, where it fits."""
        theme, moment = self.choice.theme, piece.beat.theme
        if not theme or not moment or moment in self._woven_in or piece.half == 0:
            return ""
        group = {"1-2": "1-2", "3-5": "small"}.get(self.brief.age_band, "big")
        lines = load_themes().weave[theme.sort][moment].get(group, ())
        text = self.telling.say(self.telling.chooser.one(lines)) if lines else ""
        if not text or _count([text]) > room:
            return ""
        self._woven_in.add(moment)
        return text

    def _plays(self, spec: CharacterSpec) -> bool:
        """Whether a supporting character is seen on any page or the cover."""
        staged = [piece.scene for page in self.plan for piece in page] + [self.choice.plot.cover]
        roles = {spec.split()[0] for scene in staged for spec in scene.cast}
        return any(role in roles for role, player in self.cast.items() if player.spec is spec)


def _staged(beat: Beat) -> set[str]:
    """The roles that are seen in a beat."""
    return {spec.split()[0] for scene in (beat.scene, beat.then) if scene for spec in scene.cast}


def _seen(plan: list[pacing.Sheet]) -> set[str]:
    return {role for spec in plan for piece in spec for role in _staged(piece.beat)}


def _vital(beat: Beat) -> Beat:
    return beat.model_copy(update={"weight": 9, "optional": False})


def _count(texts: Iterable[str]) -> int:
    return sum(len(reading_level.words(text)) for text in texts)
