"""The formats in which a story leaves: what each is called, what it is for, and who makes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from storylib.errors import Invalid
from storylib.exports import book, classroom, epub, folder, paper, picture_book, redrawing, slides
from storylib.exports.book import Book, Pictures
from storylib.exports.layout import Shape
from storylib.exports.typesetting import Typeset
from storylib.generation import books
from storylib.story.document import StoryDocument

PDF = "application/pdf"
COLOURED = 2000  # pixels across a page to be coloured in: 190 dpi on A4
LONGEST_NAME = 60  # characters of a title in a file's name


@dataclass(frozen=True)
class File:
    """A finished export. ``notes`` are sentences on what is not as it should be."""

    name: str
    mime: str
    data: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A story to export: its document, and where the bytes of its pictures come from."""

    document: StoryDocument
    picture: Pictures

    @cached_property
    def book(self) -> Book:
        """Return what most exports are made from."""
        return book.read(self.document, self.picture)


def of_book(made: books.Book) -> Source:
    """Return a book in memory as a source."""
    document = books.document(made)
    names = (document.cover.picture, *(page.picture for page in document.pages))
    drawn = {name: one.data for name, one in zip(names, (made.cover, *made.pictures), strict=True) if name}
    return Source(document, drawn.__getitem__)


Use = Literal["Read", "Print", "Teach"]
Made = tuple[bytes, tuple[str, ...]]


@dataclass(frozen=True)
class Format:
    """A way out. ``purpose`` is a line for the teacher; ``ending`` is how its files' names end."""

    use: Use
    label: str
    purpose: str
    ending: str
    mime: str
    make: Callable[[Source], Made]


def of_pdf(source: Source, made: Typeset) -> Made:
    """A PDF, and which page has characters that cannot be shown."""
    if not made.missing:
        return made.pdf, ()
    where = source.book.pages_with(made.missing)
    return made.pdf, (
        f"No font here has {' '.join(made.missing)}{f' on {where}' if where else ''}. The file has gaps there, so it "
        "does not claim to be accessible (PDF/UA). Replace them and export again.",
    )


def _of(setter: Callable[[Book], Typeset]) -> Callable[[Source], Made]:
    return lambda source: of_pdf(source, setter(source.book))


def _print(source: Source) -> Made:
    book = redrawing.for_print(source.document, source.book, paper.sharp_width(paper.PRESS))
    data, notes = of_pdf(source, paper.print_pdf(book))
    blurred = paper.blurred(book, paper.PRESS)
    return data, (*notes, *([f"Small for print (300 dpi is sharp): {'; '.join(blurred)}."] if blurred else []))


def _booklet(shape: Shape) -> Callable[[Source], Made]:
    return _of(lambda book: paper.booklet(book, shape))


def _colouring(source: Source) -> Made:
    return of_pdf(source, classroom.colouring(redrawing.to_colour(source.document, source.book, COLOURED)))


FOLDED = "Print on both sides, flip on the short edge, fold and staple."
FORMATS: dict[str, Format] = {
    "pdf": Format(
        "Read", "PDF for screens", "To read on a tablet or a board, and to send. Accessible.", ".pdf", PDF,
        _of(picture_book.screen_pdf),
    ),
    "booklet": Format("Print", "Booklet, A4", FOLDED, "-booklet-A4.pdf", PDF, _booklet("a5")),
    "booklet-letter": Format("Print", "Booklet, Letter", FOLDED, "-booklet-letter.pdf", PDF, _booklet("half-letter")),
    "print-pdf": Format(
        "Print", "PDF for a print shop",
        "With bleed and crop marks. The Story Kit’s pictures are drawn anew at 300 dpi: allow 20 seconds.",
        "-print.pdf", PDF, _print,
    ),
    "epub": Format(
        "Read", "E-book (EPUB)", "For e-readers and reading apps.", ".epub", "application/epub+zip",
        lambda source: (epub.epub(source.book), ()),
    ),
    "pptx": Format(
        "Read", "Slides (PowerPoint)", "To show, and to change the words.", ".pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        lambda source: (slides.slides(source.book), ()),
    ),
    "guide": Format(
        "Teach", "Teacher’s guide", "Before, while and after reading: words, places to stop, questions with answers.",
        "-guide.pdf", PDF, _of(classroom.guide),
    ),
    "script": Format(
        "Teach", "Reader’s theatre", "A script in parts: what a character says, and a narrator.", "-script.pdf", PDF,
        _of(classroom.theatre),
    ),
    "cards": Format(
        "Teach", "Picture cards", "To cut out and put in order, with a key.", "-cards.pdf", PDF, _of(classroom.cards)
    ),
    "wordless": Format(
        "Teach", "Wordless book", "Pictures only, for the class to tell.", "-wordless.pdf", PDF, _of(classroom.wordless)
    ),
    "colouring": Format(
        "Teach", "Colouring pages, A4", "Every scene as a line drawing by the Story Kit, one on each sheet.",
        "-colouring.pdf", PDF, _colouring,
    ),
    "large-print": Format(
        "Print", "Large print, A4", "Each page’s words alone on a sheet, black on white.", "-large-print.pdf", PDF,
        _of(classroom.large_print),
    ),
    "zip": Format(
        "Read", "Words and pictures (ZIP)", "The separate files, for your own projects.", ".zip", "application/zip",
        lambda source: (folder.folder(source.document, source.picture, source.book), ()),
    ),
}  # fmt: skip


def chosen(names: Iterable[str]) -> list[str]:
    """Return the names of formats, each once.

    Raises:
        Invalid: one is no format; the message lists those there are.
    """
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise Invalid(f"There is no format called {', '.join(unknown)}. There are: {', '.join(FORMATS)}.", "format")
    return wanted


def export(name: str, source: Source) -> File:
    """Make one format of a story. The same story gives the same bytes.

    Raises:
        Invalid: the story cannot be exported (yet); the sentence says why.
        Unavailable: it took too long, or there is no room on the disk.
    """
    form = FORMATS[name]
    data, notes = form.make(source)
    return File(file_name(source.document.title) + form.ending, form.mime, data, notes)


def file_name(title: str) -> str:
    """Return a title as a file's name that every disk and ZIP takes, without an ending."""
    letters = (c if c.isalnum() else " " for c in unicodedata.normalize("NFC", title) if c not in "'’")
    return "-".join("".join(letters).split())[:LONGEST_NAME].strip("-") or "story"
