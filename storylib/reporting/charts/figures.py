"""What all charts share: figures with a sentence, money, axes of time.

Colours, fonts and backgrounds are the theme's, so the charts are at home in light and dark. Times in the frames are
local already and carry no zone: the UTC scale shows them as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from storylib.reporting.analytics.span import HOURS_IN, Step

FORMATS: dict[Step, str] = {"hour": "%a %H:00", "day": "%-d %b", "week": "%-d %b"}
UNITS = {
    "cost_usd": ("Cost in US dollars", "$,.2f"),
    "calls": ("Calls", ",d"),
    "images": ("Pictures", ",d"),
    "tokens": ("Tokens", "~s"),
}
ROWS = "rows"  # what a specification calls them
LEGEND = alt.Legend(orient="top", offset=4, columns=2)
NARROW_LEGEND = alt.Legend(orient="top", offset=4, columns=1)
NAMES = alt.Axis(labelLimit=130, labelOverlap=False, labelFlush=False, labelBound=False, ticks=False, domain=False)
HOURS = alt.Axis(labelAngle=0, values=list(range(0, 24, 3)))


@dataclass(frozen=True)
class Figure:
    """A chart as Vega-Lite has it, its rows apart, and what it says in a sentence."""

    spec: dict[str, Any]
    rows: pd.DataFrame
    summary: str

    @property
    def whole(self) -> dict[str, Any]:
        """Return the specification and the rows together."""
        return self.spec | {"datasets": {ROWS: self.rows}}


def of_rows() -> alt.Chart:
    """Return a chart whose rows come later."""
    return alt.Chart(alt.NamedData(ROWS))


def figure(chart: alt.Chart | alt.LayerChart | alt.FacetChart, rows: pd.DataFrame, summary: str) -> Figure:
    """Return the chart with only the columns that it uses. A test checks every chart; here that would take too long.

    Times get the zone UTC: without one, a browser would take them for its own and shift them on the UTC scale.
    """
    spec = chart.to_dict(validate=False)
    used = json.dumps(spec)
    needed = rows[[name for name in rows if f'"{name}"' in used]]
    times = {str(name): needed[name].dt.tz_localize("UTC") for name in needed if name in ("at", "until")}
    return Figure(spec, needed.assign(**times), summary)


def time(rows: pd.DataFrame, step: Step) -> alt.X:
    """Return the axis of ``at``, with a tick for each step while there is room for it."""
    axis = alt.Axis(format=FORMATS[step], grid=False)
    if (steps := rows["at"].nunique()) <= 10:
        axis.tickCount = step if steps > 1 else 1
    return alt.X("at:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def spanning(rows: pd.DataFrame, times: pd.Series[Any], *amounts: str) -> pd.DataFrame:
    """Add empty rows at the first and the last of the times, so that the axis reaches there."""
    if rows.empty:
        return rows
    ends = rows.iloc[[0, 0]].assign(at=[times.min(), times.max()], **dict.fromkeys(amounts, 0))
    return pd.concat([rows, ends], ignore_index=True)


def by_size(rows: pd.DataFrame, name: str, measure: str) -> list[str]:
    """Return the values of a column, from the one with the most of the measure to the one with the least."""
    return [str(key) for key in rows.groupby(name)[measure].sum().sort_values(ascending=False).index]


def with_end(rows: pd.DataFrame, step: Step) -> pd.DataFrame:
    """Add the end of each bar, leaving a sliver between two."""
    return rows.assign(until=rows["at"] + pd.Timedelta(hours=HOURS_IN[step] * 0.9))
