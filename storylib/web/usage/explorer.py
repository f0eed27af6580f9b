"""The usage report's charts: the cost over time, and what a stretch of it is made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from storylib.reporting import charts
from storylib.reporting.analytics.scope import Scope
from storylib.reporting.analytics.span import HOURS_IN, Span
from storylib.reporting.charts import BRUSH, Figure
from storylib.web import gate
from storylib.web.current_user import admin
from storylib.web.usage import filters, queries, tables
from storylib.web.usage.filters import KINDS, Asked

BILLION = 1e9
FEW = 8  # people who leave room for another chart below
VOLUMES = ("Calls", "Pictures", "Tokens")
NOTHING_YET = "No calls yet. The first story brings the first figures."
NOTHING = "No calls in this period. Choose a longer period or fewer filters."


@gate.fragment
def explore(asked: Asked) -> None:
    """Show the cost over time; a stretch that is marked in it is what everything below shows."""
    admin()
    frame, totals = queries.over_time(asked.span, asked.scope)
    if frame.empty:
        st.info(NOTHING if queries.choices()["models"] else NOTHING_YET, icon=":material/search_off:")
        return
    measure = "cost_usd" if totals.cost_usd else "calls"
    st.header("Cost over time" if totals.cost_usd else "Calls over time", anchor=False)
    key = f"over time {asked}"
    marked = _marked(st.session_state.get(key), asked.span)
    draw(_over_time(asked.span, asked.scope, measure), key=key)
    _about_the_marked(marked)
    shown = Asked(marked or asked.span, asked.scope)
    _details(shown, measure)
    tables.choose(shown, queries.over_time(shown.span, shown.scope)[0])


def draw(figure: Figure, key: str | None = None) -> None:
    """Show a chart with its description; with a key, a stretch of it can be marked."""
    # As st.altair_chart does, but without checking every chart in every run, which takes longer than the rest.
    if key:
        st.vega_lite_chart(figure.whole, key=key, on_select="rerun", selection_mode=BRUSH, alt=figure.summary)
    else:
        st.vega_lite_chart(figure.whole, alt=figure.summary)


def _marked(state: Any, span: Span) -> Span | None:
    """Return the stretch of time that is marked in the chart, in whole steps."""
    times = state and state["selection"].get(BRUSH, {}).get("at")
    if not times:
        return None
    size = HOURS_IN[span.step]
    first, last = (datetime(1970, 1, 1) + timedelta(milliseconds=time) for time in (times[0], times[-1]))
    return span.narrowed(first, last, timedelta(hours=size))


def _about_the_marked(marked: Span | None) -> None:
    if not marked:
        st.caption("Drag across the chart to explore part of it; double-click to show everything again.")
        return
    first, last = marked.dates
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Shown below: **{first:%d %B}** to **{last:%d %B %Y}**. Double-click the chart to show everything again."
        )
        choose = gate.callback(filters.choose_dates, first, last)
        if st.button("Use as period", type="tertiary", on_click=choose):
            st.rerun()  # all of the page, not only this part


def _details(asked: Asked, measure: str) -> None:
    by_person, costs, rhythm, *volumes = _figures(asked.span, asked.scope, measure)
    left, right = st.columns(2, gap="medium")
    with left:
        _card("Cost by person", by_person)
    with right:
        _card("Cost per story", costs)
    with left if len(by_person.rows) <= FEW else right:
        _card("By day and hour", rhythm)
    for column, title, figure in zip(st.columns(3, gap="medium"), VOLUMES, volumes, strict=True):
        with column:
            _card(title, figure)


def _card(title: str, figure: Figure) -> None:
    with st.container(border=True):
        st.markdown(f"**{title}**")
        if figure.rows.empty:
            st.caption(figure.summary)
        else:
            draw(figure)


# --- the figures, remembered as the answers are


@queries.remembered
def _over_time(span: Span, scope: Scope, measure: str) -> Figure:
    frame, _ = queries.over_time(span, scope)
    return charts.over_time(_in_dollars(frame), span.step, measure)


@queries.remembered
def _figures(span: Span, scope: Scope, measure: str) -> list[Figure]:
    frame, _ = queries.over_time(span, scope)
    told = queries.stories(span, scope)
    kinds = {
        "calls": frame.assign(kind=frame["operation"].map(KINDS)),
        "images": frame.assign(kind=frame["provider"]),
        "tokens": _tokens(frame),
    }
    return [
        charts.by_person(_in_dollars(queries.people(span, scope))),
        charts.story_costs(told.bars, None if told.mean_usd is None else float(told.mean_usd)),
        charts.rhythm(_in_dollars(queries.rhythm(span, scope)), measure),
        *(charts.volumes(rows, span.step, quantity) for quantity, rows in kinds.items()),
    ]


def _in_dollars(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert money to dollars for charts, which need not be exact."""
    money = [str(name) for name in frame if str(name).endswith("_usd")]
    return frame.assign(**{name: frame[name] / BILLION for name in money})


def _tokens(frame: pd.DataFrame) -> pd.DataFrame:
    both = {"Input": "tokens_in", "Output": "tokens_out"}
    parts = [frame[["at"]].assign(kind=kind, tokens=frame[name]) for kind, name in both.items()]
    return pd.concat(parts, ignore_index=True)
