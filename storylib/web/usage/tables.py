"""The usage report's table, and the same as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib.reporting import table_exports
from storylib.reporting.analytics.frames import dollars
from storylib.web import gate
from storylib.web.usage import queries
from storylib.web.usage.filters import KINDS, Asked

MEASURES: Final = {
    "cost_usd": "Cost (USD)",
    "calls": "Calls",
    "failed": "Failed",
    "unpriced": "Unpriced",
    "images": "Pictures",
    "tokens_in": "Input tokens",
    "tokens_out": "Output tokens",
    "saved_usd": "Saved (USD)",
}
MONEY: Final = ("Cost (USD)", "Saved (USD)")
TIMES: Final = {"Hour": "D MMM, HH:mm", "Day": "D MMM YYYY", "Week": "D MMM YYYY", "Started": "D MMM YYYY, HH:mm"}
NO_PRICE: Final = "no price"


def choose(asked: Asked, frame: pd.DataFrame) -> None:
    """Show one of several tables, sortable by its headings, and two files of it."""
    st.header("Details", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        by = st.segmented_control(
            "Table by", list(TABLES), default="Model", required=True, key="table", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        shown = table_exports.harmless(TABLES[by or "Model"](asked, frame))
        _files(shown, f"storylib-usage-by-{(by or 'Model').lower()}")
    st.dataframe(
        shown.astype({name: "float64" for name in MONEY if name in shown}),
        column_config=_columns(shown),
        hide_index=True,
        placeholder=NO_PRICE,
        alt=f"Usage by {(by or 'Model').lower()}",
    )


def _files(shown: pd.DataFrame, name: str) -> None:
    with st.container(horizontal=True, width="content"):
        for kind, write, mime in (
            ("csv", table_exports.csv, "text/csv"),
            ("parquet", table_exports.parquet, "application/vnd.apache.parquet"),
        ):
            st.download_button(
                kind.upper() if kind == "csv" else "Parquet",
                gate.file(write, shown),  # made when it is asked for
                f"{name}.{kind}",
                mime,
                icon=":material/download:",
                on_click="ignore",
            )


def _columns(shown: pd.DataFrame) -> dict[str, Any]:
    money = {name: st.column_config.NumberColumn(format="$%.4f") for name in MONEY if name in shown}
    numbers = [name for name in MEASURES.values() if name in shown and name not in MONEY]
    times = {name: st.column_config.DatetimeColumn(format=TIMES[name]) for name in TIMES if name in shown}
    return money | times | {name: st.column_config.NumberColumn(format="localized") for name in numbers}


# --- the tables


def _by_model(_asked: Asked, frame: pd.DataFrame) -> pd.DataFrame:
    keys = {"model": "Model", "provider": "Provider", "operation": "Kind"}
    found = _added(frame, keys)
    return found.assign(Kind=found["Kind"].map(KINDS))


def _by_time(asked: Asked, frame: pd.DataFrame) -> pd.DataFrame:
    return _added(frame, {"at": asked.span.step.capitalize()}).sort_values(asked.span.step.capitalize())


def _by_person(asked: Asked, _frame: pd.DataFrame) -> pd.DataFrame:
    found = queries.people_in_full(asked.span, asked.scope)
    return _named(found, {"name": "Name", "username": "Username", "plan": "Plan"})


def _by_story(asked: Asked, _frame: pd.DataFrame) -> pd.DataFrame:
    found = queries.dearest_stories(asked.span, asked.scope)
    return _named(found, {"story_id": "Story", "username": "Owner", "begun": "Started"})


TABLES: Final[dict[str, Callable[[Asked, pd.DataFrame], pd.DataFrame]]] = {
    "Model": _by_model,
    "Person": _by_person,
    "Time": _by_time,
    "Story": _by_story,
}


def _added(frame: pd.DataFrame, keys: dict[str, str]) -> pd.DataFrame:
    found = frame.groupby(list(keys), as_index=False)[[*MEASURES, "settled"]].sum()
    return _named(found.sort_values(["cost_usd", "calls"], ascending=False), keys)


def _named(found: pd.DataFrame, keys: dict[str, str]) -> pd.DataFrame:
    """Name the columns, with exact money; where no call had a price there is none, not 0."""
    if "unpriced" in found:
        known = found["unpriced"] < found["settled"].clip(lower=1)
        found = found.assign(cost_usd=found["cost_usd"].where(known))
    money = {name: _exact(found[name]) for name in found if str(name).endswith("_usd")}
    wanted = {name: label for name, label in (keys | MEASURES).items() if name in found}
    return found.assign(**money)[list(wanted)].rename(columns=wanted).reset_index(drop=True)


def _exact(billionths: pd.Series[Any]) -> list[Any]:
    return [None if pd.isna(amount) else dollars(amount) for amount in billionths.tolist()]
