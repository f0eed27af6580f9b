"""Which beats stand on which page, for exactly the pages that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from storylib.providers.kit.plot import Beat, Staging
from storylib.vocabulary import AgeBand

CHANGE_OF_PLACE = 4  # what it costs to put two places on one page, in weights
CROWDED = 20  # and to put more on a page than it holds, since then a beat is left out


@dataclass(frozen=True)
class Piece:
    """A beat, or the first or second half of one."""

    beat: Beat
    half: Literal[0, 1] | None = None

    @property
    def scene(self) -> Staging:
        """The scene of this half."""
        return self.beat.then if self.half == 1 and self.beat.then else self.beat.scene


Sheet = tuple[Piece, ...]  # what stands on one page


@dataclass(frozen=True)
class Room:
    """About how many words each beat takes, by its id, and how many a page may hold."""

    words: dict[str, int]
    full: int


def plan(beats: Sequence[Beat], pages: int, band: AgeBand, room: Room, rng: Random) -> list[Sheet]:
    """Beats for each of ``pages`` pages, in order.

    Few pages: core beats share a page (for the youngest, who get one sentence a page, the lightest are left out).
    Many pages: optional beats join by weight, then beats with two scenes are told over a page turn.

    Raises:
        ValueError: the plot has too little to tell for so many pages.
    """
    chosen = _choose(beats, pages, rng)
    if len(chosen) > pages:
        return _lightest_left_out(chosen, pages) if band == "1-2" else _merged(chosen, pages, room)
    return [(piece,) for piece in _split(chosen, pages)]


def _choose(beats: Sequence[Beat], pages: int, rng: Random) -> list[Beat]:
    core = [b for b in beats if not b.optional]
    extra = sorted((b for b in beats if b.optional), key=lambda b: (-b.weight, rng.random()))
    names = {b.id for b in core + extra[: max(0, pages - len(core))]}
    return [b for b in beats if b.id in names]


def _split(beats: list[Beat], pages: int) -> list[Piece]:
    two_scenes = sorted((b for b in beats if b.then), key=lambda b: -b.weight)
    missing = pages - len(beats)
    if missing > len(two_scenes):
        raise ValueError(f"{len(beats)} beats, {len(two_scenes)} of them for two pages, cannot fill {pages} pages")
    split = {b.id for b in two_scenes[:missing]}
    return [p for b in beats for p in ((Piece(b, 0), Piece(b, 1)) if b.id in split else (Piece(b),))]


def _lightest_left_out(beats: list[Beat], pages: int) -> list[Sheet]:
    keep = {b.id for b in sorted(beats, key=lambda b: -b.weight)[:pages]}
    return [(Piece(b),) for b in beats if b.id in keep]


def _merged(beats: list[Beat], pages: int, room: Room) -> list[Sheet]:
    groups: list[Sheet] = [(Piece(b),) for b in beats]
    while len(groups) > pages:
        i = min(range(len(groups) - 1), key=lambda i: _cost(groups[i], groups[i + 1], room))
        groups[i : i + 2] = [groups[i] + groups[i + 1]]
    return groups


def _cost(first: Sheet, second: Sheet, room: Room) -> float:
    """What is lost when these share a page, in weights of beats."""
    together = first + second
    weight = sum(piece.beat.weight for piece in together) + 3 * (len(together) - 2)
    moved = first[-1].scene.at != second[0].scene.at
    crowded = sum(room.words[piece.beat.id] for piece in together) > room.full
    return weight + CHANGE_OF_PLACE * moved + CROWDED * crowded
