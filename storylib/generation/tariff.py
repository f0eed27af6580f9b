"""What calls cost: nothing, or by the models of a plan and the price list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from storylib.billing import prices
from storylib.billing.money import NOTHING, Estimate, Usage
from storylib.config import Models
from storylib.vocabulary import Operation


@lru_cache(maxsize=256)
def _listed(day: date, asked: Operation, model: str, **facts: Any) -> Estimate | None:
    """From the price list, which changes by the day: worked out once, for it stands before every call."""
    return prices.estimate(asked, model, at=datetime.combine(day, time.min, UTC), **facts)


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """The models of one plan at the provider called ``name``, and the prices of calls to them, in US dollars."""

    name: str
    free: bool  # it never costs anything
    models: Models | None = None
    takes_quality: bool = True  # the quality of pictures is asked for

    def model(self, operation: Operation) -> str:
        """Return what the ledger calls the one who does it."""
        if self.models is None:
            return f"{self.name}-1"
        models: dict[Operation, str] = {
            "write": self.models.text,
            "draw": self.models.picture,
            "portrait": self.models.picture,
            "check": self.models.moderation,
            "inspect": self.models.vision,
        }
        return models[operation]

    def estimate(self, operation: Operation, pages: int = 1) -> Estimate | None:
        """Return what a call would cost; None when there is no price for it. ``pages`` are those to write."""
        if self.free:
            return NOTHING
        if self.models and operation == "draw":
            return self._picture(self.models, self.models.page_size, references=2)
        if self.models and operation == "portrait":
            return self._picture(self.models, self.models.portrait_size)
        return _listed(datetime.now(UTC).date(), operation, self.model(operation), pages=pages)

    def _picture(self, models: Models, size: str, references: int = 0) -> Estimate | None:
        """Of the plan's quality; of any, where the server cannot be told which."""
        qualities = (models.quality,) * 3 if self.takes_quality else ("low", "medium", "high")
        day, facts = datetime.now(UTC).date(), {"size": size, "references": references}
        low, usual, high = (_listed(day, "draw", models.picture, quality=each, **facts) for each in qualities)
        if not (low and usual and high):
            return None
        return Estimate(low.low, usual.usd, high.high, usual.basis)

    def cost(self, operation: Operation, usage: Usage | None) -> Decimal | None:
        """Return what a call cost, from the server's own count; None when there is no price for it."""
        if self.free:
            return NOTHING.usd
        return prices.cost(operation, usage) if usage else None

    def charges(self, operation: Operation) -> bool:
        """Tell whether such a call may cost anything; one that cannot may be repeated whenever it was cut off."""
        estimate = self.estimate(operation)
        return not self.free and (estimate is None or bool(estimate.high))

    def reservation(self, operation: Operation, pages: int = 1) -> Decimal:
        """Return what is set aside before a call: the most that it may cost, as far as that is known."""
        estimate = self.estimate(operation, pages)
        return estimate.high if estimate else NOTHING.usd
