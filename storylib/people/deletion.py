"""Deleting people permanently, and what happens to their stories."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import Invalid, Refused
from storylib.identity import audit, credentials
from storylib.identity.access import Principal
from storylib.identity.login_throttle import NOWHERE, Origin
from storylib.library.stories import MAKING, states
from storylib.models import Image, Story, User
from storylib.people.administration import chosen, locked


def delete(session: Session, actor: Principal, ids: Iterable[int], heir_id: int | None = None) -> None:
    """Delete people permanently, with their characters. Their stories go to the heir, or are deleted too if there is
    none.

    What they spent stays counted, without a name.

    Raises:
        Invalid: the heir is among them.
        Refused, NotFound: as for ``set_role``; the heir must be there and active.
    """
    users = chosen(session, actor, ids, losing_admin=True)
    heir = None if heir_id is None else _heir(session, actor, heir_id, users)
    for user in users:
        _remove(session, actor, user, heir)


def delete_own_account(database: Database, user: User, password: str, origin: Origin = NOWHERE) -> None:
    """Delete one's own account and everything in it.

    Raises:
        Invalid: as for ``credentials.confirm``.
        Refused: no administrator would be left.
    """
    credentials.confirm(database, user, password, origin)
    with database.write() as session:
        [leaver] = locked(session, [user.id], losing_admin=True)
        _remove(session, user, leaver, None)


def _heir(session: Session, actor: Principal, heir_id: int, losing_admin: list[User]) -> User:
    [heir] = chosen(session, actor, [heir_id])
    if heir in losing_admin:
        raise Invalid("deletion.heir", "heir")
    if not heir.active:
        raise Refused("deletion.heir-inactive", username=heir.username)
    return heir


def _remove(session: Session, actor: Principal, user: User, heir: User | None) -> None:
    kept = _hand_over(session, user, heir) if heir else 0
    audit.write(
        session, actor, "deleted", user.username,
        {"name": user.name, "email": user.email, "role": user.role, "plan": user.plan},
        {"stories": f"{kept} to {heir.username}" if heir else "deleted"},
    )  # fmt: skip
    session.execute(delete_rows(User).where(User.id == user.id))


def _hand_over(session: Session, user: User, heir: User) -> int:
    """Give the stories away with their pictures; whatever was in progress stops, and the heir may resume it."""
    mine = select(Story.id).where(Story.owner_id == user.id, Story.deleted_at.is_(None))
    for story in session.scalars(select(Story).where(Story.id.in_(mine), Story.state.in_(MAKING)).with_for_update()):
        states.move(story, "cancelled")
    session.flush()
    session.execute(_given(Image, Image.story_id.in_(mine), heir))
    return len(session.execute(_given(Story, Story.id.in_(mine), heir).returning(Story.id)).all())


def _given(table: type[Image] | type[Story], which: ColumnElement[bool], heir: User) -> Update:
    return update(table).where(which).values(owner_id=heir.id).execution_options(synchronize_session=False)
