"""Alerts on screen: those that go on, on top of every administrator's page, and all of them under Health."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib import alerts
from storylib.alerts.channels import Notice, configured, send
from storylib.analytics import sheets
from storylib.config import settings
from storylib.errors import NotSent
from storylib.models import Alert, AlertMessage
from storylib.vocabulary import AlertRule, Channel
from storylib.web import actions, notices, wording
from storylib.web.visitor import admin

RULES: Final[dict[AlertRule, str]] = {
    "spend": "Spending",
    "errors": "Errors",
    "queue": "Waiting",
    "budget": "Budget",
    "disk": "Disk",
}
CHANNELS: Final[dict[Channel, str]] = {"webhook": "webhook", "mail": "e-mail"}
TIME: Final = st.column_config.DatetimeColumn(format="D MMM, HH:mm")


@st.fragment
def banner() -> None:
    """What is wrong now. Nothing to see while all is well."""
    admin()
    notices.show()
    for alert in actions.look(alerts.living):
        if alert.state == "open":
            _open(alert)
        else:
            known = f"{alert.acknowledged_by} knows since {_since(alert.acknowledged_at)}"
            st.caption(f":material/notifications_paused: {_escaped(alert.sentence)} {known}.")


def _open(alert: Alert) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"alert {alert.id}"):
        st.markdown(
            f":red[:material/notifications_active:] **{_escaped(alert.sentence)}**  \n"
            f":small[Since {_since(alert.opened_at)}.]",
            width="stretch",
        )
        st.button("Acknowledge", key=f"acknowledge {alert.id}", on_click=_acknowledge, args=(alert.id,))


def _since(at: datetime | None) -> str:
    return f"{wording.local(at):%H:%M on %d %B}" if at else ""


def _escaped(sentence: str) -> str:
    """Two amounts of money in a sentence are no formula."""
    return sentence.replace("$", r"\$")


def _acknowledge(alert_id: int) -> None:
    if notices.act(alerts.acknowledge, admin(), alert_id):
        notices.say("Acknowledged. It closes by itself when its reason is gone.")


# --- under Health


def history() -> None:
    """Every alert, the latest first."""
    found = actions.look(alerts.history)
    if not found:
        st.caption(":material/check_circle: There was no alert so far.")
        return
    rows = sheets.harmless(pd.DataFrame([_line(alert) for alert in found]))
    st.dataframe(rows, hide_index=True, column_config={"Since": TIME, "Over": TIME}, alt="Alerts")


def _line(alert: Alert) -> dict[str, object]:
    return {
        "Since": _clock(alert.opened_at),
        "Rule": RULES[alert.rule],
        "What": alert.sentence,
        "State": alert.state.capitalize(),
        "Acknowledged by": alert.acknowledged_by or "",
        "Over": _clock(alert.closed_at),
        "Messages": "; ".join(map(_message, alert.messages)),
    }


def _clock(at: datetime | None) -> Any:
    return pd.NaT if at is None else wording.local(at).replace(tzinfo=None)


def _message(message: AlertMessage) -> str:
    if message.sent_at:
        told = "sent"
    elif message.due_at and not message.error:
        told = "on its way"
    else:
        told = f"{'tried again later' if message.due_at else 'given up'}: {message.error}"
    return f"{'over, ' if message.news == 'closed' else ''}{CHANNELS[message.channel]} {told}"


def channels() -> None:
    """Who else is told, with a way to try it."""
    there = configured()
    if not there:
        st.caption("Nobody is told beside these pages: docs/alerts.md says how a webhook or an e-mail is set up.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Also told by {' and '.join(CHANNELS[channel] for channel in there)}.")
        asked = st.button("Send a test message", icon=":material/send:", type="tertiary")
    for channel in there if asked else ():
        _test(channel)


def _test(channel: Channel) -> None:
    try:
        send(channel, Notice(settings().config.site.name, "test", "This is a test. Nothing happened."))
    except NotSent as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.success(f"The {CHANNELS[channel]} was taken.", icon=":material/check:")
