"""One-time tickets: whoever shows one may do one thing, once, soon. Only a ticket's SHA-256 is kept."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from cryptography.fernet import Fernet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storylib.errors import Refused
from storylib.models import OneTimeToken, now

Purpose = Literal["cookie", "setup", "invite", "reset"]
LinkPurpose = Literal["invite", "reset"]
LIVES: dict[Purpose, timedelta] = {
    "cookie": timedelta(minutes=1),
    "setup": timedelta(days=1),
    "invite": timedelta(days=14),
    "reset": timedelta(days=1),
}


def sha256(secret: str) -> str:
    """What is kept of a ticket or a token. They are random, so one round is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def issue(session: Session, purpose: Purpose) -> str:
    """A new ticket that needs to carry nothing."""
    ticket = secrets.token_urlsafe(32)
    _keep(session, ticket, purpose)
    return ticket


def hand_over(session: Session, token: str) -> str:
    """A new ticket with which a browser may fetch its sign-in token as a cookie."""
    ticket = secrets.token_urlsafe(32)
    _keep(session, ticket, "cookie", _seal(ticket).encrypt(token.encode()).decode())
    return ticket


def fetch(session: Session, ticket: str) -> str:
    """The token that a ticket of ``hand_over`` stands for; the ticket is used up.

    Raises:
        Refused: no such ticket: forged, used or too old.
    """
    mine = delete(OneTimeToken).where(OneTimeToken.token_hash == sha256(ticket), OneTimeToken.purpose == "cookie")
    payload = session.scalar(mine.where(OneTimeToken.expires_at > now()).returning(OneTimeToken.payload))
    if payload is None:
        raise Refused("This sign-in has already been used or is too old. Please sign in again.")
    return _seal(ticket).decrypt(payload.encode()).decode()


def withdraw(session: Session, purpose: Purpose) -> set[str]:
    """End all tickets for a purpose; the SHA-256 of those that were still good.

    Of several transactions at the same time only one gets them.
    """
    good = delete(OneTimeToken).where(OneTimeToken.purpose == purpose, OneTimeToken.expires_at > now())
    return set(session.scalars(good.returning(OneTimeToken.token_hash)))


# --- links for one person


def issue_to(session: Session, purpose: LinkPurpose, user_ids: Iterable[int]) -> dict[int, str]:
    """A new ticket for each of these people; what they were given before is dead."""
    fresh = {user_id: secrets.token_urlsafe(32) for user_id in user_ids}
    withdraw_from(session, fresh)
    expires = now() + LIVES[purpose]
    session.add_all(
        OneTimeToken(token_hash=sha256(ticket), purpose=purpose, user_id=user_id, expires_at=expires)
        for user_id, ticket in fresh.items()
    )
    session.flush()
    return fresh


def holder(session: Session, purpose: LinkPurpose, ticket: str) -> int | None:
    """Whose active ticket this is; it stays good."""
    good = select(OneTimeToken.user_id).where(
        OneTimeToken.token_hash == sha256(ticket), OneTimeToken.purpose == purpose
    )
    return session.scalar(good.where(OneTimeToken.expires_at > now()))


def redeem(session: Session, purpose: LinkPurpose, ticket: str) -> int | None:
    """Use a ticket up: whose it was, None if it is no good. Of several at the same time only one gets it."""
    mine = delete(OneTimeToken).where(OneTimeToken.token_hash == sha256(ticket), OneTimeToken.purpose == purpose)
    return session.scalar(mine.where(OneTimeToken.expires_at > now()).returning(OneTimeToken.user_id))


def withdraw_from(session: Session, user_ids: Iterable[int]) -> None:
    """End every ticket of these people."""
    session.execute(delete(OneTimeToken).where(OneTimeToken.user_id.in_(list(user_ids))))


def forget_expired(session: Session) -> None:
    """Sweep away what nobody can use any more."""
    session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at <= now()))


def _keep(session: Session, ticket: str, purpose: Purpose, payload: str = "") -> None:
    expires = now() + LIVES[purpose]
    session.add(OneTimeToken(token_hash=sha256(ticket), purpose=purpose, payload=payload, expires_at=expires))
    session.flush()


def _seal(ticket: str) -> Fernet:
    # The ticket itself is the key, so that the row alone (in a backup, say) gives nobody a token.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal" + ticket.encode("utf-8", "replace")).digest()))
