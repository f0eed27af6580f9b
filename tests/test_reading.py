"""The measure of reading level against texts whose level is known."""

from __future__ import annotations

import pytest

from storylib import reading

BOARD = "Night-night, dark."
PICTURE = "It is dark. Shhh. What is that? Is it a ghost? Luna peeks."
CHAPTER = (
    "At bedtime nobody put a chair against the door. The blanket stayed down by her tummy, where blankets belong. "
    "Good night, dark, she said, and outside something went past on soft feet, and it did not sound scary now, but "
    "like somebody on the way home."
)
ACADEMIC = (
    "Notwithstanding considerable methodological heterogeneity, longitudinal investigations consistently demonstrate "
    "statistically significant associations between vocabulary acquisition and subsequent educational attainment. "
    "Contemporary interpretations nevertheless emphasise multidimensional environmental determinants."
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Whoo... whoo! Who is there?", 2),
        ("“Stop!” said Hoot. “No!”", 2),
        ("Pfff! The light goes out.", 2),
        ("", 0),
        ("...", 0),
    ],
)
def test_sentences_are_counted_as_a_child_hears_them(text: str, count: int) -> None:
    assert len(reading.sentences(text)) == count


def test_words_with_hyphens_and_apostrophes_are_one_word() -> None:
    assert reading.words("Don’t tip-toe, it's “dark”!") == ["Don’t", "tip-toe", "it's", "dark"]


def test_the_grade_is_flesch_kincaid() -> None:
    level = reading.measure("The cat sat on the mat. The dog sat too.", "3-5")
    assert (level.total_words, level.sentences, level.syllables) == (10, 2, 10)
    assert level.grade == round(0.39 * 5 + 11.8 * 1 - 15.59, 1)


def test_harder_texts_measure_higher() -> None:
    grades = [reading.measure(text, "6-8").grade for text in (PICTURE, CHAPTER, ACADEMIC)]
    assert grades == sorted(grades)
    assert grades[0] < 2 < grades[1] < 8 < grades[2]


def test_each_text_suits_its_own_band() -> None:
    assert reading.inside(reading.measure(BOARD, "1-2"), "1-2")
    assert reading.inside(reading.measure(PICTURE, "3-5"), "3-5")
    assert reading.inside(reading.measure(CHAPTER, "6-8"), "6-8")


def test_a_text_outside_the_band_says_why() -> None:
    assert not reading.inside(reading.measure(CHAPTER, "1-2"), "1-2")
    reasons = reading.outside(reading.measure(CHAPTER, "1-2"), "1-2")
    assert any("words on a page, more than 12" in reason for reason in reasons)


def test_hard_words_are_named_for_the_band_and_names_are_not_hard() -> None:
    level = reading.measure("Isabella felt anticipation in the dark.", "3-5", names=["Isabella"])
    assert level.hard_words == ("anticipation",)


def test_a_story_is_graded_as_a_whole_and_its_fullest_page_counts() -> None:
    level = reading.measure_story([PICTURE, "The end."], "3-5")
    assert (level.pages, level.words) == (2, len(reading.words(PICTURE)))


def test_an_empty_text_measures_nothing() -> None:
    level = reading.measure("", "3-5")
    assert (level.words, level.grade, level.hard_words) == (0, 0.0, ())


def test_letters_of_any_script_are_words() -> None:
    assert reading.words("Amélie und 李 lachen") == ["Amélie", "und", "李", "lachen"]
