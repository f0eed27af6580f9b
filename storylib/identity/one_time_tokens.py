"""One-time tokens: whoever shows one may do one thing, once, soon. Only a token's SHA-256 is kept."""

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
    """Return what is stored of a token. Tokens are random, so one round of hashing is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def issue(session: Session, purpose: Purpose) -> str:
    """Create a token that carries no data."""
    code = secrets.token_urlsafe(32)
    _keep(session, code, purpose)
    return code


def hand_over(session: Session, token: str) -> str:
    """Create a one-time token with which a browser can fetch its sign-in token as a cookie."""
    code = secrets.token_urlsafe(32)
    _keep(session, code, "cookie", _seal(code).encrypt(token.encode()).decode())
    return code


def fetch(session: Session, code: str) -> str:
    """Return the sign-in token that a one-time token of ``hand_over`` stands for, and use it up.

    Raises:
        Refused: no such token: forged, used or expired.
    """
    mine = delete(OneTimeToken).where(OneTimeToken.token_hash == sha256(code), OneTimeToken.purpose == "cookie")
    payload = session.scalar(mine.where(OneTimeToken.expires_at > now()).returning(OneTimeToken.payload))
    if payload is None:
        raise Refused("token.spent")
    return _seal(code).decrypt(payload.encode()).decode()


def withdraw(session: Session, purpose: Purpose) -> set[str]:
    """End all tokens for a purpose; return the SHA-256 of those that were still valid.

    Of several transactions at the same time only one gets them.
    """
    good = delete(OneTimeToken).where(OneTimeToken.purpose == purpose, OneTimeToken.expires_at > now())
    return set(session.scalars(good.returning(OneTimeToken.token_hash)))


# --- links for one person


def issue_to(session: Session, purpose: LinkPurpose, user_ids: Iterable[int]) -> dict[int, str]:
    """Create a token for each of these people; any they were given before stop working."""
    fresh = {user_id: secrets.token_urlsafe(32) for user_id in user_ids}
    withdraw_from(session, fresh)
    expires = now() + LIVES[purpose]
    session.add_all(
        OneTimeToken(token_hash=sha256(code), purpose=purpose, user_id=user_id, expires_at=expires)
        for user_id, code in fresh.items()
    )
    session.flush()
    return fresh


def holder(session: Session, purpose: LinkPurpose, code: str) -> int | None:
    """Return the person whose active token this is; the token stays valid."""
    good = select(OneTimeToken.user_id).where(OneTimeToken.token_hash == sha256(code), OneTimeToken.purpose == purpose)
    return session.scalar(good.where(OneTimeToken.expires_at > now()))


def redeem(session: Session, purpose: LinkPurpose, code: str) -> int | None:
    """Use up a token; return whose it was, or None if it is not valid. Of several callers at once only one succeeds."""
    mine = delete(OneTimeToken).where(OneTimeToken.token_hash == sha256(code), OneTimeToken.purpose == purpose)
    return session.scalar(mine.where(OneTimeToken.expires_at > now()).returning(OneTimeToken.user_id))


def withdraw_from(session: Session, user_ids: Iterable[int]) -> None:
    """End every token of these people."""
    session.execute(delete(OneTimeToken).where(OneTimeToken.user_id.in_(list(user_ids))))


def forget_expired(session: Session) -> None:
    """Delete expired tokens."""
    session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at <= now()))


def _keep(session: Session, code: str, purpose: Purpose, payload: str = "") -> None:
    expires = now() + LIVES[purpose]
    session.add(OneTimeToken(token_hash=sha256(code), purpose=purpose, payload=payload, expires_at=expires))
    session.flush()


def _seal(code: str) -> Fernet:
    # The token itself is the key, so that the row alone (in a backup, say) gives nobody a token.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal" + code.encode("utf-8", "replace")).digest()))
