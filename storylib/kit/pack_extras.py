"""What the class talks about after a pack's book: its questions, what can help, its words."""

from __future__ import annotations

from storylib.kit import grammar
from storylib.kit.pack import Pack, PackQuestion, QuestionType
from storylib.kit.pack_telling import PackTelling
from storylib.story import Extras, Question, Word
from storylib.text import listed

ABOUT: dict[QuestionType, str] = {
    "recall": "recall", "wh": "recall", "completion": "next", "open": "why", "distance": "own life",
    "feelings": "feelings",
}  # fmt: skip
QUESTIONS, WORDS = 5, 6


def extras(pack: Pack, telling: PackTelling, told: set[str], text: str) -> Extras:
    """Questions at the steps that were ``told`` before any others, and words that stand in the ``text`` first."""
    help_ = _help(pack)
    asked = sorted(pack.questions, key=lambda question: question.at not in told)[: QUESTIONS - len(help_)]
    words = sorted(pack.words, key=lambda word: not grammar.names(text, word.word))[:WORDS]
    return Extras(
        questions=(*(_question(telling, question) for question in asked), *help_),
        words=tuple(Word(word=word.word, meaning=word.means) for word in words),
    )


def _question(telling: PackTelling, asked: PackQuestion) -> Question:
    question, answer = (grammar.typeset(telling.say(said)) for said in (asked.ask, asked.listen_for))
    return Question.model_validate({"about": ABOUT[asked.type], "question": question, "answer": answer})


def _help(pack: Pack) -> list[Question]:
    if not pack.helps:
        return []
    return [Question(about="own life", question="What can help?", answer=grammar.capital(f"{listed(pack.helps)}."))]
