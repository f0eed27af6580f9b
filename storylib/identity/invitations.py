"""Links that let one person choose a password, once: an invitation, or a way back in for someone who forgot theirs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import Refused
from storylib.identity import credentials, one_time_tokens, passwords, users
from storylib.identity.one_time_tokens import LinkPurpose
from storylib.models import User


def guest(session: Session, purpose: LinkPurpose, code: str) -> User:
    """Return the person a link is for; the link stays valid.

    Raises:
        Refused: it is wrong, used or too old, or the person is not let in.
    """
    return _welcome(session, one_time_tokens.holder(session, purpose, code))


def choose_password(database: Database, purpose: LinkPurpose, code: str, password: str) -> User:
    """Use up a link: set the person's password and sign them out everywhere.

    Raises:
        Refused: as for ``guest``.
        Invalid: the password breaks a rule; the link stays good.
    """
    with database.read() as session:
        user = guest(session, purpose, code)
    digest = passwords.hashed(password, user.username, user.email, user.name)
    with database.write() as session:
        user = _welcome(session, one_time_tokens.redeem(session, purpose, code))
        credentials.set_password(session, user.id, digest)
        one_time_tokens.withdraw_from(session, [user.id])
        return user


def _welcome(session: Session, user_id: int | None) -> User:
    user = session.scalar(select(User).where(User.id == user_id, User.active, users.not_locked()))
    if user is None:
        raise Refused("invitation.spent")
    return user
