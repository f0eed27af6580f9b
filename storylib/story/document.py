"""A whole story as one document: what the reader, a person's data, ``story.json``, exports and the API show of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer

from storylib import vocabulary as v
from storylib.story.brief import Brief
from storylib.story.character_spec import CharacterSpec
from storylib.story.model import Model
from storylib.story.page import Extras
from storylib.story.reading_level import Level
from storylib.story.scene import Scene


def _without_gaps(model: Model) -> dict[str, Any]:
    """What is not there is left out: most of what a scene could have, it has not."""
    return model.model_dump(mode="json", exclude_none=True)


Compact = PlainSerializer(_without_gaps, return_type=dict[str, Any])


class ThemeRecord(Model):
    """What became of the theme. ``treatment`` and ``pack`` are None where nobody recorded it."""

    asked: str
    treatment: Literal["about", "mentioned", "none"] | None = None
    pack: str | None = None
    not_understood: tuple[str, ...] = ()


class Cover(Model):
    """The cover. ``picture`` is its file or id, None while there is none."""

    alt: str
    picture: str | None
    scene: Annotated[Scene, Compact] | None
    made_by: str


class PageDocument(Model):
    """A page. ``made_by`` drew the picture, ``author`` wrote the text; ``checks`` say what was looked for and found."""

    number: int = Field(ge=1, le=v.MAX_PAGES)
    text: str
    alt: str
    scene: Annotated[Scene, Compact]
    picture: str | None  # its file or id, None while there is none
    made_by: str
    author: str
    level: dict[str, Any] | None = None  # as it was measured; earlier releases knew fewer figures of Level
    checks: tuple[dict[str, Any], ...] = ()
    attempt: int = Field(default=1, ge=1)  # which of the pictures that were asked for; earlier releases did not say


class Approval(Model):
    """Who read a story and approved it for children, and when. ``holds`` is False once the story was changed."""

    by: str
    at: datetime
    holds: bool = True


class StoryDocument(Model):
    """A story. ``level`` is of all pages together, None without any; ``cost_usd`` is None where it is not known."""

    version: Literal[1] = 1
    id: str | None = None  # None for a book that was made without a database
    title: str
    made_by: str
    brief: Annotated[Brief, Compact]
    supporting: tuple[Annotated[CharacterSpec, Compact], ...] = ()  # whom the plot brought along
    cover: Cover
    pages: tuple[PageDocument, ...]
    level: Level | None
    theme: ThemeRecord
    extras: Extras | None = None
    cost_usd: Decimal | None = None
    state: v.StoryState = "ready"
    review: v.Review = "draft"
    approval: Approval | None = None  # of exactly what the document holds
    created_at: datetime | None = None  # None for a book that is the same whenever it is made
    finished_at: datetime | None = None

    def as_json(self) -> str:
        """Write it as indented JSON; money is text, and times are ISO 8601."""
        return self.model_dump_json(indent=2) + "\n"
