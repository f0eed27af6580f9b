"""What administrators should know: alerts that open when a rule is broken, are acknowledged, and close by themselves.

``rules`` says what is wrong now, this module keeps it, ``messages`` and ``channels`` tell it to others, and ``watch``
does all of that regularly.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session, selectinload

from storylib.errors import NotFound
from storylib.identity import access, audit
from storylib.identity.access import Principal
from storylib.models import Alert, now
from storylib.operations.alerts.rules import Finding
from storylib.vocabulary import AlertRule

ACTIVE: ColumnElement[bool] = Alert.state != "closed"


def keep(session: Session, findings: Iterable[Finding], at: datetime) -> list[Alert]:
    """Open an alert for each finding that has no open one, and refresh the others; return those that were opened."""
    opened = []
    for finding in findings:
        alert = next(iter(_active(session, finding.rule, (finding.subject,))), None)
        if not alert:
            alert = Alert(rule=finding.rule, subject=finding.subject, opened_at=at)
            opened.append(alert)
        alert.message, alert.seen_at = finding.message, at
        session.add(alert)
        for lesser in _active(session, finding.rule, finding.instead_of):
            lesser.state, lesser.closed_at = "closed", at
    session.flush()
    return opened


def _active(session: Session, rule: AlertRule, things: tuple[str, ...]) -> list[Alert]:
    return list(session.scalars(select(Alert).where(Alert.rule == rule, Alert.subject.in_(things), ACTIVE)))


def close(session: Session, at: datetime, calm: timedelta) -> list[Alert]:
    """Close every alert whose reason was not seen for so long: it is gone, or no longer watched."""
    over = list(session.scalars(select(Alert).where(ACTIVE, Alert.seen_at <= at - calm)))
    for alert in over:
        alert.state, alert.closed_at = "closed", at
    return over


def acknowledge(session: Session, actor: Principal, alert_id: int) -> Alert:
    """Record that someone has seen an alert and is dealing with it. Doing it twice changes nothing.

    Raises:
        Refused: the actor is no administrator.
        NotFound: there is no such alert, or it is over.
    """
    administrator = access.require(session, actor, "acknowledge alerts")
    alert = session.scalar(select(Alert).where(Alert.id == alert_id, ACTIVE).with_for_update())
    if not alert:
        raise NotFound("alert.closed")
    if alert.state == "open":
        alert.state, alert.acknowledged_at, alert.acknowledged_by = "acknowledged", now(), administrator.username
        facts = {"alert": alert.id, "message": alert.message}
        audit.write(session, administrator, "acknowledged", "", {"state": "open"}, facts | {"state": alert.state})
    return alert


def open_alerts(session: Session) -> list[Alert]:
    """Return the open alerts: first those nobody has acknowledged, then the latest."""
    unseen = case((Alert.state == "open", 0), else_=1)
    return list(session.scalars(select(Alert).where(ACTIVE).order_by(unseen, Alert.opened_at.desc(), Alert.id.desc())))


def history(session: Session, most: int = 100) -> list[Alert]:
    """Return every alert with its messages, latest first."""
    rows = select(Alert).options(selectinload(Alert.messages)).order_by(Alert.opened_at.desc(), Alert.id.desc())
    return list(session.scalars(rows.limit(most)))
