"""A copy of a book for each child of a class: one file, in which each picture is kept once.

The names come with each call and are kept nowhere; no AI provider sees them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal

from storylib import inputs
from storylib.errors import Invalid
from storylib.exports.book import Book
from storylib.exports.formats import PDF, File, Source, file_name, of_pdf
from storylib.exports.paper import booklet
from storylib.exports.picture_book import screen_pdf
from storylib.exports.typesetting import Typeset
from storylib.text import listed

MOST: Final = 300  # names: 4,200 pages, which take 3 seconds
MOST_CHARACTERS: Final = 20_000  # of a list of names
LONGEST: Final = 200  # characters of a dedication
DEDICATION: Final = "This book belongs to {name}."
HEADINGS: Final = ("first name", "firstname", "given name", "forename", "name", "pupil", "student", "child")
LINE: Final = "_" * 16  # to write a name on

Form = Literal["pdf", "booklet", "booklet-letter"]
# what a file is called on the screen, how its name ends, and who makes it of a book and its dedications
FORMS: dict[Form, tuple[str, str, Callable[[Book, Sequence[str]], Typeset]]] = {
    "pdf": ("One PDF", "-class.pdf", lambda book, said: screen_pdf(book, dedications=said)),
    "booklet": ("Booklets, A4", "-class-booklets-A4.pdf", lambda book, said: booklet(book, "a5", said)),
    "booklet-letter": (
        "Booklets, Letter",
        "-class-booklets-letter.pdf",
        lambda book, said: booklet(book, "half-letter", said),
    ),
}


def names(typed: str) -> tuple[str, ...]:
    """Read first names: separated by lines, commas, semicolons or tabs, or a table with a heading such as “name”.

    A name that is there twice is two children's.

    Raises:
        Invalid: there is none, there are more than ``MOST``, or one is not a name; the message says which.
    """
    if len(typed) > MOST_CHARACTERS:
        raise Invalid(f"A list of names may have up to {MOST_CHARACTERS:,} characters. Split it.", "names")
    found = tuple(_name(number, each) for number, each in enumerate(filter(str.strip, _fields(typed)), 1))
    if not found:
        raise Invalid("There are no names yet. Write one on each line, or paste a column of a spreadsheet.", "names")
    if len(found) > MOST:
        raise Invalid(f"A class set has up to {MOST} copies; these are {len(found)} names. Split the list.", "names")
    return found


def class_set(source: Source, children: Sequence[str], dedication: str = DEDICATION, form: Form = "pdf") -> File:
    """Make one PDF with a copy for each name, which stands in place of ``{name}`` in the dedication.

    Where no font has the letters of a name, its copy has a line to write it on, and a note says so.

    Raises:
        Invalid: the dedication has no ``{name}``, or the story cannot be exported.
        Unavailable: as ``typeset``.
    """
    _, ending, make = FORMS[form]
    wording = worded(dedication)
    made = make(source.book, [wording.replace("{name}", name) for name in children])
    by_hand = {name for name in children if set(name) & set(made.missing)}
    if by_hand:
        made = make(source.book, [wording.replace("{name}", LINE if name in by_hand else name) for name in children])
    data, notes = of_pdf(source, made)
    return File(file_name(source.document.title) + ending, PDF, data, (*notes, *_notes(children, by_hand)))


def worded(dedication: str) -> str:
    """Check the words that say whose copy it is.

    Raises:
        Invalid: they have no ``{name}``, or are too long.
    """
    cleaned = inputs.passage(dedication, "dedication", LONGEST, required=True)
    if "{name}" not in cleaned:
        raise Invalid(f"The dedication needs {{name}} where the child's name goes, as in “{DEDICATION}”", "dedication")
    return cleaned


def twice(children: Sequence[str]) -> list[str]:
    """Return the names that are there more than once."""
    return [name for name, count in Counter(children).items() if count > 1]


def _fields(typed: str) -> list[str]:
    """What stands in the column with a known heading, else everything between separators."""
    lines = typed.lstrip("\ufeff").splitlines()
    heading = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=heading.count)
    first, *rows = list(csv.reader([line for line in lines if line.strip()], delimiter=delimiter)) or [[]]
    known = [column.strip().casefold() for column in first]
    column = next((known.index(wanted) for wanted in HEADINGS if wanted in known), None)
    if column is None:
        return typed.lstrip("\ufeff").translate(str.maketrans(",;\t\r", "\n\n\n\n")).split("\n")
    return [row[column] for row in rows if column < len(row)]


def _name(number: int, typed: str) -> str:
    try:
        return inputs.name(typed, "child's name")
    except Invalid as error:
        raise Invalid(f"Name {number}, “{typed.strip()[:40]}”: {error}", "names") from None


def _notes(children: Sequence[str], by_hand: set[str]) -> list[str]:
    again, unset = twice(children), [name for name in dict.fromkeys(children) if name in by_hand]
    return [
        *([f"More than one copy, as the name is there more than once: {listed(again)}."] if again else []),
        *([f"No font here has the letters of {listed(unset)}: these copies have a line to write on."] if unset else []),
    ]
