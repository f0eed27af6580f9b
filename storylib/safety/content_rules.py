"""What a teacher is warned about before anything is sent: words that are not for children, and personal data.

It runs on this machine, costs nothing, and forbids nothing; lists and exceptions are in safety.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from storylib import tables

_ADVICE = {
    "violence": "This is about violence.",
    "weapons": "This mentions weapons.",
    "drugs": "This is about drugs or alcohol.",
    "sex": "This is not for children.",
    "insults": "This contains name-calling.",
    "swearing": "This contains swear words.",
    "horror": "This may frighten young children.",
    "e-mail": "This looks like an e-mail address. Please leave it out.",
    "phone": "This looks like a phone number. Please leave it out.",
    "address": "This looks like someone's address. Please leave it out.",
    "link": "This looks like a link to a personal page. Please leave it out.",
    "full name": "This looks like a person's full name. A first name is enough.",
}
PERSONAL = ("e-mail", "phone", "address", "link", "full name")

_STREET = r"(?:[Ss]treet|[Rr]oad|[Aa]venue|[Ll]ane|[Dd]rive|[Cc]lose|[Ww]ay|straße|strasse|str\.|weg|gasse|platz)"
_PATTERNS = {
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "link": re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w{3,}", re.IGNORECASE),
    # Seven digits or more, in groups; not "1, 2, 3, 4 …", not a date, not a big number with commas.
    "phone": re.compile(
        r"(?<![\w,.])(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?:\+|00)?\(?\d{2,5}\)?(?:[ /.-]?\d{2,5}){1,5}(?![\w,])"
    ),
    "address": re.compile(
        rf"\b\d{{1,4}}[a-z]?,? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]alle) \w+"
        rf"|\b\d{{1,4}}[a-z]? (?:[A-ZÄÖÜ]\w+ ){{1,2}}{_STREET}\b"
        rf"|\b[A-ZÄÖÜ]\w*{_STREET} ?\d{{1,4}}\b"
        r"|\b(?:[Cc]alle|[Rr]ue) (?:de |del |la )*[A-ZÁÉÍÓÚ]\w+,? \d{1,4}\b"
    ),
}
_DIGITS = 7  # of the shortest phone number that is pointed out


@dataclass(frozen=True)
class Finding:
    """What was found, as it stands in the text, and what it is about."""

    kind: str
    found: tuple[str, ...]

    @property
    def message(self) -> str:
        """Return a sentence for the teacher: ``This is about violence: “kill”.``"""
        quoted = ", ".join(f"“{word}”" for word in self.found)
        return f"{_ADVICE[self.kind].split('.')[0]}: {quoted}.{_ADVICE[self.kind].partition('.')[2]}"

    @property
    def personal(self) -> bool:
        """Tell whether it is about a person, rather than a matter of taste."""
        return self.kind in PERSONAL


def findings(text: str, language: str = "en") -> list[Finding]:
    """Return everything in a text that a teacher should look at again; each kind at most once."""
    plain = _without(text, _lists()["harmless"])
    found: dict[str, list[str]] = {}
    for kind, word in (*_personal(plain), *_unsuitable(plain, language)):
        words = found.setdefault(kind, [])
        if word not in words:
            words.append(word)
    return [Finding(kind, tuple(words)) for kind, words in found.items()]


def _personal(text: str) -> Iterator[tuple[str, str]]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.findall(text):
            if kind != "phone" or _DIGITS <= sum(map(str.isdigit, match)) <= 15:
                yield kind, match.strip()
    for name in _full_names(_without(text, _lists()["famous"])):
        yield "full name", name


def _full_names(text: str) -> list[str]:
    """Find a common first name with a capitalised word after it in the same sentence."""
    return [f"{first} {last}" for first, last in _names().findall(text) if not last.isupper()]


def _unsuitable(text: str, language: str) -> Iterator[tuple[str, str]]:
    for kind, pattern in _words(language).items():
        for match in pattern.findall(text):
            yield kind, match.lower()


def _without(text: str, harmless: Iterable[str]) -> str:
    """Return the text without these phrases."""
    return re.sub("|".join(rf"\b{re.escape(phrase)}\b" for phrase in harmless), "…", text, flags=re.IGNORECASE)


@cache
def _words(language: str) -> dict[str, re.Pattern[str]]:
    """Return the words by kind; English words are looked for in every language."""
    lists: dict[str, dict[str, list[str]]] = _lists()["words"]
    kinds: dict[str, list[str]] = {}
    for code in dict.fromkeys((language, "en")):
        for kind, words in lists.get(code, {}).items():
            kinds.setdefault(kind, []).extend(words)
    return {kind: _any_of(words) for kind, words in kinds.items()}


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    forms = (re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


@cache
def _names() -> re.Pattern[str]:
    first = "|".join(sorted(_lists()["first_names"], key=len, reverse=True))
    return re.compile(rf"\b({first}) ((?:(?:van|von|de|da|el|al|bin|di) )*[A-ZÄÖÜÉÁÍÓÚÇ][\w'’-]+)")


def _lists() -> dict[str, Any]:
    found: dict[str, Any] = tables.beside(__file__)
    return found
