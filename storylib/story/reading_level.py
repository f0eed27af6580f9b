"""How hard a text is to read, and whether that suits an age band.

The grade is the Flesch–Kincaid grade level (Kincaid et al. 1975, US Navy Research Branch Report 8-75):
``0.39 · words/sentences + 11.8 · syllables/words − 15.59``. Syllables are counted by textstat-rs; sentences are
counted here, because "Whoo... whoo!" and '"Stop!" said Hoot.' are one sentence each to a child, not two.

The limits follow what published books for the band measure: board books have a handful of words an opening;
picture books run to about 500 words in 14 openings with sentences of 5 to 10 words; early readers and first
chapter books lie at grades 1–4; middle-grade novels at 3–6 with sentences of 8 to 16 words (Lexile's bands for
grades 2–5, 420L–1010L, correspond to about the same grades).

Hard words are counted on pages of any length, where the grade says nothing yet: outside is a page on which more than
one in ten is hard, and more than one. They are looked up in an English list, so other languages have none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import textstat_rs

from storylib.story import Brief, CharacterSpec
from storylib.vocabulary import AgeBand

GRADED_WORDS = 40  # on fewer words one long name moves the grade by whole years: only lengths are judged then
TOLD = 6  # hard words that a sentence names
HARD_SHARE = 0.1  # of a page's words; one hard word is always allowed
PAGE_SLACK = 2.0  # grades by which one page may leave the band when the whole story must not

_BOUNDARY = re.compile(r"(?<=[.!?…])([\"”’')]*)\s+(?=[\"“‘'(]*[A-ZÀ-ÖØ-Þ0-9\u4e00-\u9fff])")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


@dataclass(frozen=True)
class Band:
    """The limits of an age band. ``hard`` is the number of syllables from which an uncommon word is marked."""

    grade: tuple[float, float]
    words_per_sentence: float
    longest_sentence: int
    words_on_page: int
    hard: int


BANDS: dict[AgeBand, Band] = {
    "1-2": Band((-4.0, 2.0), 8, 10, 12, 3),
    "3-5": Band((-4.0, 2.5), 10, 18, 70, 3),
    "6-8": Band((0.8, 5.0), 14, 34, 150, 4),
    "9-12": Band((2.5, 8.0), 18, 60, 200, 4),
}


@dataclass(frozen=True)
class Level:
    """What was measured. ``words`` are those on the fullest page; ``grade`` counts school years in the USA; ``hard`` is
    how often a hard word is met, where of one that is met again every other time counts."""

    grade: float
    syllables: int
    words: int
    sentences: int
    words_per_sentence: float
    longest_sentence: int
    total_words: int
    hard_words: tuple[str, ...] = ()
    pages: int = 1
    hard: int = 0


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text``; speech with its "said Hoot" is one sentence, so is "Whoo... whoo!"."""
    return [s.strip() for s in _BOUNDARY.sub(r"\1\n", text).split("\n") if _WORD.search(s)]


def words(text: str) -> list[str]:
    """Return the words of ``text``; "one-two" and "don't" are one word each."""
    return _WORD.findall(text)


def of_pages(texts: Iterable[str], brief: Brief, cast: Iterable[CharacterSpec]) -> Level:
    """Measure pages of a story as it was asked for: its age band, its language, the names of its cast."""
    names = [spec.name for spec in cast]
    return measure_story(texts, brief.age_band, names, english=brief.language.split("-")[0].lower() == "en")


def measure(text: str, band: AgeBand, names: Iterable[str] = ()) -> Level:
    """Measure one page. ``names`` of characters are never hard words."""
    return measure_story([text], band, names)


def measure_story(pages: Iterable[str], band: AgeBand, names: Iterable[str] = (), *, english: bool = True) -> Level:
    """Measure a whole story; ``Level.words`` are the words on its fullest page."""
    texts = list(pages)
    found = [w for text in texts for w in words(text)]
    lengths = [len(words(s)) for text in texts for s in sentences(text)] or [0]
    syllables = sum(map(_syllables, found))
    hard = _hard(found, BANDS[band].hard, names) if english else {}
    return Level(
        grade=round(_flesch_kincaid(len(found), len(lengths), syllables), 1),
        syllables=syllables,
        words=max((len(words(t)) for t in texts), default=0),
        sentences=len(lengths),
        words_per_sentence=round(len(found) / len(lengths), 1),
        longest_sentence=max(lengths),
        total_words=len(found),
        hard_words=tuple(sorted(hard)),
        pages=len(texts),
        hard=sum(1 + (times - 1) // 2 for times in hard.values()),
    )


def inside(level: Level, band: AgeBand) -> bool:
    """Tell whether the measured text suits the band; a single page has more room than a whole story."""
    return not outside(level, band)


def outside(level: Level, band: AgeBand) -> list[str]:
    """Return what is wrong for the band, in words a teacher can read; empty when all is well."""
    limit = BANDS[band]
    low, high = limit.grade
    slack = PAGE_SLACK if level.pages == 1 else 0.0
    graded = level.total_words >= GRADED_WORDS
    found = {
        f"grade {level.grade} is above {high}": graded and level.grade > high + slack,
        f"grade {level.grade} is below {low}": graded and level.grade < low - slack,
        f"{level.words} words on a page, more than {limit.words_on_page}": level.words > limit.words_on_page,
        f"a sentence of {level.longest_sentence} words": level.longest_sentence > limit.longest_sentence,
        f"{level.words_per_sentence} words a sentence": (
            graded and level.words_per_sentence > limit.words_per_sentence + slack
        ),
        _told(level): level.hard > max(1, HARD_SHARE * level.total_words),
    }
    return [what for what, wrong in found.items() if wrong]


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    return max(1, textstat_rs.syllable_count(word.lower().replace("’", "'")))


def _flesch_kincaid(word_count: int, sentence_count: int, syllables: int) -> float:
    if not word_count:
        return 0.0
    return 0.39 * word_count / sentence_count + 11.8 * syllables / word_count - 15.59


@lru_cache(maxsize=20_000)
def _is_hard(word: str, threshold: int) -> bool:
    """Tell whether a word is long and not on the Dale–Chall list of words that most nine-year-olds know."""
    return _syllables(word) >= threshold and textstat_rs.difficult_words(word, syllable_threshold=threshold) > 0


def _hard(found: list[str], threshold: int, names: Iterable[str]) -> dict[str, int]:
    """Count how often each hard word occurs; "ting-a-ling" is as hard as its hardest part."""
    known = {w.lower() for name in names for w in words(name)}
    met = Counter(w.lower().replace("’", "'").removesuffix("'s") for w in found)
    return {w: n for w, n in met.items() if w not in known and any(_is_hard(p, threshold) for p in w.split("-"))}


def _told(level: Level) -> str:
    some = ", ".join(level.hard_words[:TOLD]) + (", …" if len(level.hard_words) > TOLD else "")
    return f"{len(level.hard_words)} hard words among {level.total_words} ({some})"
