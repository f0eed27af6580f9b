"""A story as a script: what is said is read by whoever says it, everything else by a narrator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

NARRATOR = "Narrator"
_SPEECH = re.compile(r"“[^”]+”|\"[^\"]+\"")
_SAYS = (
    "says|said|asks|asked|cries|cried|shouts|shouted|calls|called|whispers|whispered|replies|replied|answers|answered|"
    "laughs|laughed|giggles|giggled|sighs|sighed|sings|sang|squeaks|squeaked|barks|barked|murmurs|murmured|mutters|"
    "muttered|adds|added|exclaims|exclaimed|yells|yelled|wonders|wondered|explains|explained|agrees|agreed|begs|begged|"
    "promises|promised|gasps|gasped"
)

Line = tuple[str, str]  # who reads, and what


def script(text: str, cast: Sequence[str]) -> list[Line]:
    """Divide a page into lines. Speech is a character's only where the text names them beside it: ``“…” said Luna``,
    ``Luna said, “…”``; all other speech is the narrator's, who also keeps the rest of such a sentence.
    """
    return _joined(_lines(text, _Tags(cast)))


class _Tags:
    """How a text tells who speaks."""

    def __init__(self, cast: Sequence[str]):
        who = "|".join(re.escape(name) for name in sorted(cast, key=len, reverse=True)) or r"(?!)"
        verbs = rf"(?:{_SAYS})(?: \w+ly)?"
        self._after = re.compile(rf"\s*(?:{verbs} (?P<a>{who})|(?P<b>{who}) {verbs})\b(?P<rest>[.,!]?\s*)")
        self._before = re.compile(rf"(?:^|[.!?”\"]\s+)(?P<tag>(?P<a>{who}) {verbs}[,:]\s*)$")

    def after(self, narration: str) -> tuple[str, str] | None:
        """Return who has just spoken and what is left to tell, where nothing but that was said of it."""
        found = self._after.match(narration)
        if not found:
            return None
        ends = found["rest"].strip() in (".", "!") or found.end() == len(narration)
        return found["a"] or found["b"], narration[found.end() :] if ends else narration

    def before(self, narration: str) -> tuple[str, str] | None:
        """Return who is about to speak and what is told before."""
        found = self._before.search(narration)
        return (found["a"], narration[: found.start("tag")]) if found else None


def _lines(text: str, tags: _Tags) -> Iterator[Line]:
    speeches = _SPEECH.findall(text)
    told = _SPEECH.split(text)
    speaker = ""  # of the speech before, while nothing else was told since
    for nth, speech in enumerate(speeches):
        about_to, just = tags.before(told[nth]), tags.after(told[nth + 1])
        if about_to:
            speaker, told[nth] = about_to
        elif just:
            speaker, told[nth + 1] = just
        elif told[nth].strip():
            speaker = ""
        yield NARRATOR, told[nth]
        yield speaker or NARRATOR, speech[1:-1] if speaker else speech
    yield NARRATOR, told[-1]


def _joined(lines: Iterator[Line]) -> list[Line]:
    """Leave out what says nothing, and join what the same one reads on."""
    joined: list[Line] = []
    for who, said in lines:
        if not (words := said.strip()):
            continue
        if joined and joined[-1][0] == who:
            before = joined.pop()[1]
            goes_on = who == NARRATOR or words[0].islower()
            words = f"{before if goes_on else _ended(before)} {words}"
        joined.append((who, words))
    return [(who, words if who == NARRATOR else _ended(words)) for who, words in joined]


def _ended(words: str) -> str:
    """The comma that stood before ``said Luna`` as a full stop."""
    return f"{words[:-1]}." if words.endswith(",") else words
