"""What calls cost: exact where it is known, None where it is not, never 0 by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from storylib.billing import prices
from storylib.billing.money import Usage

AT = datetime(2026, 11, 22, tzinfo=UTC)
CHAT = {"prompt_tokens": 1_000_000, "completion_tokens": 1_000_000, "total_tokens": 2_000_000}


def drawn(text: int = 100, seen: int = 0, out: int = 1000, **more: Any) -> dict[str, Any]:
    """The usage of a picture as OpenAI's servers count it."""
    details = {"text_tokens": text, "image_tokens": seen}
    return {"input_tokens": text + seen, "output_tokens": out, "input_tokens_details": details, **more}


def cost(operation: Any, model: str, raw: dict[str, Any] | None, at: datetime = AT) -> Decimal | None:
    return prices.cost(operation, Usage(model=model, raw=raw), at)


def test_a_text_costs_its_tokens() -> None:
    small = {"prompt_tokens": 1000, "completion_tokens": 2000}
    assert cost("write", "gpt-6-luna", small) == Decimal("0.1") / 1000 + 2 * Decimal("0.5") / 1000


def test_a_dated_snapshot_costs_what_its_model_costs() -> None:
    small = {"prompt_tokens": 1000, "completion_tokens": 2000}
    assert cost("write", "gpt-6-luna-2026-09-22", small) == cost("write", "gpt-6-luna", small)


def test_tokens_from_a_cache_are_cheaper() -> None:
    fresh = {"prompt_tokens": 1000, "completion_tokens": 10}
    cached = {**fresh, "prompt_tokens_details": {"cached_tokens": 900}}
    dear, cheap = cost("write", "gpt-6-luna", fresh), cost("write", "gpt-6-luna", cached)
    assert dear is not None
    assert cheap is not None
    assert cheap < dear


@pytest.mark.parametrize("model", ["gpt-image-2.6-flare", "gpt-image-2.6-sunburst", "gpt-image-2.6-flare-2026-11-04"])
def test_a_picture_costs_its_words_portraits_and_what_is_drawn(model: str) -> None:
    assert cost("draw", model, drawn(text=1000, seen=1000, out=1000)) == Decimal("0.043")  # 5 + 8 + 30 a million


def test_drawn_tokens_are_picture_tokens_even_where_the_server_does_not_say_so() -> None:
    """Without the details they would be priced as text, 63 % too low."""
    told = drawn(output_tokens_details={"text_tokens": 0, "image_tokens": 1000})
    assert cost("draw", "gpt-image-1.5", drawn()) == cost("draw", "gpt-image-1.5", told) == Decimal("0.0325")


def test_facts_beside_the_count_do_not_matter() -> None:
    assert cost("draw", "gpt-image-2.6-flare", drawn(size="1536x1024", quality="low")) is not None


@pytest.mark.parametrize(
    ("operation", "model", "raw"),
    [
        ("write", "llama3.3", CHAT),
        ("draw", "flux-schnell", drawn()),
        ("draw", "gpt-image-9", drawn()),
        ("write", "gpt-6-luna", None),
        ("write", "gpt-6-luna", {}),
        ("write", "gpt-6-luna", {"prompt_tokens": "many"}),
        ("draw", "gpt-image-2.6-flare", {"size": "1024x1024"}),
        ("read", "gpt-6-luna", CHAT),
        ("write", "", CHAT),
    ],
)
def test_what_is_not_known_has_no_price(operation: Any, model: str, raw: dict[str, Any] | None) -> None:
    assert cost(operation, model, raw) is None


def test_a_price_holds_from_its_day_on() -> None:
    assert cost("draw", "gpt-image-2.6-flare", drawn(), datetime(2026, 11, 4, tzinfo=UTC)) is not None
    assert cost("draw", "gpt-image-2.6-flare", drawn(), datetime(2026, 11, 3, tzinfo=UTC)) is None


def test_moderation_is_free_and_known_to_be() -> None:
    assert cost("check", "omni-moderation-latest", None) == 0


def test_where_a_price_comes_from_is_told() -> None:
    assert "2026-11-04" in prices.basis("gpt-image-2.6-flare", AT)
    assert "genai-prices" in prices.basis("gpt-6-luna", AT)
    assert prices.basis("llama3.3", AT) == ""


def test_an_estimate_has_a_range() -> None:
    for operation, model in (("write", "gpt-6-luna"), ("draw", "gpt-image-2.6-flare"), ("check", "gpt-6-luna")):
        guess = prices.estimate(operation, model, at=AT)  # type: ignore[arg-type]
        assert guess is not None
        assert 0 < guess.low < guess.usd < guess.high
        assert guess.basis


def test_more_is_dearer() -> None:
    def usd(operation: Any, model: str, **what: Any) -> Decimal:
        guess = prices.estimate(operation, model, at=AT, **what)
        assert guess is not None
        return guess.usd

    assert usd("write", "gpt-6-luna", pages=4) < usd("write", "gpt-6-luna", pages=20)
    assert usd("write", "gpt-6-luna", pages=8) < usd("write", "gpt-6-luna", pages=8, age_band="9-12")
    picture = "gpt-image-2.6-flare"
    assert usd("draw", picture) < usd("draw", picture, references=2)
    assert usd("draw", picture) < usd("draw", picture, quality="medium") < usd("draw", picture, quality="high")
    assert usd("draw", picture, size="1024x1024") < usd("draw", picture, size="2048x2048")


@pytest.mark.parametrize("what", [("write", "llama3.3"), ("draw", "flux"), ("read", "gpt-6-luna")])
def test_what_has_no_price_has_no_estimate(what: tuple[Any, str]) -> None:
    assert prices.estimate(*what, at=AT) is None


def test_estimates_add_up() -> None:
    one = prices.Estimate(Decimal(1), Decimal(2), Decimal(3), "so")
    assert one + one == one * 2 == prices.Estimate(Decimal(2), Decimal(4), Decimal(6), "so")
