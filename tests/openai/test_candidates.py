"""Portraits to choose from, by a server: looked at before they are shown, and paid as the bill says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from llmock.scenarios import Fail, Match
from sqlalchemy import func, select

from storylib.generation import image_checks, portrait_drawing, portrait_requests
from storylib.generation.portrait_drawing import CandidateKey
from storylib.library import portraits
from storylib.models import Call, Candidate, Character
from tests import factories
from tests.openai.desk import PICTURES, Desk

pytestmark = pytest.mark.usefixtures("near")


@pytest.fixture
def luna(desk: Desk) -> Character:
    """Ada's character."""
    with desk.database.write() as session:
        return factories.character(session, desk.ada)


def drawn(desk: Desk, luna: Character) -> list[Candidate]:
    """Four, asked for and carried out side by side."""
    with desk.database.write() as session:
        asked = portrait_requests.ask(session, desk.ada, luna.id, "openai")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: _carried_out(desk, CandidateKey(luna.id, one.batch, one.position)), asked))
    with desk.database.read() as session:
        return portraits.latest(session, desk.ada.id, luna.id)


def _carried_out(desk: Desk, key: CandidateKey) -> None:
    mark = portrait_drawing.draw_candidate(desk.database, key)
    if mark and image_checks.inspect_candidate(desk.database, key, mark):
        portrait_drawing.keep_candidate(desk.database, key, mark)


def cost(desk: Desk) -> Decimal | None:
    """By the ledger."""
    with desk.database.read() as session:
        return session.scalar(select(func.sum(Call.cost_usd)))


def test_each_is_checked_by_the_moderation_endpoint(desk: Desk, luna: Character) -> None:
    assert all(one.image_id for one in drawn(desk, luna))
    assert (desk.billed("/images/"), desk.mock.calls("/moderations")) == (4, [200] * 4)
    assert cost(desk) == desk.bill()


def test_what_a_model_finds_unfit_is_not_shown_where_no_endpoint_looks_at_pictures(desk: Desk, luna: Character) -> None:
    desk.mock.behaviour.lacks, desk.mock.behaviour.found = {"picture moderation"}, ("a knife",)
    found = drawn(desk, luna)
    assert [one.image_id for one in found] == [None] * 4
    assert {str(one.error) for one in found} == {
        "This portrait was not suitable for children (a knife), so it is not shown. Its cost still counts."
    }
    assert desk.billed("/images/") == 4
    assert cost(desk) == desk.bill()


def test_one_that_is_refused_costs_nothing_and_says_so(desk: Desk, luna: Character) -> None:
    desk.mock.state.scenarios.add(Fail(400, code="moderation_blocked", match=Match(path=PICTURES)))
    found = drawn(desk, luna)
    assert sorted(bool(one.image_id) for one in found) == [False, True, True, True]
    assert [str(one.error) for one in found if one.error] == [
        "The AI service's safety check rejected this. Different wording may help."
    ]
    assert desk.billed("/images/") == 3
    assert cost(desk) == desk.bill()
