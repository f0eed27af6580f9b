"""Pages on which several beats meet, as in short books: one refrain, and a picture that is true to the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from storylib import vocabulary as v
from storylib.kit import grammar
from storylib.kit.choosing import Choice
from storylib.kit.composer import Book
from storylib.kit.pacing import Piece
from storylib.kit.plot import Staging, load_plot, load_world, plot_names, world_names
from storylib.kit.themes import Understood
from storylib.story import Brief, CharacterSpec, PageDraft, Scene

LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=("shy",))
BANDS: tuple[v.AgeBand, ...] = ("3-5", "6-8", "9-12")  # the youngest have one beat a page

Merged = tuple[Book, list[Piece], PageDraft]


def merged(pages: tuple[int, ...] = (4, 6)) -> Iterator[Merged]:
    """Every page with several beats, in short books of every plot and band; worlds in turn."""
    for seed, (name, band, count) in enumerate(product(plot_names(), BANDS, pages)):
        world = load_world(world_names()[seed % len(world_names())])
        choice = Choice(load_plot(name), world, Understood((), ()), moral=True)
        book = Book(Brief(characters=(LUNA,), age_band=band, pages=count, seed=seed), choice)
        book.opening()
        for page, spec in zip(book.pages(), book.plan, strict=True):
            if len(spec) > 1:
                yield book, list(spec), page


@pytest.fixture(scope="module")
def found() -> list[Merged]:
    return list(merged())


def named(scene: Scene, text: str) -> bool:
    """Whether the text names everybody who is seen."""
    return all(actor.name in text for actor in scene.cast)


def test_there_are_many(found: list[Merged]) -> None:
    assert len(found) > 100


def test_a_refrain_is_heard_once_on_a_page(found: list[Merged]) -> None:
    for book, _, page in found:
        assert page.text.count(grammar.typeset(book.telling.say(book.telling.refrain))) <= 1, page.text


def test_the_picture_is_that_of_one_of_its_beats(found: list[Merged]) -> None:
    """Who is there, in which pose, where and with what: all from the same beat."""
    for book, spec, page in found:
        assert any(_is_of(book, piece.scene, page.scene) for piece in spec), page.alt


def _is_of(book: Book, staging: Staging, scene: Scene) -> bool:
    cast = [
        (book.cast[role].spec.name, pose, book.telling.things[held[0]].prop if held else None)
        for role, pose, _, *held in (spec.split() for spec in staging.cast)
    ]
    at = book.choice.world.places[staging.at].setting
    return at == scene.setting and cast == [(actor.name, actor.pose, actor.holds) for actor in scene.cast]


def test_nine_pictures_in_ten_show_only_people_whom_the_page_names(found: list[Merged]) -> None:
    """The others are of beats that tell of "everybody", or whose people were named on the page before."""
    unnamed = [page.text for _, _, page in found if not named(page.scene, page.text)]
    assert len(unnamed) <= len(found) * 0.1, unnamed
