"""A provider that is paid by what its server counts: OpenAI, and servers that speak like it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from storylib.billing import prices
from storylib.billing.money import NOTHING, Estimate, Usage
from storylib.config import Models, settings
from storylib.generation.registry import Provider
from storylib.providers import openai
from storylib.providers.contract import Duty, operation
from storylib.vocabulary import Operation, PlanName

_OF_A_PAGE: tuple[Duty, ...] = ("look", "draw", "write")


@lru_cache(maxsize=256)
def _listed(day: date, asked: Operation, model: str, **facts: Any) -> Estimate | None:
    """From the price list, which changes by the day: worked out once, for it stands before every call."""
    return prices.estimate(asked, model, at=datetime.combine(day, time.min, UTC), **facts)


@dataclass(frozen=True)
class Metered(Provider):
    """By what the server counts, unless the server is one's own and free."""

    models: Models | None = None
    takes_quality: bool = True  # the quality of pictures is asked for

    def model(self, duty: Duty) -> str:
        """By config.yaml, for the plan."""
        assert self.models
        models = {"write": self.models.text, "draw": self.models.picture, "check": self.models.moderation}
        return self.models.vision if duty == "look" else models[operation(duty)]

    def estimate(self, duty: Duty, pages: int = 1) -> Estimate | None:
        """From the price list."""
        assert self.models
        if self.free:
            return NOTHING
        if duty == "draw":
            return self._picture(self.models.page_size, references=2)
        if duty == "portrait":
            return self._picture(self.models.portrait_size)
        return _listed(datetime.now(UTC).date(), operation(duty), self.model(duty), pages=pages)

    def _picture(self, size: str, references: int = 0) -> Estimate | None:
        """Of the plan's quality; of any, where the server cannot be told which."""
        assert self.models
        qualities = (self.models.quality,) * 3 if self.takes_quality else ("low", "medium", "high")
        day, facts = datetime.now(UTC).date(), {"size": size, "references": references}
        found = [_listed(day, "draw", self.models.picture, quality=each, **facts) for each in qualities]
        low, usual, high = found
        if not (low and usual and high):
            return None
        return Estimate(low.low, usual.usd, high.high, usual.basis)

    def cost(self, duty: Duty, usage: Usage | None) -> Decimal | None:
        """From the server's own count."""
        if self.free:
            return NOTHING.usd
        return prices.cost(operation(duty), usage) if usage else None


def openai_for(plan: PlanName, user_id: int) -> Provider:
    """The server of config.yaml's ``openai``, with the models of a plan.

    Raises:
        ProviderError: it cannot be reached at all, like a server without its key.
    """
    section, server = settings().config.providers["openai"], openai.connect()
    models, user = section.models[plan], openai.pseudonym(settings().secret_key, user_id)
    eye = openai.OpenAIVision(server, models, user) if models.vision else None
    made = Metered(
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
    return replace(made, consistency_checker=eye) if compares else made


def _is_little(provider: Provider) -> bool:
    """Whether looking at a page costs at most a tenth of what making it costs."""
    looked, drawn, written = (provider.estimate(duty) for duty in _OF_A_PAGE)
    return bool(looked and drawn and written and looked.usd * 10 <= drawn.usd + written.usd)
