"""Who plays whom: the teacher's characters first, then the world's own, never the same name twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from storylib.kit.plot import Act, Persona, Plot, World
from storylib.story import CharacterSpec
from storylib.vocabulary import Kind


@dataclass(frozen=True)
class Player:
    """Somebody in a role. ``title`` is how the text names them; ``act`` is the noise they make, if any."""

    spec: CharacterSpec
    title: str
    own: bool  # one of the teacher's characters
    act: Act | None = None


Cast = dict[str, Player]


def cast_roles(plot: Plot, world: World, characters: tuple[CharacterSpec, ...], rng: Random) -> Cast:
    """A player for every role of the plot, the hero first; kinds repeat only when a world has no other."""
    guests = list(characters[1:])
    cast: Cast = {"hero": Player(characters[0], characters[0].name, own=True)}
    given = {p.role: guests.pop(0) for p in plot.cast if p.own and guests}
    names = {c.name.lower() for c in characters}
    kinds: set[Kind] = {c.kind for c in characters if c.kind != "child"}
    for part in plot.cast:
        persona = choose_persona(getattr(world, part.from_), names, kinds, rng)
        names.add(persona.name.lower())
        kinds.add(persona.kind)
        cast[part.role] = played_by(persona, given.get(part.role))
    return cast


def choose_persona(everybody: Sequence[Persona], names: set[str], kinds: set[Kind], rng: Random) -> Persona:
    """One whose name nobody has, nor one that sounds like it, and whose kind is new to the cast where that can be."""
    unheard = [p for p in everybody if p.name.lower() not in names]
    free = [p for p in unheard if not _sounds_like(p.name, names)] or unheard
    unlike = [p for p in free if p.kind not in kinds or p.kind == "child"]
    return rng.choice(unlike or free)


def _sounds_like(name: str, names: set[str]) -> bool:
    """Whether a listener might mistake it for another: Luma, where there is a Luna."""
    return any(name.lower()[:2] == other[:2] for other in names)


def played_by(persona: Persona, guest: CharacterSpec | None) -> Player:
    """The persona, or the guest who plays their part and keeps the noise they make."""
    act = persona if isinstance(persona, Act) else None
    if guest:
        return Player(guest, guest.name, own=True, act=act)
    spec = CharacterSpec(name=persona.name, kind=persona.kind, pronouns=persona.pronouns, look=persona.look)
    return Player(spec, persona.title or persona.name, own=False, act=act)
