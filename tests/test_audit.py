"""The audit: every administrative act is in it, and nothing gets out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storylib.billing import ledger
from storylib.db import Database
from storylib.errors import NotFound, Refused
from storylib.identity import audit
from storylib.identity.audit import Filter
from storylib.library import stories
from storylib.models import User, now
from storylib.people import administration, deletion
from tests import factories

ACTS: list[tuple[str, Callable[[Session, User, list[int]], object], dict[str, object], dict[str, object]]] = [
    (
        "role",
        lambda s, who, ids: administration.set_role(s, who, ids, "admin"),
        {"role": "educator"},
        {"role": "admin"},
    ),
    ("plan", lambda s, who, ids: administration.set_plan(s, who, ids, "pro"), {"plan": "free"}, {"plan": "pro"}),
    (
        "budget",
        lambda s, who, ids: administration.set_budget(s, who, ids, Decimal("2.50")),
        {"budget_usd": None},
        {"budget_usd": "2.50"},
    ),
    ("locked", administration.lock, {"locked_until": None}, {"locked_until": "9999-01-01 00:00:00+00:00"}),
    ("deactivated", administration.deactivate, {"active": True}, {"active": False}),
    ("signed out", administration.sign_out, {"sessions": 0}, {"sessions": 0}),
    ("reset link", administration.link, {}, {}),
    (
        "deleted",
        deletion.delete,
        {"name": "", "email": "bea@school.example", "role": "educator", "plan": "free"},
        {"stories": "deleted"},
    ),
]


@pytest.mark.parametrize(("act", "do", "before", "after"), ACTS, ids=[row[0] for row in ACTS])
def test_an_act_is_noted_with_who_whom_and_what(
    session: Session,
    act: str,
    do: Callable[[Session, User, list[int]], object],
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    ada = factories.user(session, role="admin")
    bea = factories.user(session, "bea", password_hash="chosen")
    do(session, ada, [bea.id])
    [row] = audit.entries(session, ada)
    assert (row.actor, row.act, row.person, row.before, row.after) == ("ada", act, "bea", before, after)


def test_what_is_done_to_calls_sums_and_stories_is_noted(session: Session) -> None:
    ada, bea = factories.user(session, role="admin"), factories.user(session, "bea")
    paid, free = (
        factories.call(session, whose, state="unknown", estimate_usd=Decimal("0.04")) for whose in (bea, None)
    )
    story = factories.story(session, bea, state="failed")
    ledger.decide(session, ada, paid.id, paid=True)
    ledger.decide(session, ada, free.id, paid=False)
    ledger.rebuild_sums(session, ada)
    stories.retry(session, ada, story.id)
    stories.retry(session, ada, story.id)  # it waits already: it is to be queued as it is
    assert [(row.act, row.person, row.before, row.after) for row in reversed(audit.entries(session, ada))] == [
        ("call decided", "bea", {"call": paid.id, "state": "unknown"}, {"state": "settled", "cost_usd": "0.04"}),
        ("call decided", "", {"call": free.id, "state": "unknown"}, {"state": "failed", "cost_usd": None}),
        ("sums rebuilt", "", {"differing": 0}, {"differing": 0}),
        ("story retried", "bea", {"story": story.id, "state": "failed"}, {"state": "queued"}),
        ("story retried", "bea", {"story": story.id, "state": "queued"}, {"state": "queued"}),
    ]
    assert story.run == 2


def test_an_administrator_retries_no_story_that_its_owner_deleted(session: Session) -> None:
    ada = factories.user(session, role="admin")
    gone = factories.story(session, ada, state="failed", deleted_at=now())
    for story_id in (gone.id, "no-such-id"):
        with pytest.raises(NotFound):
            stories.retry(session, ada, story_id)


def test_what_changes_nothing_is_not_noted(session: Session) -> None:
    ada = factories.user(session, role="admin")
    administration.set_plan(session, ada, [ada.id], ada.plan)
    assert audit.entries(session, ada) == []


def test_an_act_that_is_rolled_back_was_never_noted(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session, role="admin")
    with pytest.raises(ZeroDivisionError), database.write() as session:
        administration.set_plan(session, ada, [ada.id], "pro")
        1 / 0  # noqa: B018
    with database.read() as session:
        assert audit.entries(session, ada) == []


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'bea'", "DELETE FROM audit"])
def test_nothing_in_it_can_be_changed_or_removed(database: Database, change: str) -> None:
    with database.write() as session:
        ada = factories.user(session, role="admin")
        administration.set_plan(session, ada, [ada.id], "pro")
    with pytest.raises(IntegrityError, match="only grows"), database.write() as session:
        session.execute(text(change))
    with database.read() as session:
        assert [row.actor for row in audit.entries(session, ada)] == ["ada"]


def test_its_code_has_no_way_to_change_or_remove() -> None:
    offered = {name for name in vars(audit) if callable(getattr(audit, name)) and name.islower()}
    assert not offered & {"update", "delete", "remove", "purge", "edit"}


def test_it_outlives_the_people_in_it(session: Session) -> None:
    ada, bea = factories.user(session, role="admin"), factories.user(session, "bea", role="admin", password_hash="x")
    administration.set_plan(session, bea, [ada.id], "pro")
    deletion.delete(session, ada, [bea.id])
    assert [(row.actor, row.act, row.person) for row in audit.entries(session, ada)] == [
        ("ada", "deleted", "bea"),
        ("bea", "plan", "ada"),
    ]


def test_it_is_searched_by_either_name_and_by_act_and_read_on_page_by_page(session: Session) -> None:
    ada, bea = factories.user(session, role="admin"), factories.user(session, "bea", role="admin")
    administration.set_plan(session, ada, [bea.id], "basic")
    administration.set_plan(session, bea, [ada.id], "pro")
    administration.sign_out(session, ada, [ada.id])
    assert len(audit.entries(session, ada, Filter(person="BEA"))) == 2
    assert [row.person for row in audit.entries(session, ada, Filter(act="plan"))] == ["ada", "bea"]
    assert len(audit.entries(session, ada, Filter(person="\0BEA\ud800"))) == 2
    assert audit.entries(session, ada, Filter(person="%")) == []
    first = audit.entries(session, ada, count=1)
    rest = audit.entries(session, ada, before_id=first[0].id)
    assert [row.act for row in first + rest] == ["signed out", "plan", "plan"]


def test_it_is_narrowed_down_to_a_time(session: Session) -> None:
    ada = factories.user(session, role="admin")
    administration.set_plan(session, ada, [ada.id], "pro")
    [row] = audit.entries(session, ada)
    moment = timedelta(microseconds=1)
    assert audit.entries(session, ada, Filter(since=row.at, until=row.at + moment)) == [row]
    assert audit.entries(session, ada, Filter(since=row.at + moment)) == []
    assert audit.entries(session, ada, Filter(until=row.at)) == []


def test_only_administrators_read_it(session: Session) -> None:
    with pytest.raises(Refused):
        audit.entries(session, factories.user(session))
