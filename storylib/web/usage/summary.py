"""The first screenful of the usage report: what was spent, on what, and whether anything is wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from storylib.reporting.analytics.frames import dollars
from storylib.reporting.analytics.month import Month
from storylib.reporting.analytics.usage import Totals
from storylib.text import counted, listed, usd
from storylib.web import formatting, navigation
from storylib.web.usage import queries
from storylib.web.usage.filters import Asked

MANY_FAILURES = 0.05  # of the calls that ended


class Figure(NamedTuple):
    """One figure, the same of the time before, and whether more of it is worse."""

    label: str
    value: Any = None
    before: Any = None
    shown: str = ""
    worse: bool = False
    note: str = ""


def figures(asked: Asked) -> None:
    """Show where the money went in a sentence, eight figures, and whatever needs attention."""
    frame, totals = queries.over_time(asked.span, asked.scope)
    earlier, stories_before, mean_before = queries.before(asked.span, asked.scope)
    told, month = queries.stories(asked.span, asked.scope), queries.month(asked.scope)
    if totals.cost_usd:
        st.markdown(_where_it_went(frame, queries.people(asked.span, asked.scope)))
    _concerns(totals, month)
    mean = told.mean_usd
    shown = [
        Figure("Cost", totals.cost_usd, earlier.cost_usd, usd(totals.cost_usd), True, _cost_note(totals)),
        Figure("Calls", totals.calls, earlier.calls, _short(totals.calls), note=_exactly(totals.calls)),
        Figure("Stories", told.count, stories_before, _short(told.count), note="Started in this period."),
        Figure("Pictures", totals.images, earlier.images, _short(totals.images), note=_exactly(totals.images)),
        Figure(
            "Cost per story",
            mean,
            mean_before,
            "—" if mean is None else usd(mean),
            True,
            "Free stories are not included.",
        ),
        Figure("Saved by reuse", totals.saved_usd, earlier.saved_usd, usd(totals.saved_usd), note=_reused(totals)),
        _left(month),
        Figure("Forecast", None, None, usd(month.forecast_usd), note=_FORECAST),
    ]
    with st.grid(4, min_column_width=150):
        for figure in shown:
            show(figure)


def _where_it_went(frame: pd.DataFrame, people: pd.DataFrame) -> str:
    """Say what was spent, on which models, by how many people and by whom most."""
    by_model = frame.groupby("model")["cost_usd"].sum().sort_values(ascending=False)
    whole = by_model.sum()
    shares = (by_model[by_model > 0] / whole).head(2)
    models = [f"{share:.0%} on **{formatting.verbatim(str(model))}**" for model, share in shares.items()]
    sentence = f"**{formatting.verbatim(usd(dollars(whole)))}**: {listed(models)}"
    if people.empty:
        return f"{sentence}."
    first, number = people.iloc[0], counted(len(people), "person", "people", one="one")
    name, share = formatting.verbatim(first["name"] or first["username"]), first["cost_usd"] / whole
    return f"{sentence}, by {number}; {share:.0%} by **{name}**."


_FORECAST = "Spending so far plus, for each remaining day, the average for that weekday over the last four weeks."


def show(figure: Figure) -> None:
    """Show one figure in its frame."""
    change = _change(figure.value, figure.before)
    st.metric(
        figure.label,
        figure.shown,
        change,
        delta_color="inverse" if figure.worse else "off",
        help=figure.note or None,
        border=True,
        height="stretch",
    )


def _change(value: Any, before: Any) -> str | int | None:
    """Return the change against the time before, in percent; None where there is nothing to compare with."""
    if not before or value is None:
        return None
    percent = round(100 * (float(value) / float(before) - 1))
    return f"{percent:+,d} %" if percent else 0


def _left(month: Month) -> Figure:
    if month.left_usd is None:
        return Figure("Spent this month", None, None, usd(month.spent_usd), note="No site-wide budget is set.")
    note = f"{usd(month.spent_usd)} of {usd(month.budget_usd or 0)} is spent or reserved (calendar month, UTC)."
    return Figure("Budget left", None, None, usd(month.left_usd), note=note)


def _reused(totals: Totals) -> str:
    return f"Results already paid for were reused {totals.reused:,} times."


def _cost_note(totals: Totals) -> str:
    missing = f" Excludes {totals.unpriced:,} calls with no known price." if totals.unpriced else ""
    return f"Exactly ${totals.cost_usd:,f}.{missing}"


def _short(number: int) -> str:
    return f"{number:,}" if number < 1_000_000 else f"{number / 1_000_000:.2f} M"


def _exactly(number: int) -> str:
    return f"Exactly {number:,}." if number >= 1_000_000 else ""


def _concerns(totals: Totals, month: Month) -> None:
    """Show what needs attention, or that nothing does."""
    found = []
    if totals.unpriced:
        found.append(f"**{totals.unpriced:,} calls have no known price** and are not in the cost.")
    if totals.unknown:
        found.append(f"**{totals.unknown:,} calls may have been charged** and need a decision.")
    if totals.failure_rate > MANY_FAILURES:
        found.append(f"**{totals.failure_rate:.0%} of calls failed**.")
    if month.budget_usd is not None and month.forecast_usd > month.budget_usd:
        found.append(
            f"**This month is heading for {usd(month.forecast_usd)}**, over the budget of {usd(month.budget_usd)}."
        )
    if not found:
        st.caption(":material/check_circle: Every call is priced, and nothing needs your attention.")
        return
    st.warning("  \n".join(found), icon=":material/warning:")
    if totals.unknown or totals.failure_rate > MANY_FAILURES:
        st.page_link(navigation.HEALTH, label="Go to Health", icon=":material/monitor_heart:")
