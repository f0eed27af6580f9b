"""Alerts on screen: the open ones on top of every administrator's page, and all of them under Health."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from storylib.config import settings
from storylib.errors import NotSent
from storylib.models import Alert, AlertMessage
from storylib.operations import alerts
from storylib.operations.alerts.channels import Notice, configured, send
from storylib.reporting import table_exports
from storylib.vocabulary import Channel
from storylib.web import actions, formatting, gate, notices
from storylib.web.current_user import admin

CHANNELS: Final[dict[Channel, str]] = {"webhook": "webhook", "mail": "e-mail"}
TIME: Final = st.column_config.DatetimeColumn(format="D MMM, HH:mm")


@gate.fragment
def banner() -> None:
    """Show what is wrong now; nothing while all is well."""
    admin()
    notices.show()
    open_alerts = actions.read(alerts.open_alerts)
    if unseen := [alert for alert in open_alerts if alert.state == "open"]:
        with st.container(border=True, gap="xsmall"):
            for alert in unseen:
                _open(alert)
    for alert in open_alerts[len(unseen) :]:
        known = f"Acknowledged by {alert.acknowledged_by} at {_since(alert.acknowledged_at)}"
        st.caption(f":material/notifications_paused: {formatting.verbatim(alert.message)} {known}.")


def _open(alert: Alert) -> None:
    text, button = st.columns([5, 1], vertical_alignment="center")
    what, since = formatting.verbatim(alert.message), _since(alert.opened_at)
    text.markdown(f":red[:material/notifications_active:] **{what}** :small[Since {since}.]")
    with button.container(horizontal_alignment="right"):
        st.button("Acknowledge", key=f"acknowledge {alert.id}", on_click=gate.callback(_acknowledge, alert.id))


def _since(at: datetime | None) -> str:
    return f"{formatting.local(at):%H:%M on %d %B}" if at else ""


def _acknowledge(alert_id: int) -> None:
    if notices.act(alerts.acknowledge, admin(), alert_id):
        notices.say("Acknowledged. The alert closes by itself once the problem is gone.")


# --- under Health


def history() -> None:
    """List every alert, latest first."""
    found = actions.read(alerts.history)
    if not found:
        st.caption(":material/check_circle: No alerts so far.")
        return
    rows = table_exports.harmless(pd.DataFrame([_line(alert) for alert in found]))
    st.dataframe(rows, hide_index=True, column_config={"Opened": TIME, "Closed": TIME}, alt="Alerts")


def _line(alert: Alert) -> dict[str, object]:
    return {
        "Opened": _clock(alert.opened_at),
        "State": alert.state.capitalize(),
        "Alert": alert.message,
        "Acknowledged by": alert.acknowledged_by or "",
        "Closed": _clock(alert.closed_at),
        "Notifications": "; ".join(map(_message, alert.messages)),
    }


def _clock(at: datetime | None) -> Any:
    return pd.NaT if at is None else formatting.local(at).replace(tzinfo=None)


def _message(message: AlertMessage) -> str:
    if message.sent_at:
        told = "sent"
    elif message.due_at and not message.error:
        told = "on its way"
    else:
        told = f"{'will be retried' if message.due_at else 'gave up'}: {message.error}"
    return f"{'resolved: ' if message.news == 'closed' else ''}{CHANNELS[message.channel]} {told}"


def channels() -> None:
    """Show which notifications are set up, with a way to test them."""
    there = configured()
    if not there:
        st.caption("No other notifications are set up. docs/alerts.md explains how to add a webhook or e-mail.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Notifications are also sent by {' and '.join(CHANNELS[channel] for channel in there)}.")
        asked = st.button("Send a test message", icon=":material/send:", type="tertiary")
    for channel in there if asked else ():
        _test(channel)


def _test(channel: Channel) -> None:
    gate.ensure()
    try:
        send(channel, Notice(settings().config.site.name, "test", "This is a test. Nothing is wrong."))
    except NotSent as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.success(f"Test {CHANNELS[channel]} sent.", icon=":material/check:")
