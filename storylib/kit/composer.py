"""The Kit's writer: packs, plots and worlds by hand, put together by code; the same for the same brief and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storylib.billing.money import Usage
from storylib.errors import ProviderError
from storylib.kit import choosing
from storylib.kit.book import Book
from storylib.kit.pack_book import PackBook
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.pack_choosing import choose_pack
from storylib.story import Brief, PageDraft, Part


def compose(brief: Brief, packs: PackCatalog) -> Book | PackBook:
    """A book of the pack that the theme asks for, else of a plot."""
    if chosen := choose_pack(brief, packs):
        return PackBook(brief, chosen.pack, social=chosen.social)
    return Book(brief, choosing.choose(brief))


class KitWriter:
    """Fulfils ``providers.contract.Writer`` without any network; takes some milliseconds."""

    def __init__(self, packs: PackCatalog | None = None):
        self.packs = packs or PackCatalog()

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part]:
        """An opening, exactly ``brief.pages`` pages, then extras; what is ``written`` already is left out."""
        there = {(part.part, getattr(part, "number", 0)) for part in written}
        for part in self._book(brief):
            if (part.part, getattr(part, "number", 0)) not in there:
                yield part

    def _book(self, brief: Brief) -> Iterator[Part]:
        book = compose(brief, self.packs)
        yield book.opening()
        yield from book.pages()
        yield book.extras()

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
