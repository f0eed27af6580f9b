"""The Story Kit: hand-written plots, drawn by code, no AI. Free, offline, and the same book for the same seed.

This is its one door: whoever is outside imports from here only. What is behind it is imported when it is needed, for
each drawing process comes through here too.
"""

from __future__ import annotations

from pathlib import Path

from storylib.kit.provider import StoryKit

__all__ = ["StoryKit", "check", "read", "sheet"]


def check() -> list[str]:
    """Return every mistake in the plots, worlds and themes, as ``file:line: problem``."""
    from storylib.kit import lint

    return lint.check()


def read(seed: int) -> str:
    """Return a whole book as text, to be read aloud; another seed, another book."""
    from storylib.kit import review

    return review.read(seed)


def sheet(path: Path) -> int:
    """Draw kinds × poses, settings × times and a row for each plot into one picture; return how many there are.

    Raises:
        Unavailable: the file cannot be written.
        ProviderError: a picture cannot be drawn.
    """
    from storylib.kit import review

    return review.sheet(path)
