"""Messages about alerts, from queueing until they have arrived: rows, so that a crash loses or repeats very little.

A message is claimed before it is sent, by setting when it would be retried: of many processes one sends it, and
after a crash in between it goes out a little later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storylib.config import settings
from storylib.db import Database
from storylib.errors import NotSent
from storylib.errors.messages import Message
from storylib.models import Alert, AlertMessage, now
from storylib.operations.alerts import channels
from storylib.operations.alerts.channels import Notice
from storylib.vocabulary import AlertState, Channel

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # after each attempt; the last gives up
AT_ONCE = 20


def announce(session: Session, alerts: Iterable[Alert], news: AlertState, at: datetime) -> None:
    """Queue a message on every channel about what became of the alerts."""
    for alert in alerts:
        for channel in channels.configured():
            session.add(AlertMessage(alert_id=alert.id, channel=channel, news=news, due_at=at))


def deliver(database: Database, at: datetime) -> None:
    """Send the messages that are due. One that fails is retried later and in the end given up; its row says why."""
    with database.read() as session:
        if not session.scalar(_due(at)):
            return
    with database.write() as session:
        claimed = _claim(session, at)
    for message_id, channel, notice in claimed:
        try:
            channels.send(channel, notice)
        except NotSent as error:
            _note(database, message_id, error.message)
        else:
            _note(database, message_id)


def _due(at: datetime) -> Select[AlertMessage]:
    return select(AlertMessage).where(AlertMessage.due_at <= at).order_by(AlertMessage.id).limit(AT_ONCE)


def _claim(session: Session, at: datetime) -> list[tuple[int, Channel, Notice]]:
    claimed = []
    for message in session.scalars(_due(at).with_for_update(skip_locked=True)):
        message.due_at = at + WAITS[min(message.attempts, len(WAITS) - 1)]  # beyond: a process crashed in the last
        message.attempts += 1
        alert = session.get_one(Alert, message.alert_id)
        claimed.append((message.id, message.channel, _notice(alert, message.news)))
    return claimed


def _notice(alert: Alert, news: str) -> Notice:
    site = settings().config.site.name
    return Notice(site, news, alert.message, alert.id, alert.rule, alert.subject, alert.opened_at, alert.closed_at)


def _note(database: Database, message_id: int, error: Message | None = None) -> None:
    with database.write() as session:
        message = session.get_one(AlertMessage, message_id)
        message.error = error
        if not error:
            message.sent_at = now()
        if not error or message.attempts >= len(WAITS):
            message.due_at = None
