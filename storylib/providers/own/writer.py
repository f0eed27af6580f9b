"""The writer that writes nothing: it hands over a teacher's pages as they are, each with the scene that was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storylib.billing.money import Usage
from storylib.errors import ProviderError
from storylib.providers.own import reading
from storylib.story import Brief, Opening, PageDraft, Part, captions


class OwnWriter:
    """Fulfils ``providers.contract.Writer``; takes some milliseconds."""

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part]:
        """Yield an opening and the pages that are not ``written`` yet.

        Raises:
            ProviderError: the brief has no text of the teacher's.
        """
        if not brief.text:
            raise ProviderError("own.no-text", "bad_request", permanent=True)
        there = {(part.part, getattr(part, "number", 0)) for part in written}
        for part in _parts(brief):
            if (part.part, getattr(part, "number", 0)) not in there:
                yield part

    def rewrite(self, brief: Brief, page: PageDraft, problem: str) -> tuple[PageDraft, Usage]:
        """A teacher's words are never changed.

        Raises:
            ProviderError: always.
        """
        raise ProviderError("own.no-rewriting", "unsupported", permanent=True)


def _parts(brief: Brief) -> Iterator[Opening | PageDraft]:
    read = reading.read(brief.text, brief.characters, brief.world)
    cover = read[0].scene.model_copy(update={"shot": "mid", "event": None})
    yield Opening(title=title(brief), supporting=reading.extras(read, brief.characters), cover=cover)
    for number, (text, page) in enumerate(zip(brief.text, read, strict=True), 1):
        told = captions.caption(page.scene)
        yield PageDraft(number=number, text=text, scene=page.scene, alt=told, description=told)


def title(brief: Brief) -> str:
    """Return the teacher's title; without one, a title made of the theme or the hero's name."""
    return brief.title or brief.theme[:1].upper() + brief.theme[1:] or f"{brief.characters[0].name}’s Story"
