"""What a call reserves is the most that it can cost, so that a budget is never crossed, whatever a server counts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import JSONResponse, Response

from storylib.billing import prices
from storylib.billing.money import Usage
from storylib.config import settings
from storylib.generation.tariff import Tariff
from storylib.models import User
from storylib.providers.openai import vision, writer
from storylib.providers.openai.server import Server
from tests.openai.conftest import MODELS
from tests.openai.desk import PAGES, Desk, is_whole, stand_ins

TARIFF = Tariff(name="openai", free=False, models=MODELS)
UNPRICED = Tariff(name="openai", free=False, models=MODELS.model_copy(update={"picture": "ours", "text": "ours"}))


def counted(references: int) -> Usage:
    """The dearest picture that has been reported: 2,200 tokens for each of four portraits, or for one enlarged."""
    shown = 8800 if references else 0
    details = {"text_tokens": 400, "image_tokens": shown}
    count = {"input_tokens": 400 + shown, "output_tokens": 158, "input_tokens_details": details}
    return Usage(images=1, model=MODELS.picture, raw=count)


def test_the_bounds_are_the_limits_that_are_sent() -> None:
    limits = prices._table()["consumed"]
    assert (limits["write_out"][3], limits["page_out"][3]) == (writer.TOKENS_AROUND, writer.TOKENS_A_PAGE)
    assert limits["check_out"][3] == vision.LIMIT


@pytest.mark.parametrize("references", [0, 1, 4])
def test_a_reservation_is_the_most_that_a_picture_can_cost(references: int) -> None:
    cost = TARIFF.cost("draw", counted(references))
    assert cost is not None
    assert cost <= TARIFF.reservation("draw", references=references)


def test_more_references_reserve_more() -> None:
    reserved = [TARIFF.reservation("draw", references=count) for count in (0, 1, 4, 5)]
    assert reserved[0] < reserved[1] == reserved[2] < reserved[3]


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("operation", ["write", "draw"])
def test_a_model_without_a_price_reserves_as_much_as_the_dearest_known(operation: Any) -> None:
    assert UNPRICED.estimate(operation) is None
    assert UNPRICED.reservation(operation, pages=5) >= TARIFF.reservation(operation, pages=5) > 0


def test_a_server_that_names_its_model_otherwise_is_priced_by_the_model_that_was_asked() -> None:
    count = {"prompt_tokens": 1000, "completion_tokens": 1000}
    known = TARIFF.cost("write", Usage(model=MODELS.text, raw=count))
    assert known
    assert TARIFF.cost("write", Usage(model="luna-q4.gguf", raw=count)) == known
    assert TARIFF.cost("write", Usage(model="luna-q4.gguf")) is None


@pytest.mark.usefixtures("near")
def test_ten_cents_are_never_exceeded_by_pictures_drawn_at_once(desk: Desk, server: Server, tmp_path: Path) -> None:
    server.official = True  # so that it is told the quality, and is not taken to draw in the dearest
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("192x128", "1536x1024"), "utf-8")  # some four cents each
    settings.cache_clear()
    with desk.database.write() as session:
        session.get_one(User, desk.ada.id).budget_usd = Decimal("0.10")
    story = desk.made()
    assert is_whole(story)  # the Kit draws what there is no money for
    assert 0 < stand_ins(story) < PAGES + 1
    assert desk.bill() <= Decimal("0.10")
    assert desk.cost(story) == desk.bill()


@pytest.mark.usefixtures("near")
def test_an_answer_that_brought_nothing_is_not_booked_as_paid(desk: Desk) -> None:
    once = iter([Response("", media_type="application/json"), JSONResponse({"choices": []})])
    desk.mock.behaviour.instead["chat"] = lambda _: next(once, None)
    story = desk.made()
    assert is_whole(story)
    calls = desk.calls(story, "write")
    assert [(call.state, call.cost_usd) for call in calls[:-1]] == [("unknown", None)] * 2
    assert calls[-1].state == "settled"
    assert desk.cost(story) == desk.bill()
