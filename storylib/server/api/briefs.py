"""What a program asks for: a brief whose characters are named by their ids, or described on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from storylib import inputs
from storylib.library import characters
from storylib.library.characters import Draft
from storylib.models import User
from storylib.server.api.bodies import Sent
from storylib.story import Brief, CharacterSpec
from storylib.story.brief import OwnPage
from storylib.vocabulary import MAX_CAST, MAX_PAGES, MIN_PAGES, STAND_IN, AgeBand, Style, Tone, World

RowNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class StoryWanted(Sent):
    """A story to make. The cast is ``character_ids`` and then ``characters``; the first of them is the hero."""

    character_ids: tuple[RowNumber, ...] = Field(default=(), max_length=MAX_CAST, description="of your characters")
    characters: tuple[CharacterSpec, ...] = Field(default=(), max_length=MAX_CAST, description="for this story only")
    theme: str = Field(default="", max_length=200, examples=["a lost lantern"])
    age_band: AgeBand = "3-5"
    tone: Tone = "whimsical"
    moral: str = Field(default="fits", max_length=80)
    pages: int = Field(default=8, ge=MIN_PAGES, le=MAX_PAGES)
    provider: str = Field(default=STAND_IN, max_length=40, description="who writes, and draws unless pictures says who")
    pictures: str | None = Field(default=None, max_length=40)
    style: Style = "storybook"
    world: World | None = None
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="0: another book each time")
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    text: tuple[OwnPage, ...] = Field(default=(), max_length=MAX_PAGES, description="your own words, page by page")
    title: str = Field(default="", max_length=120, description="of a story in your own words")

    @model_validator(mode="after")
    def _has_a_cast(self) -> StoryWanted:
        if not 1 <= len(self.character_ids) + len(self.characters) <= MAX_CAST:
            raise ValueError(f"A story needs 1 to {MAX_CAST} characters")
        if self.text and len(self.text) != self.pages:
            raise ValueError("pages must be the number of texts")
        return self

    def brief(self, session: Session, user: User) -> Brief:
        """Return what was asked for, with every character in it.

        Raises:
            NotFound: a character is not there, or not the user's.
            Invalid: a character or a text breaks a rule.
        """
        fields = {name: getattr(self, name) for name in Brief.model_fields}
        own = tuple(inputs.passage(page, "text", 2000, required=True) for page in self.text)
        return Brief(**fields | {"characters": self._cast(session, user), "text": own})

    def _cast(self, session: Session, user: User) -> Sequence[CharacterSpec]:
        known = [characters.get(session, user.id, id_).spec for id_ in self.character_ids]
        return (*known, *(Draft(**dict(spec)).spec() for spec in self.characters))
