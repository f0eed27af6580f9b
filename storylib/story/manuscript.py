"""What is asked for (brief), who plays (specs), what is told (pages) and what is seen (scenes).

These models travel between the teacher's form, the writers, the illustrators, the database and the command line.
Everything an illustrator needs is in a ``ImageRequest``; everything a writer needs is in a ``Brief``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from storylib import vocabulary as v

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="lower-case hex, like #4f9fcf")]


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a typing error in a brief is told, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Look(Model):
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


class CharacterSpec(Model):
    """A character as writers and illustrators see it. ``name`` is how scenes refer to it."""

    name: str = Field(min_length=1, max_length=40)
    kind: v.Kind
    pronouns: v.Pronouns = "they"
    traits: tuple[str, ...] = Field(default=(), max_length=3)
    look: Look = Look()
    description: str = Field(default="", max_length=300)


class Brief(Model):
    """What the teacher asked for. The first character is the hero."""

    characters: tuple[CharacterSpec, ...] = Field(min_length=1, max_length=v.MAX_CAST)
    theme: str = Field(default="", max_length=200)
    age_band: v.AgeBand = "3-5"
    tone: v.Tone = "whimsical"
    moral: str = Field(default="fits", max_length=80)  # one of MORALS, or a teacher's own words
    pages: int = Field(default=8, ge=v.MIN_PAGES, le=v.MAX_PAGES)
    provider: str = Field(default="kit", max_length=40)  # who writes, and draws unless:
    pictures: str | None = Field(default=None, max_length=40)  # another provider who draws
    style: v.Style = "storybook"
    world: v.World | None = None  # None: suggested from theme and hero
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    language: str = Field(default="en", max_length=8)

    @property
    def illustrator(self) -> str:
        """The provider who draws."""
        return self.pictures or self.provider


class Actor(Model):
    """One member of the cast in one scene, drawn left to right in the order of the list."""

    name: str
    pose: v.Pose = "stand"
    expression: v.Expression = "happy"
    holds: str | None = None  # a prop's name


class Scene(Model):
    """What a page's picture shows: the coin that writers pay and illustrators take."""

    setting: v.Setting
    world: v.World | None = None  # where that is: palms by a river of the jungle, no fridge in a castle; None: at home
    time: v.Time = "day"
    weather: v.Weather = "clear"
    season: v.Season = "summer"
    mood: v.Mood = "happy"
    shot: v.Shot = "mid"
    cast: tuple[Actor, ...] = Field(default=(), max_length=5)
    props: tuple[str, ...] = Field(default=(), max_length=4)


class Opening(Model):
    """A writer's first part: the title, and the supporting cast that the plot brings along."""

    part: Literal["opening"] = "opening"
    title: str = Field(min_length=1, max_length=120)
    supporting: tuple[CharacterSpec, ...] = Field(default=(), max_length=8)
    cover: Scene


class PageDraft(Model):
    """One written page."""

    part: Literal["page"] = "page"
    number: int = Field(ge=1, le=v.MAX_PAGES)
    text: str = Field(min_length=1, max_length=2000)
    scene: Scene
    description: str = Field(default="", max_length=1000)  # the picture in prose, for an AI illustrator
    alt: str = Field(min_length=1, max_length=400)  # the picture for a screen reader


class Question(Model):
    """A question for the class, and an answer the teacher can expect."""

    about: Literal["recall", "why", "feelings", "next", "own life"]
    question: str
    answer: str


class Word(Model):
    """A word of the story with a meaning a child understands."""

    word: str
    meaning: str


class Extras(Model):
    """A writer's last part: what the class can talk about afterwards."""

    part: Literal["extras"] = "extras"
    questions: tuple[Question, ...] = ()
    words: tuple[Word, ...] = ()


Part = Opening | PageDraft | Extras


class ImageRequest(Model):
    """All that decides a picture: the same order always gives the same Kit picture, and the same fingerprint."""

    role: v.ImageRole = "page"
    scene: Scene
    cast: tuple[CharacterSpec, ...]  # the specs of everybody in the scene
    style: v.Style = "storybook"
    seed: int = 0
    description: str = ""
    book: int = 0  # the seed of what stays the same through a book: its rooms, and where its houses stand

    @classmethod
    def of(
        cls,
        role: v.ImageRole,
        scene: Scene,
        cast: tuple[CharacterSpec, ...],
        style: v.Style = "storybook",
        seed: int = 0,
        description: str = "",
        book: int = 0,
    ) -> ImageRequest:
        """An order for a scene; of the ``cast`` only those who are in it."""
        acting = {actor.name for actor in scene.cast}
        present = tuple(spec for spec in cast if spec.name in acting)
        return cls(role=role, scene=scene, cast=present, style=style, seed=seed, description=description, book=book)


def problems(error: Any) -> str:
    """A pydantic ValidationError as one line of plain words: ``pages: Input should be …; theme: …``."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
