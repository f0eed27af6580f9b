"""The Story Kit: hand-written plots, drawn by code, no AI. Free, offline, and the same book for the same seed.

This is its one door: whoever is outside imports from here only. What is behind it is imported when it is needed, for
each drawing process comes through here too.
"""

from __future__ import annotations

from pathlib import Path

from storylib.kit.provider import StoryKit
from storylib.vocabulary import AgeBand

__all__ = ["StoryKit", "check", "new_pack", "read", "read_pack", "sheet"]


def check(packs: Path | None = None) -> list[str]:
    """Return every mistake in the plots, worlds, themes and packs, as ``file:line: problem``.

    ``packs`` is a folder with packs beside the Kit's own.
    """
    from storylib.kit import lint

    return lint.check(packs)


def new_pack(folder: Path, name: str) -> Path:
    """Write a commented theme pack to be filled in, and return its path.

    Raises:
        Invalid: the name cannot be one, or there is a pack of this name.
        Unavailable: the file cannot be written.
    """
    from storylib.kit import skeleton

    return skeleton.new_pack(folder, name)


def read_pack(packs: Path, name: str, band: AgeBand, pages: int, seed: int) -> str:
    """Return a whole book of a theme pack as text; of the Kit's own, or of the folder ``packs``.

    Raises:
        Invalid: there is no such pack, it has mistakes, or it is not for the band.
    """
    from storylib.kit import review

    return review.read_pack(packs, name, band, pages, seed)


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
