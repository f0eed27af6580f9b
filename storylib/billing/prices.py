"""What a call cost, and what one will cost: the offline snapshot of genai-prices, and prices.yaml for what it lacks.

A price that is not known is None, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from storylib import tables
from storylib.billing.money import Estimate, Usage
from storylib.story import prompts
from storylib.vocabulary import DRAWN, AgeBand, Operation

Counts = Mapping[str, Any]
_BOUND = 3  # the place of the bounds in the table
# How a server counts in answers to each operation, as genai-prices calls it.
_FLAVOURS: dict[Operation, str] = {
    "write": "chat", "draw": "images", "portrait": "images", "check": "chat", "inspect": "chat",
}  # fmt: skip


def cost(operation: Operation, usage: Usage, at: datetime | None = None) -> Decimal | None:
    """Return what a call cost in USD, from the server's own count; None when the price or the count is not known."""
    return _price(operation, usage.model, usage.raw or {}, at or datetime.now(UTC))


def basis(model: str, at: datetime | None = None) -> str:
    """Return where a model's price comes from, as a sentence; empty when it has none."""
    entry = _entry(model, (at or datetime.now(UTC)).date())
    if entry:
        return f"prices.yaml, since {entry['since']}: {entry['source']}"
    priced = _price("write", model, {"prompt_tokens": 1, "completion_tokens": 1}, at or datetime.now(UTC))
    return "" if priced is None else "the offline genai-prices list"


def _price(operation: Operation, model: str, counted: Counts, at: datetime | None) -> Decimal | None:
    at = at or datetime.now(UTC)
    entry = _entry(model, at.date()) or {}
    if entry.get("free"):
        return Decimal(0)
    if operation not in _FLAVOURS or not counted:
        return None
    return _listed(_FLAVOURS[operation], entry.get("like", model), _filled(operation, counted), at)


def _filled(operation: Operation, counted: Counts) -> Counts:
    """Count a picture's output tokens as picture tokens; where a server does not say so they would be priced as
    text."""
    if operation not in DRAWN or counted.get("output_tokens_details"):
        return counted
    return {**counted, "output_tokens_details": {"text_tokens": 0, "image_tokens": counted.get("output_tokens", 0)}}


def _listed(flavour: str, model: str, counted: Counts, at: datetime) -> Decimal | None:
    from genai_prices import data_snapshot  # a third of a second, and only where something is paid

    listed = data_snapshot.get_snapshot()
    try:
        found = listed.extract_usage({"model": model, "usage": dict(counted)}, "openai", None, flavour)
        price = listed.calc(found.usage, model, "openai", None, at, None)
    except (LookupError, ValueError, TypeError):
        return None
    # A model that is listed without prices would be free; what costs something can round to nothing only when unused.
    unpriced = not price.total_price and any((found.usage.input_tokens, found.usage.output_tokens))
    return None if unpriced else price.total_price


def _entry(model: str, day: date) -> dict[str, Any] | None:
    """Return our own entry for a model: the newest that was valid on that day."""
    name = re.sub(r"-\d{4}-\d{2}-\d{2}$", "", model)
    valid = [entry for entry in _table()["prices"] if entry["model"] == name and entry["since"] <= day]
    return max(valid, key=lambda entry: str(entry["since"]), default=None)


def _table() -> dict[str, Any]:
    found: dict[str, Any] = tables.beside(__file__)
    return found


def estimate(
    operation: Operation,
    model: str,
    *,
    pages: int = 1,
    age_band: AgeBand = "3-5",
    quality: str = "low",
    size: str = "1536x1024",
    references: int = 0,
    at: datetime | None = None,
) -> Estimate | None:
    """Return what one call will cost; None when the model has no price. The ledger's own averages are better, if it has
    any.

    ``pages`` and ``age_band`` are of a text to be written (1 for a page to be rewritten); ``quality``, ``size`` and
    ``references`` (how many portraits go along) are of a picture.
    """

    low, usd, high = (
        _price(operation, model, _counts(rank, operation, model, pages, age_band, quality, size, references), at)
        for rank in range(3)
    )
    if low is None or usd is None or high is None:
        return None
    return Estimate(low, usd, high, "based on list prices and typical usage")


def bound(
    operation: Operation,
    model: str,
    *,
    pages: int = 1,
    quality: str = "high",
    size: str = "1536x1024",
    references: int = 0,
    at: datetime | None = None,
) -> Decimal | None:
    """Return the USD that one call can cost at most; None when the model has no price. Parameters as for
    ``estimate``."""
    shown = max(references, _table()["reserved_references"]) if references else 0
    return _price(operation, model, _counts(_BOUND, operation, model, pages, "3-5", quality, size, shown), at)


def dearest(operation: Operation, models: Iterable[str], **facts: Any) -> Decimal:
    """Return the highest ``bound`` in USD of the ``models``, and of the picture models of prices.yaml; for a model
    without a price."""
    drawing = (entry["model"] for entry in _table()["prices"] if operation in DRAWN and not entry.get("free"))
    known = (bound(operation, model, **facts) for model in {*models, *drawing})
    return max(filter(None, known), default=Decimal(0))


def _counts(
    rank: int, operation: Operation, model: str, pages: int, age_band: AgeBand, quality: str, size: str, references: int
) -> Counts:
    if operation in DRAWN:
        return _drawn(rank, model, quality, size, references)
    if operation == "write":
        return _written(rank, pages, age_band)
    return _chat(_consumed("check_in")[rank], _consumed("check_out")[rank])


def _consumed(what: str) -> list[float]:
    found: list[float] = _table()["consumed"][what]
    return found


def _chat(tokens_in: float, tokens_out: float) -> Counts:
    return {"prompt_tokens": round(tokens_in), "completion_tokens": round(tokens_out)}


def _written(rank: int, pages: int, age_band: AgeBand) -> Counts:
    words = prompts.words_expected(age_band) * _consumed("token_a_word")[rank]
    out = _consumed("write_out")[rank] + pages * (_consumed("page_out")[rank] + words)
    return _chat(_consumed("write_in")[rank], out)


def _drawn(rank: int, model: str, quality: str, size: str, references: int) -> Counts:
    out = _drawn_tokens(model, quality, size)
    if out is None:
        return {}
    told, shown = round(_consumed("draw_in")[rank]), round(references * _consumed("reference_in")[rank])
    return {
        "input_tokens": told + shown,
        "input_tokens_details": {"text_tokens": told, "image_tokens": shown},
        "output_tokens": out,
    }


def _drawn_tokens(model: str, quality: str, size: str) -> int | None:
    """Return the output tokens of a picture, by the longest listed prefix of the model's name."""
    families = [name for name in _table()["drawn_tokens"] if model.startswith(name)]
    if not families:
        return None
    sizes: dict[str, int] = _table()["drawn_tokens"][max(families, key=len)].get(quality, {})
    if not sizes or size in sizes:
        return sizes.get(size)
    width, height = map(int, size.split("x"))
    return round(sizes["1024x1024"] * width * height / 1024**2)
