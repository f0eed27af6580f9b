"""Queries of the ledger's totals, cached for a minute. Only administrators' screens use them."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib.models import now
from storylib.models.sums import MEASURES
from storylib.reporting.analytics import health, usage
from storylib.reporting.analytics import month as months
from storylib.reporting.analytics import people as persons
from storylib.reporting.analytics import processes as vitals
from storylib.reporting.analytics import stories as told
from storylib.reporting.analytics.month import Month
from storylib.reporting.analytics.scope import Scope
from storylib.reporting.analytics.span import Span
from storylib.reporting.analytics.stories import Stories
from storylib.reporting.analytics.usage import Totals
from storylib.web.actions import read

FRESH: Final = 60  # seconds
KEPT: Final = 64  # answers to each question

remembered = st.cache_data(ttl=FRESH, max_entries=KEPT, show_spinner=False)


def forget() -> None:
    """Forget all answers, after a change that someone wants to see at once."""
    st.cache_data.clear()


@remembered
def choices() -> dict[str, list[str]]:
    return read(usage.choices)


@remembered
def over_time(span: Span, scope: Scope) -> tuple[pd.DataFrame, Totals]:
    frame = read(usage.over_time, span, scope)
    return frame, usage.total_of(frame[list(MEASURES)].sum())


@remembered
def before(span: Span, scope: Scope) -> tuple[Totals, int, Any]:
    """Return totals, stories and the mean cost of one, for the span before."""
    return read(usage.totals, span.before, scope), *read(told.story_counts, span.before, scope)


@remembered
def rhythm(span: Span, scope: Scope) -> pd.DataFrame:
    return read(usage.rhythm, span, scope)


@remembered
def people(span: Span, scope: Scope) -> pd.DataFrame:
    return read(persons.people, span, scope)


@remembered
def people_in_full(span: Span, scope: Scope) -> pd.DataFrame:
    return read(persons.people_in_full, span, scope)


@remembered
def stories(span: Span, scope: Scope) -> Stories:
    return read(told.stories, span, scope)


@remembered
def dearest_stories(span: Span, scope: Scope) -> pd.DataFrame:
    return read(told.dearest_stories, span, scope)


@remembered
def month(scope: Scope) -> Month:
    return read(months.month, now(), scope)


# --- health


@remembered
def errors(span: Span) -> pd.DataFrame:
    return read(health.errors, span)


@remembered
def latencies(span: Span) -> pd.DataFrame:
    return read(health.latencies, span)


@remembered
def failed_calls(span: Span) -> pd.DataFrame:
    return read(health.failed_calls, span)


@remembered
def processes(span: Span) -> pd.DataFrame:
    return read(vitals.processes, span)
