"""The words of one plot's book: everything a template may name, chosen once where it must stay the same."""

from __future__ import annotations

from random import Random

from storylib.kit import template
from storylib.kit.casting import Cast
from storylib.kit.choosing import Choice
from storylib.kit.grammar import prop_name
from storylib.kit.plot import PAGE_TURN, Beat, Slot, Thing, Wording
from storylib.kit.voice import USUAL_TRAITS, Voice
from storylib.story import Brief


class Telling(Voice):
    """Adds a plot's things, slots, refrain and moral, and the theme, to what any text may name."""

    def __init__(self, brief: Brief, choice: Choice, cast: Cast, rng: Random, start: int):
        self.tone = brief.tone
        self.choice = choice
        trait = (brief.characters[0].traits or (rng.choice(USUAL_TRAITS),))[0].lower()
        there = [*choice.world.things.items(), *choice.plot.things.items()]
        things: dict[str, Thing] = {role: rng.choice(kinds) for role, kinds in there}
        self.prop_names = {t.prop: t.seen or t.a for kinds in choice.world.things.values() for t in kinds}
        self.prop_names |= {t.prop: t.seen or t.a for t in things.values()}
        if choice.theme and choice.theme.prop:
            self.prop_names[choice.theme.prop] = choice.theme.a or prop_name(choice.theme.prop)
        self.refrain = rng.choice(choice.plot.refrain[brief.age_band])  # the same all through the book
        self._once = {key: rng.choice(lines) for key, lines in choice.plot.once.items()}
        super().__init__(brief.age_band, cast, choice.world, trait, things, template.Chooser(rng, start))
        first, *others = choice.plot.beats
        ranked = [first, *sorted(others, key=lambda beat: (beat.optional, -beat.weight))]  # those told most often first
        self._ranks = {beat.id: rank for rank, beat in enumerate(ranked)}
        self._told: dict[str, str] = {}
        self._refrain_heard = False
        self._planted: set[str] = set()

    def turn_page(self) -> None:
        """On a new page the refrain may be heard again; where beats share a page it is heard once."""
        self._refrain_heard = False

    def beat(self, beat: Beat, half: int | None) -> str:
        """The beat in one of its wordings; both halves of a beat come from the same one."""
        if half != 1:
            self._told[beat.id] = self._chosen(beat)
        text = self._told[beat.id]
        if half is None:
            return self.say(text.replace(PAGE_TURN, " "))
        return self.say(text.split(PAGE_TURN)[half])

    def _chosen(self, beat: Beat) -> str:
        fitting = self._fitting(beat.told[self.band])
        wording = self.chooser.apart(fitting, self._ranks[beat.id]) if self._told else self.chooser.one(fitting)
        if wording.plants:
            self._planted.add(wording.plants)
        return wording.text

    def _fitting(self, wordings: tuple[Wording, ...]) -> list[Wording]:
        """The wordings for this tone, trait, world and what was planted; where special ones fit, only these."""
        fit = [
            w
            for w in wordings
            if w.tone in (None, self.tone)
            and w.trait in (None, self.trait)
            and w.world in (None, self.world.id)
            and (w.pays is None or w.pays in self._planted)
        ]
        return [w for w in fit if w.tone or w.trait or w.world or w.pays] or fit

    def _slot(self, role: str, part: str, key: str) -> Slot:
        if role == "theme" and self.choice.theme:
            return self.choice.theme.a or self.choice.theme.say if part == "a" else self.choice.theme.say
        plot = self.choice.plot
        if role == "refrain":
            return self._refrain()
        if role in self._once:
            return self._of_once(role, part)
        if role == "moral":
            return list(plot.morals[self.band]) if self.choice.moral else ""
        for slots in (plot.worlds.get(self.world.id, {}), plot.slots):
            if key in slots:
                return slots[key]
        return super()._slot(role, part, key)

    def _refrain(self) -> str:
        heard, self._refrain_heard = self._refrain_heard, True
        return "" if heard else self.refrain

    def _of_once(self, role: str, part: str) -> str:
        value = self._once[role]
        forms = {"": value} if isinstance(value, str) else value
        if part not in forms:
            raise template.UnfilledSlot(f"{{{role}.{part}}} has no such form")
        return forms[part]
