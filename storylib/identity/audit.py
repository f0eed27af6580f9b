"""The audit: who did what to whom, when, and how it was before and after. Nothing in it is changed or removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storylib import text
from storylib.identity import access
from storylib.identity.access import Principal
from storylib.models import Audit

# No CHECK in the database: a row may outlive the word for its act.
Act = Literal[
    "invited", "created", "imported", "reset link", "role", "plan", "budget", "locked", "unlocked",
    "signed out", "deactivated", "reactivated", "deleted", "acknowledged",
    "call decided", "sums rebuilt", "story retried", "token ended",
]  # fmt: skip
ACTS: Final[tuple[Act, ...]] = get_args(Act)
PAGE = 100

Facts = Mapping[str, Any]
NOTHING: Final[Facts] = {}


def write(
    session: Session, actor: Principal, act: Act, person: str, before: Facts = NOTHING, after: Facts = NOTHING
) -> None:
    """Record an act in the transaction that does it. ``person`` is a username, or empty; facts are plain JSON."""
    session.add(Audit(actor=actor.username, act=act, person=person, before=dict(before), after=dict(after)))


@dataclass(frozen=True)
class Filter:
    """What to look for. Empty means everything."""

    person: str = ""  # part of the username of either side
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None  # this moment no more


def entries(
    session: Session, actor: Principal, wanted: Filter = Filter(), before_id: int | None = None, count: int = PAGE
) -> list[Audit]:
    """Return what was done, latest first, older than ``before_id``.

    Raises:
        Refused: the asker is no administrator.
    """
    access.require(session, actor, "read audit")
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
