"""Any day is a day for Storylib: turns of the year, leap days, changes of the clocks, and zones far from UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.sample import SAMPLE
from storylib.db import Database
from storylib.models import Call, User, now, sums
from storylib.reporting.analytics.month import month
from storylib.reporting.analytics.span import last_days
from storylib.text import usd
from storylib.web import formatting
from storylib.web.usage import queries
from tests import factories
from tests.screens.visit import shown, visit

# On the clock of whoever looks.
MOMENTS = [
    ("2027-01-01 00:00:30", "UTC"),
    ("2026-12-31 23:58", "America/New_York"),
    ("2027-02-28 12:00", "Pacific/Kiritimati"),
    ("2028-02-29 00:10", "Asia/Kolkata"),  # the first hour of the day by which sums are kept has not begun
    ("2026-03-31 23:50", "Europe/Berlin"),
    ("2026-03-29 03:00", "Europe/Berlin"),  # an hour is left out
    ("2026-10-25 02:30", "Europe/Berlin"),  # an hour comes twice
    ("2026-09-06 01:10", "America/Santiago"),  # the day has no midnight
    ("2027-04-08 09:00", "UTC"),  # a sample year without a timeout
    ("2027-08-05 09:00", "UTC"),  # hardly a call for weeks
    ("2026-11-27 22:10", "UTC"),  # calls that may have been charged
]


@pytest.fixture(params=MOMENTS, ids=[f"{time} {zone}" for time, zone in MOMENTS])
def at(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, set_clock: Callable[[datetime], None]
) -> datetime:
    """That moment is now, for whoever looks at a report."""
    time, zone = request.param
    at = datetime.fromisoformat(time).replace(tzinfo=ZoneInfo(zone))
    set_clock(at)
    monkeypatch.setattr(formatting, "zone", lambda: zone)
    queries.forget()
    return now()


@pytest.fixture
def calls(sqlite_database: Database, at: datetime) -> list[Call]:
    """A sample year that ends now."""
    with sqlite_database.write() as session:
        alma = factories.user(session, "alma", role="admin", plan="pro")
        add_calls(session, SAMPLE, [alma, factories.user(session, "ben", plan="basic")], 800, at)
    with sqlite_database.read() as session:
        return list(session.scalars(select(Call)))


def test_the_sample_year_is_whole_and_lies_in_the_past(
    sqlite_database: Database, calls: list[Call], at: datetime
) -> None:
    assert len(calls) == 800
    assert max(call.at for call in calls) <= at
    assert (at - min(call.at for call in calls)).days in range(300, 367)
    with sqlite_database.read() as session:
        assert sums.differing(session) == 0
        told = month(session, at)
    assert told.forecast_usd >= told.spent_usd


@pytest.mark.parametrize(("period", "days"), [("Today", 1), ("30 days", 30)])
def test_the_reports_are_the_sums_of_the_calls(
    sqlite_database: Database, calls: list[Call], at: datetime, period: str, days: int
) -> None:
    with sqlite_database.read() as session:
        alma = session.scalars(select(User).where(User.username == "alma")).one()
    first, end = last_days(days, formatting.zone(), at).times
    cost = sum((call.cost_usd or Decimal(0) for call in calls if first <= call.at < end), Decimal(0))
    usage = visit(sqlite_database, alma, "admin/usage.py", period=period)
    shown(usage)  # without an exception
    assert next(metric.value for metric in usage.metric if metric.label == "Cost") == usd(cost)
    shown(visit(sqlite_database, alma, "admin/health.py", window="30 days"))
