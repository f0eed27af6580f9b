"""What a theme pack and a story pattern may say, and loading them: once each, and only when asked for.

A pack tells one theme in true steps, each in wordings for the bands that it suits; its pattern frames it in the Kit's
own voice. ``docs/theme-packs.md`` explains both to an author.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from storylib import tables
from storylib import vocabulary as v
from storylib.kit.plot import HERE, Lines
from storylib.story import Look, Model

PATTERNS = HERE / "patterns"
PACKS = HERE / "packs"
STORY_BANDS: tuple[v.AgeBand, ...] = ("3-5", "6-8", "9-12")  # the youngest have the board book

T = TypeVar("T", bound=str)
Sentence = Literal["describe", "perspective", "coach", "affirm"]
QuestionType = Literal["recall", "wh", "completion", "open", "distance", "feelings"]
Direction = Annotated[str, Field(min_length=1, max_length=60)]  # for whoever draws; no closed list


def _as_texts(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_source(value: Any) -> Any:
    return {"who": value} if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_texts), Field(min_length=1, max_length=3)]


class PackScene(Model):
    """What a picture shows: in closed words what can be drawn today, in free words what must be seen.

    ``at`` and the pose and face of an actor may name several ("dentist/library"): the first that can be drawn is.
    """

    at: str
    time: v.Time = "day"
    weather: v.Weather = "clear"
    mood: v.Mood = "happy"
    shot: v.Shot = "mid"
    cast: tuple[str, ...] = Field(max_length=4)  # "role pose expression [thing]"
    things: tuple[Direction, ...] = Field(default=(), max_length=6)
    show: str = Field(min_length=10, max_length=240)
    looks: dict[str, Direction] = Field(default_factory=dict)  # who looks at whom, at what, or "away"
    view: Direction | None = None  # level, above, behind, tiny, near
    event: Direction | None = None  # what the first of the cast does to or with the second


class Step(Model):
    """One true thing that happens, and how it is told."""

    id: str
    fact: str = Field(min_length=10, max_length=240)
    weight: int = Field(default=5, ge=1, le=9)  # the lightest are left out first where pages are few
    brings: Lines = ()  # things that the text names here first; a step that names one later needs this one
    told: dict[v.AgeBand, Texts]
    scene: PackScene

    @model_validator(mode="before")
    @classmethod
    def _gather_bands(cls, data: Any) -> Any:
        """In a file the bands stand beside the scene, so that a step reads from top to bottom."""
        if isinstance(data, dict) and "told" not in data:
            told = {band: data[band] for band in v.AGE_BANDS if band in data}
            return {key: value for key, value in data.items() if key not in told} | {"told": told}
        return data


class BoardPage(Model):
    """One thing, for the youngest: a page of a board book."""

    text: str
    scene: PackScene


class SocialSentence(Model):
    """A sentence of a social story, by Carol Gray's kinds; ``like`` names the step whose picture it has."""

    text: str
    kind: Sentence
    like: str


class Source(Model):
    """Where the author read it, and what it said."""

    who: str
    says: str = ""


class PackRole(Model):
    """Somebody beside the hero: one of the Kit's people (``from``), or described here (``name`` as the text says)."""

    from_: Literal["friends", "elders"] | None = Field(default=None, alias="from")
    name: str | None = Field(default=None, max_length=40)
    kind: v.Kind = "child"
    pronouns: v.Pronouns = "they"
    look: Look = Look()

    @model_validator(mode="after")
    def _one_of_two(self) -> PackRole:
        if (self.from_ is None) == (self.name is None):
            raise ValueError("a role has either from (friends or elders) or a name")
        return self


class PackWord(Model):
    """A word of the book, with a meaning that a child understands."""

    word: str
    means: str


class PackQuestion(Model):
    """A question at a step, by its type, with what a child might say."""

    at: str
    type: QuestionType
    ask: str
    listen_for: str


class Pack(Model):
    """One theme: how teachers ask for it, what is true of it, and its steps."""

    id: str = ""  # the file's name, given by whoever loads it
    name: str = Field(min_length=3, max_length=60)  # completes "a story about …"
    pattern: str
    summary: str = Field(min_length=10, max_length=120)
    titles: Annotated[tuple[str, ...], Field(min_length=2)]
    asked_as: Annotated[tuple[str, ...], Field(min_length=4, max_length=20)]
    bands: Annotated[tuple[v.AgeBand, ...], Field(min_length=1)]
    tones: tuple[v.Tone, ...] = v.TONES
    season: v.Season | None = None
    world: v.World | None = None
    fit_for: tuple[str, ...] = ()  # groups of grave.yaml that this pack may tell of
    roles: dict[str, PackRole] = Field(default_factory=dict)
    never_say: Lines = ()
    helps: Lines = ()
    sources: Annotated[tuple[Annotated[Source, BeforeValidator(_as_source)], ...], Field(min_length=1)]
    cover: str | None = None  # the step whose picture it resembles; None: the first
    steps: Annotated[tuple[Step, ...], Field(max_length=12)] = ()
    board_book: Annotated[tuple[BoardPage, ...], Field(max_length=12)] = ()
    social_story: tuple[SocialSentence, ...] = ()
    words: tuple[PackWord, ...] = ()
    questions: tuple[PackQuestion, ...] = ()


class Pattern(Model):
    """A frame in the Kit's own voice: how a book of this kind begins and ends."""

    id: str
    name: str
    bands: tuple[v.AgeBand, ...]
    glad: bool = True  # whether jokes belong here
    opening: dict[v.AgeBand, Lines]
    closing: dict[v.AgeBand, Lines]
    others_come: dict[v.AgeBand, Lines]  # after the opening, when {company} comes along
    others_stay: dict[v.AgeBand, Lines]  # after the closing
    meeting: PackScene  # the picture of the opening; {company} stands beside
    parting: PackScene


def pattern_names() -> list[str]:
    """Return the patterns there are files for, in alphabetical order."""
    return sorted(path.stem for path in PATTERNS.glob("*.yaml"))


@lru_cache(maxsize=16)
def load_pattern(name: str) -> Pattern:
    """Parse and validate one pattern.

    Raises:
        pydantic.ValidationError: the file breaks the format.
    """
    return Pattern.model_validate(tables.read(PATTERNS / f"{name}.yaml"))


def parse_pack(path: Path) -> Pack:
    """Parse and validate one pack, wherever it lies.

    Raises:
        yaml.YAMLError: it is no YAML.
        pydantic.ValidationError: the file breaks the format.
    """
    return Pack.model_validate(tables.read(path) | {"id": path.stem})


def drawable(words: str, known: tuple[T, ...]) -> T | None:
    """Return the first of several words ("dentist/library") that can be drawn today; None: none of them."""
    return next((one for word in words.split("/") for one in known if one == word), None)


ROLES = ("hero", "friend", "grown_up")  # everybody may speak of these; a pack's own roles come on top
