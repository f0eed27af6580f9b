"""English that agrees: pronouns, verbs, a/an, and the tidying of joined text."""

from __future__ import annotations

import re

from storylib.story import CharacterSpec
from storylib.text import article
from storylib.vocabulary import Pronouns

# name in a template → she, he, they
_FORMS: dict[str, tuple[str, str, str]] = {
    "they": ("she", "he", "they"),
    "them": ("her", "him", "them"),
    "their": ("her", "his", "their"),
    "theirs": ("hers", "his", "theirs"),
    "themself": ("herself", "himself", "themself"),
    "they're": ("she's", "he's", "they're"),
    "they've": ("she's", "he's", "they've"),
    "they'd": ("she'd", "he'd", "they'd"),
    "they'll": ("she'll", "he'll", "they'll"),
}
_COLUMN: dict[Pronouns, int] = {"she": 0, "he": 1, "they": 2}
_SINGULAR = {"have": "has", "do": "does", "go": "goes", "are": "is", "were": "was", "don't": "doesn't"}
_SINGULAR |= {"aren't": "isn't", "weren't": "wasn't", "haven't": "hasn't"}
GROWN = 1.1  # drawn at least this much larger than a hero, a person is no child
_ADULT: dict[Pronouns, str] = {"she": "woman", "he": "man", "they": "grown-up"}
_CHILD: dict[Pronouns, str] = {"she": "girl", "he": "boy", "they": "child"}
_SMALL = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)  # in titles


def pronoun(form: str, pronouns: Pronouns) -> str | None:
    """``they``, ``them``, ``their`` … as the person says it; None when ``form`` is no pronoun."""
    forms = _FORMS.get(form)
    return forms[_COLUMN[pronouns]] if forms else None


def verb(base: str, pronouns: Pronouns) -> str:
    """The verb that follows the pronoun: ``love`` after "they", ``loves`` after "she"."""
    return base if pronouns == "they" else third_person(base)


def third_person(base: str) -> str:
    """``carry`` → ``carries``; irregular and negative forms too."""
    if base in _SINGULAR:
        return _SINGULAR[base]
    if re.search(r"(s|sh|ch|x|z|o)$", base):
        return base + "es"
    return base[:-1] + "ies" if re.search(r"[^aeiou]y$", base) else base + "s"


def superlative(adjective: str) -> str:
    """``shy`` → ``shyest``, ``funny`` → ``funniest``; ``honest`` and other longer ones → ``most honest``."""
    stem = adjective.removesuffix("e")
    if len(re.findall("[aeiou]+", stem)) > 1 and not stem.endswith("er"):
        return f"most {adjective}"
    stem = re.sub("([aeiou].*[^aeiou])y$", r"\1i", stem)
    return re.sub("(?<![aeiou])([aeiou])([bdgmnpt])$", r"\1\2\2", stem) + "est"


def capital(text: str) -> str:
    """The text with its first letter large; the rest as it was."""
    return text[:1].upper() + text[1:]


def noun(spec: CharacterSpec) -> str:
    """What the character is called beside the name: "fox"; for people "girl", "boy", "child", "woman" …"""
    if spec.kind != "child":
        return spec.kind
    return (_ADULT if grown_up(spec) else _CHILD)[spec.pronouns]


def grown_up(spec: CharacterSpec) -> bool:
    """Whether this is a person who is no child."""
    return spec.kind == "child" and spec.look.size >= GROWN


def tidy(text: str) -> str:
    """Joined text with single spaces and single stops."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.!?;:])(?!\.)", r"\1", text)
    return re.sub(r"(?<!\.)([.!?])\.(?!\.)", r"\1", text)


def typeset(text: str) -> str:
    """Straight quotes as a book sets them: “Oh,” said Hoot, ‘it’s you’."""
    text = re.sub(r'(^|[\s(])"', r"\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(—“])'(?=\w)", r"\1‘", text).replace("'", "’")


def titled(text: str) -> str:
    """A title as a cover has it: names of things that slots have filled in get their capitals."""
    return re.sub(r"(?<![\w'’])[a-z][\w'’]*", lambda m: m[0] if m[0] in _SMALL else capital(m[0]), text)


def names(text: str, thing: str) -> bool:
    """Tell whether a text names a thing, in the singular or the plural, and not inside another word."""
    return re.search(rf"\b{re.escape(thing)}(s|es)?\b", text, re.IGNORECASE) is not None


def prop_name(prop: str) -> str:
    """Say a prop's name in words: ``red-apple`` as "a red apple"."""
    return article(prop.replace("-", " "))
