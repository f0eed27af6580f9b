"""An alert opens when a rule is broken, once for all who look, and closes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib import config
from storylib.config import ROOT, Rules
from storylib.db import Database
from storylib.errors import Invalid, NotFound, Refused
from storylib.identity import audit
from storylib.library import stories
from storylib.models import Alert, ScheduledRun, now, sums
from storylib.operations import alerts
from storylib.operations.alerts import rules, watch
from storylib.operations.alerts.rules import MACHINE, Finding
from tests import factories
from tests.alerts.conftest import Configure

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FULL = {"free_disk_gb": "1000000"}  # no disk has so much


def findings(session: Session, at: datetime = NOON) -> list[Finding]:
    sums.rebuild(session)
    return [found for checks in rules.RUNS.values() for found in rules.check(session, checks, at)]


def call(session: Session, cost: str | None = None, at: datetime = NOON, **fields: object) -> None:
    facts = {"provider": "openai", "model": "draws", "state": "settled", **fields}
    factories.call(session, at=at, cost_usd=cost and Decimal(cost), **facts)


# --- the rules


def test_where_no_rule_is_written_nothing_is_wrong(session: Session, configure: Configure) -> None:
    configure()
    call(session, "900", state="failed")
    assert findings(session) == []


def test_a_day_that_costs_more_than_it_may_is_found(session: Session, configure: Configure) -> None:
    configure(rules={"spend_a_day_usd": "5"})
    call(session, "100", NOON - timedelta(days=1))
    call(session, "100", provider="kit")  # which is free, whatever a row says
    call(session, "4")
    assert findings(session) == []
    call(session, state="reserved", estimate_usd=Decimal("1.5"))
    assert findings(session) == [Finding("spend", "", "Today's calls have cost $5.50, above the $5.00 threshold.")]
    assert findings(session, NOON + timedelta(days=1)) == []


def test_errors_are_counted_for_each_provider_by_itself(session: Session, configure: Configure) -> None:
    configure(rules={"error_rate": {"share": 0.2, "calls": 4, "minutes": 60}})
    for _ in range(50):
        call(session, provider="kit")
    for state in ("failed", "settled", "settled"):
        call(session, state=state)
    call(session, state="failed", at=NOON - 61 * MINUTE)
    assert findings(session) == []  # three calls say nothing
    call(session)
    told = "OpenAI: 1 of 4 calls in the last 60 minutes failed (25%)."
    assert findings(session) == [Finding("errors", "openai", told)]
    call(session)
    assert findings(session) == []  # a fifth is not more than a fifth


def test_a_story_that_waits_too_long_is_found_and_a_retried_one_waits_anew(
    session: Session, configure: Configure
) -> None:
    configure(rules={"queue_minutes": 15})
    ada = factories.user(session)
    factories.story(session, ada, state="queued", created_at=now() - 14 * MINUTE)
    old = factories.story(session, ada, state="failed", created_at=now() - timedelta(days=3))
    assert findings(session, now()) == []
    stories.again(session, ada.id, old.id)
    assert findings(session, now()) == []
    told = "A story has been waiting for 15 minutes; 2 in the queue."
    assert findings(session, now() + MINUTE) == [Finding("queue", "", told)]


@pytest.mark.parametrize(
    ("spent", "levels"),
    [("7.99", []), ("8", [("80 %", ())]), ("9.5", [("80 %", ())]), ("9.7", [("100 %", ("80 %",))])],
)
def test_a_budget_is_used_up_when_no_further_call_fits(
    session: Session, configure: Configure, spent: str, levels: list[tuple[str, tuple[str, ...]]]
) -> None:
    configure(budget="10", rules={"budget_percent": [100, 80]})
    call(session, "0.4", model="paints")  # the dearest kind of call
    call(session, str(Decimal(spent) - Decimal("0.4")), at=NOON - timedelta(days=9), attempts=1)
    for _ in range(99):
        call(session, "0")
    assert [(found.subject, found.instead_of) for found in findings(session)] == levels


def test_a_disk_without_room_is_this_machines(session: Session, configure: Configure) -> None:
    configure(rules=FULL)
    [found] = findings(session)
    assert (found.rule, found.subject) == ("disk", MACHINE)
    configure(rules={"free_disk_gb": "0.000001"})
    assert findings(session) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("rules: {spend_a_day_usd: much}", "alerts.rules.spend_a_day_usd: write an amount"),
        ("rules: {spend_a_day_usd: 0}", "alerts.rules.spend_a_day_usd: write more than 0"),
        ("rules: {error_rate: {share: 20}}", "alerts.rules.error_rate.share: write less than 1"),
        ("rules: {budget_percent: [80, 120]}", "alerts.rules.budget_percent.1: write 100 or less"),
        ("rules: {cpu: 3}", "alerts.rules.cpu: there is no such setting"),
        ("every_seconds: 0", "alerts.every_seconds: write 1 or more"),
        ("mail: {host: smtp, sender: us, to: [a@b.example]}", "alerts.mail.sender: write an e-mail address"),
        ("mail: {host: smtp, sender: a@b.example, to: []}", "alerts.mail.to: list at least one"),
        ("mail: {password: x}", "alerts.mail.password: there is no such setting"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_place(configure: Configure, written: str, told: str) -> None:
    path = configure()
    plain = (ROOT / "config.yaml").read_text("utf-8").partition("\nalerts:")[0]
    path.write_text(f"{plain}\nalerts:\n  {written}\n", "utf-8")
    with pytest.raises(Invalid) as mistake:
        config.read(path)
    assert told in str(mistake.value)


# --- from opening to closing


def test_one_alert_lives_from_the_first_finding_to_the_end_of_its_reason(
    database: Database, configure: Configure
) -> None:
    configure(rules=FULL, every_seconds=60, calm_minutes=5)
    for minutes in range(3):
        watch.look(database, NOON + minutes * MINUTE)
    [alert] = look(database)
    assert (alert.state, alert.opened_at, alert.seen_at) == ("open", NOON, NOON + 2 * MINUTE)
    configure(calm_minutes=5)  # nobody watches the disk any more
    watch.look(database, NOON + 6 * MINUTE)
    assert look(database)[0].state == "open"  # it may come back at once
    watch.look(database, NOON + 7 * MINUTE)
    [alert] = look(database)
    assert (alert.state, alert.closed_at) == ("closed", NOON + 7 * MINUTE)
    configure(rules=FULL)
    watch.look(database, NOON + 8 * MINUTE)
    assert [alert.state for alert in look(database)] == ["open", "closed"]


def test_what_gets_worse_is_a_new_alert_in_the_place_of_the_old_one(session: Session, configure: Configure) -> None:
    configure()
    for finding in (Finding("budget", "80 %", "Much."), Finding("budget", "100 %", "All.", ("80 %",))):
        [opened] = alerts.keep(session, [finding], NOON)
    assert alerts.open_alerts(session) == [opened]
    assert opened.message == "All."


def test_after_a_pause_what_is_still_wrong_stays_the_same_alert(database: Database, configure: Configure) -> None:
    configure(rules=FULL)
    watch.look(database, NOON)
    watch.look(database, NOON + timedelta(days=2))
    assert [alert.state for alert in look(database)] == ["open"]


def look(database: Database) -> list[Alert]:
    with database.read() as session:
        return alerts.history(session)


def test_of_many_who_look_at_once_one_does_the_round(
    database: Database, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(rules=FULL)
    looked: list[datetime] = []

    def note(_session: Session, _rules: Rules, at: datetime) -> Iterator[Finding]:
        looked.append(at)
        return iter(())

    monkeypatch.setitem(rules.RUNS, "one run", (note,))
    start = Barrier(6)

    def process(_: int) -> None:
        start.wait()
        for seconds in range(0, 180, 20):
            watch.look(database, NOON + timedelta(seconds=seconds))

    with ThreadPoolExecutor(6) as processes:
        list(processes.map(process, range(6)))
    assert sorted(looked) == [NOON, NOON + MINUTE, NOON + 2 * MINUTE]
    assert len(look(database)) == 1


def test_a_round_that_breaks_is_done_anew_by_the_next_who_looks(
    database: Database, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(rules=FULL)

    def breaks(*_: object) -> Iterator[Finding]:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setitem(rules.RUNS, "alerts", (breaks,))
        with pytest.raises(ZeroDivisionError):
            watch.look(database, NOON)
    with database.read() as session:
        assert session.scalars(select(ScheduledRun)).all() == []
    watch.look(database, NOON)
    assert len(look(database)) == 1


# --- somebody looks after it


def test_an_acknowledged_alert_goes_on_quietly_and_the_audit_says_who(session: Session, configure: Configure) -> None:
    configure()
    alma, alert = factories.user(session, "alma", role="admin"), factories.alert(session)
    for _ in range(2):
        alerts.acknowledge(session, alma, alert.id)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", "alma")
    [row] = audit.entries(session, alma)
    assert (row.actor, row.act, row.after["alert"]) == ("alma", "acknowledged", alert.id)
    assert alerts.keep(session, [Finding("disk", "here", "Still.")], NOON) == []
    assert [(alert.state, alert.message) for alert in alerts.open_alerts(session)] == [("acknowledged", "Still.")]
    alerts.close(session, NOON + MINUTE, MINUTE)
    assert alerts.open_alerts(session) == []
    with pytest.raises(NotFound, match="already closed"):
        alerts.acknowledge(session, alma, alert.id)


def test_a_teacher_acknowledges_nothing(session: Session) -> None:
    alert = factories.alert(session)
    with pytest.raises(Refused):
        alerts.acknowledge(session, factories.user(session), alert.id)
    assert alert.state == "open"


def test_what_nobody_has_acknowledged_comes_first(session: Session) -> None:
    for minutes, state in enumerate(("open", "acknowledged", "open", "closed")):
        factories.alert(session, subject=str(minutes), state=state, opened_at=NOON + minutes * MINUTE)
    assert [alert.subject for alert in alerts.open_alerts(session)] == ["2", "0", "1"]
