"""The measure of reading level against texts whose level is known."""

from __future__ import annotations

from random import Random

import pytest

from storylib.story import Brief, CharacterSpec, reading_level

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
    assert len(reading_level.sentences(text)) == count


def test_words_with_hyphens_and_apostrophes_are_one_word() -> None:
    assert reading_level.words("Don’t tip-toe, it's “dark”!") == ["Don’t", "tip-toe", "it's", "dark"]


def test_the_grade_is_flesch_kincaid() -> None:
    level = reading_level.measure("The cat sat on the mat. The dog sat too.", "3-5")
    assert (level.total_words, level.sentences, level.syllables) == (10, 2, 10)
    assert level.grade == round(0.39 * 5 + 11.8 * 1 - 15.59, 1)


def test_harder_texts_measure_higher() -> None:
    grades = [reading_level.measure(text, "6-8").grade for text in (PICTURE, CHAPTER, ACADEMIC)]
    assert grades == sorted(grades)
    assert grades[0] < 2 < grades[1] < 8 < grades[2]


def test_each_text_suits_its_own_band() -> None:
    assert reading_level.inside(reading_level.measure(BOARD, "1-2"), "1-2")
    assert reading_level.inside(reading_level.measure(PICTURE, "3-5"), "3-5")
    assert reading_level.inside(reading_level.measure(CHAPTER, "6-8"), "6-8")


def test_a_text_outside_the_band_says_why() -> None:
    assert not reading_level.inside(reading_level.measure(CHAPTER, "1-2"), "1-2")
    reasons = reading_level.outside(reading_level.measure(CHAPTER, "1-2"), "1-2")
    assert any("words on a page, more than 12" in reason for reason in reasons)


def test_hard_words_are_named_for_the_band_and_names_are_not_hard() -> None:
    level = reading_level.measure("Isabella felt anticipation in the dark.", "3-5", names=["Isabella"])
    assert level.hard_words == ("anticipation",)


def test_a_story_is_graded_as_a_whole_and_its_fullest_page_counts() -> None:
    level = reading_level.measure_story([PICTURE, "The end."], "3-5")
    assert (level.pages, level.words) == (2, len(reading_level.words(PICTURE)))


def test_an_empty_text_measures_nothing() -> None:
    level = reading_level.measure("", "3-5")
    assert (level.words, level.grade, level.hard_words) == (0, 0.0, ())


def test_letters_of_any_script_are_words() -> None:
    assert reading_level.words("Amélie und 李 lachen") == ["Amélie", "und", "李", "lachen"]


HARD = (
    "anticipation", "meteorological", "extraordinary", "notwithstanding", "considerable", "circumnavigation",
    "archaeologist", "imperturbable", "hippopotamuses", "determination", "unbelievable", "chrysanthemum",
    "deterioration", "investigation", "methodology", "incomprehensible", "metamorphosis", "photosynthesis",
)  # fmt: skip
EASY = ("the", "cat", "sat", "on", "a", "red", "mat", "and", "saw", "big", "dog", "run", "home", "to", "bed")


def _planted(random: Random, length: int, hard: int) -> str:
    """So many words, so many of them hard, in sentences of six."""
    found = random.sample(HARD, hard) + random.choices(EASY, k=length - hard)
    random.shuffle(found)
    return " ".join(" ".join(found[at : at + 6]).capitalize() + "." for at in range(0, length, 6))


def _says_hard(text: str, band: str = "3-5", names: tuple[str, ...] = ()) -> bool:
    reasons = reading_level.outside(reading_level.measure(text, band, names), band)  # type: ignore[arg-type]
    return any("hard words among" in reason for reason in reasons)


def test_two_hundred_short_pages_with_hard_words_are_all_outside() -> None:
    random = Random(2026)
    for _ in range(200):
        length = random.randint(8, 39)
        text = _planted(random, length, random.randint(int(max(1, length / 10)) + 1, min(length, len(HARD))))
        assert _says_hard(text, random.choice(["1-2", "3-5"])), text


def test_one_hard_word_in_ten_is_no_fault_and_one_more_is() -> None:
    random = Random(2026)
    for length in (8, 19, 20, 30, 39, 60, 200):
        allowed = int(max(1, length / 10))
        if allowed < len(HARD):
            assert not _says_hard(_planted(random, length, allowed))
            assert _says_hard(_planted(random, length, allowed + 1))


def test_thirty_hard_words_are_outside_even_if_they_are_the_same_one() -> None:
    assert _says_hard("Notwithstanding! " * 30)
    assert _says_hard("Anticipation meteorological. " * 15)


def test_a_word_met_again_is_half_as_hard() -> None:
    needs = "A detective needs a magnifying glass. A detective needs a hat. A detective needs a dog."
    assert not _says_hard(f"{needs} The dog sat on the big red mat and saw a cat run home to bed.")


def test_a_word_with_hyphens_is_as_hard_as_its_hardest_part() -> None:
    assert reading_level.measure("Ting-a-ling! A self-anticipation.", "1-2").hard_words == ("self-anticipation",)


def test_names_of_several_words_are_not_hard_with_either_apostrophe() -> None:
    level = reading_level.measure(
        "Captain Notwithstanding’s hat. Notwithstanding's dog.", "3-5", ["Captain Notwithstanding"]
    )
    assert level.hard_words == ()


@pytest.mark.parametrize(("language", "hard"), [("en", 2), ("en-GB", 2), ("de", 0), ("fr", 0)])
def test_hard_words_are_looked_up_in_english_only(language: str, hard: int) -> None:
    brief = Brief(characters=(CharacterSpec(name="Luna", kind="fox"),), language=language)
    assert reading_level.of_pages(["Anticipation. Meteorological."], brief, brief.characters).hard == hard
