"""A character as writers and illustrators see it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from storylib import vocabulary as v
from storylib.story.model import Colour, Grown, Model

GROWN = 1.1  # a person drawn at least this much larger than a hero is no child


class Look(Grown):
    """How a character is drawn. ``None`` everywhere means: as the kind usually looks."""

    colour: Colour | None = None
    skin: Colour | None = None  # children only
    hair: v.Hair | None = None  # children only
    hair_colour: Colour | None = None  # hair, or the cloth of a hijab
    hat: v.Hat | None = None
    hat_colour: Colour | None = None
    shirt: Colour | None = None
    stripes: Colour | None = None  # on the shirt
    trousers: Colour | None = None
    dress: Colour | None = None
    overalls: Colour | None = None
    cape: Colour | None = None
    scarf: Colour | None = None
    bowtie: Colour | None = None
    bow: Colour | None = None  # in the hair
    glasses: Colour | None = None
    shoes: Colour | None = None
    flower: bool = False  # behind the ear
    medal: bool = False
    size: float = Field(default=1.0, ge=0.6, le=1.25)  # against a hero of 1
    age: v.Age | None = None  # people only; None: a child
    wheelchair: bool = False
    walking_frame: bool = False
    cane: bool = False  # the white cane of somebody who cannot see
    hearing_aids: bool = False
    ear_defenders: bool = False

    GAINED: ClassVar[frozenset[str]] = frozenset(
        {"age", "wheelchair", "walking_frame", "cane", "hearing_aids", "ear_defenders"}
    )


class CharacterSpec(Model):
    """A character as writers and illustrators see it. ``name`` is how scenes refer to it."""

    name: str = Field(min_length=1, max_length=40)
    kind: v.Kind
    pronouns: v.Pronouns = "they"
    traits: tuple[str, ...] = Field(default=(), max_length=3)
    look: Look = Look()
    description: str = Field(default="", max_length=300)

    @property
    def age(self) -> v.Age | None:
        """A person's age, which a size tells where nothing else does; ``None``: no person."""
        if self.kind != "child":
            return None
        return self.look.age or ("adult" if self.look.size >= GROWN else "child")
