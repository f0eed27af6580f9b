"""What the reports say is what the calls say: every figure against a sum of its own, on both kinds of database."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.sample import SAMPLE
from storylib.db import Database
from storylib.errors.messages import message
from storylib.models import Call, StoryHour, User, now, sums
from storylib.models.sums import hour_of
from storylib.reporting import table_exports
from storylib.reporting.analytics import health, month, people, stories, usage
from storylib.reporting.analytics.frames import dollars
from storylib.reporting.analytics.scope import EVERYTHING, Scope
from storylib.reporting.analytics.span import Span, last_days, last_hours, of_days
from storylib.vocabulary import PlanName
from tests import factories

BERLIN, KOLKATA = "Europe/Berlin", "Asia/Kolkata"
AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # a Friday in term; the school's year ends here
PEOPLE: dict[str, PlanName] = {"ada": "free", "ben": "basic", "cem": "pro"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def school(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A small school's year, once for all tests; they read it, and what they change is not kept."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("school") / "school.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_server").create(template=request.getfixturevalue("postgres_template"))
    database = Database(url)
    with database.write() as session:
        users = [factories.user(session, name, plan=plan) for name, plan in PEOPLE.items()]
        add_calls(session, SAMPLE, users, 2_500, AT)
    yield database
    database.engine.dispose()


@pytest.fixture
def year(school: Database) -> Iterator[Session]:
    """A session that looks at the year."""
    with school.read() as session:
        yield session


@pytest.fixture
def calls(year: Session) -> list[Call]:
    """Every call of the year."""
    return list(year.scalars(select(Call)))


def inside(calls: list[Call], span: Span) -> list[Call]:
    first, end = span.times
    return [call for call in calls if first <= call.at < end]


def cost(calls: list[Call]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))


# Totals


@pytest.mark.parametrize("days", [1, 30, 365])
def test_totals_are_those_of_the_calls(year: Session, calls: list[Call], days: int) -> None:
    span = last_days(days, BERLIN, AT)
    mine, totals = inside(calls, span), usage.totals(year, span)
    assert mine
    assert totals.cost_usd == cost(mine)
    assert totals.saved_usd == sum((call.reused * (call.cost_usd or 0) for call in mine), Decimal(0))
    assert totals.calls == len(mine)
    assert totals.images == sum(call.images for call in mine)
    assert totals.unpriced == sum(call.state == "settled" and call.cost_usd is None for call in mine)
    assert (totals.failed, totals.unknown) == tuple(
        sum(call.state == state for call in mine) for state in ("failed", "unknown")
    )


@pytest.mark.parametrize(
    "scope",
    [
        Scope(people=("cem",)),
        Scope(plans=("basic",)),
        Scope(plans=("pro",), people=("ben",)),
        Scope(providers=("kit",)),
        Scope(models=("gpt-image-2", "gpt-6-luna"), operations=("draw",)),
        Scope(people=("cem",), models=("gpt-image-2",)),
        Scope(people=("nobody",)),
    ],
)
def test_filters_leave_the_calls_that_they_name(year: Session, calls: list[Call], scope: Scope) -> None:
    users = {user.id: user for user in year.scalars(select(User))}
    span = last_days(365, "UTC", AT)

    def named(call: Call) -> bool:
        user = users[call.user_id or 0]
        asked = (
            (scope.people, user.username),
            (scope.plans, user.plan),
            (scope.providers, call.provider),
            (scope.models, call.model),
            (scope.operations, call.operation),
        )
        return all(value in words for words, value in asked if words)

    mine = [call for call in inside(calls, span) if named(call)]
    totals = usage.totals(year, span, scope)
    assert (totals.calls, totals.cost_usd) == (len(mine), cost(mine))
    over_time = usage.over_time(year, span, scope)
    assert usage.total_of(over_time[list(sums.MEASURES)].sum()) == totals
    assert dollars(people.people(year, span, scope)["cost_usd"].sum()) == cost(mine)
    assert usage.rhythm(year, span, scope)["calls"].sum() == len(mine)


def test_nothing_called_is_nothing_and_no_error(session: Session) -> None:
    span = last_days(30, BERLIN, AT)
    assert usage.totals(session, span) == usage.Totals()
    assert usage.over_time(session, span).empty
    assert usage.rhythm(session, span).empty
    assert people.people(session, span).empty
    assert people.people_in_full(session, span).empty
    assert stories.dearest_stories(session, span).empty
    told = stories.stories(session, span)
    assert (told.count, told.mean_usd, told.bars.empty) == (0, None, True)
    assert health.errors(session, span).empty
    assert health.latencies(session, span).empty
    assert month.month(session, AT).forecast_usd == 0


# Time


@pytest.mark.parametrize("zone", ["UTC", BERLIN, "America/New_York", "Pacific/Auckland"])
def test_days_are_those_of_the_viewers_clock(year: Session, calls: list[Call], zone: str) -> None:
    span = last_days(30, zone, AT)
    by_day = usage.over_time(year, span).groupby("at")["calls"].sum()
    expected = pd.Series([call.at.astimezone(ZoneInfo(zone)).date() for call in inside(calls, span)]).value_counts()
    assert {at.date(): number for at, number in by_day.items()} == dict(expected)


def test_a_year_is_cut_into_weeks_that_begin_on_monday_whatever_the_clocks_do(year: Session, calls: list[Call]) -> None:
    span = last_days(365, BERLIN, AT)
    weeks = usage.over_time(year, span).groupby("at")["calls"].sum()

    def monday(call: Call) -> date:
        day = call.at.astimezone(ZoneInfo(BERLIN)).date()
        return day - timedelta(day.weekday())

    assert {at.date(): number for at, number in weeks.items()} == dict(
        pd.Series([monday(call) for call in inside(calls, span)]).value_counts()
    )


def test_the_rhythm_is_that_of_the_viewers_clock(year: Session, calls: list[Call]) -> None:
    span = last_days(365, BERLIN, AT)
    slots = [call.at.astimezone(ZoneInfo(BERLIN)) for call in inside(calls, span)]
    found = usage.rhythm(year, span)
    assert {(row.weekday, row.hour): row.calls for row in found.itertuples()} == dict(
        pd.Series([(at.weekday(), at.hour) for at in slots]).value_counts()
    )


def test_a_morning_is_compared_with_a_morning() -> None:
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    today = last_days(1, "UTC", at)
    assert [time.isoformat() for time in today.times] == ["2026-11-20T00:00:00+00:00", "2026-11-20T10:00:00+00:00"]
    assert [time.day for time in today.before.times] == [19, 19]
    week = last_days(7, "UTC", at)
    assert (week.end - week.start, week.start - week.before.start) == (6 * 24 + 10, 7 * 24)


def test_the_day_on_which_the_clocks_change_has_23_or_25_hours() -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        span = of_days(day, day, BERLIN, later)
        assert span.end - span.start == hours
        assert span.dates == (day, day)


def test_where_clocks_are_half_an_hour_off_an_hour_belongs_to_the_day_in_which_it_begins() -> None:
    span = of_days(date(2026, 5, 4), date(2026, 5, 5), KOLKATA, datetime(2026, 6, 1, tzinfo=UTC))
    assert span.times[0] == datetime(2026, 5, 3, 19, tzinfo=UTC)  # 00:30 there
    assert span.end - span.start == 48


def test_steps_fit_a_chart() -> None:
    steps = [last_days(days, BERLIN, AT).step for days in (1, 2, 7, 30, 90, 365)]
    assert steps == ["hour", "hour", "day", "day", "day", "week"]


def test_a_marked_stretch_is_whole_days() -> None:
    span = of_days(date(2026, 11, 1), date(2026, 11, 30), BERLIN, datetime(2026, 12, 24, tzinfo=UTC))
    marked = span.narrowed(datetime(2026, 11, 3, 14, 5), datetime(2026, 11, 5, 8), timedelta(days=1))
    assert marked.dates == (date(2026, 11, 4), date(2026, 11, 5))  # the days that begin in it
    assert marked.end - marked.start == 48
    point = span.narrowed(datetime(2026, 11, 3, 14), datetime(2026, 11, 3, 14), timedelta(days=1))
    assert point.dates == (date(2026, 11, 3), date(2026, 11, 3))
    beyond = span.narrowed(datetime(2026, 10, 20), datetime(2026, 12, 9), timedelta(days=1))
    assert (beyond.start, beyond.end) == (span.start, span.end)


# People and stories


def test_each_person_is_told_with_what_they_spent(year: Session, calls: list[Call]) -> None:
    span = last_days(365, BERLIN, AT)
    mine = inside(calls, span)
    found = people.people_in_full(year, span).set_index("username")
    for user in year.scalars(select(User)):
        own = [call for call in mine if call.user_id == user.id]
        assert found.loc[user.username, "calls"] == len(own)
        assert dollars(found.loc[user.username, "cost_usd"]) == cost(own)
    spenders = people.people(year, span)
    assert list(spenders["username"]) == [name for name in found.index if found.loc[name, "cost_usd"]]  # same order


def test_the_money_of_deleted_people_is_still_told(year: Session, calls: list[Call]) -> None:
    span = last_days(365, BERLIN, AT)
    whole = cost(inside(calls, span))
    year.execute(delete(User).where(User.plan != "free"))
    found = people.people(year, span)
    assert list(found["name"]) == ["Deleted users"]
    assert dollars(found["cost_usd"].sum()) == whole
    assert "Deleted users" in list(people.people_in_full(year, span)["name"])


@pytest.mark.parametrize("scope", [EVERYTHING, Scope(operations=("write",)), Scope(plans=("pro",))])
def test_what_stories_cost_is_the_sum_of_their_calls(year: Session, calls: list[Call], scope: Scope) -> None:
    span = last_days(365, BERLIN, AT)
    users = {user.id: user.plan for user in year.scalars(select(User))}
    begun: dict[str | None, datetime] = {}
    for call in calls:
        begun[call.story_id] = min(begun.get(call.story_id, call.at), call.at)
    sums: dict[str | None, Decimal] = {}
    for call in calls:
        fits = call.operation in (scope.operations or (call.operation,)) and users[call.user_id or 0] in (
            scope.plans or PEOPLE.values()
        )
        if fits and span.start <= hour_of(begun[call.story_id]) < span.end:
            sums[call.story_id] = sums.get(call.story_id, Decimal(0)) + (call.cost_usd or Decimal(0))
    paid = [amount for amount in sums.values() if amount]
    found = stories.stories(year, span, scope)
    assert (found.count, found.paid, found.cost_usd) == (len(sums), len(paid), sum(paid))
    assert found.bars["stories"].sum() == len(paid)
    assert stories.story_counts(year, span, scope) == (found.count, found.mean_usd)
    dearest = stories.dearest_stories(year, span, scope, most=5)
    assert [dollars(amount) for amount in dearest["cost_usd"]] == sorted(sums.values(), reverse=True)[:5]


def test_most_stories_are_spread_over_the_bars(year: Session) -> None:
    bars = stories.stories(year, last_days(365, BERLIN, AT)).bars
    assert 4 <= len(bars) <= stories.BARS
    assert bars["from_usd"].is_monotonic_increasing


# The month


def test_the_forecast_is_what_is_spent_and_the_usual_weekdays_to_come(sqlite_database: Database) -> None:
    at = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday
    with sqlite_database.write() as session:
        ada = factories.user(session)
        for back in range(1, 29):
            day = at - timedelta(days=back)
            if day.weekday() == 1:  # a dollar each Tuesday
                factories.call(session, ada, at=day, state="settled", cost_usd=Decimal(1), provider="openai")
        factories.call(session, ada, at=at, state="settled", cost_usd=Decimal("0.5"), provider="openai")
        factories.call(session, ada, at=at, state="reserved", estimate_usd=Decimal("0.25"), provider="openai")
        factories.call(session, ada, at=at, state="failed", estimate_usd=Decimal(9), provider="openai")
        sums.rebuild(session)
        found = month.month(session, at)
        assert found.spent_usd == Decimal("2.75")  # two Tuesdays, and today
        assert found.forecast_usd == Decimal("4.75")  # two more come
        assert (found.budget_usd, found.left_usd) == (None, None)
        own = month.month(session, at, Scope(people=("ada",)))
        assert (own.budget_usd, own.left_usd) == (Decimal(1), Decimal(0))


@pytest.mark.parametrize(("today", "rest"), [("0.25", "0.75"), ("1", "0"), ("3", "0")])
def test_the_forecast_knows_what_is_left_of_a_usual_day(sqlite_database: Database, today: str, rest: str) -> None:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)  # a Monday, and the last day of its month
    with sqlite_database.write() as session:
        ada = factories.user(session)
        for back, usd in [(0, today), (7, "1"), (14, "1"), (21, "1"), (28, "1")]:
            facts = {"at": at - timedelta(days=back), "state": "settled", "cost_usd": Decimal(usd)}
            factories.call(session, ada, provider="openai", **facts)
        found = month.month(session, at)
    assert found.spent_usd == 4 + Decimal(today)
    assert found.forecast_usd == found.spent_usd + Decimal(rest)


# Health


def test_errors_and_speed_are_those_of_the_calls(year: Session, calls: list[Call]) -> None:
    span = last_hours(365 * 24, BERLIN, AT)
    mine = inside(calls, span)
    found = health.errors(year, span)
    kinds = pd.Series([call.error_kind for call in mine if call.error_kind]).value_counts()
    assert found.groupby("error_kind")["calls"].sum().to_dict() == kinds.to_dict()
    speed = health.latencies(year, span).set_index(["operation", "provider"])
    drawn = pd.Series([call.latency_ms for call in mine if call.operation == "draw" and call.provider == "kit"])
    assert speed.loc[("draw", "kit"), "calls"] == len(drawn)
    assert speed.loc[("draw", "kit"), "p95"] == pytest.approx(drawn.quantile(0.95) / 1000)


def test_what_needs_somebody_is_found(session: Session) -> None:
    ada, long_ago = factories.user(session), now() - timedelta(hours=2)
    unknown = factories.call(session, ada, state="unknown", estimate_usd=Decimal("0.04"))
    factories.call(session, ada, state="reserved", at=long_ago)
    factories.call(session, ada, state="reserved")
    factories.story(session, ada, state="failed", error=message("The writer gave up."), title="A secret")
    factories.story(session, ada, state="writing", created_at=long_ago)
    factories.story(session, ada, state="queued")
    factories.story(session, ada, state="failed", deleted_at=now())
    waiting = health.undecided(session)
    assert list(waiting["id"]) == [unknown.id]
    queue = health.queue(session)
    assert (queue.waiting, queue.running, queue.cut_off) == (1, 1, 1)
    troubled = health.troubled_stories(session)
    assert list(troubled["state"]) == ["failed", "writing"]
    assert "A secret" not in troubled.to_string()  # what a story tells is its owner's affair


# Files


def test_open_calls_are_found_without_reading_all_the_others(sqlite_database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with sqlite_database.read() as session:
        event.listen(sqlite_database.engine, "before_cursor_execute", note)
        health.queue(session)
        health.undecided(session)
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
        queries = [(words, values) for words, values in asked if "FROM calls" in words]
        connection = session.connection()
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all()) for words, values in queries
        ]
    assert len(plans) == 2
    assert all("ix_calls_open" in plan for plan in plans), plans


def test_a_spreadsheet_runs_nothing_of_what_it_is_given() -> None:
    bad = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
    written = table_exports.csv(pd.DataFrame({"=name": [*bad, "fine"], "usd": [Decimal("-0.000000001")] * 7}))
    heading, *rows = csv.reader(StringIO(written.decode("utf-8-sig"), newline=""))
    assert heading == ["'=name", "usd"]
    assert [name for name, _ in rows] == [*(f"'{name}" for name in bad), "fine"]
    assert {usd for _, usd in rows} == {"-0.000000001"}  # a number stays a number, and exact


def test_parquet_keeps_money_exact() -> None:
    exact = [Decimal("0.000000001"), None, Decimal("12.5")]
    read = pd.read_parquet(BytesIO(table_exports.parquet(pd.DataFrame({"usd": exact}))))
    assert [None if amount is None else Decimal(amount) for amount in read["usd"]] == exact


def test_the_sums_of_the_sample_year_are_right_and_it_looks_like_a_year(year: Session, calls: list[Call]) -> None:
    assert sums.differing(year) == 0
    assert len(calls) == 2_500
    assert max(call.at for call in calls) - min(call.at for call in calls) > timedelta(days=300)
    assert {"settled", "failed"} <= {call.state for call in calls}
    assert {"rate_limited", "timeout"} <= {call.error_kind for call in calls}
    assert any(call.state == "settled" and call.cost_usd is None for call in calls)
    assert year.scalar(select(StoryHour.id).where(StoryHour.reused > 0).limit(1))
