"""Health: what fails and waits is on the screen, and an administrator can act on it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.errors.messages import message
from storylib.models import Call, CallHour, Story, User, sums
from storylib.operations import logs, process_metrics
from storylib.web.usage import queries
from tests import factories
from tests.screens.visit import button, press, shown, visit


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What an earlier test's screens remember is not this one's."""
    queries.forget()
    logs.recent.clear()


@pytest.fixture
def look(sqlite_database: Database) -> Callable[..., AppTest]:
    """Open the page as an administrator."""
    with sqlite_database.write() as session:
        alma = factories.user(session, "alma", role="admin", plan="pro", name="Alma")
    return lambda **address: visit(sqlite_database, alma, "admin/health.py", **address)


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher."""
    with sqlite_database.write() as session:
        return factories.user(session)


def figures(app: AppTest) -> dict[str, str]:
    shown(app)  # without an exception
    return {metric.label: metric.value for metric in app.metric}


def add(database: Database, caller: User, **fields: object) -> Call:
    with database.write() as session:
        call = factories.call(session, caller, **{"provider": "openai", "model": "draws", **fields})
        sums.rebuild(session)
        return call


def test_a_site_where_nothing_happened_is_well(look: Callable[..., AppTest]) -> None:
    app = look()
    said = shown(app)
    assert figures(app)["Failed calls"] == "0.0%"
    for sentence in ("No calls are waiting", "No stories have failed", "No calls failed", "No calls in this period"):
        assert sentence in said


def test_errors_are_counted_by_kind(sqlite_database: Database, look: Callable[..., AppTest], ada: User) -> None:
    for kind in ("rate_limited", "rate_limited", "blocked", "refused", None):
        add(sqlite_database, ada, state="failed" if kind else "settled", error_kind=kind, latency_ms=900, attempts=2)
    seen = figures(look())
    assert seen["Failed calls"] == "80.0%"
    assert (seen["Rate-limited"], seen["Refused"], seen["Retries"]) == ("2", "2", "5")


@pytest.mark.parametrize(("label", "state"), [("Charged", "settled"), ("Not charged", "failed")])
def test_an_administrator_decides_what_became_of_a_call(
    sqlite_database: Database, look: Callable[..., AppTest], ada: User, label: str, state: str
) -> None:
    call = add(sqlite_database, ada, state="unknown", error_kind="timeout", estimate_usd=Decimal("0.04"))
    app = look()
    assert "about $0.0400" in shown(app)
    press(app, label)
    with sqlite_database.read() as session:
        assert session.get_one(Call, call.id).state == state
        assert sums.differing(session) == 0
    assert "No calls are waiting for a decision" in shown(look())


@pytest.mark.usefixtures("working")
def test_a_failed_story_is_told_by_number_and_made_again_without_being_read(
    sqlite_database: Database, look: Callable[..., AppTest], ada: User
) -> None:
    with sqlite_database.write() as session:
        story = factories.story(session, ada, state="failed", title="A secret", error=message("The writer gave up."))
    app = look()
    said = shown(app)
    assert story.id in said
    assert "The writer gave up." in said
    assert "A secret" not in said
    press(app, "Try again")
    with sqlite_database.read() as session:
        again = session.get_one(Story, story.id)
        assert (again.run, again.state != "failed") == (2, True)


def test_a_story_is_opened_to_its_pages_and_calls_without_being_read(
    sqlite_database: Database, look: Callable[..., AppTest], ada: User
) -> None:
    with sqlite_database.write() as session:
        story = factories.story(session, ada, state="failed", title="A secret", error=message("The writer gave up."))
        factories.page(session, story, state="failed", text="Another secret", error=message("No picture came."))
    add(sqlite_database, ada, state="failed", error_kind="server", story_id=story.id)
    add(sqlite_database, ada, state="failed", error_kind="quota", story_id="0" * 32)
    app = press(look(), "Open")
    tables = [frame.value for frame in app.dataframe]
    assert [list(table["error"]) for table in tables if "number" in table] == [["No picture came."]]
    [calls] = [table for table in tables if "attempts" in table]
    assert list(calls["error_kind"]) == ["server"]
    assert "ecret" not in shown(app) + "".join(table.to_csv() for table in tables)


def test_health_says_what_each_provider_can_do(look: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> dict[str, str]:
        [facts] = [table.value.iloc[:, 0].to_dict() for table in look().table if "Story Kit" in table.value.index]
        return facts

    assert "text and pictures; hand-written" in told()["Story Kit"]
    assert "not available" in told()["OpenAI"]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert "text, pictures, safety checks and likeness checks" in told()["OpenAI"]


def test_recent_errors_are_found_by_their_number(
    sqlite_database: Database, look: Callable[..., AppTest], ada: User
) -> None:
    number = logs.failure(ValueError("a wheel came off"), "/create")
    call = add(sqlite_database, ada, state="failed", error_kind="server", result={"said": "This machine is asleep"})
    tables = [frame.value for frame in look(error=number).dataframe]
    assert [list(table["id"]) for table in tables if "id" in table] == [[number]]
    tables = [frame.value for frame in look(error="ADA server").dataframe]
    assert [list(table["id"]) for table in tables if "id" in table] == [[str(call.id)]]
    tables = [frame.value for frame in look(error="asleep").dataframe]
    assert [list(table["said"]) for table in tables if "said" in table] == [["This machine is asleep"]]


def test_sums_that_somebody_broke_are_found_and_mended(
    sqlite_database: Database, look: Callable[..., AppTest], ada: User
) -> None:
    add(sqlite_database, ada, state="settled", cost_usd=Decimal(1))
    assert "All totals match the calls." in shown(press(look(), "Check the ledger"))
    with sqlite_database.write() as session:
        session.scalars(select(CallHour)).one().cost_usd = Decimal(2)
    app = press(look(), "Check the ledger")
    assert "totals do not match" in shown(app)
    press(app, "Recalculate all totals")
    assert "All totals match the calls." in shown(press(look(), "Check the ledger"))


def test_the_process_is_told_of(look: Callable[..., AppTest]) -> None:
    seen = figures(look())
    assert seen["Memory"].endswith(" MB")
    assert seen["Database"] != "—"
    assert button(look(), "Check the ledger")


def test_the_course_of_every_process_is_drawn(sqlite_database: Database, look: Callable[..., AppTest]) -> None:
    assert "The first figures will appear shortly." in shown(look())
    process_metrics.record(sqlite_database, process_metrics.look(2))
    process_metrics.record(sqlite_database, process_metrics.look(None))
    queries.forget()
    app = look()
    charts = app.get("vega_lite_chart")
    assert len(charts) == 6
    assert "Open tabs of one process: 2 on average, 2 at most." in str(charts[2].proto)
