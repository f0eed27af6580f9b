"""Who makes what: every provider behind one contract, in one visible table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from storylib.errors import Invalid
from storylib.providers.base import Illustrator, Likeness, Moderator, Usage, Writer
from storylib.vocabulary import Operation

FREE = Decimal(0)


@dataclass(frozen=True)
class Provider:
    """One name's makers. ``model`` is what the ledger calls them; ``free`` makers never cost anything."""

    name: str
    model: str
    free: bool
    writer: Writer
    illustrator: Illustrator
    moderator: Moderator | None = None
    likeness: Likeness | None = None

    def estimate(self, operation: Operation, amount: int = 1) -> Decimal:
        """What so many pages, pictures or texts would cost, in US dollars."""
        return FREE

    def cost(self, operation: Operation, usage: Usage | None) -> Decimal | None:
        """What a call cost, in US dollars; None when there is no price for it."""
        return FREE


def _kit() -> Provider:
    from storylib.providers.kit.composer import KitWriter
    from storylib.providers.kit.illustrator import KitIllustrator

    return Provider("kit", "kit-1", True, KitWriter(), KitIllustrator())


PROVIDERS = {"kit": _kit}


@cache
def provider(name: str) -> Provider:
    """The provider called ``name``, made once.

    Raises:
        Invalid: there is none.
    """
    if name not in PROVIDERS:
        raise Invalid(f"There is no maker called {name}.", "provider")
    return PROVIDERS[name]()
