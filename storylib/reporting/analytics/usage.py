"""Calls and their cost, over time and in total."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.models import CallHour, User
from storylib.models.sums import MEASURES
from storylib.reporting.analytics.frames import clock, dollars, frame, sums
from storylib.reporting.analytics.scope import EVERYTHING, Scope
from storylib.reporting.analytics.span import Span

CALLED = ("provider", "model", "operation")


def over_time(session: Session, span: Span, scope: Scope = EVERYTHING) -> pd.DataFrame:
    """Return every measure by step (``at``, its beginning on the local clock), provider, model and operation."""
    table = scope.hours
    at = span.bucket(table.hour, span.step).label("at")
    called = [getattr(table, name) for name in CALLED]
    rows = select(at, *called, *sums(table)).where(span.within(table.hour), *scope.conditions(table))
    found = frame(session, rows.group_by(at, *called).order_by(at))
    found["at"] = clock(found["at"])
    return found


def rhythm(session: Session, span: Span, scope: Scope = EVERYTHING) -> pd.DataFrame:
    """Return calls and cost by local ``weekday`` (0 is Monday) and ``hour`` of the day."""
    table = scope.hours
    slot = ((span.local(table.hour) + 72) % 168).label("slot")  # the first of January 1970 was a Thursday
    rows = select(slot, *sums(table, ("calls", "cost_usd"))).where(span.within(table.hour), *scope.conditions(table))
    found = frame(session, rows.group_by(slot))
    found["weekday"], found["hour"] = found["slot"] // 24, found["slot"] % 24
    return found.drop(columns="slot")


@dataclass(frozen=True)
class Totals:
    """One span in figures. ``saved_usd`` is what would have been paid again if results were not kept."""

    calls: int = 0
    settled: int = 0
    failed: int = 0
    unknown: int = 0
    attempts: int = 0
    reused: int = 0
    unpriced: int = 0
    images: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    saved_usd: Decimal = Decimal(0)
    committed_usd: Decimal = Decimal(0)

    @property
    def failure_rate(self) -> float:
        """Return the share of the finished calls that failed, 0 to 1."""
        ended = self.settled + self.failed
        return self.failed / ended if ended else 0.0


def totals(session: Session, span: Span, scope: Scope = EVERYTHING) -> Totals:
    """Return the sums of everything in a span."""
    table = scope.hours
    row = session.execute(select(*sums(table)).where(span.within(table.hour), *scope.conditions(table))).one()
    return total_of(row._mapping)


def total_of(added: Any) -> Totals:
    """Return the same from sums that exist already."""
    values: dict[str, Any] = {
        name: dollars(added[name]) if name.endswith("_usd") else int(added[name]) for name in MEASURES
    }
    return Totals(**values)


def choices(session: Session) -> dict[str, list[str]]:
    """Return everyone's username, and every provider, model and operation that was ever called."""
    called = frame(session, select(*(getattr(CallHour, name) for name in CALLED)).distinct())
    names = {f"{name}s": sorted(called[name].unique()) for name in CALLED}
    return {"people": list(session.scalars(select(User.username).order_by(User.username))), **names}
