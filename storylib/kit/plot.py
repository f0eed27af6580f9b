"""What a plot file and a world file may say, and loading them: once each, and only when asked for.

A plot is a list of beats; a beat is told in several wordings for each age band and has a scene. A world gives the
concrete places, things and creatures. ``docs/plots.md`` explains both to an author.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from storylib import tables
from storylib import vocabulary as v
from storylib.story import Look, Model

HERE = Path(__file__).parent
GROUPS: dict[v.AgeBand, str] = {"1-2": "small", "3-5": "small", "6-8": "big", "9-12": "big"}

Place = Literal["home", "bed", "gather", "wild", "path", "refuge", "high", "far", "work", "school"]
ThingRole = Literal["light", "treasure", "snack", "game", "build", "tool", "gift", "loved"]
PAGE_TURN = "//"  # in a wording of a beat with two scenes
PLACES: tuple[str, ...] = Place.__args__  # type: ignore[attr-defined]
THINGS: tuple[str, ...] = ThingRole.__args__  # type: ignore[attr-defined]
Slot = str | list[Any] | dict[str, Any]  # text, alternatives, or one of either for each band

M = TypeVar("M", bound=BaseModel)


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_wording(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class Wording(Model):
    """One way of telling a beat; the conditions, if any, are when it may be told.

    ``plants`` names something this wording mentions; a later wording that ``pays`` it off is told only then, and then
    before others, so that an ending can echo its own opening.
    """

    text: str
    plants: str | None = None
    pays: str | None = None
    tone: v.Tone | None = None
    trait: str | None = None
    world: v.World | None = None


Lines = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Wordings = Annotated[
    tuple[Annotated[Wording, BeforeValidator(_as_wording)], ...], BeforeValidator(_as_list), Field(min_length=1)
]


class Staging(Model):
    """A scene in the plot's terms: ``at`` is a role of place, ``cast`` lists "role pose expression [thing]"."""

    at: Place
    time: v.Time | None = None
    weather: v.Weather | Literal["wonder"] | None = None
    mood: v.Mood = "happy"
    shot: v.Shot | None = None
    cast: tuple[str, ...] = Field(min_length=1, max_length=4)
    props: tuple[str, ...] = Field(default=(), max_length=3)


class Beat(Model):
    """One thing that happens. ``then`` is the scene of its second half, when it may fill two pages."""

    id: str
    weight: int = Field(ge=1, le=9)
    optional: bool = False
    aside: Literal["before", "after"] | None = None
    fact: bool = True  # whether that aside may be a fact; not where it would break the suspense
    theme: Literal["open", "close"] | None = None
    scene: Staging
    then: Staging | None = None
    told: dict[v.AgeBand, Wordings]

    @model_validator(mode="before")
    @classmethod
    def _gather_bands(cls, data: Any) -> Any:
        """In a file the bands stand beside the scene, so that a beat reads from top to bottom."""
        if isinstance(data, dict) and "told" not in data:
            told = {band: data[band] for band in v.AGE_BANDS if band in data}
            return {key: value for key, value in data.items() if key not in told} | {"told": told}
        return data


class Part(Model):
    """A role of the cast, and where it comes from when the teacher gives nobody for it."""

    role: str
    from_: Literal["friends", "elders", "acts"] = Field(alias="from")
    own: bool = True  # a character of the teacher's may play it


class Persona(Model):
    """Somebody a world brings along."""

    name: str
    kind: v.Kind
    pronouns: v.Pronouns
    title: str | None = None  # how the text introduces them: "old Mrs Plume"
    look: Look = Look()


class Act(Persona):
    """Somebody with a noise: what it sounds like, what one fears it is, and what it is."""

    sound: str
    softly: str
    guess: Slot
    doing: Slot
    line: Slot


class Spot(Model):
    """A place in a world: how it is drawn, and how it is said."""

    setting: v.Setting
    the: str
    in_: str = Field(alias="in")
    to: str
    weather: tuple[v.Weather, ...] = ("clear",)


class Thing(Model):
    """Something to hold or to see; ``prop`` is the picture's name, ``short`` the bare noun."""

    a: str
    the: str
    short: str
    prop: str
    seen: str = ""  # what the picture shows, when that is not quite the thing


