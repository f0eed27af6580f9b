"""A year of invented calls that look like a school's: terms and holidays, mornings and nights, good and bad days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from storylib.models import Call, User, now, sums

SEED = 1865
CHUNK, AT_ONCE = 20_000, 500  # rows that are made plain together, and that one statement takes
MEMORY = 256 * 1024  # KiB of SQLite's own meanwhile
YEAR = 365 * 24  # hours
PAGES = (4, 13)  # of a story: from, and below
STEP = 7  # seconds from one call of a story to the next
OPEN_DAYS = 2  # for so long nobody has decided what became of a call without an answer
ONCE, EACH = ("write", "read"), ("check", "draw")  # for a story; for each of its pages and the cover
Random = np.random.Generator
Rows = Iterator[tuple[Any, ...]]


def add_calls(
    session: Session, sample: dict[str, Any], users: Sequence[User], count: int, at: datetime | None = None
) -> None:
    """Write ``count`` calls of these people over the year that ends ``at`` (now); one time, one year."""
    end = (at or now()).replace(minute=0, second=0, microsecond=0)
    calls = year(sample, [user.plan for user in users], count, end)
    calls["user_id"] = np.array([user.id for user in users])[calls["user"]]
    _write(session.connection(), calls.drop(columns="user"))
    sums.rebuild(session)


def _write(connection: Connection, calls: pd.DataFrame) -> None:
    """In bulk, straight to the driver: SQLAlchemy's way of a row takes longer than the database itself."""
    sqlite = connection.dialect.name == "sqlite"
    at = np.datetime_as_string(calls["second"].to_numpy().astype("datetime64[s]"))
    calls["at"] = np.char.add(np.char.replace(at, "T", " "), ".000000" if sqlite else "+00")  # as Utc keeps it
    calls = calls.drop(columns="second")
    (_insert if sqlite else _copy)(connection, f"{Call.__tablename__} ({', '.join(calls)})", _rows(calls))


def _rows(calls: pd.DataFrame) -> Rows:
    for first in range(0, len(calls), CHUNK):
        part = calls[first : first + CHUNK]
        yield from zip(*(_plain(part[name]) for name in part), strict=True)


def _insert(connection: Connection, table: str, rows: Rows) -> None:
    """Into SQLite, which takes many rows a statement in half the time of one by one."""
    connection.exec_driver_sql(f"PRAGMA cache_size=-{MEMORY}")  # or it swaps its indexes out all the time
    while some := list(islice(rows, AT_ONCE)):
        marks = ", ".join(f"({', '.join('?' * len(row))})" for row in some)
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES {marks}", tuple(chain.from_iterable(some)))


def _copy(connection: Connection, table: str, rows: Rows) -> None:
    """Into PostgreSQL."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def year(sample: dict[str, Any], plans: Sequence[str], count: int, end: datetime) -> pd.DataFrame:
    """The calls, oldest first, as the table has them but for ``user`` (a number) and ``second`` (since 1970)."""
    random = np.random.default_rng(SEED)
    stories = _stories(random, sample, plans, count // 6 + 1, end)  # none has fewer calls than six
    calls = _parts(_enough(random, stories, sample["books"], count), sample)
    calls = calls.sort_values("second", kind="stable").tail(count).reset_index(drop=True)
    _measure(random, calls, list(sample["providers"].values()))
    _spoil(random, sample["errors"], calls, end)
    calls["fingerprint"] = [f"{number:064x}" for number in range(len(calls))]
    again = random.choice(3, len(calls), p=[0.96, 0.03, 0.01])
    calls["reused"] = np.where(calls["state"] == "settled", again, 0)
    return calls.drop(columns="source")


# --- stories


def _stories(random: Random, sample: dict[str, Any], plans: Sequence[str], number: int, end: datetime) -> pd.DataFrame:
    hour = np.sort(random.choice(YEAR, number, p=_busy(sample["rhythm"], end)))
    share = 1 / (np.arange(len(plans)) + 3)  # few do much and many do a little (Zipf)
    user = random.choice(len(plans), number, p=share / share.sum())
    return pd.DataFrame(
        {
            "second": int(end.timestamp()) - (YEAR - hour) * 3600 + random.integers(3600, size=number),
            "user": user,
            "pages": random.integers(*PAGES, number),
            "book": _books(random, sample["books"], np.array(plans)[user], hour / YEAR),
        }
    )


def _busy(rhythm: dict[str, list[int]], end: datetime) -> np.ndarray[Any, Any]:
    """How likely each hour of the year is; the last one is twice as busy as the first."""
    hours = [end - timedelta(hours=YEAR - number) for number in range(YEAR)]
    usual = [rhythm["weekday"][at.weekday()] * rhythm["month"][at.month - 1] * rhythm["hour"][at.hour] for at in hours]
    weights = np.array(usual) * np.linspace(1, 2, YEAR)
    return np.asarray(weights / weights.sum())


def _books(
    random: Random, books: list[dict[str, Any]], plan: np.ndarray[Any, Any], part: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Which book each story is: one that the plan allows and that there was in that part of the year."""
    weights = [
        book["weight"] * np.isin(plan, book["plans"]) * (part >= book.get("from", 0)) * (part < book.get("until", 1))
        for book in books
    ]
    heights = np.cumsum(weights, axis=0)
    return np.asarray((heights <= random.random(len(plan)) * heights[-1]).sum(axis=0))


