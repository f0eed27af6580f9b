"""Usage and cost: the figures on the screen are those of the calls; what is asked is in the address; who may look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import event, select
from streamlit.testing.v1 import AppTest

from storylib.billing import ledger
from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.sample import SAMPLE
from storylib.db import Database
from storylib.models import Call, User, now, sums
from storylib.reporting.analytics.span import last_days
from storylib.text import usd
from storylib.web.usage import queries
from tests import factories
from tests.screens.visit import shown, visit

AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # a Friday in term


@pytest.fixture(autouse=True)
def the_same_day(set_clock: Callable[[datetime], None]) -> None:
    """Whenever the tests run; and what an earlier test's screens remember is not this one's."""
    set_clock(AT)
    queries.forget()


@pytest.fixture
def alma(sqlite_database: Database) -> User:
    """An administrator."""
    with sqlite_database.write() as session:
        return factories.user(session, "alma", role="admin", plan="pro", name="Alma")


@pytest.fixture
def calls(sqlite_database: Database, alma: User) -> list[Call]:
    """A year of Alma's and Ben's calls."""
    with sqlite_database.write() as session:
        ben = factories.user(session, "ben", plan="basic", name="Ben")
        add_calls(session, SAMPLE, [alma, ben], 3_000)
    with sqlite_database.read() as session:
        return list(session.scalars(select(Call)))


@pytest.fixture
def look(sqlite_database: Database, alma: User) -> Callable[..., AppTest]:
    """Open the page as Alma."""
    return lambda **address: visit(sqlite_database, alma, "admin/usage.py", **address)


def figures(app: AppTest) -> dict[str, str]:
    shown(app)  # without an exception
    return {metric.label: metric.value for metric in app.metric}


def lately(calls: list[Call], days: int = 30) -> list[Call]:
    first, end = last_days(days, "UTC", now()).times
    return [call for call in calls if first <= call.at < end]


def cost(calls: list[Call]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))


def test_the_figures_are_those_of_the_calls(look: Callable[..., AppTest], calls: list[Call]) -> None:
    mine, shown_figures = lately(calls), figures(look())
    begun = {call.story_id for call in mine} - {call.story_id for call in calls if call not in mine}
    assert shown_figures["Cost"] == usd(cost(mine))
    assert shown_figures["Calls"] == f"{len(mine):,}"
    assert shown_figures["Pictures"] == f"{sum(call.images for call in mine):,}"
    assert int(shown_figures["Stories"].replace(",", "")) in (len(begun), len(begun) + 1)  # one may begin at the edge
    saved = sum((call.reused * (call.cost_usd or 0) for call in mine), Decimal(0))
    assert shown_figures["Saved by reuse"] == usd(saved)


@pytest.mark.parametrize(("period", "days"), [("7 days", 7), ("90 days", 90), ("Year", 365)])
def test_the_address_chooses_the_period(
    look: Callable[..., AppTest], calls: list[Call], period: str, days: int
) -> None:
    assert figures(look(period=period))["Cost"] == usd(cost(lately(calls, days)))


def test_the_address_chooses_own_dates_and_filters(look: Callable[..., AppTest], calls: list[Call]) -> None:
    last = now().date() - timedelta(days=20)
    first = last - timedelta(days=40)
    app = look(period="Custom range", dates=f"{first}_to_{last}", person="ben", kind="Pictures")
    ben = max(call.user_id or 0 for call in calls)  # Alma came first
    mine = [c for c in calls if first <= c.at.date() <= last and c.user_id == ben and c.operation == "draw"]
    assert figures(app)["Cost"] == usd(cost(mine))
    assert "Filter (2)" in [popover.proto.popover.label for popover in app.get("popover")]


@pytest.mark.parametrize(
    "address",
    [
        {"period": "A century"},
        {"period": "Custom range", "dates": "yesterday"},
        {"period": "Custom range", "dates": "2026-12-01_to_2020-01-01"},
        {"period": "Custom range", "dates": "2999-01-01_to_2999-02-01"},
        {"person": "nobody", "model": "nothing", "table": "Chair"},
    ],
)
def test_an_address_that_makes_no_sense_is_no_error(
    look: Callable[..., AppTest], calls: list[Call], address: dict[str, str]
) -> None:
    assert calls
    assert "Cost" in figures(look(**address))


def test_an_empty_ledger_says_what_to_do(look: Callable[..., AppTest]) -> None:
    app = look()
    assert figures(app)["Cost"] == "$0.00"
    assert "The first story brings the first figures" in shown(app)


@pytest.mark.usefixtures("calls")
def test_a_time_in_which_nothing_was_called_says_what_to_do(look: Callable[..., AppTest]) -> None:
    app = look(period="Custom range", dates="2020-01-01_to_2020-01-02")
    assert "Choose a longer period or fewer filters" in shown(app)


def test_a_call_without_a_price_is_told_and_never_shown_as_nothing(
    sqlite_database: Database, look: Callable[..., AppTest], alma: User
) -> None:
    with sqlite_database.write() as session:
        factories.call(session, alma, state="settled", cost_usd=None, provider="school server", model="qwen")
        sums.rebuild(session)
    app = look()
    assert "1 calls have no known price" in " ".join(warning.value for warning in app.warning)
    table = app.dataframe[0].value
    assert table.loc[0, "Model"] == "qwen"
    assert pd.isna(table.loc[0, "Cost (USD)"])


@pytest.mark.parametrize("by", ["Model", "Person", "Time", "Story"])
def test_every_table_adds_up_to_the_cost(look: Callable[..., AppTest], calls: list[Call], by: str) -> None:
    table = look(table=by, period="Year").dataframe[0].value
    whole = float(cost(lately(calls, 365)))
    assert table["Cost (USD)"].sum() == pytest.approx(whole, rel=0.02 if by == "Story" else 1e-9)


@pytest.mark.usefixtures("calls")
def test_an_educator_is_turned_away_and_sees_no_figure(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        ben = session.scalars(select(User).where(User.username == "ben")).one()
    for page in ("admin/usage.py", "admin/health.py"):
        app = visit(sqlite_database, ben, page)
        assert "for administrators" in shown(app)
        assert not app.metric
        assert not app.dataframe


def test_a_hundred_times_the_calls_take_as_many_questions(
    sqlite_database: Database, look: Callable[..., AppTest], alma: User
) -> None:
    questions: list[Any] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *args: questions.append(args[2]))

    def asked() -> int:
        queries.forget()
        questions.clear()
        look(period="Year")
        return len(questions)

    with sqlite_database.write() as session:
        call = ledger.reserve(session, ledger.CallRequest(alma.id, "draw", "openai", "x", "a", story_id="a" * 32))
        ledger.settle(session, call.id, ledger.Usage(images=1), Decimal(1), 10)
    few = asked()
    with sqlite_database.write() as session:
        add_calls(session, SAMPLE, [alma], 100)
    assert asked() == few
