"""Who may come in: people, and the browsers they are signed in with.

Of a session's token only the SHA-256 is kept, so whoever reads the database cannot use it.
``verify`` and ``change_password`` take the database instead of a session: bcrypt runs between two short transactions.
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

from storylib import attempts, passwords, text, tickets
from storylib.attempts import NOWHERE, Origin
from storylib.config import settings
from storylib.db import Database
from storylib.errors import Invalid, NotFound, Refused, Taken
from storylib.models import AuthSession, User, now
from storylib.tickets import sha256
from storylib.vocabulary import PlanName, Role

log = logging.getLogger(__name__)

USERNAME = re.compile(r"[a-z0-9._-]{3,64}")
LOCKED = datetime(9999, 1, 1, tzinfo=UTC)  # until an administrator unlocks
INVITED = ""  # the password hash of somebody who has not chosen a password: it matches nothing, and takes as long
EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


# --- people


@dataclass(frozen=True)
class NewUser:
    """Somebody who may be added: everything checked, the password hashed."""

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
    """Check the data of a person who will choose a password by a link.

    Raises:
        Invalid: names the field and the rule.
    """
    username, email = username.strip().lower(), email.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Invalid("A username has 3 to 64 letters a–z, digits, dots, hyphens or underscores.", "username")
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise Invalid("That is not an e-mail address.", "email")
    return NewUser(username, email, text.name(name, "name", 80), INVITED, role, plan)


def create(session: Session, new: NewUser) -> User:
    """Add a person.

    Raises:
        Taken: the username or the address is in use; names the field.
    """
    for field in ("username", "email"):
        if session.scalar(select(exists().where(getattr(User, field) == getattr(new, field)))):
            raise Taken(f"That {field.replace('email', 'e-mail address')} is in use.", field)
    user = User(**vars(new))
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        raise Taken("That username or e-mail address is in use.", "username") from None
    return user


def register(session: Session, new: NewUser) -> User:
    """Let a stranger make an account, where the site allows it.

    Raises:
        Refused: it does not, or not with this e-mail address.
        Taken: as for ``create``.
    """
    rules = settings().config.sign_in
    if not rules.register_:
        raise Refused("Accounts are made by an administrator here. Please ask yours.")
    domains = {domain.lower() for domain in rules.domains}
    if domains and new.email.rpartition("@")[2] not in domains:
        raise Refused(f"Accounts here need an e-mail address of {' or '.join(rules.domains)}.")
    return create(session, new)


# --- passwords and the lock


def verify(database: Database, name: str, password: str, origin: Origin = NOWHERE) -> User:
    """The active person with this username (or e-mail address) and password.

    Unknown, inactive and locked people are refused alike: the same sentence after the same time.

    Raises:
        Refused: they do not match, or too many attempts failed for this account or from there; each failure counts.
    """
    with database.read() as session:
        user = _named(session, name)
    user_id = user.id if user else None
    held, familiar = attempts.held(origin, user_id), attempts.familiar(origin, user_id)
    right = passwords.matches(password, user.password_hash if user else None) and not held
    with database.write() as session:
        if right and user and _welcome(session, user.id, familiar):
            attempts.succeeded(origin, user.id)
            return user
        if not held and not familiar:
            _count_failure(session, user_id or 0)
    if not held:
        attempts.failed(origin, user_id)
    log.warning("sign-in refused", extra={"address": origin.address, "user_id": user_id, "held": held})
    rules = settings().config.sign_in
    raise Refused(
        "That name and password do not match. "
        f"After {rules.attempts} wrong passwords in a row an account pauses for {rules.lock_minutes} minutes."
    )


def change_password(database: Database, user: User, current: str, new: str, token: str | None = None) -> None:
    """Give a person a new password, and end their sessions except the one of ``token``.

    Raises:
        Invalid: the current password is wrong (which counts as a failed sign-in) or the new one breaks a rule.
    """
    try:
        verify(database, user.username, current)
    except Refused:
        raise Invalid("Your current password is not right. Nothing was changed.", "current") from None
    digest = passwords.hashed(new, user.username, user.email, user.name)
    with database.write() as session:
        set_password(session, user.id, digest, token)


def set_password(session: Session, user_id: int, digest: str, token: str | None = None) -> None:
    """Store a hash from ``passwords.hashed``, and end the person's sessions except the one of ``token``."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=digest, locked_until=None))
    end_all_sessions(session, user_id, keep=token)


def _named(session: Session, name: str) -> User | None:
    name = name.strip().lower()
    if not name.isprintable():  # NUL and half characters make the database fail instead of find nobody
        return None
    return session.scalar(select(User).where(or_(User.username == name, User.email == name)))


def _welcome(session: Session, user_id: int, familiar: bool) -> bool:
    """Forget past failures, unless the account is locked or inactive by now: many may try at once.

    The pause after wrong passwords does not hold up a familiar browser, and goes on for all others.
    """
    if familiar:
        return bool(session.scalar(select(User.id).where(User.id == user_id, User.active, admitted())))
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


# --- sessions


def start_session(session: Session, user: User, agent: str = "") -> str:
    """Sign a browser in; the answer is its token. ``agent`` is what the browser calls itself."""
    _forget_expired(session)
    token = secrets.token_urlsafe(32)
    expires = now() + timedelta(days=settings().config.cookie.days)
    session.add(AuthSession(token_hash=sha256(token), user_id=user.id, agent=agent[:200], expires_at=expires))
    session.execute(update(User).where(User.id == user.id).values(signed_in_at=now()))
    return token


def session_user(session: Session, token: str) -> User | None:
    """Whose session this is; None for a forged, expired or ended one, and for people who are not let in."""
    living = select(User).join(AuthSession, AuthSession.user_id == User.id)
    return session.scalar(
        living.where(AuthSession.token_hash == sha256(token), AuthSession.expires_at > now(), User.active, admitted())
    )


def admitted() -> ColumnElement[bool]:
    """Not locked by an administrator. The pause after wrong passwords ends nobody's session: strangers cause it."""
    return or_(User.locked_until.is_(None), User.locked_until < LOCKED)


def sessions_of(session: Session, user_id: int) -> list[AuthSession]:
    """A person's living sessions, newest first."""
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
        raise NotFound("That sign-in has already ended.")


def end_all_sessions(session: Session, user_id: int, keep: str | None = None) -> int:
    """Sign a person out everywhere, but where the token is ``keep``; how many that were."""
    others = delete(AuthSession).where(AuthSession.user_id == user_id, AuthSession.token_hash != sha256(keep or ""))
    return len(session.scalars(others.returning(AuthSession.token_hash)).all())


def _forget_expired(session: Session) -> None:
    session.execute(delete(AuthSession).where(AuthSession.expires_at <= now()))
    tickets.forget_expired(session)


# --- the first administrator


def needs_setup(session: Session) -> bool:
    """Whether there is nobody yet."""
    return not session.scalar(select(exists().select_from(User)))


def setup_code(session: Session) -> str:
    """A code with which the first administrator can be made, once, within a day."""
    return tickets.issue(session, "setup")


def set_up(session: Session, code: str, new: NewUser) -> User:
    """Make the first administrator; every setup code is dead afterwards.

    Raises:
        Refused: the code is wrong or too old, or there is somebody already.
    """
    if sha256(code) not in tickets.withdraw(session, "setup") or not needs_setup(session):
        raise Refused("This setup link has been used or is too old. Start Storylib again to get a new one.")
    return create(session, new)
