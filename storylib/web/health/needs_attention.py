"""What needs an administrator's attention: calls that may have been charged, and stories that got stuck."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib.billing import ledger
from storylib.generation import jobs
from storylib.library import stories
from storylib.reporting.analytics import health
from storylib.text import usd
from storylib.web import actions, formatting, gate, labels, notices
from storylib.web.current_user import admin
from storylib.web.usage import queries, story_record
from storylib.web.usage.filters import KINDS

SHOWN: Final = 5  # rows with buttons; the rest is only counted


@gate.fragment
def decisions() -> None:
    """Show each call without an answer, with the two decisions that a person can make."""
    admin()
    notices.show()
    waiting = actions.read(health.undecided)
    if waiting.empty:
        st.caption(":material/check_circle: No calls are waiting for a decision.")
        return
    st.write(
        "The provider never answered, so these calls may have been charged. Check its bill and record the answer here."
    )
    for call in waiting.head(SHOWN).to_dict("records"):
        _decision(call)
    _rest(waiting)


def _decision(call: dict[str, Any]) -> None:
    expected = f"about {usd(call['estimate_usd'])}" if call["estimate_usd"] else "without an estimate"
    text, buttons = st.columns([5, 3], vertical_alignment="center")
    who = call["username"] or "Deleted user"
    text.markdown(
        f"{KINDS[call['operation']]} by {call['model']}, {expected}  \n"
        f":small[{formatting.local(call['at']):%d %B, %H:%M} · {who} · number {call['id']}]"
    )
    with buttons.container(horizontal=True, horizontal_alignment="right"):
        for label, paid in (("Charged", True), ("Not charged", False)):
            st.button(label, key=f"{paid} {call['id']}", on_click=gate.callback(_decide, call["id"], paid))


def _decide(call_id: int, paid: bool) -> None:
    if notices.act(ledger.decide, admin(), call_id, paid=paid):
        notices.say("Recorded as charged." if paid else "Recorded as not charged.")
        queries.forget()


@gate.fragment
def troubled() -> None:
    """Show stories that failed or got stuck, with buttons to open and to retry them."""
    admin()
    notices.show()
    found = actions.read(health.troubled_stories)
    if found.empty:
        st.caption(":material/check_circle: No stories have failed or got stuck.")
        return
    for story in found.head(SHOWN).to_dict("records"):
        text, button = st.columns([5, 3], vertical_alignment="center")
        with text:
            asked, state = f"{formatting.local(story['created_at']):%d %B, %H:%M}", labels.STATES[story["state"]]
            why = story["error"] or "No progress."
            st.markdown(f"{asked} · {story['username']} · {state} · {why}  \n:small[`{story['id']}`]")
        with button.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"open {story['id']}", icon=":material/search:"):
                story_record.show(story)
            st.button(
                "Try again", key=story["id"], icon=":material/refresh:", on_click=gate.callback(_retry, story["id"])
            )
    _rest(found)


def _retry(story_id: str) -> None:
    done = notices.act(stories.retry, admin(), story_id)
    if not done:
        return
    if notices.attempt(jobs.submit, done.value):
        notices.say("Started again. Everything made so far is kept.")


def _rest(found: pd.DataFrame) -> None:
    if len(found) > SHOWN:
        st.caption(f"{len(found) - SHOWN} more not shown.")
