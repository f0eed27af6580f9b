"""What calls cost: nothing, or by the models of a plan and the price list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from storylib.billing import prices
from storylib.billing.money import NOTHING, Estimate, Usage
from storylib.config import Models, settings
from storylib.vocabulary import DRAWN, Operation


@lru_cache(maxsize=256)
def _listed(day: date, asked: Operation, model: str, **facts: Any) -> Estimate | None:
    """From the price list, which changes by the day: worked out once, for it stands before every call."""
    return prices.estimate(asked, model, at=datetime.combine(day, time.min, UTC), **facts)


@lru_cache(maxsize=256)
def _bound(day: date, operation: Operation, model: str, **facts: Any) -> Decimal | None:
    return prices.bound(operation, model, at=datetime.combine(day, time.min, UTC), **facts)


@lru_cache(maxsize=256)
def _dearest(day: date, operation: Operation, models: frozenset[str], **facts: Any) -> Decimal:
    return prices.dearest(operation, models, at=datetime.combine(day, time.min, UTC), **facts)


def _models(operation: Operation) -> frozenset[str]:
    """All that config.yaml names for such calls."""
    of_plans = [models for entry in settings().config.providers.values() for models in entry.models.values()]
    if operation in DRAWN:
        return frozenset(models.picture for models in of_plans)
    return frozenset(name for models in of_plans for name in (models.text, models.vision) if name)


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

    def estimate(self, operation: Operation, pages: int = 1, references: int = 2) -> Estimate | None:
        """Return what a call would cost; None when there is no price for it. ``pages`` are those to write, and
        ``references`` the portraits that go along with a picture to draw."""
        if self.free:
            return NOTHING
        if self.models and operation == "draw":
            return self._picture(self.models, self.models.page_size, references)
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
        if usage is None:
            return None
        own = prices.cost(operation, usage)  # servers name their models as they like
        return prices.cost(operation, replace(usage, model=self.model(operation))) if own is None else own

    def charges(self, operation: Operation) -> bool:
        """Tell whether such a call may cost anything; one that cannot may be repeated whenever it was cut off."""
        estimate = self.estimate(operation)
        return not self.free and (estimate is None or bool(estimate.high))

    def reservation(self, operation: Operation, pages: int = 1, references: int = 0) -> Decimal:
        """Return what is set aside before a call: the most that it can cost. A model without a price is taken to be as
        dear as the dearest that is known."""
        if self.free or self.models is None:
            return NOTHING.usd
        quality = self.models.quality if self.takes_quality else "high"
        size = self.models.portrait_size if operation == "portrait" else self.models.page_size
        day = datetime.now(UTC).date()
        facts = {"pages": pages, "quality": quality, "size": size, "references": references}
        known = _bound(day, operation, self.model(operation), **facts)
        return _dearest(day, operation, _models(operation), **facts) if known is None else known
