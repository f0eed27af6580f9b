"""A small book by the Kit, made once, and what it takes to look into what was exported."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
import pytest

from storylib.exports.formats import Source
from storylib.generation import books
from storylib.story import Brief, CharacterSpec
from storylib.story.document import StoryDocument

LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=("shy",))
BRIEF = Brief(characters=(LUNA,), theme="a lost lantern", pages=4, seed=7)


@dataclass(frozen=True)
class Shelf:
    """A document with its pictures."""

    document: StoryDocument
    pictures: dict[str, bytes]

    def source(self, **changes: object) -> Source:
        """Return it as a source, with other facts where they are given."""
        return Source(self.document.model_copy(update=changes), self.pictures.__getitem__)

    def with_words(self, words: str, number: int = 1) -> Source:
        """Return it with other words on a page."""
        return self.with_page(number, text=words)

    def with_page(self, number: int, **changes: object) -> Source:
        """Return it with a page that is otherwise."""
        pages = list(self.document.pages)
        pages[number - 1] = pages[number - 1].model_copy(update=changes)
        return self.source(pages=tuple(pages))


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Luna's book of four pages."""
    made = books.make_book(BRIEF)
    document = books.document(made)
    names = [document.cover.picture, *(page.picture for page in document.pages)]
    pictures = dict(zip(filter(None, names), (picture.data for picture in (made.cover, *made.pictures)), strict=True))
    return Shelf(document, pictures)


def opened(data: bytes) -> pikepdf.Pdf:
    """Open a PDF."""
    return pikepdf.open(io.BytesIO(data))
