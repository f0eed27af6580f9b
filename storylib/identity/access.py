"""Who may do what: decided here and nowhere else.

Whatever changes or tells something asks ``require`` or ``require_own``, or ``can`` where a no is not an error. What
somebody may not see and what is not there are never told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeVar, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.errors import NotFound, Refused
from storylib.models import User

Permission = Literal[
    "see picture", "share story",  # their owner's
    "see reports", "manage people", "read audit", "acknowledge alerts", "decide calls", "rebuild sums", "retry stories",
]  # fmt: skip
PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)


@dataclass(frozen=True)
class System:
    """Storylib itself: work that goes on behind the screens, and whoever has its command line."""

    username: str = "(system)"  # which no person can have


SYSTEM: Final = System()
Principal = User | System
# What only its owner may, and what everybody else is told.
_OWN: Final[dict[Permission, str]] = {
    "see picture": "picture.missing",
    "share story": "story.missing",
}


class Owned(Protocol):
    """What belongs to a person."""

    @property
    def owner_id(self) -> int:
        """Return the person's id."""


Thing = TypeVar("Thing", bound=Owned)


def can(actor: Principal | None, permission: Permission, subject: Owned | None = None) -> bool:
    """Tell whether ``actor`` (None: nobody is signed in) may, by what ``actor`` itself says, which may be old.

    An owner's permission is about ``subject``, which is None if there is no such thing; the others are about the site.
    """
    if actor is None or isinstance(actor, System):
        return actor is not None
    if permission in _OWN:
        return actor.active and subject is not None and subject.owner_id == actor.id
    return actor.active and actor.role == "admin"


def require(session: Session, actor: Principal, permission: Permission) -> Principal:
    """Return who acts, as the database knows them now.

    Raises:
        Refused: it is for administrators, and they are none, or no longer.
    """
    known = actor if isinstance(actor, System) else session.scalar(select(User).where(User.id == actor.id))
    if known is None or not can(known, permission):
        raise Refused("access.admin")
    return known


def require_own(actor: Principal, permission: Permission, subject: Thing | None) -> Thing:
    """Return the subject of an owner's permission.

    Raises:
        NotFound: it is somebody else's, or there is none.
    """
    if subject is None or not can(actor, permission, subject):
        raise NotFound(_OWN[permission])
    return subject
