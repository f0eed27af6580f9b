"""One book of a theme pack: its pattern's opening, its steps, the close; a board book; or a social story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from random import Random
from typing import Literal
from zlib import crc32

from storylib.kit import captions, grammar, pack_pages
from storylib.kit.pack import Pack, PackScene, Sentence, Step, load_pattern
from storylib.kit.pack_casting import cast_pack, others
from storylib.kit.pack_extras import extras
from storylib.kit.pack_pages import Unit
from storylib.kit.pack_staging import PackStage, where
from storylib.kit.pack_telling import PackTelling
from storylib.kit.plot import load_world
from storylib.kit.template import WORDS
from storylib.story import Brief, CharacterSpec, Extras, Opening, PageDraft, Scene, reading_level
from storylib.story.prompts.looks import thing

FACTS = 3  # that a book of the educational tone steps out of the story for
HEAVIEST = 9  # the last step, which brings it to an end
DEALS = 6  # that are tried for a book on the level of its band
SHORT = 2  # pages that hold a social story rather than steps
Company = tuple[CharacterSpec, ...]  # those of the teacher's cast who have no part
_SOCIAL_WEIGHT: dict[Sentence, int] = {"describe": 6, "affirm": 6, "perspective": 5, "coach": 4}  # keeps Gray's ratio
Form = Literal["board", "social", "steps"]


class PackBook:
    """One book while it is written; the same for the same brief and pack."""

    def __init__(self, brief: Brief, pack: Pack, *, social: bool = False):
        self.brief, self.pack = brief, pack
        self.form = _form(brief, pack, social)
        self.pattern = load_pattern(pack.pattern)
        world = load_world(pack.world or brief.world or "town")
        rng = Random(f"{brief.seed}|{pack.id}|{brief.age_band}|{[spec.name for spec in brief.characters]}")
        self.cast = cast_pack(pack, world, brief.characters, rng)
        self.company: Company = tuple(others(self.cast, brief.characters))
        season = pack.season if pack.season in world.seasons else rng.choice(world.seasons)
        tone = brief.tone if brief.tone in pack.tones else pack.tones[0]
        self.stage = PackStage(tone, self.cast, season, pack.world or brief.world)
        start = brief.seed + 10**9 + crc32(f"{pack.id}{brief.characters[0].name}".encode())
        company = [spec.name for spec in self.company]
        for deal in range(DEALS):
            self.telling = PackTelling(pack, brief.age_band, self.cast, world, company, rng, start + WORDS * deal)
            self._tell()
            if self._suits(self.texts):
                break

    def _tell(self) -> None:
        """Deal the wordings, and lay them out on the pages."""
        title = self.pack.name
        if self.form != "social":
            title = self.telling.say(self.telling.chooser.apart(self.pack.titles, 0))
        self.title = grammar.typeset(grammar.titled(grammar.capital(title)))
        self.sheets = pack_pages.lay_out(self._units(), self.brief.pages, self.brief.age_band)
        self.texts = self._texts()

    # --- what is told

    def _units(self) -> list[Unit]:
        if self.form == "board":
            return self._board()
        if self.form == "social":
            return self._social()
        steps = [step for step in self.pack.steps if self.brief.age_band in step.told]
        told = [self._step(step, nth, steps) for nth, step in enumerate(steps)]
        told[0], told[-1] = replace(told[0], stays=True), replace(told[-1], weight=HEAVIEST)
        return [self._frame("opening"), *told, self._frame("closing")]

    def _step(self, step: Step, nth: int, steps: list[Step]) -> Unit:
        text = self.telling.say(self.telling.chooser.apart(step.told[self.brief.age_band], nth + 1))
        needs = (before.id for before in steps[:nth] for name in before.brings if grammar.names(text, name))
        return Unit(step.id, text, step.scene, step.weight, needs=frozenset(needs))

    def _frame(self, part: Literal["opening", "closing"]) -> Unit:
        """The opening or the close in the voice of the pattern, with those who only come along."""
        pattern, band, first = self.pattern, self.brief.age_band, part == "opening"
        lines = [self.telling.chooser.one((pattern.opening if first else pattern.closing)[band])]
        if self.company:
            lines.append(self.telling.chooser.one((pattern.others_come if first else pattern.others_stay)[band]))
        scene = pattern.meeting if first else pattern.parting
        stays = first and bool(self.company)
        return Unit(part, self.telling.say(" ".join(lines)), scene, weight=3, stays=stays, company=self.company)

    def _texts(self) -> list[str]:
        """The text of each page; in the educational tone some of the facts behind the steps stand at its end."""
        joined = [" ".join(unit.text for unit in sheet) for sheet in self.sheets]
        facts = self._facts() if self.brief.tone == "educational" and self.form == "steps" else {}
        for n, sheet in enumerate(self.sheets):
            last, after = sheet[-1], self.sheets[n + 1 : n + 2]
            over = not after or after[0][0].id != last.id
            if over and last.id in facts and self._suits([longer := f"{joined[n]} {facts[last.id]}"]):
                joined[n] = longer
        return [grammar.typeset(text) for text in joined]

    def _facts(self) -> dict[str, str]:
        """The facts of every other step, framed as such."""
        young = self.brief.age_band == "3-5"
        chosen = self.pack.steps[1::2][:FACTS]
        return {step.id: f"Did you know? {step.fact}" if young else f"({step.fact})" for step in chosen}

    def _suits(self, texts: list[str]) -> bool:
        """Whether page texts are on the level of the band."""
        band = self.brief.age_band
        return reading_level.inside(reading_level.measure_story(texts, band, self._specs), band)

    def _social(self) -> list[Unit]:
        scenes = {step.id: step.scene for step in self.pack.steps}
        return [
            Unit(str(n), self.telling.say(sentence.text), scenes[sentence.like], _SOCIAL_WEIGHT[sentence.kind], not n)
            for n, sentence in enumerate(self.pack.social_story)
        ]

    def _board(self) -> list[Unit]:
        """A greeting for everybody, then one thing a page, again and again until the book is full."""
        owned = [(f"{role} wave happy", player.spec.name) for role, player in self.cast.items() if player.own]
        hello = [self._greeting(name, (actor,), ()) for actor, name in owned]
        hello += [self._greeting(spec.name, (), (spec,)) for spec in self.company]
        things = [Unit(str(n), self.telling.say(page.text), page.scene) for n, page in enumerate(self.pack.board_book)]
        room = max(self.brief.pages - len(hello), 1)
        return [*hello, *islice(cycle(things), room)][-self.brief.pages :]

    def _greeting(self, name: str, cast: tuple[str, ...], company: Company) -> Unit:
        scene = self.pattern.meeting.model_copy(update={"cast": cast, "things": ()})
        return Unit(name, f"Hello, {name}!", scene, company=company)

    # --- what is handed over

    def opening(self) -> Opening:
        """The title, who else is in the book, and the cover: the step that the pack names, else the first."""
        scenes = {step.id: step.scene for step in self.pack.steps}
        scene = scenes.get(self.pack.cover or "") or next(iter(scenes.values()), self.sheets[0][0].scene)
        return Opening(title=self.title, supporting=self._supporting(scene), cover=self.stage.scene(scene))

    def _supporting(self, cover: PackScene) -> Company:
        """Those beside the teacher's cast who are seen or named."""
        scenes = [unit.scene for sheet in self.sheets for unit in sheet] + [cover]
        seen = {actor.split()[0] for scene in scenes for actor in scene.cast}
        told = " ".join(self.texts)
        there = ((role in seen or player.spec.name in told, player) for role, player in self.cast.items())
        return tuple(player.spec for present, player in there if present and not player.own)

    def pages(self) -> Iterator[PageDraft]:
        """The pages in order."""
        for number, (sheet, text) in enumerate(zip(self.sheets, self.texts, strict=True), start=1):
            shown = max(sheet, key=lambda unit: (self._told_there(unit, text), unit.weight))
            scene = self.stage.scene(shown.scene, shown.part, shown.company)
            alt = self._alt(scene)
            prose = self.telling.say(f"{grammar.capital(shown.scene.show)}.") if shown.scene.cast else ""
            prose = f"{prose} {captions.description(scene, self._specs, alt)}".strip()[:1000]
            yield PageDraft(number=number, text=text, scene=scene, description=prose, alt=alt)

    def _told_there(self, unit: Unit, text: str) -> bool:
        """Whether everybody in its picture is named on the page."""
        return all(self.cast[actor.split()[0]].spec.name.lower() in text.lower() for actor in unit.scene.cast)

    def _alt(self, scene: Scene) -> str:
        names = [*scene.props, *(actor.holds for actor in scene.cast if actor.holds)]
        return captions.alt(scene, self._specs, where(scene.setting), {name: thing(name) for name in names})

    @property
    def _specs(self) -> dict[str, CharacterSpec]:
        return {spec.name: spec for spec in (*(player.spec for player in self.cast.values()), *self.company)}

    def extras(self) -> Extras:
        """Questions at the steps that were told, and words that stand in the book."""
        told = {unit.id for sheet in self.sheets for unit in sheet}
        return extras(self.pack, self.telling, told, " ".join(self.texts))


def _form(brief: Brief, pack: Pack, social: bool) -> Form:
    """A board book for the youngest; a social story where it was asked for, or where there is no room for steps."""
    if brief.age_band == "1-2":
        return "board"
    wanted = social or brief.pages <= SHORT or pack.pattern == "social-story"
    room = sum(len(pack_pages.sentences(sentence.text)) for sentence in pack.social_story)
    return "social" if wanted and brief.pages <= room else "steps"
