"""A pasted text becomes pages, and no word of it is lost or changed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storylib.errors import Invalid
from storylib.providers.own.splitting import LONGEST_PAGE, LONGEST_TEXT, split
from storylib.vocabulary import AGE_BANDS, MAX_PAGES, AgeBand

VERSE = "\n".join(f"The cat sat on mat {n}," for n in range(12))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_an_empty_line_begins_a_page_and_line_breaks_inside_stay() -> None:
    pages = split("Mira planted a bean in the garden.\nIt was small.\n\nThen she waited for a whole long week.", "1-2")
    assert pages == ("Mira planted a bean in the garden.\nIt was small.", "Then she waited for a whole long week.")


@pytest.mark.parametrize("mark", ["Page 2", "PAGE TWO:", "---", "***", "- 2 -", "\f"])
def test_marks_between_pages_go_and_the_pages_stay(mark: str) -> None:
    assert split(f"A bean.\n\nIt slept.\n{mark}\nIt grew.", "3-5") == ("A bean.\n\nIt slept.", "It grew.")


def test_a_sentence_that_speaks_of_a_page_is_no_mark() -> None:
    assert split("Page 3 of the atlas was torn.", "3-5") == ("Page 3 of the atlas was torn.",)


def test_four_lines_of_verse_share_a_page() -> None:
    assert [page.count("\n") for page in split(VERSE, "6-8")] == [3, 3, 3]


def test_the_short_paragraphs_of_a_dialogue_share_pages() -> None:
    pages = split("\n\n".join(f"“No,” said Tam, {n}." for n in range(16)), "3-5")
    assert 4 <= len(pages) <= 8


@pytest.mark.parametrize("band", AGE_BANDS)
def test_one_long_paragraph_is_cut_after_sentences(band: AgeBand) -> None:
    pages = split("The bear went over the mountain to see what he could see. " * 30, band)
    assert len(pages) > 3
    assert all(page.endswith("see.") for page in pages)


def test_a_text_without_full_stops_is_cut_between_words() -> None:
    pages = split("and then we went on " * 120, "3-5")
    assert 2 <= len(pages) <= MAX_PAGES
    assert " ".join(pages).split() == ("and then we went on " * 120).split()


def test_three_hundred_pages_become_as_many_as_a_story_may_have() -> None:
    text = "\n\n".join(f"This is page {n} of our class book, and on it we say something." for n in range(300))
    pages = split(text, "3-5")
    assert len(pages) == MAX_PAGES
    assert squeezed("".join(pages)) == squeezed(text)


@pytest.mark.parametrize("text", ["", "  \n ", "12 + 30", "\u200b", "…!?"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="Type or paste your story first"):
        split(text, "3-5")


def test_a_megabyte_is_refused_with_its_length_and_nothing_is_cut() -> None:
    with pytest.raises(Invalid, match=rf"1,000,000 characters, and a story may have up to {LONGEST_TEXT:,} characters"):
        split("a " * 500_000, "3-5")


def test_a_page_that_is_too_long_for_a_picture_book_is_named() -> None:
    text = "\n---\n".join(["One.", "word " * (LONGEST_PAGE // 4)])
    with pytest.raises(Invalid, match="Page 2 of 2 would have more than 2,000 characters"):
        split(text, "3-5")


@given(st.text(alphabet=st.sampled_from("aB é.!?,“”\n\t 9ß漢ع\u200b\x00"), max_size=600), st.sampled_from(AGE_BANDS))
def test_whatever_is_pasted_every_letter_is_kept_in_its_place(text: str, band: AgeBand) -> None:
    try:
        pages = split(text, band)
    except Invalid:
        return
    assert 1 <= len(pages) <= MAX_PAGES
    assert all(page.strip() == page and page for page in pages)
    assert squeezed("".join(pages)) == re.sub(r"[\u200b\x00\s]", "", text)
