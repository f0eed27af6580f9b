"""Making a story: write → review → draw → keep → settle.

Each step can be repeated after a crash and goes on where it stopped: what is in the database is never made again.
No session is open while a provider works.
"""

from storylib.production.books import Book, make_book
from storylib.production.checking import review
from storylib.production.drawing import COVER, draw, keep, settle
from storylib.production.portraits import make_portrait
from storylib.production.writing import break_off, is_written, write

__all__ = [
    "COVER",
    "Book",
    "break_off",
    "draw",
    "is_written",
    "keep",
    "make_book",
    "make_portrait",
    "review",
    "settle",
    "write",
]
