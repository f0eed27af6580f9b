"""Who used how much."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.analytics.frames import frame, sums, total
from storylib.analytics.scope import EVERYTHING, Scope
from storylib.analytics.span import Span
from storylib.models import StoryHour, User


def people(session: Session, span: Span, scope: Scope = EVERYTHING) -> pd.DataFrame:
    """What each person who called anything cost, the most expensive first: ``username``, ``name``, ``cost_usd``."""
    spent = select(total(StoryHour.cost_usd)).where(
        StoryHour.user_id == User.id, span.within(StoryHour.hour), *scope.conditions(StoryHour)
    )
    each = select(User.username, User.name, User.plan, spent.scalar_subquery().label("cost_usd"))
    known = frame(session, each.where(User.id.in_(scope.members()) if scope.of_people else User.id > 0))
    gone = select(total(StoryHour.cost_usd).label("cost_usd")).where(
        StoryHour.user_id.is_(None), span.within(StoryHour.hour), *scope.conditions(StoryHour)
    )
    left = frame(session, gone).assign(username="", name="Deleted people", plan="")
    found = pd.concat([known, left], ignore_index=True) if left["cost_usd"].sum() else known
    return found[found["cost_usd"] > 0].sort_values("cost_usd", ascending=False, ignore_index=True)


def people_in_full(session: Session, span: Span, scope: Scope = EVERYTHING) -> pd.DataFrame:
    """Every measure by person, the most expensive first."""
    rows = (
        select(User.username, User.name, User.plan, *sums(StoryHour))
        .select_from(StoryHour)
        .outerjoin(User, User.id == StoryHour.user_id)
        .where(span.within(StoryHour.hour), *scope.conditions(StoryHour))
        .group_by(User.username, User.name, User.plan)
    )
    found = frame(session, rows).sort_values("cost_usd", ascending=False, ignore_index=True)
    return found.fillna({"username": "", "name": "Deleted people", "plan": ""})
