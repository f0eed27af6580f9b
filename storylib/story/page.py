"""What a writer hands over: an opening, page after page, and extras for the class."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from storylib import vocabulary as v
from storylib.story.character_spec import CharacterSpec
from storylib.story.model import Model
from storylib.story.scene import Scene


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
