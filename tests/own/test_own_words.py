"""A story in a teacher's own words, from the brief to the book."""

from __future__ import annotations

from pathlib import Path

import pytest

from storylib.commands.make import folder
from storylib.errors import ProviderError
from storylib.generation import books
from storylib.providers import catalog
from storylib.providers.own.writer import OwnWriter
from storylib.story import Brief, CharacterSpec, Opening, PageDraft

MIRA = CharacterSpec(name="Mira", kind="child", pronouns="she")
TAM = CharacterSpec(name="Tam", kind="fox", pronouns="he")
TEXT = ("Mira went to the beach.", "She found a shell.", "It was raining.")
OWN = Brief(characters=(MIRA, TAM), provider="own", text=TEXT, title="A shell", pages=3, seed=4)


def test_the_words_are_handed_over_as_they_are() -> None:
    opening, *pages = OwnWriter().write(OWN)
    assert isinstance(opening, Opening)
    assert opening.title == "A shell"
    assert tuple(page.text for page in pages if isinstance(page, PageDraft)) == TEXT
    assert {page.scene.setting for page in pages if isinstance(page, PageDraft)} == {"beach"}


def test_what_is_written_already_is_left_out() -> None:
    parts = list(OwnWriter().write(OWN))
    assert list(OwnWriter().write(OWN, parts[:3])) == parts[3:]


def test_nobody_rewrites_them() -> None:
    page = next(part for part in OwnWriter().write(OWN) if isinstance(part, PageDraft))
    with pytest.raises(ProviderError, match="nobody rewrites them"):
        OwnWriter().rewrite(OWN, page, "too long")


def test_before_the_click_each_picture_is_told_and_who_is_missing() -> None:
    told = catalog.provider("own").preview(OWN)
    assert told.title == "A shell"
    assert told.pictures[0] == "Mira walks on the beach."
    assert told.notes[-1] == "Tam is not in your text, and so in no picture."
    assert told.theme
    assert told.theme.treatment == "about"


def test_it_is_offered_to_write_and_not_to_draw() -> None:
    assert "own" in catalog.offered()
    assert "own" not in catalog.illustrators()
    assert OWN.illustrator == "kit"


def test_a_brief_without_own_words_is_written_down_as_before_there_were_any() -> None:
    assert not {"text", "title"} & set(Brief(characters=(MIRA,)).model_dump(mode="json"))
    assert Brief.model_validate(OWN.model_dump(mode="json")) == OWN


def test_a_book_is_made_of_a_text_in_a_file(tmp_path: Path) -> None:
    brief = tmp_path / "brief.yaml"
    brief.write_text("characters: [{name: Mira, kind: child}]\nseed: 3\ntext: |\n  Mira ran.\n  ---\n  Mira slept.\n")
    book = books.make_book(folder.read_brief(brief))
    assert [page.text for page in book.pages] == ["Mira ran.", "Mira slept."]
    assert books.document(book).theme.treatment == "about"
    assert len(book.pictures) == 2
