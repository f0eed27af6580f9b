"""The Kit's writer: plots and worlds written by hand, put together by code, the same for the same brief and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storylib.billing.money import Usage
from storylib.errors import ProviderError
from storylib.kit import choosing
from storylib.kit.book import Book
from storylib.kit.extras import extras
from storylib.story import Brief, PageDraft, Part


class KitWriter:
    """Fulfils ``providers.contract.Writer`` without any network; takes some milliseconds."""

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
        raise ProviderError("kit.no-rewriting", "unsupported", permanent=True)
