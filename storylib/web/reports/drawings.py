"""The usage report's charts: the cost over time, and what a stretch of it is made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from storylib import charts
from storylib.analytics.span import HOURS_IN, Span
from storylib.charts import BRUSH, Figure
from storylib.web.reports import filters, reads, tables
from storylib.web.reports.filters import KINDS, Asked
from storylib.web.visitor import admin

BILLION = 1e9
NOTHING = "Nothing was called in this time. Choose a longer period, or fewer filters."


@st.fragment
def explore(asked: Asked) -> None:
    """The cost over time; a stretch that is marked in it is what everything below shows."""
    admin()
    frame, totals = reads.over_time(asked.span, asked.scope)
    if frame.empty:
        st.info(NOTHING, icon=":material/search_off:")
        return
    measure = "cost_usd" if totals.cost_usd else "calls"
    st.subheader("Cost over time" if totals.cost_usd else "Calls over time", anchor=False)
    key = f"over time {asked}"
    marked = _marked(st.session_state.get(key), asked.span)
    draw(charts.over_time(_in_dollars(frame), asked.span.step, measure), key=key)
    _about_the_marked(marked)
    shown = Asked(marked or asked.span, asked.scope)
    if marked:
        frame, _ = reads.over_time(shown.span, shown.scope)
    _details(shown, frame, measure)
    tables.choose(shown, frame)


def draw(figure: Figure, key: str | None = None) -> None:
    """A chart with its sentence; with a key it can be marked."""
    if key:
        st.altair_chart(figure.chart, key=key, on_select="rerun", selection_mode=BRUSH, alt=figure.summary)
    else:
        st.altair_chart(figure.chart, alt=figure.summary)


def _marked(state: Any, span: Span) -> Span | None:
    """The stretch of time that is marked in the chart, in whole steps."""
    times = state and state["selection"].get(BRUSH, {}).get("at")
    if not times:
        return None
    size = HOURS_IN[span.step]
    first, last = (datetime(1970, 1, 1) + timedelta(milliseconds=time) for time in (times[0], times[-1]))
    return span.narrowed(first, last, timedelta(hours=size))


def _about_the_marked(marked: Span | None) -> None:
    if not marked:
        st.caption("Drag across the chart to look at a part of it; a double click shows all again.")
        return
    first, last = marked.dates
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Below: **{first:%d %B}** to **{last:%d %B %Y}**. A double click on the chart shows all again.")
        if st.button("Make this the period", type="tertiary", on_click=filters.choose_dates, args=(first, last)):
            st.rerun()  # all of the page, not only this part


def _details(asked: Asked, frame: pd.DataFrame, measure: str) -> None:
    span, scope = asked.span, asked.scope
    told = reads.stories(span, scope)
    rhythm, people = _in_dollars(reads.rhythm(span, scope)), _in_dollars(reads.people(span, scope))
    left, right = st.columns(2, gap="medium")
    with left:
        _card("Cost by person", charts.by_person(people), people.empty)
    with right:
        mean = None if told.mean_usd is None else float(told.mean_usd)
        _card("What stories cost", charts.story_costs(told.bars, mean), told.bars.empty)
        _card("When", charts.rhythm(rhythm, measure), rhythm.empty)
    _quantities(asked, frame)


def _quantities(asked: Asked, frame: pd.DataFrame) -> None:
    step = asked.span.step
    tokens, pictures = _tokens(frame), frame.assign(kind=frame["provider"])
    kinds = frame.assign(kind=frame["operation"].map(KINDS))
    first, second, third = st.columns(3, gap="medium")
    with first:
        _card("Calls", charts.volumes(kinds, step, "calls"), False)
    with second:
        _card("Pictures", charts.volumes(pictures, step, "images"), not pictures["images"].sum())
    with third:
        _card("Tokens", charts.volumes(tokens, step, "tokens"), not tokens["tokens"].sum())


def _card(title: str, figure: Figure, empty: bool) -> None:
    with st.container(border=True):
        st.markdown(f"**{title}**")
        if empty:
            st.caption(figure.summary)
        else:
            draw(figure)


def _in_dollars(frame: pd.DataFrame) -> pd.DataFrame:
    """For charts, which need not be exact."""
    money = [str(name) for name in frame if str(name).endswith("_usd")]
    return frame.assign(**{name: frame[name] / BILLION for name in money})


def _tokens(frame: pd.DataFrame) -> pd.DataFrame:
    both = {"read": "tokens_in", "written": "tokens_out"}
    parts = [frame[["at"]].assign(kind=kind, tokens=frame[name]) for kind, name in both.items()]
    return pd.concat(parts, ignore_index=True)
