"""The health report: what fails, and how fast it is."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib.models import now
from storylib.operations import logs
from storylib.reporting import charts, table_exports
from storylib.reporting.analytics import health
from storylib.reporting.analytics.health import REFUSALS
from storylib.reporting.analytics.scope import EVERYTHING
from storylib.reporting.analytics.span import Span, last_hours
from storylib.web import actions, fields, formatting
from storylib.web.usage import explorer, queries, summary
from storylib.web.usage.filters import KINDS
from storylib.web.usage.summary import Figure

WINDOWS: Final = {"24 hours": 24, "7 days": 7 * 24, "30 days": 30 * 24}
USUAL: Final = "24 hours"


def window() -> Span:
    """Show how far back to look; kept in the address."""
    chosen = st.segmented_control(
        "Period", list(WINDOWS), default=USUAL, required=True, key="window", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return last_hours(WINDOWS.get(chosen or USUAL, WINDOWS[USUAL]), formatting.zone(), now())


def figures(span: Span) -> None:
    """Show whether anything is wrong."""
    _, totals = queries.over_time(span, EVERYTHING)
    before, errors = queries.before(span, EVERYTHING)[0], queries.errors(span)
    queue = actions.read(health.queue)
    limited = int(errors.loc[errors["error_kind"] == "rate_limited", "calls"].sum())
    refused = int(errors.loc[errors["error_kind"].isin(REFUSALS), "calls"].sum())
    rate, rate_before = totals.failure_rate, before.failure_rate
    shown = [
        Figure("Failed calls", rate, rate_before, f"{rate:.1%}", True, f"{totals.failed:,} of {totals.calls:,} calls."),
        Figure("Rate-limited", shown=f"{limited:,}", note="The provider asked us to slow down (HTTP 429)."),
        Figure("Retries", shown=f"{totals.attempts - totals.calls:,}", note="Repeated attempts at the same call."),
        Figure("Refused", shown=f"{refused:,}", note="By a safety check or by the model itself."),
        Figure("No answer", shown=f"{totals.unknown:,}", note="They may have been charged."),
        Figure("Stories in progress", shown=f"{queue.running:,}"),
        Figure("Stories waiting", shown=f"{queue.waiting:,}", note=_oldest(queue.oldest)),
        Figure(
            "Interrupted calls", shown=f"{queue.cut_off:,}", note="Started more than 15 minutes ago and never finished."
        ),
    ]
    with st.grid(4, min_column_width=150):
        for figure in shown:
            summary.show(figure)


def _oldest(asked_at: Any) -> str:
    return f"The oldest was requested at {formatting.local(asked_at):%H:%M on %d %B}." if asked_at else ""


# --- errors and speed


def errors(span: Span) -> None:
    """Show the error rate over time by kind, and by model."""
    found, (ended, _) = queries.errors(span), queries.over_time(span, EVERYTHING)
    if found.empty:
        st.caption(":material/check_circle: No calls failed in this period.")
        return
    explorer.draw(charts.error_rate(found, ended, span.step))
    keys = ["provider", "model", "operation"]
    kinds = found.assign(calls=found["calls"].astype(int)).pivot_table("calls", keys, "error_kind", "sum", 0)
    table = ended.groupby(keys)[["calls", "failed"]].sum().join(kinds).fillna(0).reset_index()
    table.insert(3, "rate", table["failed"] / table["calls"].clip(lower=1))
    table["operation"] = table["operation"].map(KINDS)
    columns = {name: str(name).replace("_", " ").capitalize() for name in table}
    st.dataframe(
        table.sort_values("failed", ascending=False).rename(columns=columns),
        column_config={"Rate": st.column_config.NumberColumn("Failure rate", format="percent")},
        hide_index=True,
        alt="Failed calls by model and kind of error",
    )


def speed(span: Span) -> None:
    """Show percentiles of the response times."""
    found = queries.latencies(span)
    if found.empty:
        st.caption("No calls in this period.")
        return
    found["what"] = found["operation"].map(KINDS) + " · " + found["provider"]
    explorer.draw(charts.latency(found))
    seconds = {name: st.column_config.NumberColumn(f"{name} (s)", format="%.2f") for name in ("p50", "p95", "p99")}
    st.dataframe(
        found[["what", "calls", "p50", "p95", "p99"]],
        column_config={"what": "Kind", "calls": st.column_config.NumberColumn("Calls", format="localized"), **seconds},
        hide_index=True,
        alt="Response times in seconds by kind of call and provider",
    )


def recent_errors(span: Span) -> None:
    """Show the latest failed calls, and what went wrong in this process; both can be searched by id."""
    wanted = fields.line(
        "Search", type="search", placeholder="Number, person, story, model or kind", key="error", bind="query-params",
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    calls, own = queries.failed_calls(span), pd.DataFrame(reversed(logs.recent), columns=logs.Failure._fields)
    for title, found in (("Failed calls", calls), ("Errors in Storylib itself", own)):
        rows = _matching(_local(found), wanted)
        st.markdown(f"**{title}**")
        if rows.empty:
            st.caption("None." if found.empty else f"None matching “{wanted}”.")
            continue
        st.dataframe(rows, hide_index=True, alt=title, column_config=_HEADINGS)


_HEADINGS: Final[dict[str, Any]] = {
    "at": st.column_config.DatetimeColumn("Time", format="D MMM, HH:mm:ss"),
    "id": "Number",
    "username": "Person",
    "provider": "Provider",
    "model": "Model",
    "operation": "Kind",
    "error_kind": "Error",
    "said": "Server message",
    "state": "State",
    "story_id": "Story",
    "where": "Where",
    "error": "Error",
}


def _local(found: pd.DataFrame) -> pd.DataFrame:
    times = pd.to_datetime(found["at"], utc=True).dt.tz_convert(formatting.zone())
    said = {
        name: found[name].replace(KINDS).str.replace("_", " ") for name in ("operation", "error_kind") if name in found
    }
    return table_exports.harmless(found.assign(at=times, id=found["id"].astype(str), **said))


def _matching(found: pd.DataFrame, words: str) -> pd.DataFrame:
    if not words:
        return found
    lines = (" ".join(map(str, row)).casefold() for row in found.drop(columns="at").itertuples(index=False))
    return found[[all(word in line for word in words.casefold().split()) for line in lines]]
