"""The audit on screen: filtered, and as a file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from storylib.identity import audit
from storylib.identity.audit import ACTS, Filter
from storylib.identity.users import LOCKED
from storylib.models import Audit, User
from storylib.reporting import table_exports
from storylib.text import cents
from storylib.web import actions, fields, gate
from storylib.web.formatting import local, zone
from storylib.web.labels import word

ANY: Final = "Any action"
MOST: Final = 100_000  # lines in a file
HEADINGS: Final = ["When", "Who", "What", "Affected", "Before", "After"]


def show(admin: User) -> None:
    """Show what was done by whom, latest first."""
    wanted = _filters()
    shown = st.session_state.get("audit shown", audit.PAGE)
    found = actions.read(audit.entries, admin, wanted, count=shown + 1)
    if not found:
        st.caption("No matching entries yet.")
        return
    st.dataframe(_frame(found[:shown]), hide_index=True, column_config=_COLUMNS, alt="Audit")
    with st.container(horizontal=True):
        if len(found) > shown:
            st.button("Show more entries", icon=":material/expand_more:", on_click=gate.callback(_more, shown))
        st.download_button(
            "Export audit log as CSV", gate.file(export, admin, wanted), "storylib-audit.csv", "text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _filters() -> Filter:
    """Show the filters for who, what and when; kept in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        person = fields.line(
            "Person", type="search", placeholder="A username", key="audit-of", bind="query-params",
            icon=":material/search:", label_visibility="collapsed", width=260, live=True,
        )  # fmt: skip
        names = {word(act): act for act in ACTS}
        act = st.selectbox(
            "What", [ANY, *names], key="act", bind="query-params", label_visibility="collapsed", width=200
        )
        days = st.date_input("Date range", [], key="days", bind="query-params", label_visibility="collapsed", width=260)
    since, until = _span(days)
    return Filter(person, names.get(act), since, until)


def _span(days: tuple[date, ...]) -> tuple[datetime | None, datetime | None]:
    """Return the local beginning of the first day and end of the last; with only one day chosen so far, from then
    on."""
    starts = [datetime.combine(day, time(), ZoneInfo(zone())) for day in days]
    return (starts[0] if starts else None), (starts[1] + timedelta(1) if len(starts) > 1 else None)


def export(admin: User, wanted: Filter) -> bytes:
    """Return what the filter finds, as a CSV file in which no spreadsheet finds a formula."""
    return table_exports.csv(_frame(actions.read(audit.entries, admin, wanted, count=MOST)))


def _more(shown: int) -> None:
    st.session_state["audit shown"] = shown + audit.PAGE


def _frame(rows: list[Audit]) -> pd.DataFrame:
    return pd.DataFrame([_line(row) for row in rows], columns=HEADINGS)


def _line(row: Audit) -> list[Any]:
    return [
        local(row.at).replace(tzinfo=None), row.actor, word(row.act), row.person, _facts(row.before), _facts(row.after)
    ]  # fmt: skip


def _facts(facts: dict[str, Any]) -> str:
    """Return ``plan free, role admin``."""
    return ", ".join(_said(name, value) for name, value in facts.items())


def _said(name: str, value: Any) -> str:
    if name == "budget_usd" and value is not None:
        return f"budget {cents(Decimal(value))}"
    plainly = f"{name.replace('_', ' ')} {value}"
    return _WORDS.get(plainly, plainly)


_WORDS: Final = {
    "budget usd None": "the plan's budget",
    "locked until None": "not locked",
    f"locked until {LOCKED}": "locked",
    "active True": "active",
    "active False": "not active",
}


_COLUMNS: Final = {
    "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss", width=180),
    "Before": st.column_config.TextColumn(width=200),
    "After": st.column_config.TextColumn(width=400),
}
