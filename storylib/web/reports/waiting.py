"""What waits for an administrator: calls that may have been charged, and stories that got stuck."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from storylib import jobs, ledger, stories
from storylib.analytics import health
from storylib.charts import usd
from storylib.models import Story
from storylib.stories import MAKING
from storylib.web import actions, gate, labels, notices, wording
from storylib.web.reports import reads, record
from storylib.web.reports.filters import KINDS
from storylib.web.visitor import admin

SHOWN: Final = 5  # rows with buttons; the rest is told in a sentence


@gate.fragment
def decisions() -> None:
    """Each call without an answer, with the two answers that a person can give."""
    admin()
    notices.show()
    waiting = actions.look(health.undecided)
    if waiting.empty:
        st.caption(":material/check_circle: No call waits for a decision.")
        return
    st.write("The provider gave no answer, so nobody knows whether it charged. Look at its bill, then say it here.")
    for call in waiting.head(SHOWN).to_dict("records"):
        _decision(call)
    _rest(waiting, "calls")


def _decision(call: dict[str, Any]) -> None:
    expected = f"about {usd(call['estimate_usd'])}" if call["estimate_usd"] else "without an estimate"
    text, buttons = st.columns([5, 3], vertical_alignment="center")
    who = call["username"] or "somebody deleted"
    text.markdown(
        f"{KINDS[call['operation']]} by {call['model']}, {expected}  \n"
        f":small[{wording.local(call['at']):%d %B, %H:%M} · for {who} · number {call['id']}]"
    )
    with buttons.container(horizontal=True, horizontal_alignment="right"):
        for label, paid in (("Charged", True), ("Not charged", False)):
            st.button(label, key=f"{paid} {call['id']}", on_click=gate.callback(_decide, call["id"], paid))


def _decide(call_id: int, paid: bool) -> None:
    admin()
    if notices.act(ledger.decide, call_id, paid=paid):
        notices.say("It counts as charged." if paid else "It counts as failed.")
        reads.forget()


@gate.fragment
def troubled() -> None:
    """Stories that failed or got stuck, with buttons to look into them and to go on."""
    admin()
    notices.show()
    found = actions.look(health.troubled_stories)
    if found.empty:
        st.caption(":material/check_circle: No story failed or got stuck.")
        return
    for story in found.head(SHOWN).to_dict("records"):
        text, button = st.columns([5, 3], vertical_alignment="center")
        with text:
            asked, state = f"{wording.local(story['created_at']):%d %B, %H:%M}", labels.STATES[story["state"]]
            why = story["error"] or "No news for a while."
            st.markdown(f"{asked} · {story['username']} · {state} · {why}  \n:small[`{story['id']}`]")
        with button.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"open {story['id']}", icon=":material/search:"):
                record.show(story)
            st.button(
                "Try again", key=story["id"], icon=":material/refresh:", on_click=gate.callback(_retry, story["id"])
            )
    _rest(found, "stories")


def _retry(story_id: str) -> None:
    admin()
    done = notices.act(_again, story_id)
    if not done:
        return
    if notices.attempt(jobs.submit, done.value):
        notices.say("It is being made again; what was there is kept.")


def _again(session: Session, story_id: str) -> Story:
    """A stuck one is queued once more as it is."""
    story = session.get_one(Story, story_id)
    return story if story.state in MAKING else stories.again(session, story.owner_id, story_id)


def _rest(found: pd.DataFrame, what: str) -> None:
    if len(found) > SHOWN:
        st.caption(f"{len(found) - SHOWN} more {what} come after these.")
