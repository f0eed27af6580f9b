"""What a teacher asked for."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from storylib import vocabulary as v
from storylib.story.character_spec import CharacterSpec
from storylib.story.model import Grown

OwnPage = Annotated[str, Field(min_length=1, max_length=2000)]


class Brief(Grown):
    """What the teacher asked for. The first character is the hero."""

    characters: tuple[CharacterSpec, ...] = Field(min_length=1, max_length=v.MAX_CAST)
    theme: str = Field(default="", max_length=200)
    age_band: v.AgeBand = "3-5"
    tone: v.Tone = "whimsical"
    moral: str = Field(default="fits", max_length=80)  # one of MORALS, or a teacher's own words
    pages: int = Field(default=8, ge=v.MIN_PAGES, le=v.MAX_PAGES)
    provider: str = Field(default=v.STAND_IN, max_length=40)  # who writes, and draws unless:
    pictures: str | None = Field(default=None, max_length=40)  # another provider who draws
    style: v.Style = "storybook"
    world: v.World | None = None  # None: suggested from theme and hero
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    language: str = Field(default="en", max_length=8)
    text: tuple[OwnPage, ...] = Field(default=(), max_length=v.MAX_PAGES)  # the pages, in a teacher's own words
    title: str = Field(default="", max_length=120)  # of a story in a teacher's own words

    GAINED: ClassVar[frozenset[str]] = frozenset({"text", "title"})

    @property
    def illustrator(self) -> str:
        """Return the provider that draws."""
        return self.pictures or (v.STAND_IN if self.text else self.provider)
