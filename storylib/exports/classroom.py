"""What a teacher takes to class beside the book: a guide, a script for reading aloud in parts, cards, large print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

from storylib.errors import Invalid
from storylib.exports.book import Book, Items
from storylib.exports.layout import SCREEN, Layout
from storylib.exports.picture_book import PROVENANCE, file_name, set_sheets, sheets
from storylib.exports.theatre import NARRATOR, script
from storylib.exports.typesetting import Template, Typeset, typeset

LARGE = Layout(shape="a4", scale=1.3, paper=None, press=True)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Part = tuple[str, Items]


def guide(book: Book) -> Typeset:
    """Set a guide: before, while and after reading, with answers to expect.

    Raises:
        Unavailable: as ``typeset``.
    """
    about = f"A guide for reading it with a class. Ages {book.age_band.replace('-', '–')}, {len(book.pages)} pages."
    after = tuple((f"{number}.", f"{question}\nExpect: {answer}" if answer else question)
                  for number, (question, answer) in enumerate(book.questions, 1))  # fmt: skip
    parts = [
        ("Before reading", tuple(_before(book))),
        ("While reading", tuple(_during(book))),
        ("After reading", after),
    ]
    return _handout(book, about, [*parts, (PROVENANCE, book.provenance)], terms=24)


def theatre(book: Book) -> Typeset:
    """Set a script: each line with who reads it.

    Raises:
        Unavailable: as ``typeset``.
    """
    told = [(f"Page {leaf.number}", tuple(script(leaf.text, book.cast))) for leaf in book.pages]
    parts = dict.fromkeys([NARRATOR, *(who for _, lines in told for who, _ in lines)])
    return _handout(
        book, f"Reader’s theatre. Parts: {', '.join(parts)}.", [*told, (PROVENANCE, book.provenance)], terms=34
    )


def cards(book: Book) -> Typeset:
    """Set the pages' pictures as cards that are to be put in order; the key is on the last page.

    Raises:
        Invalid: fewer than two pages have a picture.
        Unavailable: as ``typeset``.
    """
    drawn = [leaf for leaf in book.pages if leaf.picture]
    if len(drawn) < 2:
        raise Invalid("This book has fewer than two pictures, so there is nothing to put in order.")
    mixed = sorted(drawn, key=lambda leaf: sha256(f"{book.title}{leaf.number}".encode()).digest())
    letters = dict(zip((leaf.number for leaf in mixed), LETTERS, strict=False))
    facts = {
        "heading": f"{book.title}: what comes first?", "key": "In this order",
        "cards": [{"letter": letters[leaf.number], "picture": file_name(leaf), "alt": leaf.alt} for leaf in mixed],
        "answers": [(letters[leaf.number], leaf.text.split("\n")[0]) for leaf in drawn],
    }  # fmt: skip
    return _typeset("cards", book, facts, {file_name(leaf): leaf.picture for leaf in drawn if leaf.picture})


def large_print(book: Book) -> Typeset:
    """Set a book on A4, black on white: each page's words on a sheet of their own behind its picture.

    Raises:
        Unavailable: as ``typeset``.
    """
    apart = [half for leaf in book.pages for half in (replace(leaf, text=""), replace(leaf, picture=None))]
    parted = replace(book, pages=tuple(half for half in apart if half.text or half.picture))
    return set_sheets(parted, LARGE, sheets(parted, LARGE))


def wordless(book: Book) -> Typeset:
    """Set a book of pictures only, for a class to tell.

    Raises:
        Unavailable: as ``typeset``.
    """
    return _silent(book, SCREEN)


def colouring(book: Book) -> Typeset:
    """Set a book whose pictures are lines: one on each sheet, to be coloured in.

    Raises:
        Unavailable: as ``typeset``.
    """
    return _silent(book, Layout(shape="a4", paper=None, press=True))


def _silent(book: Book, layout: Layout) -> Typeset:
    silent = replace(book, pages=tuple(replace(leaf, text="") for leaf in book.pages if leaf.picture))
    return set_sheets(silent, layout, sheets(silent, layout))


def _before(book: Book) -> Iterator[tuple[str, str]]:
    yield "Cover", f"Show the cover and read the title, “{book.title}”. What might happen in this book? Who is on it?"
    yield from book.words


def _during(book: Book) -> Iterator[tuple[str, str]]:
    """Words to know at the page where each comes first, and two places to stop and guess."""
    stops = {leaf.number for leaf in book.pages[len(book.pages) // 3 - 1 :: max(len(book.pages) // 3, 1)][:2]}
    new = list(book.words)
    for leaf in book.pages:
        here = [item for item in new if re.search(rf"\b{re.escape(item[0])}", leaf.text, re.IGNORECASE)]
        new = [item for item in new if item not in here]
        said = [f"New word: {word}." for word, _ in here]
        if leaf.number in stops and leaf is not book.pages[-1]:
            said.append("Stop before you turn the page. What do you think happens next? Why?")
        if said:
            yield f"Page {leaf.number}", " ".join(said)


def _handout(book: Book, subtitle: str, parts: Iterable[Part], terms: float) -> Typeset:
    """``terms``: millimetres for the first column."""
    told = [{"heading": heading, "items": items} for heading, items in parts if items]
    return _typeset("handout", book, {"heading": book.title, "subtitle": subtitle, "parts": told, "terms": terms}, {})


def _typeset(template: Template, book: Book, facts: dict[str, Any], pictures: dict[str, bytes]) -> Typeset:
    common = {"title": book.title, "author": "Storylib", "language": book.language, "sheet": "a4",
              "description": " ".join(said for _, said in book.provenance)}  # fmt: skip
    return typeset(template, common | facts, pictures)
