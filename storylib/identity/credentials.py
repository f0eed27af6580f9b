"""Credentials: checking passwords, and the pause after wrong ones.

``verify``, ``confirm`` and ``change_password`` take the database instead of a session: bcrypt runs between two short
transactions.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from storylib.config import settings
from storylib.db import Database
from storylib.errors import Invalid, Refused
from storylib.identity import login_throttle, passwords, users
from storylib.identity.login_throttle import NOWHERE, Origin
from storylib.models import User, now

log = logging.getLogger(__name__)


def verify(database: Database, name: str, password: str, origin: Origin = NOWHERE) -> User:
    """Return the active person with this username (or e-mail address) and password.

    Unknown, inactive and locked people are refused alike: the same sentence after the same time. Only a source that
    has to wait is answered at once.

    Raises:
        Refused: they do not match, or too many attempts failed for this account or from there; each failure counts.
        Unavailable: as for ``passwords.matches``.
    """
    with database.read() as session:
        user = _named(session, name)
    user_id = user.id if user else None
    held, familiar = login_throttle.held(origin, user_id), login_throttle.familiar(origin, user_id)
    right = not held and passwords.matches(password, user.password_hash if user else None)
    with database.write() as session:
        if right and user and _welcome(session, user.id, familiar):
            login_throttle.succeeded(origin, user.id)
            return user
        if not held and not familiar:
            _count_failure(session, user_id or 0)
    if not held:
        login_throttle.failed(origin, user_id)
    log.warning("sign-in refused", extra={"address": origin.address, "user_id": user_id, "held": held})
    rules = settings().config.sign_in
    raise Refused("sign_in.wrong", attempts=rules.attempts, minutes=rules.lock_minutes)


def confirm(database: Database, user: User, password: str, origin: Origin = NOWHERE, field: str = "password") -> None:
    """Check the password of a signed-in person before something that cannot be undone.

    Raises:
        Invalid: the password is wrong, which counts as a failed sign-in; or too many were, and it is not looked at.
    """
    if _paused(database, user.id, origin):
        minutes = settings().config.sign_in.lock_minutes
        raise Invalid("password.paused", field, minutes=minutes)
    try:
        verify(database, user.username, password, origin)
    except Refused:
        raise Invalid("password.wrong", field) from None


def _paused(database: Database, user_id: int, origin: Origin) -> bool:
    if login_throttle.held(origin, user_id):
        return True
    with database.read() as session:
        pausing = session.scalar(select(User.id).where(User.id == user_id, ~_unlocked()))
    return bool(pausing) and not login_throttle.familiar(origin, user_id)


def change_password(
    database: Database, user: User, current: str, new: str, token: str | None = None, origin: Origin = NOWHERE
) -> None:
    """Give a person a new password, and end their sessions except the one of ``token``.

    Raises:
        Invalid: as for ``confirm``, or the new password breaks a rule.
    """
    confirm(database, user, current, origin, "current")
    digest = passwords.hashed(new, user.username, user.email, user.name)
    with database.write() as session:
        set_password(session, user.id, digest, token)


def set_password(session: Session, user_id: int, digest: str, token: str | None = None) -> None:
    """Store a hash from ``passwords.hashed``, and end the person's sessions except the one of ``token``."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=digest, locked_until=None))
    users.end_all_sessions(session, user_id, keep=token)


def _named(session: Session, name: str) -> User | None:
    name = name.strip().lower()
    if not name.isprintable():  # NUL and half characters make the database fail instead of find nobody
        return None
    return session.scalar(select(User).where(or_(User.username == name, User.email == name)))


def _welcome(session: Session, user_id: int, familiar: bool) -> bool:
    """Forget past failures, unless the account is locked or inactive by now: many attempts may arrive at once.

    The pause after wrong passwords does not hold up a familiar browser, and goes on for all others.
    """
    if familiar:
        return bool(session.scalar(select(User.id).where(User.id == user_id, User.active, users.not_locked())))
    welcoming = update(User).where(User.id == user_id, User.active, _unlocked())
    return bool(session.scalar(welcoming.values(failed_attempts=0, locked_until=None).returning(User.id)))


def _count_failure(session: Session, user_id: int) -> None:
    rules = settings().config.sign_in
    counting = update(User).where(User.id == user_id, _unlocked())
    session.execute(counting.values(failed_attempts=User.failed_attempts + 1))
    locking = update(User).where(User.id == user_id, User.failed_attempts >= rules.attempts)
    session.execute(locking.values(failed_attempts=0, locked_until=now() + timedelta(minutes=rules.lock_minutes)))


def _unlocked() -> ColumnElement[bool]:
    return or_(User.locked_until.is_(None), User.locked_until <= now())