class Aside(Model):
    """A sentence in one tone, about a role of place or a beat; a fact (educational) names its source."""

    about: str
    tone: v.Tone
    source: str = ""
    small: Lines = ()
    big: Lines = ()
    baby: Lines = Field(default=(), alias="1-2")

    def lines(self, band: v.AgeBand) -> tuple[str, ...]:
        """The alternatives for a band; the youngest have only what was written for them."""
        return self.baby if band == "1-2" else self.small if band == "3-5" else self.big


class Asked(Model):
    """A question after the story, in two voices."""

    about: Literal["recall", "why", "feelings", "next", "own life"]
    small: tuple[str, str]
    big: tuple[str, str]


class World(Model):
    """Everything concrete: where, who, what."""

    id: v.World
    name: str  # after "in": "the forest"
    kinds: tuple[v.Kind, ...] = ()  # heroes who live here
    seasons: tuple[v.Season, ...] = v.SEASONS
    wonder: v.Weather = "clear"
    places: dict[Place, Spot]
    things: dict[ThingRole, Annotated[tuple[Thing, ...], Field(min_length=1)]]
    friends: Annotated[tuple[Persona, ...], Field(min_length=4)]
    elders: Annotated[tuple[Persona, ...], Field(min_length=2)]
    acts: Annotated[tuple[Act, ...], Field(min_length=4)]
    slots: dict[str, Slot]
    asides: tuple[Aside, ...] = ()
    words: dict[str, str] = Field(default_factory=dict)


class Plot(Model):
    """A story that can be told in any world."""

    id: str
    name: str
    moral: v.Lesson
    about: str
    cast: tuple[Part, ...]
    titles: Annotated[tuple[str, ...], Field(min_length=3)]
    cover: Staging
    refrain: dict[v.AgeBand, Lines]
    morals: dict[v.AgeBand, Lines] = Field(default_factory=dict)  # none in a plot without a moral
    once: dict[str, tuple[str | dict[str, str], ...]] = Field(
        default_factory=dict
    )  # slots that keep one value all through a book
    things: dict[str, Annotated[tuple[Thing, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )  # what this plot needs beside the things of every world
    slots: dict[str, Slot] = Field(default_factory=dict)
    worlds: dict[v.World, dict[str, Slot]] = Field(default_factory=dict)
    beats: tuple[Beat, ...]
    asides: tuple[Aside, ...] = ()
    questions: tuple[Asked, ...]
    words: dict[str, str]


class Voices(Model):
    """How a trait sounds: an adjective, a verb of speaking, and lines for moments that every plot has."""

    traits: dict[str, dict[str, Slot]]


def for_band(slot: Slot, band: v.AgeBand) -> Slot:
    """The part of a slot that is meant for ``band``; a slot without bands is meant for all."""
    if not isinstance(slot, dict):
        return slot
    found = slot.get(band, slot.get(GROUPS[band]))
    return slot if found is None else found


def plot_names() -> list[str]:
    """The file names without ending, like ``courage-brave-little-light``: the moral, then the plot's id."""
    return sorted(path.stem for path in (HERE / "plots").glob("*.yaml"))


def world_names() -> list[v.World]:
    """The worlds there are files for, in the order of the vocabulary."""
    there = {path.stem for path in (HERE / "worlds").glob("*.yaml")}
    return [world for world in v.WORLDS if world in there]


@lru_cache(maxsize=64)
def load_plot(name: str) -> Plot:
    """Parse and validate one plot.

    Raises:
        pydantic.ValidationError: the file breaks the format.
    """
    return Plot.model_validate(tables.read(HERE / "plots" / f"{name}.yaml"))


@lru_cache(maxsize=16)
def load_world(name: v.World) -> World:
    """Parse and validate one world.

    Raises:
        pydantic.ValidationError: the file breaks the format.
    """
    return World.model_validate(tables.read(HERE / "worlds" / f"{name}.yaml"))


@lru_cache(maxsize=1)
def load_voices() -> Voices:
    """Parse and validate the traits."""
    return Voices.model_validate(tables.read(HERE / "traits.yaml"))
