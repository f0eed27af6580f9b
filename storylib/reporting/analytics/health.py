"""What fails, how fast it is and what waits: questions to the ledger's rows, which are few where things go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.orm import Session

from storylib.library.stories import MAKING
from storylib.models import Call, Page, Story, User, now
from storylib.models.sums import HOUR_OF_CALL
from storylib.reporting.analytics.frames import clock, frame
from storylib.reporting.analytics.span import Span
from storylib.vocabulary import CallState

REFUSALS = ("blocked", "refused")
CUT_OFF = timedelta(minutes=15)  # nothing takes so long
ASKED = func.coalesce(Story.asked_again_at, Story.created_at)  # in SQL: when the making was last asked for
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def errors(session: Session, span: Span) -> pd.DataFrame:
    """Return how many calls ended in which error, by step (``at``), provider, model, operation and ``error_kind``."""
    at = span.bucket(HOUR_OF_CALL, span.step).label("at")
    keys = (at, Call.provider, Call.model, Call.operation, Call.error_kind)
    rows = select(*keys, func.count().label("calls")).where(_within(span), Call.error_kind.is_not(None))
    found = frame(session, rows.group_by(*keys).order_by(at))
    found["at"] = clock(found["at"])
    return found


def _within(span: Span) -> ColumnElement[bool]:
    start, end = span.times
    return (Call.at >= start) & (Call.at < end)


def latencies(session: Session, span: Span) -> pd.DataFrame:
    """Return the response times in seconds by operation and provider: ``calls``, ``p50``, ``p95``, ``p99``; exact."""
    key = (Call.operation, Call.provider, Call.latency_ms)
    rows = select(*key, func.count().label("calls")).where(_within(span), Call.latency_ms.is_not(None)).group_by(*key)
    each = frame(session, rows)  # many calls take the same time: a sixth of the rows travels
    kinds = [_percentiles(kind, times) for kind, times in each.groupby(["operation", "provider"])]
    return pd.DataFrame(kinds, columns=["operation", "provider", "calls", *PERCENTILES])


def _percentiles(kind: tuple[str, str], times: pd.DataFrame) -> tuple[Any, ...]:
    seconds = np.repeat(times["latency_ms"].to_numpy("float64") / 1000, times["calls"])
    return (*kind, len(seconds), *np.quantile(seconds, list(PERCENTILES.values())))


# --- what needs attention


def _is(state: CallState) -> ColumnElement[bool]:
    """Test in SQL for a state, reserved or unknown. SQLite uses their index only if the query uses the
    index's own words."""
    return (Call.state == state) & Call.state.in_((literal_column("'reserved'"), literal_column("'unknown'")))


def undecided(session: Session, most: int = 100) -> pd.DataFrame:
    """Return the calls that may have been charged, newest first."""
    head = (Call.id, Call.at, User.username, Call.provider, Call.model, Call.operation, Call.estimate_usd)
    rows = select(*head, Call.story_id).outerjoin(User, User.id == Call.user_id).where(_is("unknown"))
    return frame(session, rows.order_by(Call.at.desc(), Call.id.desc()).limit(most))


@dataclass(frozen=True)
class Queue:
    """Stories in the making. ``oldest`` is when the longest-waiting one was asked for, the last time if again."""

    waiting: int
    running: int
    oldest: datetime | None
    cut_off: int  # calls that were started and never finished


def queue(session: Session) -> Queue:
    """Return how many stories are in progress and waiting, and how many calls were interrupted, now."""
    states = select(Story.state, func.count(), func.min(ASKED)).where(
        Story.state.in_(MAKING), Story.deleted_at.is_(None)
    )
    found = {state: (number, oldest) for state, number, oldest in session.execute(states.group_by(Story.state))}
    waiting, oldest = found.pop("queued", (0, None))
    left = select(func.count()).where(_is("reserved"), Call.at < now() - CUT_OFF)
    return Queue(waiting, sum(number for number, _ in found.values()), oldest, session.scalar(left) or 0)


def troubled_stories(session: Session, most: int = 50) -> pd.DataFrame:
    """Return stories that failed or have been in progress for too long: whose they are and why, not what they tell."""
    stuck = Story.state.in_(MAKING) & (now() - CUT_OFF > ASKED)
    rows = (
        select(Story.id, User.username, Story.owner_id, Story.state, Story.created_at, Story.error)
        .join(User, User.id == Story.owner_id)
        .where((Story.state == "failed") | stuck, Story.deleted_at.is_(None))
        .order_by(Story.created_at.desc())
    )
    return _told(frame(session, rows.limit(most)))


def _told(found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(error=pd.Series([str(why or "") for why in found["error"]], found.index, "object"))


def story_calls(session: Session, story_id: str, most: int = 200) -> pd.DataFrame:
    """Return the calls made for one story, newest first."""
    head = (Call.id, Call.at, Call.operation, Call.page_number, Call.provider, Call.model, Call.state)
    rows = select(*head, Call.attempts, Call.error_kind, _SAID, Call.cost_usd).where(Call.story_id == story_id)
    return _in_words(frame(session, rows.order_by(Call.at.desc(), Call.id.desc()).limit(most)))


# What the server said of a call that failed; the results of others are texts, and long.
_SAID = case((Call.state.in_(("failed", "unknown")), Call.result)).label("said")


def _in_words(found: pd.DataFrame) -> pd.DataFrame:
    said = [result.get("said", "") if isinstance(result, dict) else "" for result in found["said"]]
    return found.assign(said=pd.Series(said, found.index, "object"))


def story_pages(session: Session, story_id: str) -> pd.DataFrame:
    """Return how far each page of a story is, not what it tells."""
    standing = Page.story_id == story_id, Page.position.is_not(None)
    rows = select(Page.position.label("number"), Page.state, Page.made_by, Page.error).where(*standing)
    return _told(frame(session, rows.order_by(Page.position)))


def failed_calls(session: Session, span: Span, most: int = 200) -> pd.DataFrame:
    """Return the latest failed calls, with what the server said."""
    head = (Call.id, Call.at, User.username, Call.provider, Call.model, Call.operation, Call.error_kind, Call.state)
    rows = select(*head, _SAID, Call.story_id).outerjoin(User, User.id == Call.user_id)
    wrong = rows.where(_within(span), Call.error_kind.is_not(None))
    return _in_words(frame(session, wrong.order_by(Call.at.desc(), Call.id.desc()).limit(most)))
