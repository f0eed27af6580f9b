"""The usage report's charts."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from storylib.reporting.analytics.span import Step
from storylib.reporting.charts.figures import (
    FORMATS,
    HOURS,
    LEGEND,
    NAMES,
    NARROW_LEGEND,
    UNITS,
    Figure,
    by_size,
    figure,
    of_rows,
    spanning,
    time,
    with_end,
)
from storylib.text import usd

MOST_MODELS = 5  # with colours of their own
MOST_PEOPLE = 20
BRUSH = "days"
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
OTHERS = "Other models"
REST = "Everyone else"


def over_time(frame: pd.DataFrame, step: Step, measure: str = "cost_usd") -> Figure:
    """Chart a measure stacked by model, with a brush along the time. ``frame``: ``at``, ``model`` and the measure."""
    rows = with_end(_by_model(frame, measure), step)
    title, number = UNITS[measure]
    models = list(rows.sort_values("rank")["model"].unique())
    brush = alt.selection_interval(name=BRUSH, encodings=["x"])
    chart = (
        of_rows()
        .mark_bar(orient="vertical")
        .encode(
            x=time(rows, step),
            x2=alt.X2("until:T"),
            y=alt.Y(
                f"{measure}:Q", title=None, stack="zero", axis=alt.Axis(format=number.replace(".2", "~"), tickCount=4)
            ),
            color=alt.Color("model:N", title=None, sort=models, legend=LEGEND),
            order=alt.Order("rank:Q"),
            opacity=alt.OpacityValue(0.35, condition={"param": BRUSH, "value": 1}),
            tooltip=[
                alt.Tooltip("at:T", title=step.capitalize(), format=f"{FORMATS[step]} %Y"),
                alt.Tooltip("model:N", title="Model"),
                alt.Tooltip(f"{measure}:Q", title=title, format=number),
            ],
        )
        .add_params(brush)
        .properties(height=260)
    )
    return figure(chart, rows, _over_time_summary(rows, step, measure))


def _by_model(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return one row for each time and model; the small models are one, and the last."""
    dearest = by_size(frame, "model", measure)[:MOST_MODELS]
    named = frame.assign(model=frame["model"].where(frame["model"].isin(dearest), OTHERS))
    rows = named.groupby(["at", "model"], as_index=False)[measure].sum()
    rank = {model: number for number, model in enumerate([*dearest, OTHERS])}
    return spanning(rows[rows[measure] > 0].assign(rank=rows["model"].map(rank)), frame["at"], measure)


def _over_time_summary(rows: pd.DataFrame, step: Step, measure: str) -> str:
    title, _ = UNITS[measure]
    if rows.empty:
        return f"{title} by {step}: nothing."
    by_model, by_time = rows.groupby("model")[measure].sum(), rows.groupby("at")[measure].sum()
    top, peak, whole = rows.loc[rows["rank"].idxmin(), "model"], by_time.idxmax(), by_model.sum()
    return (
        f"{title} by {step}: {_said(whole, measure)} in total, {by_model[top] / whole:.0%} of it {top}; "
        f"the highest {step} was {peak.day} {peak:%B %Y} ({_said(by_time[peak], measure)})."
    )


def _said(amount: Any, measure: str) -> str:
    return usd(float(amount)) if measure == "cost_usd" else f"{int(amount):,}"


