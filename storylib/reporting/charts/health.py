"""The health report's charts."""

from __future__ import annotations

import altair as alt
import pandas as pd

from storylib.reporting.analytics.span import Step
from storylib.reporting.charts.figures import (
    FORMATS,
    LEGEND,
    NAMES,
    Figure,
    by_size,
    figure,
    of_rows,
    spanning,
    time,
    with_end,
)

FEW_POINTS = 40  # are marked, so that a lonely one is seen
_CLOCK = alt.Axis(format="%a %H:%M", grid=False, tickCount=4, labelOverlap="greedy")
_CALENDAR = alt.Axis(format="%-d %b", grid=False, tickCount=5, labelOverlap="greedy")
_SECONDS = alt.Axis(format="~g", values=[0.01, 0.1, 1, 10, 100])


def error_rate(errors: pd.DataFrame, ended: pd.DataFrame, step: Step) -> Figure:
    """Chart the share of the calls that ended in an error, stacked by its kind.

    ``errors``: ``at``, ``error_kind``, ``calls``; ``ended``: ``at``, ``calls``.
    """
    by_time = ended.groupby("at")["calls"].sum()
    rows = errors.groupby(["at", "error_kind"], as_index=False)["calls"].sum()
    rows["share"] = rows["calls"] / rows["at"].map(by_time).fillna(rows["calls"])
    rows["kind"] = rows["error_kind"].str.replace("_", " ")
    rows = with_end(spanning(rows, ended["at"], "calls", "share"), step)
    chart = (
        of_rows()
        .mark_bar(orient="vertical")
        .encode(
            x=time(rows, step),
            x2=alt.X2("until:T"),
            y=alt.Y("share:Q", title=None, stack="zero", axis=alt.Axis(format="~%", tickCount=4)),
            color=alt.Color("kind:N", title=None, sort=by_size(rows, "kind", "calls"), legend=LEGEND),
            tooltip=[
                alt.Tooltip("at:T", title=step.capitalize(), format=f"{FORMATS[step]} %Y"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("share:Q", title="Share of all calls", format=".1%"),
                alt.Tooltip("calls:Q", title="Calls", format=",d"),
            ],
        )
        .properties(height=240)
    )
    if rows.empty:
        return figure(chart, rows, "Errors: no call failed.")
    top, count = by_size(rows, "kind", "calls")[0], int(rows["calls"].sum())
    rate = count / max(count, int(by_time.sum()))
    return figure(chart, rows, f"Errors by {step}: {count:,} calls failed ({rate:.1%}), mostly {top}.")


def latency(rows: pd.DataFrame) -> Figure:
    """Chart the response times that 50, 95 and 99 % of calls stay below. ``rows``: ``what``, ``p50``, ``p95``,
    ``p99``."""
    x = alt.X("p50:Q", title="Seconds", scale=alt.Scale(type="log"), axis=_SECONDS)
    y = alt.Y("what:N", title=None, sort=alt.SortField("p50", order="descending"), axis=NAMES)
    tips = [alt.Tooltip("what:N", title="Kind"), alt.Tooltip("calls:Q", title="Calls", format=",d")]
    tips += [alt.Tooltip(f"{name}:Q", title=f"{name} (seconds)", format=",.2f") for name in ("p50", "p95", "p99")]
    base = of_rows().encode(y=y, tooltip=tips)
    chart = alt.layer(
        base.mark_bar(height=4, opacity=0.45).encode(x=x, x2=alt.X2("p99:Q")),
        base.mark_bar(height=10, opacity=0.65).encode(x=x, x2=alt.X2("p95:Q")),
        base.mark_point(filled=True, size=130, opacity=1).encode(x=x),
    ).properties(height=alt.Step(34))
    told = "; ".join(f"{row.what} {row.p50:.2g} s, {row.p95:.2g} s, {row.p99:.2g} s" for row in rows.itertuples())
    return figure(chart, rows, f"Response time for 50 %, 95 % and 99 % of calls: {told or 'no calls'}.")


def over_a_while(rows: pd.DataFrame, step: Step, measure: str, title: str, unit: str) -> Figure:
    """Chart a line for each process. ``rows``: ``at``, ``process``, ``kind`` and the measure; absent where not
    known."""
    rows = rows[rows[measure].notna()]
    several = rows["kind"].nunique() > 1
    ceiling = max(1, 1.1 * rows[measure].max()) if len(rows) else 1
    tips = [
        alt.Tooltip("at:T", title="Time", format="%-d %b, %H:%M"),
        alt.Tooltip("kind:N", title="Kind"),
        alt.Tooltip("process:N", title="Process"),
        alt.Tooltip(f"{measure}:Q", title=f"{title}{unit and f', {unit}'}", format=",.1f"),
    ]
    chart = (
        of_rows()
        .mark_line(interpolate="monotone", point=len(rows) <= FEW_POINTS, strokeWidth=2)
        .encode(
            x=alt.X("at:T", title=None, scale=alt.Scale(type="utc"), axis=_CLOCK if step == "hour" else _CALENDAR),
            y=alt.Y(f"{measure}:Q", title=None, scale=alt.Scale(domain=[0, ceiling]), axis=alt.Axis(tickCount=4)),
            detail="process:N",
            color=alt.Color("kind:N", title=None, legend=LEGEND if several else None),
            tooltip=tips,
        )
        .properties(height=230)
    )
    if rows.empty:
        return figure(chart, rows, f"{title}: not known.")
    middle, most = (f"{amount:,.0f}{unit and f' {unit}'}" for amount in (rows[measure].mean(), rows[measure].max()))
    many = f"{number:,} processes" if (number := rows["process"].nunique()) > 1 else "one process"
    return figure(chart, rows, f"{title} of {many}: {middle} on average, {most} at most.")
