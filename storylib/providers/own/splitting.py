"""A pasted text as pages. No word is changed: what is cut away is white space, and marks like ``Page 3``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from storylib.errors import Invalid
from storylib.story import reading_level
from storylib.vocabulary import MAX_PAGES, AgeBand

LONGEST_PAGE = 2000  # characters
LONGEST_TEXT = MAX_PAGES * LONGEST_PAGE
# Words on a page, as picture books for the band have them.
_ROOM: dict[AgeBand, int] = {"1-2": 8, "3-5": 35, "6-8": 60, "9-12": 100}
# A line that says that another page begins: "Page 3", "PAGE THREE:", "- 4 -", "---", "***", or a form feed.
_NUMBER = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MARK = re.compile(rf"^\s*(?:page\s+{_NUMBER}\s*[:.)]?|[-–—]\s*\d{{1,3}}\s*[-–—]|[-*_=~]{{3,}})\s*$|\f", re.I | re.M)
_NOTHING = {"\u200b", "\ufeff", "\u00ad"}  # what a word processor leaves behind, and nobody sees


def split(text: str, band: AgeBand) -> tuple[str, ...]:
    """Split a text into 1 to ``MAX_PAGES`` pages: at its own marks, else at its paragraphs, else after sentences.

    Raises:
        Invalid: it has no word, or is too long for a story; what was typed stays where it is.
    """
    text = _clean(text)
    if not any(character.isalpha() for character in text):
        raise Invalid("own.no-words", "text")
    if len(text) > LONGEST_TEXT:
        raise Invalid("own.too-long", "text", length=len(text), most=LONGEST_TEXT)
    marked = _parts(_MARK.split(text))
    pages = marked if len(marked) > 1 else _by_paragraphs(text, band)
    return _fit(pages)


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(character for character in text if character in "\n\f" or not _is_hidden(character))


def _is_hidden(character: str) -> bool:
    return character in _NOTHING or unicodedata.category(character) in ("Cc", "Cs")


def _parts(several: Sequence[str]) -> list[str]:
    """Trim the parts and drop the empty ones; line breaks inside stay."""
    lines = ("\n".join(line.strip() for line in part.strip().split("\n")) for part in several)
    return [part for part in lines if part]


def _by_paragraphs(text: str, band: AgeBand) -> list[str]:
    """Take a paragraph as a page; short ones, as in a dialogue, share one; a long one is cut after sentences."""
    room, pages = _ROOM[band], list[str]()
    paragraphs = _parts(re.split(r"\n\s*\n", text))
    if len(paragraphs) == 1 and "\n" in text:
        paragraphs = _stanzas(paragraphs[0])
    for paragraph in paragraphs:
        if pages and _words(pages[-1]) + _words(paragraph) <= room / 2:
            pages[-1] += f"\n\n{paragraph}"
        elif _words(paragraph) > 1.5 * room:
            pages += _packed(_pieces(paragraph), room)
        else:
            pages.append(paragraph)
    return pages


def _stanzas(verse: str) -> list[str]:
    """Take four lines together; a text whose lines are as long as paragraphs is no verse."""
    lines = verse.split("\n")
    step = 4 if max(map(_words, lines)) <= 14 else 1
    return ["\n".join(lines[start : start + step]) for start in range(0, len(lines), step)]


def _pieces(paragraph: str) -> list[str]:
    """Cut after sentences; one that is too long for a page, or has no full stop, between words."""
    found: list[str] = []
    for sentence in reading_level.sentences(paragraph) or [paragraph]:
        words = sentence.split(" ")
        found += [sentence] if len(words) <= 120 else [" ".join(words[i : i + 40]) for i in range(0, len(words), 40)]
    return found if "".join("".join(found).split()) == "".join(paragraph.split()) else [paragraph]


def _packed(pieces: Sequence[str], room: int) -> list[str]:
    """Share pieces evenly over as many pages as their words need."""
    sizes = [_words(piece) for piece in pieces]
    wanted = max(1, round(sum(sizes) / room))
    pages: list[list[str]] = [[] for _ in range(wanted)]
    for piece, size, end in zip(pieces, sizes, accumulate(sizes), strict=True):
        pages[min(wanted - 1, int((end - size / 2) * wanted / max(1, sum(sizes))))].append(piece)
    return [" ".join(page) for page in pages if page]


def _fit(pages: list[str]) -> tuple[str, ...]:
    """Join neighbours until there are no more pages than a story may have."""
    while len(pages) > MAX_PAGES:
        at = min(range(len(pages) - 1), key=lambda i: len(pages[i]) + len(pages[i + 1]))
        pages[at : at + 2] = [f"{pages[at]}\n\n{pages[at + 1]}"]
    if full := [number for number, page in enumerate(pages, 1) if len(page) > LONGEST_PAGE]:
        raise Invalid("own.page-too-long", "text", page=full[0], pages=len(pages), most=LONGEST_PAGE)
    return tuple(pages)


def _words(text: str) -> int:
    return len(text.split())
