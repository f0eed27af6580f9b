"""Parts of an answer are known as soon as they are complete."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storylib.providers.openai.json_reader import JsonReader

STORY = {
    "title": 'The "Lost" Lantern, {really}',
    "supporting": [],
    "cover": {"setting": "forest", "cast": [{"name": "A"}], "props": ["x", "y"]},
    "pages": [{"number": 1, "text": "Brr…\n“[Hi]”"}, {"number": 2, "text": "a\\b"}],
    "count": 3,
    "words": [],
    "last": None,
}


def told(text: str, size: int = 1) -> list[tuple[str, object]]:
    reader = JsonReader()
    return [pair for at in range(0, len(text), size) for pair in reader.feed(text[at : at + size])]


EXPECTED = [
    ("title", STORY["title"]),
    ("cover", STORY["cover"]),
    ("pages", STORY["pages"][0]),  # type: ignore[index]
    ("pages", STORY["pages"][1]),  # type: ignore[index]
    ("count", 3),
    ("last", None),
]


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_every_part_is_told_once_and_in_order(size: int, indent: int | None) -> None:
    assert told(json.dumps(STORY, indent=indent), size) == EXPECTED


def test_a_page_is_told_with_its_last_brace() -> None:
    reader = JsonReader()
    head, tail = '{"pages": [{"number": 1, "scene": {"a": []}', "}"
    assert list(reader.feed(head)) == []
    assert list(reader.feed(tail)) == [("pages", {"number": 1, "scene": {"a": []}})]
    assert not reader.done


def test_it_knows_what_is_complete() -> None:
    reader = JsonReader()
    list(reader.feed('{"supporting": [{"a": 1}], "pages": [{}'))
    assert reader.closed == {"supporting"}
    list(reader.feed("]}"))
    assert reader.done


@pytest.mark.parametrize(
    "before",
    ["```json\n", "Here is the story:\n", '<think>maybe {"title": 1}?</think>\n', "\ufeff"],
)
def test_what_stands_around_the_object_is_left_out(before: str) -> None:
    assert told(before + json.dumps(STORY) + "\n```\n{}", 3) == EXPECTED


def test_a_line_break_inside_a_string_is_forgiven() -> None:
    assert told('{"text": "one\ntwo"}') == [("text", "one\ntwo")]


def test_no_json_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        told('{"title": Fox}')


def test_an_answer_without_an_object_tells_nothing() -> None:
    assert told("I cannot do that.") == []


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1),
        st.one_of(st.text(), st.integers(), st.none(), st.dictionaries(st.text(), st.text()), st.booleans()),
        max_size=5,
    ),
    st.integers(min_value=1, max_value=9),
)
def test_any_object_is_read_as_the_library_reads_it(value: dict[str, object], size: int) -> None:
    assert dict(told(json.dumps(value, ensure_ascii=False), size)) == value
