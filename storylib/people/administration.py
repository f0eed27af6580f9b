"""What administrators do with people. Every act is checked here, recorded in the audit, and done to all or to none.

An act takes the acting administrator and the ids of the people. There is always an administrator who can sign in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from storylib.errors import Invalid, NotFound, Refused
from storylib.identity import access, api_tokens, audit, one_time_tokens, users
from storylib.identity.access import Principal
from storylib.identity.audit import Act
from storylib.identity.one_time_tokens import LinkPurpose
from storylib.identity.users import INVITED, LOCKED, NewUser
from storylib.models import User
from storylib.vocabulary import PLANS, ROLES, PlanName, Role

MOST_BUDGET: Final = Decimal(100_000)  # US dollars a month


# --- new people


def create(session: Session, actor: Principal, new: NewUser) -> User:
    """Add someone whose password the administrator chose.

    Raises:
        Refused: the actor is no administrator.
        Taken: the username or the address is in use.
    """
    return _add(session, actor, new, "created")


def invite(session: Session, actor: Principal, new: NewUser) -> str:
    """Add someone who chooses a password by link; return the link's code, which is shown only now.

    Raises:
        Refused, Taken: as for ``create``.
    """
    user = _add(session, actor, new, "invited")
    return one_time_tokens.issue_to(session, "invite", [user.id])[user.id]


def _add(session: Session, actor: Principal, new: NewUser, act: Act) -> User:
    access.require(session, actor, "manage people")
    user = users.create(session, new)
    audit.write(session, actor, act, user.username, after=facts(new))
    return user


def facts(new: NewUser) -> dict[str, str]:
    """Return what the audit keeps of a new person; no secret."""
    return {name: getattr(new, name) for name in ("name", "email", "role", "plan")}


def link(session: Session, actor: Principal, ids: Iterable[int]) -> dict[str, tuple[LinkPurpose, str]]:
    """Return for each person, by username, a code for choosing a new password; older ones stop working.

    Who has never chosen one gets an invitation.

    Raises:
        Refused: the actor is no administrator, or a person is locked or deactivated.
        NotFound: one of them is gone.
    """
    people = chosen(session, actor, ids)
    if any(not user.active or user.locked_until == LOCKED for user in people):
        raise Refused("people.locked")
    codes: dict[str, tuple[LinkPurpose, str]] = {}
    for purpose in ("invite", "reset"):
        asked = {user.id: user.username for user in people if (user.password_hash == INVITED) == (purpose == "invite")}
        codes |= {
            asked[id_]: (purpose, code) for id_, code in one_time_tokens.issue_to(session, purpose, asked).items()
        }
    for username in codes:
        audit.write(session, actor, "reset link", username)
    return codes


# --- changes


def set_role(session: Session, actor: Principal, ids: Iterable[int], role: Role) -> None:
    """Make people educators or administrators.

    Raises:
        Refused: the actor is no administrator, or no administrator would be left.
        NotFound: one of the people is gone.
    """
    if role not in ROLES:
        raise Invalid("people.role", "role", role=role)
    people = chosen(session, actor, ids, losing_admin=role != "admin")
    _change(session, actor, "role", people, role=role)


def set_plan(session: Session, actor: Principal, ids: Iterable[int], plan: PlanName) -> None:
    """Set people's plan, and with it what they may spend.

    Raises:
        Refused, NotFound: as for ``set_role``.
    """
    if plan not in PLANS:
        raise Invalid("people.plan", "plan", plan=plan)
    _change(session, actor, "plan", chosen(session, actor, ids), plan=plan)


def set_budget(session: Session, actor: Principal, ids: Iterable[int], budget_usd: Decimal | None) -> None:
    """Set a monthly budget in US dollars for each of them, in place of the plan's; None restores the plan's.

    Raises:
        Invalid: it is less than nothing, or too much to be meant.
        Refused, NotFound: as for ``set_role``.
    """
    if budget_usd is not None and not (budget_usd.is_finite() and 0 <= budget_usd <= MOST_BUDGET):
        raise Invalid("people.budget", "budget", most=MOST_BUDGET)
    _change(session, actor, "budget", chosen(session, actor, ids), budget_usd=budget_usd)


def lock(session: Session, actor: Principal, ids: Iterable[int]) -> None:
    """Lock people out at once, until ``unlock``; their links and access tokens stop working.

    Raises:
        Refused, NotFound: as for ``set_role``.
    """
    people = chosen(session, actor, ids, losing_admin=True)
    _change(session, actor, "locked", people, locked_until=LOCKED)
    _turn_out(session, people)


def unlock(session: Session, actor: Principal, ids: Iterable[int]) -> None:
    """End a lock, or the pause after wrong passwords.

    Raises:
        Refused, NotFound: as for ``set_role``.
    """
    _change(session, actor, "unlocked", chosen(session, actor, ids), locked_until=None)


def deactivate(session: Session, actor: Principal, ids: Iterable[int]) -> None:
    """Lock people out for good, but keep everything of theirs.

    Raises:
        Refused, NotFound: as for ``set_role``.
    """
    people = chosen(session, actor, ids, losing_admin=True)
    _change(session, actor, "deactivated", people, active=False)
    _turn_out(session, people)


def reactivate(session: Session, actor: Principal, ids: Iterable[int]) -> None:
    """Let deactivated people in again.

    Raises:
        Refused, NotFound: as for ``set_role``.
    """
    _change(session, actor, "reactivated", chosen(session, actor, ids), active=True)


def sign_out(session: Session, actor: Principal, ids: Iterable[int]) -> None:
    """End all of people's sessions, on every device.

    Raises:
        Refused, NotFound: as for ``set_role``.
    """
    for user in chosen(session, actor, ids):
        ended = users.end_all_sessions(session, user.id)
        audit.write(session, actor, "signed out", user.username, {"sessions": ended}, {"sessions": 0})


def _turn_out(session: Session, people: Iterable[User]) -> None:
    for user in people:
        users.end_all_sessions(session, user.id)
    ids = [user.id for user in people]
    one_time_tokens.withdraw_from(session, ids)
    api_tokens.end_all(session, ids)


def _change(session: Session, actor: Principal, act: Act, people: list[User], **values: Any) -> None:
    """Set the values, and record those people for whom something changed."""
    for user in people:
        before = {name: getattr(user, name) for name in values}
        if before != values:
            for name, value in values.items():
                setattr(user, name, value)
            audit.write(session, actor, act, user.username, _plain(before), _plain(values))
    session.flush()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return a value for JSON: money and times as exact text."""
    return {name: str(value) if isinstance(value, Decimal | datetime) else value for name, value in values.items()}