def by_person(frame: pd.DataFrame) -> Figure:
    """Chart the cost by person: the first twenty, and the rest together. ``frame``: ``name``, ``username``,
    ``cost_usd``."""
    rows = _first(frame)
    chart = (
        of_rows()
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("cost_usd:Q", title=None, axis=alt.Axis(format="$,~f", tickCount=4)),
            y=alt.Y("who:N", title=None, sort=None, axis=NAMES),
            tooltip=[
                alt.Tooltip("who:N", title="Person"),
                alt.Tooltip("cost_usd:Q", title="Cost", format="$,.2f"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
        .properties(height=alt.Step(20))
    )
    if rows.empty:
        return figure(chart, rows, "Cost by person: no one spent anything.")
    first = rows.iloc[0]
    summary = f"Cost by person: {len(frame)} people spent {usd(frame['cost_usd'].sum())}; "
    return figure(
        chart, rows, summary + f"{first['who']} spent the most, {usd(first['cost_usd'])} ({first['share']:.0%})."
    )


def _first(frame: pd.DataFrame) -> pd.DataFrame:
    ranked = frame.assign(who=frame["name"].where(frame["name"] != "", frame["username"]))
    doubled = ranked["who"].duplicated(keep=False)
    ranked["who"] = ranked["who"].where(~doubled, ranked["who"] + " (" + ranked["username"] + ")")
    rows, rest = ranked.iloc[:MOST_PEOPLE][["who", "cost_usd"]], ranked.iloc[MOST_PEOPLE:]
    if len(rest):
        last = {"who": f"{REST} ({len(rest)})", "cost_usd": rest["cost_usd"].sum()}
        rows = pd.concat([rows, pd.DataFrame([last])], ignore_index=True)
    return rows.assign(share=rows["cost_usd"] / max(rows["cost_usd"].sum(), 1e-9))


def story_costs(bars: pd.DataFrame, mean: float | None) -> Figure:
    """Chart how many stories cost how much. ``bars``: ``from_usd``, ``to_usd``, ``stories``."""
    chart = (
        of_rows()
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("from_usd:Q", bin="binned", title="Cost per story", axis=alt.Axis(format="$,~f", grid=False)),
            x2=alt.X2("to_usd:Q"),
            y=alt.Y("stories:Q", title="Stories", axis=alt.Axis(tickCount=4, format=",d")),
            tooltip=[
                alt.Tooltip("from_usd:Q", title="From", format="$,.3f"),
                alt.Tooltip("to_usd:Q", title="Below", format="$,.3f"),
                alt.Tooltip("stories:Q", title="Stories", format=",d"),
            ],
        )
        .properties(height=200)
    )
    if bars.empty or mean is None:
        return figure(chart, bars, "Cost per story: no story cost anything.")
    top = bars.loc[bars["stories"].idxmax()]
    most = f"most cost from {usd(top['from_usd'])} to {usd(top['to_usd'])}"
    return figure(chart, bars, f"Cost per story: {usd(mean)} on average; {most}.")


def rhythm(frame: pd.DataFrame, measure: str = "cost_usd") -> Figure:
    """Chart hours of the day against days of the week. ``frame``: ``weekday`` (0 is Monday), ``hour`` and the
    measure."""
    rows = frame.assign(day=frame["weekday"].map(dict(enumerate(WEEKDAYS))))
    title, number = UNITS[measure]
    chart = (
        of_rows()
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title="Hour of the day", scale=alt.Scale(domain=list(range(24))), axis=HOURS),
            y=alt.Y("day:O", title=None, sort=WEEKDAYS, scale=alt.Scale(domain=WEEKDAYS), axis=NAMES),
            color=alt.Color(f"{measure}:Q", legend=None),
            tooltip=[
                alt.Tooltip("day:O", title="Day"),
                alt.Tooltip("hour:O", title="Hour"),
                alt.Tooltip(f"{measure}:Q", title=title, format=number),
                alt.Tooltip("calls:Q", title="Calls", format=",d"),
            ],
        )
        .properties(height=200)
    )
    if rows.empty:
        return figure(chart, rows, f"{title} by weekday and hour: nothing.")
    top = rows.loc[rows[measure].idxmax()]
    return figure(chart, rows, f"{title} by weekday and hour: highest on {top['day']} at {top['hour']}:00.")


def volumes(frame: pd.DataFrame, step: Step, measure: str) -> Figure:
    """Chart one quantity over time, by kind. ``frame``: ``at``, ``kind`` and the measure."""
    rows = frame.groupby(["at", "kind"], as_index=False)[measure].sum()
    rows = with_end(spanning(rows[rows[measure] > 0], frame["at"], measure), step)
    title, number = UNITS[measure]
    chart = (
        of_rows()
        .mark_bar(orient="vertical")
        .encode(
            x=time(rows, step),
            x2=alt.X2("until:T"),
            y=alt.Y(f"{measure}:Q", title=None, stack="zero", axis=alt.Axis(tickCount=4, format="~s")),
            color=alt.Color("kind:N", title=None, legend=NARROW_LEGEND),
            tooltip=[
                alt.Tooltip("at:T", title=step.capitalize(), format=f"{FORMATS[step]} %Y"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip(f"{measure}:Q", title=title, format=number.replace("~s", ",d")),
            ],
        )
        .properties(height=230)
    )
    if rows.empty:
        return figure(chart, rows, f"{title} over time: nothing.")
    by_kind = rows.groupby("kind")[measure].sum()
    told = ", ".join(f"{kind} {int(amount):,}" for kind, amount in by_kind.items())
    return figure(chart, rows, f"{title} by {step}: {told}.")
