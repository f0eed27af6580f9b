"""Which pack a typed theme asks for: a score of the words that both have, whatever their forms and little words.

A word weighs more the fewer packs are asked for by it. A theme's score for a phrase is the geometric mean of how much
of the phrase stands in the theme, and how much of the theme the pack knows. Below ``THRESHOLD`` nothing is matched.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from storylib import tables
from storylib.kit.pack_catalog import Listed

THRESHOLD = 0.7
MARGIN = 0.04  # by which the best must lead, unless nearly all of the theme is in its phrase
SURE = 0.9
WEAK = 0.3  # the weight of a word that many themes have
KNOWN = 0.5  # how much a word counts that the pack uses, but is not asked for by
SUFFIXES = ("ings", "ing", "ies", "ied", "edly", "ed", "es", "s", "ly")


@dataclass(frozen=True)
class Match:
    """A pack that a theme asks for, how well (0 to 1), and the words of the theme that it does not know."""

    pack: Listed
    score: float
    unknown: tuple[str, ...] = ()


def match(theme: str, packs: Sequence[Listed]) -> Match | None:
    """The pack that the theme asks for; None: there is none, or two are equally near."""
    found = ranked(theme, packs)
    if not found or found[0].score < THRESHOLD:
        return None
    close = len(found) > 1 and found[0].score < SURE and found[0].score - found[1].score < MARGIN
    return None if close else found[0]


def ranked(theme: str, packs: Sequence[Listed]) -> list[Match]:
    """Every pack with some score, the best first."""
    asked = _spoken(theme)
    if not asked:
        return []
    index = _index(tuple(packs))
    found = [Match(pack, score, _unknown(asked, pack)) for pack in packs if (score := index.score(asked, pack))]
    return sorted(found, key=lambda each: -each.score)


@dataclass(frozen=True)
class Index:
    """The phrases of the packs as stems, and how much each stem weighs."""

    phrases: dict[str, tuple[frozenset[str], ...]]
    known: dict[str, frozenset[str]]
    weights: dict[str, float]
    usual: float  # the weight of a stem that no pack has

    def weigh(self, stems: Iterable[str]) -> float:
        """The weight of stems together."""
        return sum(self.weights.get(stem, WEAK if stem in _words("weak") else self.usual) for stem in stems)

    def score(self, asked: dict[str, str], pack: Listed) -> float:
        """The best score of any of the pack's phrases."""
        return max((self._of_phrase(frozenset(asked), phrase, pack.id) for phrase in self.phrases[pack.id]), default=0)

    def _of_phrase(self, asked: frozenset[str], phrase: frozenset[str], pack: str) -> float:
        both = asked & phrase
        if not both or (len(phrase) > 1 and both <= _words("weak") and both != phrase):
            return 0.0
        if both <= _words("doubtful") and len(asked) > 1 and both != asked:
            return 0.0
        beside = self.known[pack] & asked - both
        told = (self.weigh(both) + KNOWN * self.weigh(beside)) / self.weigh(asked)
        return math.sqrt(told * self.weigh(both) / self.weigh(phrase))


@lru_cache(maxsize=4)
def _index(packs: tuple[Listed, ...]) -> Index:
    phrases = {
        pack.id: tuple({frozenset(_spoken(said)): 1 for said in (pack.card.name, *pack.card.asked_as)})
        for pack in packs
    }
    seen = Counter(stem for ways in phrases.values() for stem in frozenset[str]().union(*ways))
    most = math.log(1 + len(packs)) or 1
    weights = {
        stem: WEAK if stem in _words("weak") else max(WEAK, 1 - 0.5 * math.log(n) / most) for stem, n in seen.items()
    }
    return Index(phrases, {pack.id: frozenset(map(_stem, pack.words)) for pack in packs}, weights, 1.0)


def _unknown(asked: dict[str, str], pack: Listed) -> tuple[str, ...]:
    """The words of the theme that the pack does not use in any form."""
    known = frozenset(map(_stem, pack.words)) | frozenset(_spoken(" ".join(pack.card.asked_as)))
    return tuple(word for stem, word in asked.items() if stem not in known and stem not in _words("weak"))


# --- words


@lru_cache(maxsize=4096)
def _cached(text: str) -> tuple[tuple[str, str], ...]:
    text = " ".join(re.findall(r"[^\W_]+", re.sub(r"['’]s?\b", "", text.lower())))
    text = _phrases().sub(lambda found: _same()[found[0]], text)
    empty = _words("empty")
    return tuple((_stem(word), word) for word in text.split() if word not in empty)


def _spoken(text: str) -> dict[str, str]:
    """The stems of a text, each with a word that it came from."""
    return dict(_cached(text))


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """What the forms of a word share: ``wash`` of "washing", ``bully`` of "bullied"."""
    if word in _same():
        word = _same()[word]
    irregular: dict[str, str] = tables.beside(__file__)["irregular"]
    if word in irregular:
        return _same().get(irregular[word], irregular[word])
    for suffix in SUFFIXES:
        root = word.removesuffix(suffix)
        if root != word and len(root) > 2 and not word.endswith("ss"):
            return _same().get(_root(root, suffix), _root(root, suffix))
    return word.removesuffix("e") if len(word) > 3 else word


def _root(root: str, suffix: str) -> str:
    if suffix in ("ies", "ied"):
        return root + "y"
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sl":
        return root[:-1]
    return root.removesuffix("e") if len(root) > 3 else root


@lru_cache(maxsize=1)
def _same() -> dict[str, str]:
    return {word: group[0] for group in tables.beside(__file__)["same"] for word in group}


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    several = sorted((said for said in _same() if " " in said), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, several))})\b")


@lru_cache(maxsize=4)
def _words(group: str) -> frozenset[str]:
    words = tables.beside(__file__)[group].split()
    return frozenset(words) if group == "empty" else frozenset(map(_stem, words))
