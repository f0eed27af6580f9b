"""What any text of the Kit may name: who is in it, what the world has, how the hero's trait sounds."""

from __future__ import annotations

from storylib import vocabulary as v
from storylib.kit import grammar, template
from storylib.kit.casting import Cast, Player
from storylib.kit.plot import Slot, Thing, World, for_band, load_voices

USUAL_TRAITS = ("curious", "cheerful", "kind", "clever", "gentle")


class Voice:
    """Looks slots up in cast, things, places, trait and world, in this request."""

    def __init__(
        self,
        band: v.AgeBand,
        cast: Cast,
        world: World,
        trait: str,
        things: dict[str, Thing],
        chooser: template.Chooser,
    ):
        self.band = band
        self.cast = cast
        self.world = world
        self.trait = trait
        self.things = things
        self.chooser = chooser
        self._pronouns = {role: player.spec.pronouns for role, player in cast.items()}
        self._known: set[str] = set()

    def say(self, text: str) -> str:
        """The template filled.

        Raises:
            template.UnfilledSlot: it names a slot that nobody gives.
        """
        return template.fill(text, self.look_up, self.chooser, self._pronouns)

    def look_up(self, key: str) -> str:
        """The finished value of a slot."""
        role, _, part = key.partition(".")
        if role in self.cast:
            return self._of_player(role, part)
        if role in self.things:
            return _attribute(self.things[role], part, key)
        if role in self.world.places:
            return _attribute(self.world.places[role], part, key)
        return self._value(key, self._of_trait(part) if role == "trait" else self._slot(role, part, key))

    def _slot(self, role: str, part: str, key: str) -> Slot:
        """What is none of cast, things, places and trait; each kind of book has more."""
        if key in self.world.slots:
            return self.world.slots[key]
        raise template.UnfilledSlot(f"{{{key}}} is given by neither this text nor the world")

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
            raise template.UnfilledSlot(f"{{{role}.{part}}}: {role} makes no noise here")
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
