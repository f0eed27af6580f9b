"""Who used how much."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.models import StoryHour, User
from storylib.models.sums import MEASURES
from storylib.reporting.analytics.frames import frame, sums
from storylib.reporting.analytics.scope import EVERYTHING, Scope
from storylib.reporting.analytics.span import Span


def people(session: Session, span: Span, scope: Scope = EVERYTHING) -> pd.DataFrame:
    """Return what each person with any cost has cost, most expensive first: ``username``, ``name``, ``cost_usd``."""
    found = _by_person(session, span, scope, ("cost_usd",))
    return found[found["cost_usd"] > 0]


def people_in_full(session: Session, span: Span, scope: Scope = EVERYTHING) -> pd.DataFrame:
    """Return every measure of each person with any calls, most expensive first."""
    return _by_person(session, span, scope, MEASURES)


def _by_person(session: Session, span: Span, scope: Scope, measures: tuple[str, ...]) -> pd.DataFrame:
    here = (span.within(StoryHour.hour), *scope.conditions(StoryHour))
    used = select(StoryHour.user_id, *sums(StoryHour, measures)).where(*here).group_by(StoryHour.user_id).subquery()
    each = select(User.username, User.name, User.plan, *(used.c[name] for name in measures))
    found = frame(session, each.select_from(used).outerjoin(User, User.id == used.c.user_id))
    found = found.sort_values("cost_usd", ascending=False, ignore_index=True)
    return found.fillna({"username": "", "name": "Deleted users", "plan": ""})
