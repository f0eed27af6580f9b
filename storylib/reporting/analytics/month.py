"""The month as budgets count it, and where it is heading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storylib.billing import policy
from storylib.billing.quotas import month_start
from storylib.models import CallHour, StoryHour, User
from storylib.models.sums import hour_of
from storylib.reporting.analytics.frames import dollars, frame, total
from storylib.reporting.analytics.scope import EVERYTHING, Scope


@dataclass(frozen=True)
class Month:
    """The calendar month (UTC) as budgets count it: what is spent and reserved, and where it is heading."""

    spent_usd: Decimal
    forecast_usd: Decimal
    budget_usd: Decimal | None

    @property
    def left_usd(self) -> Decimal | None:
        """Return what is left, never below zero; None without a budget."""
        return policy.left(self.budget_usd, self.spent_usd)


LOOK_BACK = timedelta(days=28)


def month(session: Session, at: datetime, scope: Scope = EVERYTHING) -> Month:
    """Return the month's spending and its forecast: what is spent so far plus, for each remaining day, the mean of that
    weekday in the last four weeks."""
    start, today = month_start(at), at.replace(hour=0, minute=0, second=0, microsecond=0)
    table = scope.hours
    day = (table.hour // 24).label("day")
    rows = select(day, total(table.committed_usd).label("usd")).where(
        *_paid(table, min(start, today - LOOK_BACK)), *scope.conditions(table)
    )
    by_day = frame(session, rows.group_by(day)).set_index("day")["usd"]
    first, now_ = hour_of(start) // 24, hour_of(today) // 24
    spent = int(by_day[by_day.index >= first].sum())
    return Month(dollars(spent), dollars(spent + _to_come(by_day, start, now_)), _budget(session, scope))


def spent_since(session: Session, start: datetime) -> Decimal:
    """Return what everyone spent or reserved since the hour of ``start``, in US dollars."""
    return dollars(session.scalar(select(total(CallHour.committed_usd)).where(*_paid(CallHour, start))) or 0)


def dearest_call(session: Session, start: datetime) -> Decimal:
    """Return what a call of the most expensive model and kind costs on average since the hour of ``start``, in US
    dollars; 0 without any."""
    kind = (CallHour.provider, CallHour.model, CallHour.operation)
    rows = select(total(CallHour.committed_usd), total(CallHour.calls)).where(*_paid(CallHour, start)).group_by(*kind)
    return max((dollars(usd) / calls for usd, calls in session.execute(rows) if calls), default=Decimal(0))


def _paid(table: type[CallHour] | type[StoryHour], start: datetime) -> list[ColumnElement[bool]]:
    """Select what happened since then, except by free providers."""
    return [table.hour >= hour_of(start), policy.is_paid(table)]


def _to_come(by_day: pd.Series[int], start: datetime, today: int) -> int:
    next_month = hour_of((start + timedelta(days=32)).replace(day=1)) // 24
    lately = by_day[(by_day.index >= today - 28) & (by_day.index < today)]
    by_weekday = lately.groupby(lately.index % 7).sum() // 4
    missing = max(0, int(by_weekday.get(today % 7, 0)) - int(by_day.get(today, 0)))  # of today itself
    return missing + sum(int(by_weekday.get(day % 7, 0)) for day in range(today + 1, next_month))


def _budget(session: Session, scope: Scope) -> Decimal | None:
    """Return the site's budget, or that of the one person who is selected."""
    if len(scope.people) != 1:
        return policy.site_budget()
    user = session.scalar(select(User).where(User.username == scope.people[0]))
    return None if user is None else policy.budget_of(user)
