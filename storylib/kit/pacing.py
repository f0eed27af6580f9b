"""Which beats stand on which page, for exactly the pages that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Literal

from storylib.kit.plot import Beat, Staging
from storylib.vocabulary import AgeBand

CHANGE_OF_PLACE = 4  # what it costs to put two places on one page, in weights
FULLNESS = 8  # and a page as full as can be, so that the words are spread over the book


@dataclass(frozen=True)
class Piece:
    """A beat, or the first or second half of one."""

    beat: Beat
    half: Literal[0, 1] | None = None

    @property
    def scene(self) -> Staging:
        """The scene of this half; of a whole beat the one in which more of its people are seen."""
        first, second = self.beat.scene, self.beat.then
        if second is None or self.half == 0:
            return first
        return second if self.half == 1 or len(second.cast) > len(first.cast) else first


Sheet = tuple[Piece, ...]  # what stands on one page


@dataclass(frozen=True)
class Room:
    """About how many words each beat takes, by its id, and how many a page may hold."""

    words: dict[str, int]
    full: int


def plan(beats: Sequence[Beat], pages: int, band: AgeBand, room: Room, rng: Random) -> list[Sheet]:
    """Beats for each of ``pages`` pages, in order.

    Few pages: core beats share a page, and the lightest are left out where the pages cannot hold them all (for the
    youngest, who get one sentence a page, as many as there are too many).
    Many pages: optional beats join by weight, then beats with two scenes are told over a page turn.

    Raises:
        ValueError: the plot has too little to tell for so many pages.
    """
    chosen = _choose(beats, pages, rng)
    if len(chosen) > pages:
        return _lightest_left_out(chosen, pages) if band == "1-2" else _shared(chosen, pages, room)
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


def _shared(beats: list[Beat], pages: int, room: Room) -> list[Sheet]:
    """The heaviest beats that fit on the pages, where less is lost than in any other way to part them."""
    left = list(beats)
    while len(left) > pages:
        if found := _parted(tuple(left), pages, room):
            return found
        left.remove(min(left[1:], key=lambda beat: beat.weight))  # without its beginning no story is understood
    return [(Piece(beat),) for beat in left]


def _parted(beats: tuple[Beat, ...], pages: int, room: Room) -> list[Sheet] | None:
    """The beats in ``pages`` groups at the least cost, by dynamic programming; None where a page would overflow."""
    best: list[tuple[float, list[Sheet]] | None] = [(0.0, []), *[None] * len(beats)]  # for the first n beats
    for _ in range(pages):
        best = [_cheapest(best, beats, end, room) for end in range(len(beats) + 1)]
    return best[-1][1] if best[-1] else None


def _cheapest(
    best: list[tuple[float, list[Sheet]] | None], beats: tuple[Beat, ...], end: int, room: Room
) -> tuple[float, list[Sheet]] | None:
    """The first ``end`` beats with one page more than ``best`` has."""
    ways = []
    for start in range(end):
        cost, before = _cost(beats[start:end], room), best[start]
        if before and cost is not None:
            ways.append((before[0] + cost, [*before[1], tuple(Piece(beat) for beat in beats[start:end])]))
    return min(ways, key=lambda way: way[0], default=None)


def _cost(together: tuple[Beat, ...], room: Room) -> float | None:
    """What is lost when these share a page, in weights of beats: all but one go without their picture."""
    words = sum(room.words[beat.id] for beat in together)
    if words > room.full and len(together) > 1:
        return None
    unseen = sum(beat.weight for beat in together) - max(beat.weight for beat in together)
    moves = sum(a.scene.at != b.scene.at for a, b in pairwise(together))
    return unseen + CHANGE_OF_PLACE * moves + FULLNESS * (words / room.full) ** 2
