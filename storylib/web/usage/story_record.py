"""What happened to one story, for an administrator: its pages and its calls, never what it tells."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from storylib.reporting import table_exports
from storylib.reporting.analytics import health
from storylib.web import actions, formatting, gate, labels
from storylib.web.current_user import admin
from storylib.web.usage.filters import KINDS


@gate.dialog("Story details", width="large", icon=":material/menu_book:")
def show(story: dict[str, Any]) -> None:
    """Show what happened to ``story``, a row of ``health.troubled_stories``."""
    admin()
    asked = f"{formatting.local(story['created_at']):%d %B %Y, %H:%M}"
    st.markdown(f"**{labels.STATES[story['state']]}** · {story['username']} · {asked}  \n:small[`{story['id']}`]")
    if story["error"]:
        st.write(story["error"])
    st.caption("The text stays private to its teacher; this only shows how far the story got.")
    _pages(story["id"])
    _calls(story["id"])


def _pages(story_id: str) -> None:
    found = actions.read(health.story_pages, story_id)
    if found.empty:
        st.caption("No pages were written.")
        return
    st.dataframe(table_exports.harmless(found), hide_index=True, column_config=_HEADINGS, alt="Pages of the story")


def _calls(story_id: str) -> None:
    found = actions.read(health.story_calls, story_id)
    if found.empty:
        st.caption("No calls were made.")
        return
    times = found["at"].map(lambda at: formatting.local(at).replace(tzinfo=None))
    shown = found.assign(
        at=times, operation=found["operation"].map(KINDS), cost_usd=found["cost_usd"].astype("float64")
    )
    st.dataframe(table_exports.harmless(shown), hide_index=True, column_config=_HEADINGS, alt="Calls for the story")


_HEADINGS: Final[dict[str, Any]] = {
    "number": "Page",
    "made_by": "Drawn by",
    "error": "Problem",
    "id": st.column_config.TextColumn("Number"),
    "at": st.column_config.DatetimeColumn("Time", format="D MMM, HH:mm:ss"),
    "operation": "Kind",
    "page_number": "Page",
    "provider": "Provider",
    "model": "Model",
    "state": "State",
    "attempts": "Attempts",
    "error_kind": "Error",
    "said": "Server message",
    "cost_usd": st.column_config.NumberColumn("Cost", format="$%.4f"),
}
