"""The ledger: nothing is paid twice, and every dollar is counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib import ledger
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.ledger import Ask
from storylib.models import Call, User, now
from storylib.providers.base import Usage
from tests import factories


def _ask(user: User, mark: str = "a" * 64, free: bool = False, estimate: str = "0.04") -> Ask:
    return Ask(user.id, "draw", "openai", "some-model", mark, free, Decimal(estimate))


def test_what_was_settled_is_returned_and_not_asked_again(session: Session) -> None:
    ask = _ask(factories.user(session))
    first = ledger.reserve(session, ask)
    ledger.settle(session, first.id, Usage(10, 20, 1), Decimal("0.0123"), 900, result={"text": "once"})
    again = ledger.reserve(session, ask)
    assert (again.id, again.state, again.result, again.reused) == (first.id, "settled", {"text": "once"}, 1)


def test_a_row_left_by_a_crash_is_taken_up_when_free_and_unknown_when_paid(session: Session) -> None:
    ada = factories.user(session)
    free, paid = _ask(ada, "f" * 64, free=True), _ask(ada, "p" * 64)
    for ask in (free, paid):
        ledger.reserve(session, ask)
    assert (ledger.reserve(session, free).state, ledger.reserve(session, free).attempts) == ("reserved", 3)
    with pytest.raises(ProviderError, match="may have been charged") as refused:
        ledger.refuse_lost(ledger.reserve(session, paid))
    assert refused.value.maybe_paid


def test_a_failed_row_makes_way_for_another_try(session: Session) -> None:
    ask = _ask(factories.user(session))
    first = ledger.reserve(session, ask)
    ledger.fail(session, first.id, ProviderError("busy", "rate_limited"), 50)
    second = ledger.reserve(session, ask)
    assert (first.state, first.error_kind, second.state) == ("failed", "rate_limited", "reserved")
    assert first.id != second.id


def test_a_failure_that_may_have_been_charged_stays_unknown(session: Session) -> None:
    call = ledger.reserve(session, _ask(factories.user(session)))
    ledger.fail(session, call.id, ProviderError("no answer", "timeout", maybe_paid=True), 60_000)
    assert ledger.reserve(session, _ask(session.get_one(User, call.user_id))).state == "unknown"


def test_a_retired_row_keeps_its_money_and_frees_its_thing(session: Session) -> None:
    ada = factories.user(session)
    first = ledger.reserve(session, _ask(ada))
    ledger.settle(session, first.id, Usage(), Decimal("0.05"), 10)
    ledger.retire(session, first)
    assert ledger.reserve(session, _ask(ada)).id != first.id
    assert ledger.spent(session, ada.id, now() - timedelta(hours=1)).cost_usd == Decimal("0.09")  # settled + estimate


def test_many_at_once_get_one_row(database: Database) -> None:
    with database.write() as session:
        ask = _ask(factories.user(session), free=True)
    start = Barrier(8)

    def reserve(_: int) -> int:
        start.wait()
        with database.write() as session:
            return ledger.reserve(session, ask).id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(reserve, range(8)))) == 1
    with database.read() as session:
        assert len(session.scalars(select(Call)).all()) == 1


def test_what_was_spent_is_exact_and_unpriced_calls_are_counted(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    tiny = Decimal("0.000000001")
    for i in range(3):
        call = ledger.reserve(session, _ask(ada, f"{i:064}"))
        ledger.settle(session, call.id, Usage(images=1), tiny, 1)
    unpriced = ledger.reserve(session, _ask(ben, "b" * 64, estimate="0"))
    ledger.settle(session, unpriced.id, Usage(images=2), None, 1)
    hour = now() - timedelta(hours=1)
    assert ledger.spent(session, ada.id, hour) == ledger.Spent(3 * tiny, 3, 0)
    assert ledger.spent(session, None, hour) == ledger.Spent(3 * tiny, 5, 1)
    assert ledger.spent(session, None, now() + timedelta(hours=1)) == ledger.Spent(Decimal(0), 0, 0)


def test_a_fingerprint_tells_everything_apart_that_decides_the_result() -> None:
    brief = factories.BRIEF
    marks = {
        ledger.fingerprint("kit", "kit-1", brief),
        ledger.fingerprint("kit", "kit-2", brief),
        ledger.fingerprint("openai", "kit-1", brief),
        ledger.fingerprint("kit", "kit-1", brief.model_copy(update={"seed": 8})),
        ledger.fingerprint("kit", "kit-1", brief, [b"portrait"]),
        ledger.fingerprint("kit", "kit-1", brief, take=2),
    }
    assert len(marks) == 6
    assert ledger.fingerprint("kit", "kit-1", brief) in marks
