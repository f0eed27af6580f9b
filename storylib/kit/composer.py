"""The Kit's writer: plots and worlds written by hand, put together by code, the same for the same brief and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from storylib.billing.money import Usage
from storylib.errors import ProviderError
from storylib.kit import choosing, foretelling
from storylib.kit.book import Book
from storylib.kit.extras import extras
from storylib.kit.surprising import surprise
from storylib.story import Brief, PageDraft, Part


class KitWriter:
    """Fulfils ``providers.base.Writer`` without any network; takes some milliseconds."""

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part]:
        """An opening, exactly ``brief.pages`` pages, then extras; what is ``written`` already is left out."""
        there = {(part.part, getattr(part, "number", 0)) for part in written}
        for part in self._book(brief):
            if (part.part, getattr(part, "number", 0)) not in there:
                yield part

    def _book(self, brief: Brief) -> Iterator[Part]:
        book = Book(brief, choosing.choose(brief))
        yield book.opening()
        yield from book.pages()
        yield extras(book.telling, book.choice, book.texts)

    def rewrite(self, brief: Brief, page: PageDraft, problem: str) -> tuple[PageDraft, Usage]:
        """The Kit's sentences stay as their author wrote them.

        Raises:
            ProviderError: always.
        """
        raise ProviderError(
            "The Story Kit's sentences are written by hand and are not rewritten. You can edit the page yourself.",
            "unsupported",
            permanent=True,
        )

    def limits(self, brief: Brief) -> list[str]:
        """What of this brief the Kit cannot honour, and what it will tell, as sentences for the teacher."""
        return foretelling.limits(brief)

    def theme(self, brief: Brief) -> dict[str, Any]:
        """What the book makes of its theme, for its record: see ``foretelling.record``."""
        return foretelling.record(brief)

    def surprise(self, seed: int) -> dict[str, Any]:
        """Good fields for a brief: theme, age_band, tone, moral, pages and world."""
        return surprise(seed)
