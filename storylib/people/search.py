"""People listed, searched and filtered, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from storylib import text
from storylib.identity import access
from storylib.identity.access import Principal
from storylib.identity.users import INVITED, LOCKED
from storylib.models import Story, User, now
from storylib.vocabulary import PlanName, Role

Status = Literal["active", "invited", "paused", "locked", "deactivated"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
PAGE = 100


@dataclass(frozen=True)
class Filter:
    """Whom to list. Empty means everyone."""

    search: str = ""  # part of the username, the name or the address
    role: Role | None = None
    plan: PlanName | None = None
    status: Status | None = None


@dataclass(frozen=True)
class Person:
    """A person as the list shows them."""

    id: int
    username: str
    name: str
    email: str
    role: Role
    plan: PlanName
    budget_usd: Decimal | None
    status: Status
    stories: int
    created_at: datetime
    signed_in_at: datetime | None


def people(
    session: Session, actor: Principal, wanted: Filter = Filter(), after: str = "", count: int | None = PAGE
) -> list[Person]:
    """Return people by username, after the username ``after``; ``count`` None returns all of them.

    Raises:
        Refused: the asker is no administrator.
    """
    access.require(session, actor, "manage people")
    query = select(*_columns()).where(User.username > after, *_conditions(wanted)).order_by(User.username).limit(count)
    return [Person(*row) for row in session.execute(query)]


def _columns() -> list[Any]:
    stories = select(func.count()).where(Story.owner_id == User.id, Story.deleted_at.is_(None)).scalar_subquery()
    made = {"status": _status(), "stories": stories}
    return [made.get(name, getattr(User, name, None)) for name in Person.__dataclass_fields__]


def _status() -> ColumnElement[str]:
    """Select the main reason why someone cannot sign in."""
    return case(
        (~User.active, "deactivated"),
        (User.locked_until == LOCKED, "locked"),
        (User.locked_until > now(), "paused"),
        (User.password_hash == INVITED, "invited"),
        else_="active",
    )


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = [getattr(User, field) == value for field in ("role", "plan") if (value := getattr(wanted, field))]
    if wanted.status:
        found.append(_status() == wanted.status)
    for word in text.storable(wanted.search).split():
        found.append(
            or_(*(column.icontains(word, autoescape=True) for column in (User.username, User.name, User.email)))
        )
    return found
