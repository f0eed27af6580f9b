"""Passwords that are easy to guess: often used ones, somebody's own names, and either with a little decoration.

The list is Django's: 20,000 passwords, the most frequent in published leaks, collected by Royce Williams
(https://gist.github.com/roycewilliams/226886fd01572964e1431ac8afc999ce). Its licence lies beside it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

LEAST_OF_ONES_OWN: Final = 4  # letters that must be left when names are taken away
SHORTEST_NAME: Final = 3  # letters; shorter ones are in many words
DISGUISES: Final = str.maketrans("@40315$7", "aaoeisst")


def is_easy(password: str, names: Iterable[str]) -> bool:
    """Tell whether a password is a common one or made of these names, in other cases, with digits and signs around
    it, written twice, or with a zero for an o."""
    plain = password.casefold()
    core = _unit(_unit(plain).strip("".join(one for one in plain if not one.isalpha())))
    forms = {plain, _unit(plain), core, core.translate(DISGUISES)}
    return not _common().isdisjoint(forms) or _is_made_of(_letters(plain), names)


def _is_made_of(letters: str, names: Iterable[str]) -> bool:
    rest = letters
    for name in sorted(_parts(names), key=len, reverse=True):
        rest = rest.replace(name, "")
    return rest != letters and len(rest) < LEAST_OF_ONES_OWN


def _parts(names: Iterable[str]) -> set[str]:
    """Return each name without its spaces and signs, and each word in it."""
    words = {word for name in names for word in (name, *re.split(r"[\W\d_]+", name))}
    return {letters for word in words if len(letters := _letters(word.casefold())) >= SHORTEST_NAME}


def _unit(text: str) -> str:
    """Return what a text begins to repeat: of ``abcabcab`` it is ``abc``; most texts are themselves."""
    sizes = range(1, len(text))
    return text[: next((size for size in sizes if text[size:] == text[:-size]), len(text))]


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalpha())


@cache
def _common() -> frozenset[str]:
    packed = Path(__file__).with_name("passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n")) - {""}
