"""Checks the rules regularly, in every process and yet only once: whichever process comes first does the run."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from storylib.config import settings
from storylib.db import Database, database
from storylib.errors import Unavailable
from storylib.generation.periodic import Periodic
from storylib.models import ScheduledRun, now
from storylib.operations import alerts, logs
from storylib.operations.alerts import messages, rules

LOOKS = 4  # at the clock, in the time between two runs

log = logging.getLogger(__name__)


def start() -> None:
    """Check now, and then regularly until ``stop``."""
    _watch.start()


def stop() -> None:
    """Stop checking."""
    _watch.stop()


def _failed(error: Exception) -> None:
    if isinstance(error, Unavailable | DatabaseError):
        log.warning("alerts not checked: the database is not responding")
    else:
        logs.failure(error, "alerts")


def _pause() -> float:
    return settings().config.alerts.every_seconds / LOOKS


_watch = Periodic("alerts", lambda: look(database(), now()), _pause, _failed)


def look(database: Database, at: datetime) -> None:
    """Run the scheduled checks that are due, and send the messages.

    Raises:
        Unavailable: the database does not answer; the next look makes up for it.
    """
    with database.write() as session:
        for name, checks in rules.RUNS.items():
            if _begin(session, name, at):
                messages.announce(session, alerts.keep(session, rules.check(session, checks, at), at), "open", at)
        messages.announce(session, alerts.close(session, at, _calm()), "closed", at)
    messages.deliver(database, at)


def _begin(session: Session, name: str, at: datetime) -> bool:
    """Tell whether this run is ours: none was begun lately. Others wait for our transaction, and then it is not
    theirs."""
    row = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(ScheduledRun)
    last = at - _every()
    claim = row.values(name=name, begun_at=at).on_conflict_do_update(
        index_elements=["name"], set_={"begun_at": at}, where=ScheduledRun.begun_at <= last
    )
    return session.scalar(claim.returning(ScheduledRun.name)) is not None


def _every() -> timedelta:
    return timedelta(seconds=settings().config.alerts.every_seconds)


def _calm() -> timedelta:
    """Return how long a reason must be gone: two runs at least, since one may come late."""
    return max(timedelta(minutes=settings().config.alerts.calm_minutes), 2 * _every())
