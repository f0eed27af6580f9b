"""Who makes what: every provider behind one contract, in one visible table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from storylib import config, prices
from storylib.config import Models, settings
from storylib.errors import Invalid
from storylib.prices import Estimate
from storylib.providers.base import Duty, Illustrator, Likeness, Moderator, Onlooker, Usage, Writer, operation
from storylib.vocabulary import Operation, PlanName

if TYPE_CHECKING:
    from storylib.models import User

NOTHING = Estimate(Decimal(0), Decimal(0), Decimal(0), "free")


@dataclass(frozen=True)
class Provider:
    """One name's makers, as one person may use them. ``free`` ones never cost anything; ``hand_written`` ones need no
    check."""

    name: str
    free: bool
    writer: Writer
    illustrator: Illustrator
    moderator: Moderator | None = None
    onlooker: Onlooker | None = None
    likeness: Likeness | None = None
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
    from storylib.providers.kit.composer import KitWriter
    from storylib.providers.kit.illustrator import KitIllustrator

    return Provider("kit", True, KitWriter(), KitIllustrator(), hand_written=True)


@lru_cache(maxsize=256)
def _listed(day: date, asked: Operation, model: str, **facts: Any) -> Estimate | None:
    """From the price list, which changes by the day: worked out once, for it stands before every call."""
    return prices.estimate(asked, model, at=datetime.combine(day, time.min, UTC), **facts)


@dataclass(frozen=True)
class _Metered(Provider):
    """By what the server counts, unless the server is one's own and free."""

    models: Models | None = None
    takes_quality: bool = True  # the quality of pictures is asked for

    def model(self, duty: Duty) -> str:
        """By config.yaml, for the plan."""
        assert self.models
        models = {"write": self.models.text, "draw": self.models.picture, "look": self.models.vision}
        return models.get(duty, self.models.moderation)

    def estimate(self, duty: Duty, pages: int = 1) -> Estimate | None:
        """From the price list."""
        assert self.models
        if self.free:
            return NOTHING
        if duty == "draw":
            return self._picture()
        return _listed(datetime.now(UTC).date(), operation(duty), self.model(duty), pages=pages)

    def _picture(self) -> Estimate | None:
        """Of the plan's quality; of any, where the server cannot be told which."""
        assert self.models
        qualities = (self.models.quality,) * 3 if self.takes_quality else ("low", "medium", "high")
        model, size = self.models.picture, self.models.page_size
        found = [
            _listed(datetime.now(UTC).date(), "draw", model, quality=each, size=size, references=2)
            for each in qualities
        ]
        low, usual, high = found
        if not (low and usual and high):
            return None
        return Estimate(low.low, usual.usd, high.high, usual.basis)

    def cost(self, duty: Duty, usage: Usage | None) -> Decimal | None:
        """From the server's own count."""
        if self.free:
            return NOTHING.usd
        return prices.cost(operation(duty), usage) if usage else None


def _openai(plan: PlanName, user_id: int) -> Provider:
    from storylib.providers import openai

    section, server = settings().config.providers["openai"], openai.connect()
    models, user = section.models[plan], openai.pseudonym(settings().secret_key, user_id)
    eye = openai.OpenAIVision(server, models, user) if models.vision else None
    made = _Metered(
        "openai",
        section.free,
        openai.OpenAIWriter(server, models, user),
        openai.OpenAIIllustrator(server, models, user),
        openai.OpenAIModerator(server, models) if models.moderation else None,
        eye,
        models=models,
        takes_quality=server.official,
    )
    compares = _is_little(made) if section.likeness is None else section.likeness
    return replace(made, likeness=eye) if compares else made


def _is_little(maker: Provider) -> bool:
    """Whether looking at a page costs at most a tenth of what making it costs."""
    looked, drawn, written = (maker.estimate(duty) for duty in _OF_A_PAGE)
    return bool(looked and drawn and written and looked.usd * 10 <= drawn.usd + written.usd)


_OF_A_PAGE: tuple[Duty, ...] = ("look", "draw", "write")


PROVIDERS: dict[str, Factory] = {"kit": lambda _plan, _user_id: _kit(), "openai": _openai}


def offered() -> list[str]:
    """The providers that can be asked here and now: the Kit always, a server when its key or address is given."""
    given = {"kit": True, "openai": bool(config.secret("OPENAI_API_KEY") or config.secret("OPENAI_BASE_URL"))}
    return [name for name in settings().config.providers if given.get(name)]


def lacking(name: str) -> dict[str, str]:
    """What the server behind a provider turned out not to have, and what it said; it is found out by asking.

    Raises:
        ProviderError: there is no way to it, like a server without its key.
    """
    if name != "openai":
        return {}
    from storylib.providers import openai

    return openai.connect().missing


def provider(name: str, user: User | None = None) -> Provider:
    """The provider called ``name``, with the models of the user's plan.

    Raises:
        Invalid: there is none.
        ProviderError: it cannot be reached at all, like a server without its key.
    """
    if name not in PROVIDERS:
        raise Invalid(f"There is no maker called {name}.", "provider")
    return PROVIDERS[name](user.plan, user.id) if user else PROVIDERS[name]("free", 0)
