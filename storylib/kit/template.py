"""Filling a template: ``[one|another]`` is a seeded choice, ``{slot}`` is looked up, verbs and pronouns agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from storylib.kit import grammar
from storylib.text import article
from storylib.vocabulary import Pronouns

T = TypeVar("T")
Lookup = Callable[[str], str]

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")  # the innermost one
_SLOT = re.compile(r"\{([^{}]+)\}")


# A ternary linear code, a column for each choice: a book is a word of it. The columns were found by a search for few
# agreements between the words of 20 books in a row, however many of the choices a book makes: at most 2 in 4, 3 in 6,
# 4 in 9, 5 in 14, 7 in 18. (Books by chance would agree in a third, and some in nearly all.)
COLUMNS = (
    "100000", "002000", "120200", "012100", "101001", "122110", "020112", "222010", "001021", "110111",
    "111120", "201210", "212101", "010001", "022001", "012001", "112212", "220110", "120102",
)  # fmt: skip
WORDS = 3**6  # after so many books the code begins again, with the options shuffled
STAGGER = 40  # books between the shufflings for one choice and for the next: never two of them within 20 books


class UnfilledSlot(LookupError):
    """A template names a slot that neither plot, world nor cast gives."""


class Chooser:
    """Seeded choices that avoid repeating themselves.

    The first choices are the digits of ``start`` (in the mixed base of the numbers of options), so books with
    neighbouring seeds never begin alike; after that they are random. From a named bag nothing is drawn twice
    before everything was drawn once.

    ``apart`` goes further: what it chooses in one book is a word of a code, so that of any 20 books in a row no two
    agree in much more than a third of these choices.
    """

    DIGITS = 4  # choices; as many as an opening sentence has

    def __init__(self, rng: Random, start: int = 0):
        self._rng = rng
        self._start = start
        self._digits = start
        self._left = self.DIGITS
        self._bags: dict[str, list[int]] = {}

    def one(self, options: Sequence[T], bag: str | None = None) -> T:
        """One of the options."""
        if bag is None:
            return options[self._index(len(options))]
        left = self._bags.get(bag) or list(range(len(options)))
        taken = left.pop(self._index(len(left)))
        self._bags[bag] = left
        return options[taken]

    def apart(self, options: Sequence[T], nth: int) -> T:
        """One of the options for the ``nth`` of the choices by which books with neighbouring seeds shall differ.

        The options are dealt into three hands; the code says which hand, and chance which option of it.
        """
        column = COLUMNS[nth % len(COLUMNS)]
        hand = sum(int(digit) * (self._start // 3**i) for i, digit in enumerate(column)) % min(3, len(options))
        shuffled = Random(f"{(self._start + STAGGER * nth) // WORDS}|{nth}").sample(options, len(options))
        dealt = shuffled[hand::3]
        return dealt[Random(f"{self._start}|{nth}").randrange(len(dealt))]

    def _index(self, count: int) -> int:
        if self._left > 0:
            self._left -= 1
            self._digits, digit = divmod(self._digits, count)
            return digit
        return self._rng.randrange(count)


def fill(template: str, lookup: Lookup, chooser: Chooser, pronouns: dict[str, Pronouns]) -> str:
    """The finished text; ``lookup`` gives finished values.

    ``pronouns`` are those of each role; ``hero`` is meant where no role is named.

    Raises:
        UnfilledSlot: ``lookup`` does not know a slot.
    """
    text = _SLOT.sub(lambda m: _slot(m.group(1), lookup, pronouns), _choose(template, chooser))
    return grammar.tidy(text)


def _choose(text: str, chooser: Chooser) -> str:
    while match := _CHOICE.search(text):
        chosen = chooser.one(match.group(1).split("|"))
        text = text[: match.start()] + chosen + text[match.end() :]
    return text


def _slot(key: str, lookup: Lookup, pronouns: dict[str, Pronouns]) -> str:
    if key.startswith("a:"):
        return article(_slot(key[2:], lookup, pronouns))
    if key.startswith("most:"):
        return grammar.superlative(_slot(key[5:], lookup, pronouns))
    parts = key.split(".")
    large = any(part[0].isupper() for part in parts)
    name = ".".join(part[0].lower() + part[1:] for part in parts)
    value = _agreeing(name, pronouns) or lookup(name)
    return grammar.capital(value) if large else value


def _agreeing(key: str, pronouns: dict[str, Pronouns]) -> str | None:
    role, _, form = key.rpartition(".")
    who = pronouns.get(role or "hero")
    if who is None:
        return None
    if form.startswith("v:"):
        return grammar.verb(form[2:], who)
    return grammar.pronoun(form, who)
