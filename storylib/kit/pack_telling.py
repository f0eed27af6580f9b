"""The words of a pack's book: who is in it, what it is about, and who else of the teacher's cast comes along."""

from __future__ import annotations

from random import Random

from storylib import vocabulary as v
from storylib.kit import template
from storylib.kit.casting import Cast
from storylib.kit.pack import Pack
from storylib.kit.plot import Slot, Thing, World
from storylib.kit.voice import USUAL_TRAITS, Voice
from storylib.text import listed


class PackTelling(Voice):
    """Adds {topic} (the pack's name), {help} (one thing that helps) and {company} to what any text may name."""

    def __init__(
        self, pack: Pack, band: v.AgeBand, cast: Cast, world: World, company: list[str], rng: Random, start: int = 0
    ):
        hero = cast["hero"].spec
        trait = (hero.traits or (rng.choice(USUAL_TRAITS),))[0].lower()
        things: dict[str, Thing] = {role: rng.choice(kinds) for role, kinds in world.things.items()}
        super().__init__(band, cast, world, trait, things, template.Chooser(rng, start))
        self.pack = pack
        self._company = company

    def _slot(self, role: str, part: str, key: str) -> Slot:
        if role == "topic":
            return self.pack.name
        if role == "help" and self.pack.helps:
            return list(self.pack.helps)
        if role == "company" and self._company:
            return listed(self._company)
        return super()._slot(role, part, key)
