"""What a report is about: the period and the filters, kept in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import streamlit as st

from storylib.models import now
from storylib.reporting.analytics.scope import Scope
from storylib.reporting.analytics.span import Span, last_days, of_days
from storylib.vocabulary import OPERATIONS, PLANS, Operation
from storylib.web import formatting
from storylib.web.usage import queries

PERIODS: Final[dict[str, int]] = {"Today": 1, "7 days": 7, "30 days": 30, "90 days": 90, "Year": 365}
OWN: Final = "Custom range"
USUAL: Final = "30 days"
DATES: Final = "dates"  # in the address, as first_to_last
TO: Final = "_to_"
KINDS: Final[dict[Operation, str]] = {
    "write": "Writing", "draw": "Pictures", "portrait": "Portraits", "check": "Checks",
    "inspect": "Looking at pictures", "read": "Reading aloud",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A period and a choice of calls."""

    span: Span
    scope: Scope


def asked() -> Asked:
    """Show the row of inputs above a report; return what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        with st.container(horizontal=True, width="content", vertical_alignment="bottom"):
            span = _span()
        scope = _scope()
    return Asked(span, scope)


def _span() -> Span:
    chosen = st.segmented_control(
        "Period", [*PERIODS, OWN], default=USUAL, required=True, key="period", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if chosen == OWN:
        return _own_span()
    return last_days(PERIODS.get(chosen or USUAL, PERIODS[USUAL]), formatting.zone(), now())


def _own_span() -> Span:
    today = formatting.local(now()).date()
    first, last = _dates_of(st.query_params.get(DATES, "")) or (today - timedelta(6), today)
    picked = st.date_input(
        "Dates", (min(first, today), min(last, today)), max_value=today, format="YYYY-MM-DD", width=240,
        label_visibility="collapsed",
    )  # fmt: skip
    if isinstance(picked, tuple) and len(picked) == 2:  # while only one end is chosen, what was before stays
        first, last = picked
        st.query_params[DATES] = f"{first}{TO}{last}"
    return of_days(first, last, formatting.zone(), now())


def _dates_of(told: str) -> tuple[date, date] | None:
    """Return the dates in the address, if they make sense."""
    try:
        first, last = (date.fromisoformat(day) for day in told.split(TO))
    except ValueError:
        return None
    return (first, last) if first <= last else None


def choose_dates(first: date, last: date) -> None:
    """Make these dates the period; for a button's ``on_click``."""
    st.session_state["period"], st.query_params[DATES] = OWN, f"{first}{TO}{last}"


def _scope() -> Scope:
    choices = queries.choices()
    keys = ("person", "plan", "provider", "model", "kind")
    chosen = sum(bool(st.session_state.get(key, st.query_params.get(key))) for key in keys)
    with st.popover(f"Filter ({chosen})" if chosen else "Filter", icon=":material/filter_list:", key="usage filter"):
        people = _some("Person", "person", choices["people"])
        plans = _some("Current plan", "plan", PLANS)
        providers = _some("AI provider", "provider", choices["providers"])
        models = _some("Model", "model", choices["models"])
        kinds = _some("Kind of call", "kind", [KINDS[name] for name in OPERATIONS])
    operations = tuple(name for name in OPERATIONS if KINDS[name] in kinds)
    return Scope(people, plans, providers, models, operations)  # type: ignore[arg-type]


def _some(label: str, key: str, options: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(st.multiselect(label, options, key=key, bind="query-params", placeholder="All")))
