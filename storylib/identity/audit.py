"""The audit: who did what to whom, when, and how it was before and after. Nothing in it is changed or removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storylib import text
from storylib.errors import Refused
from storylib.models import Audit, User

# No CHECK in the database: a row may outlive the word for its act.
Act = Literal[
    "invited", "created", "imported", "reset link", "role", "plan", "budget", "locked", "unlocked",
    "signed out", "deactivated", "reactivated", "deleted", "acknowledged",
]  # fmt: skip
ACTS: Final[tuple[Act, ...]] = get_args(Act)
PAGE = 100

Facts = Mapping[str, Any]
NOTHING: Final[Facts] = {}


def administrator(session: Session, actor: User) -> User:
    """Return the acting administrator, as the database knows them now.

    Raises:
        Refused: they are no administrator, or no longer.
    """
    found = session.scalar(select(User).where(User.id == actor.id, User.active, User.role == "admin"))
    if found is None:
        raise Refused("Only an administrator can do this. Nothing was changed.")
    return found


def write(
    session: Session, actor: User, act: Act, person: str, before: Facts = NOTHING, after: Facts = NOTHING
) -> None:
    """Record an act in the transaction that carries it out. ``person`` is a username; facts are plain JSON."""
    session.add(Audit(actor=actor.username, act=act, person=person, before=dict(before), after=dict(after)))


@dataclass(frozen=True)
class Filter:
    """What to look for. Empty means everything."""

    person: str = ""  # part of the username of either side
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None  # this moment no more


def entries(
    session: Session, actor: User, wanted: Filter = Filter(), before_id: int | None = None, count: int = PAGE
) -> list[Audit]:
    """Return what was done, latest first, older than ``before_id``.

    Raises:
        Refused: the asker is no administrator.
    """
    administrator(session, actor)
    query = select(Audit).where(*_conditions(wanted)).order_by(Audit.id.desc()).limit(count)
    return list(session.scalars(query if before_id is None else query.where(Audit.id < before_id)))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if name := text.storable(wanted.person).strip().lower():
        found.append(Audit.person.contains(name, autoescape=True) | Audit.actor.contains(name, autoescape=True))
    if wanted.act:
        found.append(Audit.act == wanted.act)
    if wanted.since:
        found.append(Audit.at >= wanted.since)
    if wanted.until:
        found.append(Audit.at < wanted.until)
    return found
