"""A picture book as a PDF: cover, pages, and behind them questions, words and how the book came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from storylib.exports.book import Book, Items, Leaf
from storylib.exports.layout import SCREEN, Layout
from storylib.exports.typesetting import Typeset, typeset

Sheet = dict[str, Any]  # a leaf as the template takes it

PRODUCER = "Storylib"
PROVENANCE = "How this book was made"
ONE_COPY = ("",)  # of a book that is dedicated to nobody


@dataclass(frozen=True)
class Parts:
    """What stands behind the pages."""

    questions: bool = False
    words: bool = False
    provenance: bool = True


def screen_pdf(book: Book, layout: Layout = SCREEN, dedications: Sequence[str] = ONE_COPY) -> Typeset:
    """Set a book for reading on a screen: tagged, PDF/UA; a copy for each dedication.

    Raises:
        Unavailable: as ``typeset``.
    """
    return set_sheets(book, layout, [leaf for said in dedications for leaf in sheets(book, layout, dedication=said)])


def set_sheets(book: Book, layout: Layout, several: Iterable[Sheet], leaves: Sequence[Leaf] | None = None) -> Typeset:
    """Set sheets of a book; the pictures are those of ``leaves``, the book's own by default."""
    width, height = layout.size
    facts = {
        "title": book.title, "author": PRODUCER, "language": book.language, "width": width, "height": height,
        "description": " ".join(said for _, said in book.provenance), "bleed": layout.bleed,
        "inset": layout.inset, "paper": layout.paper,
        "press": layout.press, "size": layout.type_size(book.age_band), "leaves": list(several),
    }  # fmt: skip
    drawn = {file_name(leaf): leaf.picture for leaf in leaves or book.leaves if leaf.picture}
    return typeset("book", facts, drawn)


def sheets(book: Book, layout: Layout, parts: Parts = Parts(), dedication: str = "") -> Iterator[Sheet]:
    """Return a book's sheets in their order."""
    yield from front(book, layout, dedication)
    yield from behind(book, parts)


def front(book: Book, layout: Layout, dedication: str = "") -> Iterator[Sheet]:
    """Return the cover, whose copy it is, and the pages."""
    yield cover(book)
    if dedication:
        yield {"kind": "dedication", "text": dedication}
    yield from (page(leaf, layout) for leaf in book.pages)


def cover(book: Book) -> Sheet:
    """Return the sheet of the cover."""
    return {"kind": "cover", "text": book.title, "byline": book.byline, "alt": book.cover.alt} | _picture(book.cover)


def page(leaf: Leaf, layout: Layout) -> Sheet:
    """Return the sheet of a page."""
    said = {"kind": "page", "text": leaf.text, "alt": leaf.alt, "number": leaf.number}
    return said | {"placement": layout.placement, "folio": True} | _picture(leaf)


def behind(book: Book, parts: Parts) -> Iterator[Sheet]:
    """Return what stands behind the pages, without what a book does not have."""
    wanted = (
        (parts.questions, "Talk about it", tuple((question, "") for question, _ in book.questions)),
        (parts.words, "Words to know", book.words),
        (parts.provenance, PROVENANCE, book.provenance),
    )
    yield from (listing(title, items) for there, title, items in wanted if there and items)


def listing(title: str, items: Items) -> Sheet:
    """Return a sheet with a heading, and terms with what is said of them."""
    return {"kind": "list", "text": title, "items": [list(item) for item in items]}


def file_name(leaf: Leaf) -> str:
    """Return what a leaf's picture is called beside the template."""
    return f"{leaf.number:02}.jpg"


def _picture(leaf: Leaf) -> Sheet:
    return {"picture": file_name(leaf) if leaf.picture else None}
