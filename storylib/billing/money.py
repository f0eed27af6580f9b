"""Values of money and use: what a call consumed, and what one will cost. US dollars throughout."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Usage:
    """What a call consumed, as the server counted it. Zero where it did not say.

    ``model`` is the model as the server names it, and ``raw`` the server's own count: what ``prices.cost`` needs.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    images: int = 0
    model: str = ""
    raw: dict[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True)
class Estimate:
    """What something will cost in USD: at least, as expected, at most; and how that was estimated."""

    low: Decimal
    usd: Decimal
    high: Decimal
    basis: str = ""

    def __add__(self, other: Estimate) -> Estimate:
        """Add both up."""
        return Estimate(self.low + other.low, self.usd + other.usd, self.high + other.high, self.basis or other.basis)

    def __mul__(self, times: int) -> Estimate:
        """Multiply by a number of calls."""
        return Estimate(self.low * times, self.usd * times, self.high * times, self.basis)


NOTHING = Estimate(Decimal(0), Decimal(0), Decimal(0), "free")

NO_USAGE = Usage()
ONE_IMAGE = Usage(images=1)
