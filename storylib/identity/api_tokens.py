"""Personal access tokens: with one a program acts for the person who made it, as far as the token's scopes go.

Only a token's SHA-256 is kept. It also counts the requests of the current minute, in its own row, so that any number of
processes together let through exactly so many.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from storylib import inputs
from storylib.errors import Invalid, NotFound, Unauthenticated
from storylib.identity import access, audit, users
from storylib.identity.access import Principal
from storylib.identity.one_time_tokens import sha256
from storylib.models import ApiToken, User, now

Scope = Literal["read", "write", "admin"]  # look · change, and whatever costs something · what administrators see
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
PREFIX: Final = "storylib_"  # so that people and scanners for secrets recognise one
MOST: Final = 20  # working tokens of one person
MOST_DAYS: Final = 366
A_MINUTE: Final = 600  # requests with one token


@dataclass(frozen=True)
class Caller:
    """Whom a request is for, how far its token goes, and what is left of this minute."""

    user: User
    token_id: int
    scopes: frozenset[str]
    remaining: int  # requests, negative if there were too many
    reset: int  # seconds until the next minute


# --- the owner's side


def create(session: Session, user: User, name: str, scopes: Collection[Scope], days: int) -> str:
    """Make a token that works for so many days; return it. It is kept nowhere.

    Raises:
        Invalid: without a name or a scope, with an unknown one or one that the person does not have, for an
            unreasonable time, or one too many.
    """
    if not scopes or set(scopes) - set(SCOPES):
        raise Invalid("token.scopes", "scopes", scopes=list(SCOPES))
    if "admin" in scopes and not access.can(user, "see reports"):
        raise Invalid("token.admin", "scopes")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("token.days", "days", most=MOST_DAYS)
    if len(of(session, user.id)) >= MOST:
        raise Invalid("token.most", most=MOST)
    return _keep(session, user.id, inputs.line(name, "name", 80, required=True), scopes, now() + timedelta(days=days))


def _keep(session: Session, user_id: int, name: str, scopes: Collection[Scope], expires_at: datetime) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    listed = [scope for scope in SCOPES if scope in scopes]
    row = ApiToken(user_id=user_id, name=name, token_hash=sha256(token), scopes=listed, expires_at=expires_at)
    session.add(row)
    session.flush()
    return token


def of(session: Session, user_id: int) -> list[ApiToken]:
    """Return a person's working tokens, newest first."""
    mine = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.expires_at > now())
    return list(session.scalars(mine.order_by(ApiToken.id.desc())))


def end(session: Session, user_id: int, token_id: int) -> None:
    """End one of a person's tokens at once.

    Raises:
        NotFound: there is no such token, or it ended before.
    """
    mine = delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id)
    if session.scalar(mine.returning(ApiToken.id)) is None:
        raise NotFound("token.missing")


# --- the administrator's side


def of_people(session: Session, actor: Principal, user_ids: Iterable[int]) -> list[tuple[str, ApiToken]]:
    """Return the working tokens of these people, each after its owner's username.

    Raises:
        Refused: the actor is no administrator.
    """
    access.require(session, actor, "manage people")
    query = select(User.username, ApiToken).join(User, User.id == ApiToken.user_id).order_by(User.username, ApiToken.id)
    working = query.where(ApiToken.expires_at > now(), ApiToken.user_id.in_(list(user_ids)))
    return [(username, token) for username, token in session.execute(working)]


def end_of_person(session: Session, actor: Principal, token_id: int) -> None:
    """End anybody's token, and record it in the audit.

    Raises:
        Refused: the actor is no administrator.
        NotFound: as for ``end``.
    """
    administrator = access.require(session, actor, "manage people")
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("token.missing")
    owner = session.get_one(User, token.user_id)
    audit.write(session, administrator, "token ended", owner.username, {"token": token.name, "scopes": token.scopes})
    session.delete(token)


def end_all(session: Session, user_ids: Iterable[int]) -> None:
    """End every token of these people."""
    session.execute(delete(ApiToken).where(ApiToken.user_id.in_(list(user_ids))))


# --- the program's side


def spend(session: Session, token: str) -> Caller:
    """Return whom a token stands for, and count one request of it.

    Raises:
        Unauthenticated: it is forged, ended or expired, or its owner is locked out.
    """
    at = now()
    minute = int(at.timestamp() // 60)
    again = case((ApiToken.minute == minute, ApiToken.requests + 1), else_=1)
    able = select(User.id).where(User.active, users.not_locked())
    mine = ApiToken.token_hash == sha256(token), ApiToken.expires_at > at, ApiToken.user_id.in_(able)
    counted = update(ApiToken).where(*mine).values(used_at=at, minute=minute, requests=again)
    found = session.execute(
        counted.returning(ApiToken.id, ApiToken.user_id, ApiToken.scopes, ApiToken.requests)
    ).one_or_none()
    if found is None:
        raise Unauthenticated("token.needed")
    return Caller(
        user=session.get_one(User, found.user_id),
        token_id=found.id,
        scopes=frozenset(found.scopes),
        remaining=A_MINUTE - found.requests,
        reset=60 - at.second,
    )
