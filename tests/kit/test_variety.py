"""Books of one plot in one world: they open differently, and few of their sentences are the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from random import Random

import pytest

from storylib import vocabulary as v
from storylib.kit.choosing import Choice
from storylib.kit.composer import Book
from storylib.kit.plot import load_plot, load_world, plot_names, world_names
from storylib.kit.template import COLUMNS, WORDS, Chooser
from storylib.kit.themes import Understood
from storylib.story import Brief, CharacterSpec, reading_level

CLASS = 20  # books of one plot in one world that one class may read
RARELY, MOST = 0.025, 0.65  # how often two books share more than half, and what they never share
LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=("shy",))
AGREEMENTS = (1, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6, 7, 7, 7, 8)  # at most, in that many choices


def shelf(plot: str, world: v.World, band: v.AgeBand, seed: int = 0) -> Iterator[list[str]]:
    """The page texts of books that differ by their seeds only."""
    choice = Choice(load_plot(plot), load_world(world), Understood((), ()), moral=True)
    for n in range(seed, seed + CLASS):
        book = Book(Brief(characters=(LUNA,), age_band=band, world=world, pages=10, seed=n), choice)
        book.opening()
        yield [page.text for page in book.pages()]


@pytest.mark.parametrize("nth", range(len(plot_names())))
def test_books_of_one_plot_and_world_open_differently_and_share_few_sentences(nth: int) -> None:
    """The opening line is what stands in the first two sentences ("Zip, zip! All the forest has a yo-yo.")."""
    shares: dict[v.AgeBand, list[float]] = {}
    for i, band in enumerate(v.AGE_BANDS):
        world = world_names()[(nth + 2 * i) % len(world_names())]
        books = list(shelf(plot_names()[nth], world, band))
        openings = [" ".join(reading_level.sentences(texts[0])[:2]) for texts in books]
        repeated = sorted({line for line in openings if openings.count(line) > 1})
        assert not repeated, (world, band, repeated)
        told = [{s for text in texts for s in reading_level.sentences(text)} for texts in books]
        shares[band] = [len(a & b) / min(len(a), len(b)) for a, b in combinations(told, 2)]
    for band, found in shares.items():
        assert sum(found) / len(found) < 0.36, band
        assert sum(share > 0.5 for share in found) <= len(found) * RARELY, (band, max(found))
        assert max(found) < MOST, band


def test_of_twenty_books_in_a_row_no_two_make_half_of_their_choices_alike() -> None:
    words = [[_hand(seed, nth) for nth in range(len(COLUMNS))] for seed in range(WORDS)]
    for seed, distance in product(range(WORDS), range(1, CLASS)):
        alike = [a == b for a, b in zip(words[seed], words[(seed + distance) % WORDS], strict=True)]
        assert all(sum(alike[: n + 1]) <= most for n, most in enumerate(AGREEMENTS)), (seed, distance)


def _hand(seed: int, nth: int) -> int:
    return sum(int(digit) * (seed // 3**i) for i, digit in enumerate(COLUMNS[nth])) % 3


def test_more_than_three_options_are_all_told_sometimes() -> None:
    for count in range(1, 8):
        told = {Chooser(Random(0), seed).apart(range(count), 4) for seed in range(80)}
        assert told == set(range(count))


def test_books_far_apart_differ_as_well() -> None:
    near, far = (Chooser(Random(0), seed) for seed in (5, 5 + WORDS))
    alike = [near.apart(range(3), nth) == far.apart(range(3), nth) for nth in range(len(COLUMNS))]
    assert sum(alike) < len(COLUMNS) * 2 / 3
