"""Who plays whom in a pack: the teacher's characters first, then the Kit's people and those that the pack describes."""

from __future__ import annotations

from random import Random

from storylib.kit.casting import Cast, Player, choose_persona, played_by
from storylib.kit.pack import Pack, PackRole
from storylib.kit.plot import World
from storylib.story import CharacterSpec
from storylib.vocabulary import Kind

USUAL = {
    "friend": PackRole.model_validate({"from": "friends"}),
    "grown_up": PackRole.model_validate({"from": "elders"}),
}


def cast_pack(pack: Pack, world: World, characters: tuple[CharacterSpec, ...], rng: Random) -> Cast:
    """A player for every role: the hero, then the friend (the teacher's second, if there is one), then the others."""
    guests = list(characters[1:])
    cast: Cast = {"hero": Player(characters[0], characters[0].name, own=True)}
    names = {spec.name.lower() for spec in characters}
    kinds: set[Kind] = {spec.kind for spec in characters if spec.kind != "child"}
    for role, who in (USUAL | pack.roles).items():
        if who.from_ == "friends" and guests:
            guest = guests.pop(0)
            cast[role] = Player(guest, guest.name, own=True)
        elif who.from_:
            persona = choose_persona(getattr(world, who.from_), names, kinds, rng)
            names.add(persona.name.lower())
            cast[role] = played_by(persona, None)
        else:
            cast[role] = _described(who)
    return cast


def _described(who: PackRole) -> Player:
    name = who.name or ""
    return Player(CharacterSpec(name=name, kind=who.kind, pronouns=who.pronouns, look=who.look), name, own=False)


def others(cast: Cast, characters: tuple[CharacterSpec, ...]) -> list[CharacterSpec]:
    """Those of the teacher's characters who have no role: they come along."""
    playing = {player.spec.name for player in cast.values()}
    return [spec for spec in characters if spec.name not in playing]
