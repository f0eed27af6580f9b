"""What the class talks about afterwards: five questions with answers, six words with meanings."""

from __future__ import annotations

import re

from storylib.kit.choosing import Choice
from storylib.kit.grammar import typeset
from storylib.kit.plot import Asked
from storylib.kit.telling import Telling
from storylib.story import Extras, Question, Word

QUESTIONS = ("recall", "why", "feelings", "next", "own life")
WORDS = 6


def extras(telling: Telling, choice: Choice, texts: list[str]) -> Extras:
    """One question of each sort in the voice of the band; words that stand in the book before any others."""
    asked = [telling.chooser.one([q for q in choice.plot.questions if q.about == about]) for about in QUESTIONS]
    return Extras(
        questions=tuple(_question(telling, q) for q in asked),
        words=tuple(_words(choice, " ".join(texts).lower())),
    )


def _question(telling: Telling, asked: Asked) -> Question:
    question, answer = asked.small if telling.band in ("1-2", "3-5") else asked.big
    return Question(about=asked.about, question=typeset(telling.say(question)), answer=typeset(telling.say(answer)))


def _words(choice: Choice, text: str) -> list[Word]:
    known = choice.plot.words | choice.world.words
    there = [w for w in known if re.search(rf"\b{re.escape(w.lower())}", text)]
    others = [w for w in known if w not in there]
    return [Word(word=w, meaning=known[w]) for w in (there + others)[:WORDS]]
