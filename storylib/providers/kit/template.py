"""Filling a template: ``[one|another]`` is a seeded choice, ``{slot}`` is looked up, verbs and pronouns agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from storylib.providers.kit import grammar
from storylib.vocabulary import Pronouns

T = TypeVar("T")
Lookup = Callable[[str], str]

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")  # the innermost one
_SLOT = re.compile(r"\{([^{}]+)\}")


# the points of the projective plane over three elements: the columns of a code of words of 13 letters, of which any
# two agree in exactly four places (Hamming's simplex code)
POINTS = (
    (1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 2, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1), (1, 2, 1), (1, 0, 2), (0, 1, 2),
    (1, 1, 2), (1, 2, 2), (0, 0, 1),
)  # fmt: skip


class UnfilledSlot(LookupError):
    """A template names a slot that neither plot, world nor cast gives."""


class Chooser:
    """Seeded choices that avoid repeating themselves.

    The first choices are the digits of ``start`` (in the mixed base of the numbers of options), so books with
    neighbouring seeds never begin alike; after that they are random. From a named bag nothing is drawn twice
    before everything was drawn once.

    ``apart`` goes further: what it chooses in one book is a word of a linear code, so that of any 27 books in a row
    no two agree in much more than a third of these choices.
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
        """One of the options for the ``nth`` of the choices by which books with neighbouring seeds shall differ."""
        count = len(options)
        block, place = divmod(self._start, count**3)
        digits = (place, place // count, place // count**2)
        code = sum(a * b for a, b in zip(POINTS[nth % len(POINTS)], digits, strict=True))
        return options[(code + Random(f"{block}|{nth}").randrange(count)) % count]

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
        return grammar.article(_slot(key[2:], lookup, pronouns))
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