def _enough(random: Random, stories: pd.DataFrame, books: list[dict[str, Any]], count: int) -> pd.DataFrame:
    """As many of the stories as make so many calls."""
    parts = [[sum(part in book for part in some) for some in (ONCE, EACH)] for book in books]
    once, each = np.array(parts)[stories["book"]].T
    order = random.permutation(len(stories))
    made = np.cumsum((once + each * (stories["pages"] + 1)).to_numpy()[order])
    return stories.iloc[np.sort(order[: np.searchsorted(made, count) + 1])]


# --- calls


def _parts(stories: pd.DataFrame, sample: dict[str, Any]) -> pd.DataFrame:
    """One row for each call of each story: who makes it, and when."""
    numbers = {name: number for number, name in enumerate(sample["providers"])}
    made = []
    for book, facts in enumerate(sample["books"]):
        told = stories[stories["book"] == book]
        for part, operation in enumerate(part for part in ("write", *EACH, "read") if part in facts):
            times = told["pages"] + 1 if operation in EACH else 1
            rows = told.loc[told.index.repeat(times), ["second", "user"]]
            rows["page_number"] = rows.groupby(level=0).cumcount() if operation == "draw" else pd.NA
            rows["second"] += part * 5 * STEP + rows.groupby(level=0).cumcount() * STEP
            rows["story_id"] = [f"{story:032x}" for story in rows.index]
            made.append(rows.assign(operation=operation, source=numbers[facts[operation]]))
    return pd.concat(made, ignore_index=True)


def _measure(random: Random, calls: pd.DataFrame, providers: list[dict[str, Any]]) -> None:
    """What each call takes and costs when nothing goes wrong; money in billionths, absent where no price is known."""

    def between(field: str, scale: int = 1) -> np.ndarray[Any, Any]:
        low, high = (
            np.array([int(provider.get(field, (0, 0))[end] * scale) for provider in providers]) for end in (0, 1)
        )
        return np.asarray(random.integers(low[made_by], high[made_by] + 1))

    made_by = calls["source"].to_numpy()
    for field in ("provider", "model"):
        calls[field] = np.array([provider[field] for provider in providers], dtype=object)[made_by]
    calls["attempts"] = random.choice([1, 2, 3], len(calls), p=[0.985, 0.012, 0.003])
    calls["tokens_in"], calls["tokens_out"] = between("tokens_in"), between("tokens_out")
    calls["images"] = (calls["operation"] == "draw").astype(int)
    typical = np.array([provider["latency_ms"] for provider in providers])[made_by]
    calls["latency_ms"] = (typical * random.lognormal(0, 0.35, len(calls))).astype(int)
    calls["estimate_usd"] = between("cost_usd", 10**9)
    calls["cost_usd"] = calls["estimate_usd"].astype("Int64")
    calls.loc[np.array(["cost_usd" not in provider for provider in providers])[made_by], "cost_usd"] = pd.NA
    calls["state"], calls["error_kind"] = "settled", None


def _spoil(random: Random, errors: dict[str, Any], calls: pd.DataFrame, end: datetime) -> None:
    """Let some fail. Of the calls without an answer those of the last days are unknown, and the rest decided."""
    day = calls["second"] // 86_400
    outage = day.isin(random.choice(day.unique(), errors["outages"]))
    share = np.where(outage, errors["outage_share"], errors["share"]) * (calls["provider"] != "kit")
    bad = random.random(len(calls)) < share
    kinds = pd.Series(errors["kinds"])
    calls.loc[bad, "error_kind"] = random.choice(kinds.index, bad.sum(), p=kinds / kinds.sum())
    calls.loc[bad, ["tokens_in", "tokens_out", "images"]] = 0
    unanswered = calls["error_kind"] == "timeout"
    lately = calls["second"] > end.timestamp() - OPEN_DAYS * 86_400
    paid = random.random(len(calls)) < 0.5
    calls.loc[bad, "state"] = "failed"
    calls.loc[unanswered & paid, "state"] = "settled"
    calls.loc[unanswered & lately, "state"] = "unknown"
    calls.loc[calls["state"] != "settled", "cost_usd"] = pd.NA


def _plain(values: pd.Series[Any]) -> list[Any]:
    """As Python has them; None for what is not there."""
    plain = values.astype(object).where(values.notna(), None) if values.hasnans else values
    return list(plain.tolist())
