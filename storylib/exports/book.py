"""A story as every export takes it: plain values with their pictures, read from a ``StoryDocument``."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from storylib.errors import Invalid
from storylib.exports import pictures, provenance
from storylib.story.document import StoryDocument
from storylib.text import listed
from storylib.vocabulary import AgeBand

MOST_WORDS = 20_000  # characters on a page: ten times what a writer may write, and still set within a second
UNFINISHED = ("queued", "writing", "illustrating")

Items = tuple[tuple[str, str], ...]
Pictures = Callable[[str], bytes]  # what a document calls a picture → its encoded bytes


@dataclass(frozen=True)
class Leaf:
    """A page, or the cover, whose number is 0. ``picture`` is a JPEG, None where none was drawn."""

    number: int
    text: str
    alt: str
    picture: bytes | None


@dataclass(frozen=True)
class Book:
    """A finished story. ``questions``, ``words`` and ``provenance`` are terms with what is said of them."""

    title: str
    byline: str
    language: str
    age_band: AgeBand
    cast: tuple[str, ...]
    cover: Leaf
    pages: tuple[Leaf, ...]
    questions: Items
    words: Items
    provenance: Items

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return the cover and the pages."""
        return (self.cover, *self.pages)

    def pages_with(self, characters: str) -> str:
        """Name the leaves in whose words some character stands: ``the cover and page 3``; empty for none."""
        found = [leaf.number for leaf in self.leaves if set(characters) & set(leaf.text)]
        numbers = [str(number) for number in found if number]
        pages = f"{'page' if len(numbers) == 1 else 'pages'} {listed(numbers)}" if numbers else ""
        return " and ".join(filter(None, ["the cover" if 0 in found else "", pages]))


def read(document: StoryDocument, picture: Pictures) -> Book:
    """Read a finished story; pictures become JPEG, side by side, as no PDF takes WebP.

    Raises:
        Invalid: it is still being made, nothing was written, or a page is too long.
    """
    _check(document)
    extras = document.extras
    return Book(
        title=clean(document.title),
        byline=clean(f"With {listed([one.name for one in document.brief.characters])}"),
        language=document.brief.language,
        age_band=document.brief.age_band,
        cast=tuple(clean(one.name) for one in (*document.brief.characters, *document.supporting)),
        cover=(leaves := _leaves(document, picture))[0],
        pages=leaves[1:],
        questions=tuple((clean(one.question), clean(one.answer)) for one in extras.questions) if extras else (),
        words=tuple((clean(one.word), clean(one.meaning)) for one in extras.words) if extras else (),
        provenance=tuple((term, clean(said)) for term, said in provenance.of(document)),
    )


def clean(words: str) -> str:
    """Return words as NFC, without what cannot be seen or set; line breaks stay."""
    shown = (c for c in words.replace("\r\n", "\n") if c in "\n\u200c\u200d" or unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", "".join(shown)).strip()


def _check(document: StoryDocument) -> None:
    if document.state in UNFINISHED:
        raise Invalid("This book is still being made. Export it when its last page is done.")
    if not document.pages:
        raise Invalid("Nothing has been written yet, so there is nothing to export.")
    for page in document.pages:
        if len(page.text) > MOST_WORDS:
            raise Invalid(
                f"Page {page.number} has {len(page.text):,} characters; a page that is exported may have up to "
                f"{MOST_WORDS:,}. Shorten it and export again."
            )


def _leaves(document: StoryDocument, picture: Pictures) -> tuple[Leaf, ...]:
    cover = document.cover
    told = [(0, document.title, cover.alt, cover.picture)]
    told += [(page.number, page.text, page.alt, page.picture) for page in document.pages]
    stored = [picture(name) if name else None for *_, name in told]
    with ThreadPoolExecutor() as threads:
        drawn = list(threads.map(pictures.jpeg, stored))
    return tuple(
        Leaf(number, clean(text), clean(alt) or f"The picture of page {number}.", data)
        for (number, text, alt, _), data in zip(told, drawn, strict=True)
    )
