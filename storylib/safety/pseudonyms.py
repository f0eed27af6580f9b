"""Pseudonyms: every character's name stays on this machine, replaced by an invented one before anything is sent.

A character may be named after a pupil, so all are treated alike. The invented names keep what grammar needs: the
gender, whether the name begins with a vowel (French "d'…"), and the script. They are rare enough to be found again in
the answer in every case and inflection ("LUMIVA!", "Lumivas Hut", "L-L-Lumiva"), where the real names are put back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, TypeVar

import textstat_rs
from pydantic import BaseModel

from storylib.safety.lenient_parsing import mended
from storylib.story import CharacterSpec
from storylib.text import key
from storylib.vocabulary import Pronouns

AnyModel = TypeVar("AnyModel", bound=BaseModel)

# By pronoun, then first letter. The Arabic ones serve names that are written in Arabic.
_INVENTED: dict[tuple[Pronouns, str], tuple[str, ...]] = {
    ("she", "consonant"): ("Lumiva", "Nimarel", "Tavisa", "Bremola", "Zelvie"),
    ("she", "vowel"): ("Ilvara", "Omirel", "Aruvia", "Elquina", "Umbrie"),
    ("he", "consonant"): ("Tavrin", "Dorvek", "Brumel", "Kelvor", "Zandrik"),
    ("he", "vowel"): ("Ulvarin", "Ostrik", "Anvoro", "Elbrun", "Irvalo"),
    ("they", "consonant"): ("Quillo", "Zemmi", "Fenwik", "Rivulo", "Momble"),
    ("they", "vowel"): ("Ozzowin", "Immeli", "Arunu", "Ekkio", "Ubbeli"),
    ("she", "arabic"): ("ليمورا", "نيمارا", "تافيسا", "بريمولا", "زلفيرا"),
    ("he", "arabic"): ("تافرين", "دورفيك", "برومال", "كلفور", "زندريك"),
    ("they", "arabic"): ("كويلو", "زيميو", "فنويك", "ريفولو", "مومبال"),
}
# In these fields of our models stands what people or a writer wrote; everything else is from closed lists.
_TEXTS = frozenset(
    ["name", "title", "theme", "moral", "traits", "text", "alt", "description", "question", "answer", "word", "meaning"]
)
_SIBILANT = ("s", "ß", "x", "z")


class Pseudonyms:
    """The exchange of names for one cast, both ways."""

    def __init__(self, cast: Iterable[CharacterSpec], avoid: str = ""):
        """Begin without names. ``avoid``: a text in which the invented names must not occur already."""
        specs = {spec.name: spec for spec in cast}
        self._taken = key(" ".join([avoid, *specs]))
        self.invented: dict[str, str] = {}  # by real name
        for name, spec in specs.items():
            self.invented[name] = self._next(name, spec.pronouns)
        self._clashing: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """Return ``text`` with invented names for real ones; also where only a part of a name is used."""
        for form, name in self._forms():
            text = _pattern(form).sub(partial(self._hidden, name), text)
        return text

    def reveal(self, text: str) -> str:
        """Return ``text`` with the real names restored."""
        for clash, other in self._clashing.items():
            text = _pattern(clash).sub(rf"\g<1>{other}", text)
        for name, invented in self.invented.items():
            text = _returning(invented).sub(partial(_revealed, name), text)
        return text

    def hide_in(self, model: AnyModel) -> AnyModel:
        """Return a copy of a brief, part or image request with invented names."""
        return mended(type(model), _through(model.model_dump(), self.hide))

    def reveal_in(self, model: AnyModel) -> AnyModel:
        """Return a copy with the real names; whatever they make too long is cut."""
        return mended(type(model), _through(model.model_dump(), self.reveal))

    def keep_apart(self, newcomers: Iterable[CharacterSpec]) -> None:
        """Make sure that nobody the writer invented is called like a character whose name it could not know."""
        known = {key(name) for name in self.invented}
        for spec in newcomers:
            if key(spec.name) in known and spec.name not in self._clashing:
                self._clashing[spec.name] = self._next(spec.name, spec.pronouns)

    def _next(self, name: str, pronouns: Pronouns) -> str:
        """Return an invented name nobody has yet; of the same kind if one is left."""
        same = _INVENTED[pronouns, _sort(name)]
        others = [other for sort in _INVENTED.values() for other in sort]
        free = next(other for other in (*same, *others) if key(other) not in self._taken)
        self._taken += f" {key(free)}"
        return free

    def _forms(self) -> list[tuple[str, str]]:
        """Return whole names first, then their parts: of "Anna Maria" also "Anna"; longest first."""
        whole = {name: name for name in self.invented}
        parts = {part: name for name in self.invented for part in name.split() if len(part) > 2 and not _ordinary(part)}
        return sorted((parts | whole).items(), key=lambda pair: -len(pair[0]))

    def _hidden(self, name: str, found: re.Match[str]) -> str:
        before, word = found[1], found[2]
        if word.islower() and not name.islower() and _ordinary(word):
            return found[0]  # "will" and "rose" are names only when they look like names
        invented = self.invented[name]
        return before + (invented.upper() if word.isupper() and len(word) > 1 else invented)


def _through(value: Any, change: Callable[[str], str], *, prose: bool = False) -> Any:
    if isinstance(value, str):
        return change(value) if prose else value
    if isinstance(value, dict):
        return {name: _through(item, change, prose=name in _TEXTS) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_through(item, change, prose=prose) for item in value]
    return value


def _sort(name: str) -> str:
    first = unicodedata.normalize("NFD", name)[0].lower()
    if "ARABIC" in unicodedata.name(first, ""):
        return "arabic"
    return "vowel" if first in "aeiou" else "consonant"


@lru_cache(maxsize=2_000)
def _ordinary(word: str) -> bool:
    """Tell whether a word is on the Dale–Chall list of words that every nine-year-old knows."""
    return not textstat_rs.difficult_words(word.lower(), syllable_threshold=1)


@lru_cache(maxsize=500)
def _pattern(name: str) -> re.Pattern[str]:
    """Match a name as a word of its own: with a German ending, or an Arabic particle before it."""
    return re.compile(rf"(?<!\w)([وفبلك]?)({re.escape(name)})(?=(?:s|n|en|ns)?(?!\w))", re.IGNORECASE)


@lru_cache(maxsize=500)
def _returning(invented: str) -> re.Pattern[str]:
    """Match an invented name, perhaps stuttered, wherever it appears."""
    first = re.escape(invented[0])
    return re.compile(rf"((?:(?<!\w){first}[-–….]{{1,3}} ?)*)({re.escape(invented)})(s(?!\w))?", re.IGNORECASE)


def _revealed(name: str, found: re.Match[str]) -> str:
    stutter, word, genitive = found[1], found[2], found[3] or ""
    if genitive and name.lower().endswith(_SIBILANT):
        genitive = "’"  # German: "Jonas’ Hut", not "Jonass Hut"
    shown = name.upper() if word.isupper() else name
    return stutter.replace(word[0], shown[0]) + shown + genitive
