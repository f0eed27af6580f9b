"""Parts of an answer are known as soon as they are complete."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storylib.providers.openai.json_reader import AFRESH, JsonReader, whole_object

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
    """What is told in the end, piece by piece."""
    reader, heard = JsonReader(), list[tuple[str, object]]()
    for at in range(0, len(text), size):
        for name, value in reader.feed(text[at : at + size]):
            heard = [] if name == AFRESH else [*heard, (name, value)]
    return heard


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


def test_what_is_no_json_is_read_as_far_as_it_goes() -> None:
    assert told('{"count": 3, "title": Fox, "words": []}') == [("count", 3)]


THOUGHTS = [
    'I answer like {"title": "Draft"}.\n</think>\n',
    'A { and a " and {"title": Fox}</think>',
    "<thinking>{</thinking>",
    '[THINK]{"pages": [{"number": 9}]}[/THINK]',
    "<|channel|>analysis<|message|>{<|end|><|start|>assistant<|channel|>final<|message|>",
    "{\n\n",
    "{ {",
]


@pytest.mark.parametrize("size", [1, 5, 10_000])
@pytest.mark.parametrize("before", THOUGHTS)
def test_thoughts_and_false_starts_are_forgotten_however_they_are_marked(before: str, size: int) -> None:
    said = before + json.dumps(STORY) + "\n\n  "
    assert told(said, size) == EXPECTED
    assert whole_object(said) == STORY


@pytest.mark.parametrize(
    "said", ["{" * 100_000, '{"a": ' + "[" * 100_000, "{" + "[" * 50_000 + "]" * 50_000, "}", '{"']
)
def test_nonsense_is_no_object_and_no_crash(said: str) -> None:
    assert told(said, 10_000) == []
    assert whole_object(said) is None


@pytest.mark.parametrize("words", [" on and", ' \\"on\\"', " \\n\\n"])
def test_fifteen_thousand_tokens_of_one_endless_string_take_little_time(words: str) -> None:
    reader, began = JsonReader(), time.process_time()
    list(reader.feed('{"title": "A", "cover": {"setting": "'))
    for _ in range(15_000):
        assert list(reader.feed(words)) == []
    assert time.process_time() - began < 0.3  # seconds


def test_fifteen_thousand_tokens_of_a_long_book_take_little_time() -> None:
    page = {"number": 1, "text": "word " * 400, "scene": {"cast": [{"name": "A"}] * 5}}
    said = json.dumps({"title": "A", "pages": [page] * 30})
    reader, began, pages = JsonReader(), time.process_time(), 0
    for at in range(0, len(said), 4):
        pages += sum(name == "pages" for name, _ in reader.feed(said[at : at + 4]))
    assert (pages, len(said) // 4 > 15_000) == (30, True)
    assert time.process_time() - began < 0.3  # seconds


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
