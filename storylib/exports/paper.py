"""Books on paper: for a printer, and as a booklet to fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from math import ceil

from storylib.exports import pictures, prepress
from storylib.exports.book import Book, Leaf
from storylib.exports.epub import FROM_RIGHT
from storylib.exports.layout import SHAPES, Layout, Shape
from storylib.exports.picture_book import ONE_COPY, Parts, Sheet, behind, front, set_sheets, sheets
from storylib.exports.typesetting import Typeset

BLEED = 3.0  # millimetres
UNPRINTED = 6.0  # millimetres that desk printers leave white
SHARP = 300  # dots per inch, what printers ask for
SOFT = 150  # less than this looks blurred at arm's length
BLANK: Sheet = {"kind": "blank"}
PRESS = Layout(bleed=BLEED, press=True)


def print_pdf(book: Book) -> Typeset:
    """Set a book for a printer: bleed, TrimBox, BleedBox, crop marks, words in black ink only.

    Raises:
        Unavailable: as ``typeset``.
    """
    made = set_sheets(book, PRESS, sheets(book, PRESS))
    return replace(made, pdf=prepress.marked(made.pdf, BLEED))


def booklet(book: Book, shape: Shape = "a5", dedications: Sequence[str] = ONE_COPY) -> Typeset:
    """Set a book on half sheets and lay them two to a side; what is left of the last sheet holds questions and words.

    The cover is first and how the book was made last, so that they lie outside. There is a copy
    for each dedication, which begins on a sheet of its own.

    Raises:
        Unavailable: as ``typeset``.
    """
    layout = Layout(shape=shape, inset=UNPRINTED, paper=None, press=True)
    copies = [_filled(list(front(book, layout, said)), book) for said in dedications]
    made = set_sheets(book, layout, chain.from_iterable(copies))
    folded = prepress.folded(made.pdf, copies=len(copies), from_right=book.language in FROM_RIGHT)
    return replace(made, pdf=folded)


def _filled(told: list[Sheet], book: Book) -> list[Sheet]:
    """A multiple of four sheets: what fits of questions and words before the last one, blanks where nothing is left."""
    *extra, last = behind(book, Parts(questions=True, words=True))
    room = -(len(told) + 1) % 4
    filling = extra[:room]
    return list(chain(told, filling, [BLANK] * (room - len(filling)), [last]))


def blurred(book: Book, layout: Layout) -> list[str]:
    """Say which pictures are too small for paper: ``Page 3: 133 dpi``."""
    return [f"{_named(leaf)}: {dpi} dpi" for leaf, dpi in densities(book, layout) if dpi < SOFT]


def densities(book: Book, layout: Layout) -> list[tuple[Leaf, int]]:
    """Return each picture with its dots per inch, as it is printed on a page of the layout."""
    inches = _inches(layout)
    return [(leaf, int(pictures.size(leaf.picture)[0] / inches)) for leaf in book.leaves if leaf.picture]


def sharp_width(layout: Layout) -> int:
    """Return how wide a picture is, in pixels, that is sharp on a page of the layout."""
    return ceil(SHARP * _inches(layout))


def _inches(layout: Layout) -> float:
    return (SHAPES[layout.shape][0] + 2 * layout.bleed) / 25.4


def _named(leaf: Leaf) -> str:
    return f"Page {leaf.number}" if leaf.number else "The cover"
