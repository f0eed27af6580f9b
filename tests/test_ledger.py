"""The ledger: nothing is paid twice, and every dollar is counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.billing import ledger, quotas
from storylib.billing.ledger import CallRequest
from storylib.billing.money import Usage
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.models import Call, User, now
from storylib.reporting.analytics import span, usage
from tests import factories


def _ask(user: User, mark: str = "a" * 64, estimate: str = "0.04") -> CallRequest:
    return CallRequest(user.id, "draw", "openai", "some-model", mark, Decimal(estimate))


def test_what_was_settled_is_returned_and_not_asked_again(session: Session) -> None:
    ask = _ask(factories.user(session))
    first = ledger.reserve(session, ask)
    ledger.settle(session, first.id, Usage(10, 20, 1), Decimal("0.0123"), 900, result={"text": "once"})
    again = ledger.reserve(session, ask)
    assert (again.id, again.state, again.result, again.reused) == (first.id, "settled", {"text": "once"}, 1)


def test_what_was_charged_and_cannot_be_used_is_not_counted_as_reused(session: Session) -> None:
    ask = _ask(factories.user(session))
    first = ledger.reserve(session, ask)
    ledger.settle(session, first.id, Usage(), Decimal("0.04"), 900, unusable="bad_output")
    again = ledger.reserve(session, ask)
    assert (again.id, again.reused, again.error_kind) == (first.id, 0, "bad_output")
    with pytest.raises(ProviderError) as refused:
        ledger.refuse_lost(again)
    assert (refused.value.kind, refused.value.permanent, refused.value.maybe_paid) == ("bad_output", True, True)


def test_a_row_left_by_a_crash_is_taken_up_unless_it_was_sent(session: Session) -> None:
    ada = factories.user(session)
    waiting, sent = _ask(ada, "w" * 64), _ask(ada, "s" * 64)
    for ask in (waiting, sent):
        call = ledger.reserve(session, ask)
    ledger.send(session, call.id)
    assert (ledger.reserve(session, waiting).state, ledger.reserve(session, waiting).attempts) == ("reserved", 3)
    with pytest.raises(ProviderError) as refused:
        ledger.refuse_lost(ledger.reserve(session, sent))
    assert (refused.value.kind, refused.value.permanent, refused.value.maybe_paid) == ("timeout", True, True)


def test_what_came_back_uncharged_may_be_sent_once_more(session: Session) -> None:
    ask = _ask(factories.user(session))
    call = ledger.reserve(session, ask)
    for _ in range(2):  # refused because there was too busy
        ledger.send(session, call.id)
        ledger.unsend(session, call.id)
    assert ledger.reserve(session, ask).state == "reserved"


def test_of_many_that_hold_a_row_one_sends_it(database: Database) -> None:
    with database.write() as session:
        call = ledger.reserve(session, _ask(factories.user(session)))
    start = Barrier(8)

    def send(_: int) -> bool:
        start.wait()
        try:
            with database.write() as session:
                ledger.send(session, call.id)
        except ProviderError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, range(8))) == 1


def test_who_came_second_does_not_undo_what_the_first_has_settled(session: Session) -> None:
    call = ledger.reserve(session, _ask(factories.user(session)))
    ledger.settle(session, call.id, Usage(images=1), Decimal("0.04"), 10)
    with pytest.raises(ProviderError) as second:
        ledger.send(session, call.id)
    assert (second.value.kind, second.value.permanent, second.value.maybe_paid) == ("timeout", True, True)
    ledger.fail(session, call.id, second.value, 20)
    assert (call.state, call.cost_usd, call.error_kind) == ("settled", Decimal("0.04"), None)


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
    ledger.release_fingerprint(session, first)
    assert ledger.reserve(session, _ask(ada)).id != first.id
    assert quotas.budget(session, ada).used_usd == Decimal("0.09")  # settled + estimate


@pytest.mark.parametrize(("page_number", "accepted"), [(None, {"page 1", "page 2", "unusable"}), (1, {"page 1"})])
def test_what_was_lost_is_accepted_of_that_story_or_that_page_and_nothing_else(
    session: Session, page_number: int | None, accepted: set[str]
) -> None:
    here, there = "a" * 32, "b" * 32
    rows = {
        "page 1": factories.call(session, story_id=here, page_number=1, state="unknown"),
        "page 2": factories.call(session, story_id=here, page_number=2, state="unknown", error_kind="timeout"),
        "unusable": factories.call(session, story_id=here, page_number=2, state="settled", error_kind="bad_output"),
        "fine": factories.call(session, story_id=here, page_number=1, state="settled"),
        "failed": factories.call(session, story_id=here, page_number=1, state="failed", error_kind="server"),
        "under way": factories.call(session, story_id=here, page_number=1),
        "elsewhere": factories.call(session, story_id=there, page_number=1, state="unknown"),
    }
    before = {name: (row.fingerprint, row.state) for name, row in rows.items()}
    ledger.accept_lost(session, here, page_number)
    assert {name for name, row in rows.items() if row.fingerprint != before[name][0]} == accepted
    assert {name: row.state for name, row in rows.items()} == {name: state for name, (_, state) in before.items()}
    assert {row.id for row in ledger.of_story(session, here)} == {row.id for row in rows.values()} - {
        rows["elsewhere"].id
    }


def test_what_failed_was_not_spent_and_what_is_under_way_was(session: Session) -> None:
    ada, at = factories.user(session), now()
    for state in ("failed", "reserved", "unknown"):
        factories.call(session, ada, state=state, at=at, provider="openai", estimate_usd=Decimal("0.04"))
    assert quotas.budget(session, ada).used_usd == Decimal("0.08")


def test_many_at_once_get_one_row(database: Database) -> None:
    with database.write() as session:
        ask = _ask(factories.user(session))
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
    mine, all_ = quotas.budget(session, ada), quotas.site_budget(session)
    assert (mine.used_usd, mine.images) == (3 * tiny, 3)
    assert (all_.used_usd, all_.images) == (3 * tiny, 5)
    totals = usage.totals(session, span.last_days(1, "UTC", now()))
    assert (totals.cost_usd, totals.unpriced) == (3 * tiny, 1)


def test_a_fingerprint_tells_everything_apart_that_decides_the_result() -> None:
    brief = factories.BRIEF
    marks = {
        ledger.fingerprint("kit", "kit-1", brief),
        ledger.fingerprint("kit", "kit-2", brief),
        ledger.fingerprint("openai", "kit-1", brief),
        ledger.fingerprint("kit", "kit-1", brief.model_copy(update={"seed": 8})),
        ledger.fingerprint("kit", "kit-1", brief, [b"portrait"]),
        ledger.fingerprint("kit", "kit-1", brief, attempt=2),
    }
    assert len(marks) == 6
    assert ledger.fingerprint("kit", "kit-1", brief) in marks
