"""Who makes what: every provider behind one contract, in one visible table.

A provider's own code is imported when it is first asked for, so that the Kit works without waiting for settings, prices
and servers, and nobody waits for a provider that is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from storylib.billing.money import NOTHING, Estimate, Usage
from storylib.errors import Invalid
from storylib.providers.contract import ConsistencyChecker, Duty, Illustrator, ImageModerator, Moderator, Writer
from storylib.vocabulary import PlanName

if TYPE_CHECKING:
    from storylib.models import User


@dataclass(frozen=True)
class Provider:
    """A provider as one person may use it. ``free``: it never costs anything. ``hand_written``: it needs no checks."""

    name: str
    free: bool
    writer: Writer
    illustrator: Illustrator
    moderator: Moderator | None = None
    image_moderator: ImageModerator | None = None
    consistency_checker: ConsistencyChecker | None = None
    hand_written: bool = False

    def model(self, duty: Duty) -> str:
        """What the ledger calls the one who does it."""
        return f"{self.name}-1"

    def estimate(self, duty: Duty, pages: int = 1) -> Estimate | None:
        """What a call would cost, in US dollars; None when there is no price for it. ``pages`` are those to write."""
        return NOTHING

    def cost(self, duty: Duty, usage: Usage | None) -> Decimal | None:
        """What a call cost, in US dollars; None when there is no price for it."""
        return NOTHING.usd

    def charges(self, duty: Duty) -> bool:
        """Whether such a call may cost anything; one that cannot may be repeated whenever it was cut off."""
        estimate = self.estimate(duty)
        return not self.free and (estimate is None or bool(estimate.high))

    def reservation(self, duty: Duty, pages: int = 1) -> Decimal:
        """What is set aside before a call: the most that it may cost, as far as that is known."""
        estimate = self.estimate(duty, pages)
        return estimate.high if estimate else NOTHING.usd


Factory = Callable[[PlanName, int], Provider]


@cache
def _kit() -> Provider:
    from storylib.kit.composer import KitWriter
    from storylib.kit.illustrator import KitIllustrator

    return Provider("kit", True, KitWriter(), KitIllustrator(), hand_written=True)


def _openai(plan: PlanName, user_id: int) -> Provider:
    from storylib.generation.metered import openai_for

    return openai_for(plan, user_id)


PROVIDERS: dict[str, Factory] = {"kit": lambda _plan, _user_id: _kit(), "openai": _openai}


def offered() -> list[str]:
    """The providers that can be asked here and now: the Kit always, a server when its key or address is given."""
    from storylib import config

    given = {"kit": True, "openai": bool(config.secret("OPENAI_API_KEY") or config.secret("OPENAI_BASE_URL"))}
    return [name for name in config.settings().config.providers if given.get(name)]


def lacking(name: str) -> dict[str, str]:
    """What the server behind a provider turned out not to have, and what it said; it is found out by asking.

    Raises:
        ProviderError: there is no way to it, like a server without its key.
    """
    if name != "openai":
        return {}
    from storylib.providers import openai

    return openai.connect().missing


def provider_for(name: str, user: User | None = None) -> Provider:
    """The provider called ``name``, with the models of the user's plan.

    Raises:
        Invalid: there is none.
        ProviderError: it cannot be reached at all, like a server without its key.
    """
    if name not in PROVIDERS:
        raise Invalid(f"There is no AI provider called {name}.", "provider")
    return PROVIDERS[name](user.plan, user.id) if user else PROVIDERS[name]("free", 0)
