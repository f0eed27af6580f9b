"""Slides for a board: each page's picture beside its words, which stay text that a teacher can change."""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import Any
from zipfile import ZipFile

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from storylib.exports.archives import ALWAYS, archive
from storylib.exports.book import Book, Leaf
from storylib.exports.picture_book import PROVENANCE

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)  # 16:9
MARGIN = Inches(0.45)
SHOWN = Inches(7.9), Inches(5.267)  # the picture, 3:2
INK, PAPER = map(RGBColor.from_string, ("2B2118", "FFFAF0"))
BLANK = 6  # of the standard template's layouts


def slides(book: Book) -> bytes:
    """Return a book as PowerPoint slides. The same book gives the same bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    facts = deck.core_properties
    facts.title, facts.author, facts.language, facts.last_modified_by = (
        book.title,
        "Storylib",
        book.language,
        "Storylib",
    )
    facts.created = facts.modified = datetime(*ALWAYS)
    for leaf in book.leaves:
        _slide(deck, book, leaf)
    made = [f"{term}: {said}" for term, said in book.provenance]
    _words(_added(deck, PROVENANCE), [PROVENANCE, *made], (MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN), 20)
    return _repacked(deck)


def _added(deck: Any, name: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = PAPER
    slide.name = name
    return slide


def _slide(deck: Any, book: Book, leaf: Leaf) -> None:
    slide = _added(deck, f"Page {leaf.number}" if leaf.number else book.title)
    left = int(MARGIN)
    if leaf.picture:
        shape = slide.shapes.add_picture(io.BytesIO(leaf.picture), MARGIN, (HEIGHT - SHOWN[1]) // 2, *SHOWN)
        shape._element._nvXxPr.cNvPr.set("descr", leaf.alt)
        left = 2 * MARGIN + SHOWN[0]
    lines = [line for line in leaf.text.split("\n") if line.strip()]
    _words(slide, lines, (left, MARGIN, WIDTH - left - MARGIN, HEIGHT - 2 * MARGIN), _points(leaf))


def _points(leaf: Leaf) -> float:
    """The type in which the words fill the column at most: 4.1 by 6.6 inches, 72 points each."""
    if not leaf.number:
        return 44
    column = (295 if leaf.picture else 890) * 475
    return float(max(9, min(28, math.sqrt(column / (0.55 * 1.35 * max(len(leaf.text), 1))))))


def _words(slide: Any, lines: list[str], box: tuple[int, int, int, int], points: float) -> None:
    frame = slide.shapes.add_textbox(*map(Emu, box)).text_frame
    frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, MSO_ANCHOR.MIDDLE
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.line_spacing, paragraph.space_after = PP_ALIGN.LEFT, 1.15, Pt(8)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.name, run.font.color.rgb = Pt(round(points)), "Andika", INK


def _repacked(deck: Any) -> bytes:
    """Write it with fixed dates: the library writes the time into its ZIP."""
    buffer = io.BytesIO()
    deck.save(buffer)
    with ZipFile(buffer) as pack:
        return archive({name: pack.read(name) for name in pack.namelist()})
