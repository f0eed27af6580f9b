"""Who makes what: every provider behind one contract, in one visible table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from storylib.errors import Invalid
from storylib.providers.base import Illustrator, Likeness, Moderator, Usage, Writer
from storylib.vocabulary import Operation, PlanName

if TYPE_CHECKING:
    from storylib.models import User

FREE = Decimal(0)


@dataclass(frozen=True)
class Provider:
    """One name's makers, as one person may use them. ``free`` makers never cost anything."""

    name: str
    free: bool
    writer: Writer
    illustrator: Illustrator
    moderator: Moderator | None = None
    likeness: Likeness | None = None

    def model(self, operation: Operation) -> str:
        """What the ledger calls the one who does it."""
        return f"{self.name}-1"

    def estimate(self, operation: Operation, amount: int = 1) -> Decimal:
        """What so many pages, pictures or texts would cost, in US dollars."""
        return FREE

    def cost(self, operation: Operation, usage: Usage | None) -> Decimal | None:
        """What a call cost, in US dollars; None when there is no price for it."""
        return FREE


Factory = Callable[[PlanName, int], Provider]


@cache
def _kit() -> Provider:
    from storylib.providers.kit.composer import KitWriter
    from storylib.providers.kit.illustrator import KitIllustrator

    return Provider("kit", True, KitWriter(), KitIllustrator())


PROVIDERS: dict[str, Factory] = {"kit": lambda _plan, _user_id: _kit()}


def provider(name: str, user: User | None = None) -> Provider:
    """The provider called ``name``, with the models of the user's plan.

    Raises:
        Invalid: there is none.
        ProviderError: it cannot be reached at all, like a server without its key.
    """
    if name not in PROVIDERS:
        raise Invalid(f"There is no maker called {name}.", "provider")
    return PROVIDERS[name](user.plan, user.id) if user else PROVIDERS[name]("free", 0)
