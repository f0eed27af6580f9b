"""What people may type."""

from __future__ import annotations

import pytest

from storylib import inputs, text
from storylib.errors import Invalid


@pytest.mark.parametrize(
    "name", ["Luna", "Amélie", "李小龙", "Обама", "D'Artagnan", "Max 2", "Jean-Luc", "सीता", "Dr. Owl"]
)
def test_names_of_every_script_are_welcome(name: str) -> None:
    assert inputs.name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "x" * 41,
        "<b>Luna</b>",
        "Lu\0na",
        "{hero}",
        "Luna\u202e",
        "'; DROP TABLE users;--",
        "🦊",
        "123",
        "\ud800",
    ],
)
def test_a_name_that_is_none_is_refused_and_names_its_field(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        inputs.name(name)
    assert refused.value.field == "name"


def test_blanks_are_tidied_and_letters_composed() -> None:
    assert inputs.name("  Ame\u0301lie \n du  Bois ") == "Amélie du Bois"


def test_names_are_equal_whatever_their_case() -> None:
    assert text.key("LUNA") == text.key("luna")
    assert text.key("Straße") == text.key("STRASSE")


def test_what_no_database_takes_is_a_blank_in_a_key() -> None:
    assert text.key("Lu\0na\ud800 Fox\n") == "lu na  fox "


def test_a_line_keeps_markup_and_braces_as_they_are() -> None:
    assert inputs.line("<script>{x}</script> ' OR 1=1", "theme", 200) == "<script>{x}</script> ' OR 1=1"
