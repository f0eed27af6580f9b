"""Users: the people who may sign in, and the browsers they are signed in with.

Of a session's token only the SHA-256 is kept, so whoever reads the database cannot use it.
"""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storylib import inputs
from storylib.config import settings
from storylib.errors import Invalid, NotFound, Refused, Taken
from storylib.identity import one_time_tokens, passwords
from storylib.identity.one_time_tokens import sha256
from storylib.models import AuthSession, User, now
from storylib.vocabulary import PlanName, Role

log = logging.getLogger(__name__)

USERNAME = re.compile(r"[a-z0-9._-]{3,64}")
LOCKED = datetime(9999, 1, 1, tzinfo=UTC)  # until an administrator unlocks
INVITED = ""  # the password hash of someone who has not chosen a password: it matches nothing, and takes as long
EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


# --- people


@dataclass(frozen=True)
class NewUser:
    """A person who may be added: everything checked, the password hashed."""

    username: str
    email: str
    name: str
    password_hash: str
    role: Role
    plan: PlanName


def new_user(
    username: str, email: str, name: str, password: str, role: Role = "educator", plan: PlanName = "free"
) -> NewUser:
    """Check a person's data and hash the password (a quarter of a second, so do it before a transaction).

    Raises:
        Invalid: names the field and the rule.
    """
    new = guest(username, email, name, role, plan)
    return replace(new, password_hash=passwords.hashed(password, new.username, new.email, new.name))


def guest(username: str, email: str, name: str, role: Role = "educator", plan: PlanName = "free") -> NewUser:
    """Check the data of a person who will choose a password by link.

    Raises:
        Invalid: names the field and the rule.
    """
    username, email = username.strip().lower(), email.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Invalid("account.username", "username")
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise Invalid("account.email", "email")
    return NewUser(username, email, inputs.name(name, "name", 80), INVITED, role, plan)


def create(session: Session, new: NewUser) -> User:
    """Add a person.

    Raises:
        Taken: the username or the address is in use; names the field.
    """
    for field in ("username", "email"):
        if session.scalar(select(exists().where(getattr(User, field) == getattr(new, field)))):
            raise Taken(f"account.{field}-taken", field)
    user = User(**vars(new))
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        raise Taken("account.taken", "username") from None
    return user


def register(session: Session, new: NewUser) -> User:
    """Create an account for a stranger, where the site allows it.

    Raises:
        Refused: it does not, or not with this e-mail address.
        Taken: as for ``create``.
    """
    rules = settings().config.sign_in
    if not rules.register_:
        raise Refused("account.closed")
    domains = {domain.lower() for domain in rules.domains}
    if domains and new.email.rpartition("@")[2] not in domains:
        raise Refused("account.domain", domains=rules.domains)
    return create(session, new)


# --- sessions


def start_session(session: Session, user: User, agent: str = "") -> str:
    """Sign a browser in and return its token. ``agent`` is the browser's User-Agent."""
    _forget_expired(session)
    token = secrets.token_urlsafe(32)
    expires = now() + timedelta(days=settings().config.cookie.days)
    session.add(AuthSession(token_hash=sha256(token), user_id=user.id, agent=agent[:200], expires_at=expires))
    session.execute(update(User).where(User.id == user.id).values(signed_in_at=now()))
    return token


def session_user(session: Session, token: str) -> User | None:
    """Return whose session this is; None for a forged, expired or ended one, and for people who are locked out."""
    active = select(User).join(AuthSession, AuthSession.user_id == User.id)
    return session.scalar(
        active.where(AuthSession.token_hash == sha256(token), AuthSession.expires_at > now(), User.active, not_locked())
    )


def not_locked() -> ColumnElement[bool]:
    """Select those not locked by an administrator. The pause after wrong passwords ends no session: strangers can cause
    it."""
    return or_(User.locked_until.is_(None), User.locked_until < LOCKED)


def sessions_of(session: Session, user_id: int) -> list[AuthSession]:
    """Return a person's active sessions, newest first."""
    mine = select(AuthSession).where(AuthSession.user_id == user_id, AuthSession.expires_at > now())
    return list(session.scalars(mine.order_by(AuthSession.created_at.desc())))


def end_session(session: Session, token: str) -> None:
    """Sign one browser out, at once."""
    session.execute(delete(AuthSession).where(AuthSession.token_hash == sha256(token)))


def end_listed_session(session: Session, user_id: int, token_hash: str) -> None:
    """End one of the sessions that ``sessions_of`` listed.

    Raises:
        NotFound: it is not there, or not this person's.
    """
    mine = delete(AuthSession).where(AuthSession.user_id == user_id, AuthSession.token_hash == token_hash)
    if not session.scalar(mine.returning(AuthSession.user_id)):
        raise NotFound("session.ended")


def end_all_sessions(session: Session, user_id: int, keep: str | None = None) -> int:
    """Sign a person out everywhere except where the token is ``keep``; return how many sessions ended."""
    others = delete(AuthSession).where(AuthSession.user_id == user_id, AuthSession.token_hash != sha256(keep or ""))
    return len(session.scalars(others.returning(AuthSession.token_hash)).all())


def _forget_expired(session: Session) -> None:
    session.execute(delete(AuthSession).where(AuthSession.expires_at <= now()))
    one_time_tokens.forget_expired(session)


# --- the first administrator


def needs_setup(session: Session) -> bool:
    """Tell whether there are no accounts yet."""
    return not session.scalar(select(exists().select_from(User)))


def setup_code(session: Session) -> str:
    """Return a code that can create the first administrator, once, within a day."""
    return one_time_tokens.issue(session, "setup")


def set_up(session: Session, code: str, new: NewUser) -> User:
    """Create the first administrator; every setup code stops working.

    Raises:
        Refused: the code is wrong or too old, or there is somebody already.
    """
    if sha256(code) not in one_time_tokens.withdraw(session, "setup") or not needs_setup(session):
        raise Refused("setup.spent")
    return create(session, new)
