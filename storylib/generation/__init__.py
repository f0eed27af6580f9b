"""Making a story: write → review → draw → inspect → keep → compare → settle.

Each step can be repeated after a crash and goes on where it stopped: what is in the database is never made again.
No session is open while a provider works.
"""

from storylib.generation.books import Book, make_book
from storylib.generation.drawing import COVER, draw, keep, settle
from storylib.generation.image_checks import compare, inspect, inspect_candidate
from storylib.generation.portrait_drawing import (
    CandidateKey,
    draw_candidate,
    give_up_candidate,
    keep_candidate,
    make_portrait,
)
from storylib.generation.text_checks import recheck, review
from storylib.generation.writing import break_off, is_written, write

__all__ = [
    "COVER",
    "Book",
    "CandidateKey",
    "break_off",
    "compare",
    "draw",
    "draw_candidate",
    "give_up_candidate",
    "inspect",
    "inspect_candidate",
    "is_written",
    "keep",
    "keep_candidate",
    "make_book",
    "make_portrait",
    "recheck",
    "review",
    "settle",
    "write",
]