# --- the selection


def chosen(session: Session, actor: Principal, ids: Iterable[int], *, losing_admin: bool = False) -> list[User]:
    """Return these people, locked until the transaction ends, for an administrator to change.

    Raises:
        Refused: the actor is no administrator, or ``losing_admin`` and no other administrator would be left.
        NotFound: one of the people is gone.
    """
    access.require(session, actor, "manage people")
    return locked(session, ids, losing_admin=losing_admin)


def locked(session: Session, ids: Iterable[int], *, losing_admin: bool) -> list[User]:
    """Return these people locked, whoever acts. ``losing_admin``: they will no longer be administrators.

    All administrators are locked with them, always in the same order: of two who demote each other only one succeeds.
    """
    wanted = set(ids)
    able = and_(User.role == "admin", User.active, User.password_hash != INVITED, users.not_locked())
    query = select(User).where(or_(User.id.in_(wanted), able)).order_by(User.id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    people = [user for user in found if user.id in wanted]
    if len(people) < len(wanted):
        raise NotFound("people.gone")
    staying = [user for user in found if user.id not in wanted and _able(user)]
    if losing_admin and not staying and any(map(_able, people)):
        raise Refused("people.last-admin")
    return people


def _able(user: User) -> bool:
    return user.role == "admin" and user.active and user.password_hash != INVITED and user.locked_until != LOCKED
