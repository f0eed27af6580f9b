"""The list of people: filters in the address, rows to select, a file to take away."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib.models import User
from storylib.people import search
from storylib.people.search import STATUSES, Filter, Person
from storylib.reporting import table_exports
from storylib.vocabulary import PLANS, ROLES
from storylib.web import actions, fields, gate, labels
from storylib.web.formatting import local

ANY: Final = "Any"
MENUS: Final = {"role": ROLES, "plan": PLANS, "status": STATUSES}
HEADINGS: Final = {
    "name": "Name",
    "username": "Username",
    "email": "E-mail",
    "role": "Role",
    "plan": "Plan",
    "status": "Status",
    "stories": "Stories",
    "signed_in_at": "Last sign-in",
    "budget_usd": "Custom budget",
    "created_at": "Joined",
}


def label(choice: str) -> str:
    """Return a role, plan or status as people read it."""
    return labels.ROLES.get(choice) or labels.word(choice)


def filters() -> Filter:
    """Show the filters; kept in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = fields.line(
            "Search", type="search", placeholder="Name, username or e-mail", key="search", bind="query-params",
            icon=":material/search:", live=True, label_visibility="collapsed", width=360,
        )  # fmt: skip
        chosen = sum(st.session_state.get(key, ANY) != ANY for key in MENUS)
        with st.popover(f"Filter ({chosen})" if chosen else "Filter", icon=":material/filter_list:"):
            asked: dict[str, Any] = {key: _menu(key, choices) for key, choices in MENUS.items()}
    return Filter(search, **asked)


def _menu(key: str, choices: tuple[str, ...]) -> str | None:
    by_label = {label(choice): choice for choice in choices}
    return by_label.get(st.selectbox(label(key), [ANY, *by_label], key=key, bind="query-params"))


def choose(admin: User, wanted: Filter) -> list[Person]:
    """Show the table; return who is selected in it."""
    shown = st.session_state.get("people shown", search.PAGE)
    found = actions.read(search.people, admin, wanted, count=shown + 1)
    if not found:
        st.info("No one matches. Try a shorter search or clear the filters.", icon=":material/search_off:")
        return []
    people = found[:shown]
    event = st.dataframe(
        _frame(people), hide_index=True, on_select="rerun", selection_mode="multi-row", alt="People",
        key=_key(people), column_config=_COLUMNS,
        height=min(600, 38 + 35 * len(people)), placeholder="–",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(found) > shown:
            st.button("Show more", icon=":material/expand_more:", on_click=gate.callback(_more, shown))
        st.download_button(
            "Export as CSV", gate.file(export, admin, wanted), "storylib-people.csv", "text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    return [people[row] for row in event.selection.rows if row < len(people)]


def _key(people: list[Person]) -> str:
    """Return a key for this list. Another list is another table: selections are row numbers, and must not come to mean
    someone else."""
    return f"people {hash(tuple(person.id for person in people))}"


def export(admin: User, wanted: Filter) -> bytes:
    """Return everyone that the filter finds, as a CSV file in which no spreadsheet finds a formula."""
    return table_exports.csv(_frame(actions.read(search.people, admin, wanted, count=None)))


def _more(shown: int) -> None:
    st.session_state["people shown"] = shown + search.PAGE


def _frame(people: list[Person]) -> pd.DataFrame:
    rows = [{heading: _cell(name, getattr(person, name)) for name, heading in HEADINGS.items()} for person in people]
    return pd.DataFrame(rows, columns=list(HEADINGS.values()))


def _cell(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("role", "plan", "status"):
        return label(value)
    return local(value).replace(tzinfo=None) if name.endswith("_at") else value


_COLUMNS: Final = {  # so narrow that all of them fit beside the navigation of a small laptop
    "Name": st.column_config.TextColumn(width=112),
    "Username": st.column_config.TextColumn(width=92),
    "E-mail": st.column_config.TextColumn(width=140),
    "Role": st.column_config.TextColumn(width=96),
    "Plan": st.column_config.TextColumn(width=50),
    "Status": st.column_config.TextColumn(width=60),
    "Stories": st.column_config.NumberColumn(width=62),
    "Last sign-in": st.column_config.DatetimeColumn(format="D MMM YYYY", width=92),
    "Custom budget": st.column_config.NumberColumn(
        "Budget", format="$%.2f", width=68, help="Replaces the plan's budget"
    ),
    "Joined": None,  # in the file only
}
