"""The words of one book: everything a template may name, chosen once where it must stay the same."""

from __future__ import annotations

from random import Random

from storylib.kit import grammar, template
from storylib.kit.casting import Cast, Player
from storylib.kit.choosing import Choice
from storylib.kit.grammar import prop_name
from storylib.kit.plot import PAGE_TURN, Beat, Slot, Thing, Wording, for_band, load_voices
from storylib.story import Brief

USUAL_TRAITS = ("curious", "cheerful", "kind", "clever", "gentle")


class Telling:
    """Looks slots up in cast, things, places, trait, theme, plot and world, in this request."""

    def __init__(self, brief: Brief, choice: Choice, cast: Cast, rng: Random, start: int):
        self.band = brief.age_band
        self.tone = brief.tone
        self.choice = choice
        self.cast = cast
        hero = brief.characters[0]
        self.trait = (hero.traits or (rng.choice(USUAL_TRAITS),))[0].lower()
        there = [*choice.world.things.items(), *choice.plot.things.items()]
        self.things: dict[str, Thing] = {role: rng.choice(kinds) for role, kinds in there}
        self.prop_names = {t.prop: t.seen or t.a for kinds in choice.world.things.values() for t in kinds}
        self.prop_names |= {t.prop: t.seen or t.a for t in self.things.values()}
        if choice.theme and choice.theme.prop:
            self.prop_names[choice.theme.prop] = choice.theme.a or prop_name(choice.theme.prop)
        self.refrain = rng.choice(choice.plot.refrain[brief.age_band])  # the same all through the book
        self._once = {key: rng.choice(lines) for key, lines in choice.plot.once.items()}
        self.chooser = template.Chooser(rng, start)
        first, *others = choice.plot.beats
        ranked = [first, *sorted(others, key=lambda beat: (beat.optional, -beat.weight))]  # those told most often first
        self._ranks = {beat.id: rank for rank, beat in enumerate(ranked)}
        self._pronouns = {role: player.spec.pronouns for role, player in cast.items()}
        self._told: dict[str, str] = {}
        self._refrain_heard = False
        self._planted: set[str] = set()
        self._known: set[str] = set()

    def say(self, text: str) -> str:
        """The template filled.

        Raises:
            template.UnfilledSlot: it names a slot that nobody gives.
        """
        return template.fill(text, self.look_up, self.chooser, self._pronouns)

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
        world = self.choice.world.id
        fit = [
            w
            for w in wordings
            if w.tone in (None, self.tone)
            and w.trait in (None, self.trait)
            and w.world in (None, world)
            and (w.pays is None or w.pays in self._planted)
        ]
        return [w for w in fit if w.tone or w.trait or w.world or w.pays] or fit

    def look_up(self, key: str) -> str:
        """The finished value of a slot."""
        role, _, part = key.partition(".")
        if role in self.cast:
            return self._of_player(role, part)
        if role in self.things:
            return self._attribute(self.things[role], part, key)
        if role in self.choice.world.places:
            return self._attribute(self.choice.world.places[role], part, key)
        return self._value(key, self._slot(role, part, key))

    def _slot(self, role: str, part: str, key: str) -> Slot:
        if role == "trait":
            return self._of_trait(part)
        if role == "theme" and self.choice.theme:
            return self.choice.theme.a or self.choice.theme.say if part == "a" else self.choice.theme.say
        plot = self.choice.plot
        if role == "refrain":
            return self._refrain()
        if role in self._once:
            return self._of_once(role, part)
        if role == "moral":
            return list(plot.morals[self.band]) if self.choice.moral else ""
        for slots in (plot.worlds.get(self.choice.world.id, {}), plot.slots, self.choice.world.slots):
            if key in slots:
                return slots[key]
        raise template.UnfilledSlot(f"{{{key}}} is given by neither the plot {plot.id} nor the world")

    def _refrain(self) -> str:
        heard, self._refrain_heard = self._refrain_heard, True
        return "" if heard else self.refrain

    def _value(self, key: str, slot: Slot) -> str:
        banded = for_band(slot, self.band)
        if isinstance(banded, list):
            return self.say(self.chooser.one(banded, bag=key))
        if isinstance(banded, dict):
            raise template.UnfilledSlot(f"{{{key}}} has nothing for the band {self.band}")
        return self.say(banded)

    def _of_player(self, role: str, part: str) -> str:
        player: Player = self.cast[role]
        if part == "title":
            return self._introduced(role, player)
        simple = {"": player.spec.name, "kind": grammar.noun(player.spec)}
        if part in simple:
            return simple[part]
        if player.act is None:
            raise template.UnfilledSlot(f"{{{role}.{part}}}: {role} makes no noise in this plot")
        slot: Slot | None = getattr(player.act, part, None)
        if slot is None:
            raise template.UnfilledSlot(f"{{{role}.{part}}} is not something an act has")
        return self._value(f"{role}.{part}", _about(role, slot))

    def _introduced(self, role: str, player: Player) -> str:
        """ "Mrs Lindqvist from the library" once, then "Mrs Lindqvist"."""
        name = player.spec.name if role in self._known else player.title
        self._known.add(role)
        return name

    def _of_trait(self, part: str) -> Slot:
        traits = load_voices().traits
        if not part:
            return self.trait
        slot = traits.get(self.trait, traits["other"]).get(part, traits["other"].get(part))
        if slot is None:
            raise template.UnfilledSlot(f"{{trait.{part}}} is not in traits.yaml")
        return slot

    def _of_once(self, role: str, part: str) -> str:
        value = self._once[role]
        forms = {"": value} if isinstance(value, str) else value
        if part not in forms:
            raise template.UnfilledSlot(f"{{{role}.{part}}} has no such form")
        return forms[part]

    @staticmethod
    def _attribute(thing: object, part: str, key: str) -> str:
        value = getattr(thing, "in_" if part == "in" else part, None)
        if not isinstance(value, str):
            raise template.UnfilledSlot(f"{{{key}}} has no such form")
        return value


def _about(role: str, slot: Slot) -> Slot:
    """Inside an act ``{self.their}`` means whoever plays it."""
    if isinstance(slot, str):
        return slot.replace("{self", "{" + role).replace("{Self", "{" + role.capitalize())
    if isinstance(slot, list):
        return [_about(role, each) for each in slot]
    return {band: _about(role, each) for band, each in slot.items()}
