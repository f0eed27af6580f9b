"""Links by which anybody reads a teacher's approved stories, without an account.

A link shows what is approved at this moment and nothing else: a story that was changed, deleted or given away is not
behind it any more, and is again once it is approved or brought back. A link that was ended or has expired stays dead.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, select, update
from sqlalchemy.orm import Session, selectinload

from storylib import inputs
from storylib.errors import Invalid, NotFound
from storylib.identity import access
from storylib.identity.access import SYSTEM
from storylib.identity.one_time_tokens import sha256
from storylib.library import images
from storylib.library.stories.content import is_approved
from storylib.library.stories.create import get
from storylib.library.stories.document import title as title_of
from storylib.models import Image, SharedStory, ShareLink, Story, User, now
from storylib.vocabulary import ImageSize

MOST_DAYS: Final = 366
MOST_STORIES: Final = 50  # behind one link
TOKEN_BYTES: Final = 24  # random
_GONE: Final = "There is no story at this link."


@dataclass(frozen=True)
class Link:
    """A link that works, as its owner sees it."""

    id: int
    title: str
    stories: tuple[Story, ...]  # as on the shelf, whether approved or not
    created_at: datetime
    expires_at: datetime
    views: int

    @property
    def paused(self) -> bool:
        """Whether nothing is behind it, because no story of it is approved at the moment."""
        return not any(is_approved(story) for story in self.stories)


@dataclass(frozen=True)
class Shelf:
    """What stands behind a link: one story or several, each approved, by its place from 1 on."""

    title: str
    stories: dict[int, Story]


# --- the owner's side


def create(session: Session, actor: User, story_ids: Sequence[str], days: int, title: str = "") -> str:
    """Make a link to approved stories that works for so many days; return its token, which is kept nowhere.

    Raises:
        NotFound: one of the stories is not the actor's.
        Invalid: one is not approved; none, too many, or an unreasonable time.
    """
    if not 1 <= len(set(story_ids)) <= MOST_STORIES:
        raise Invalid("link.count", "stories", most=MOST_STORIES)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("link.days", "days", most=MOST_DAYS)
    for story_id in story_ids:
        _require_approved(access.require_own(actor, "share story", get(session, actor.id, story_id)))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _keep(session, actor, token, list(dict.fromkeys(story_ids)), days, inputs.line(title, "title", 120))
    return token


def _require_approved(story: Story) -> None:
    if not is_approved(story):
        raise Invalid("link.unapproved", title=title_of(story))


def _keep(session: Session, actor: User, token: str, story_ids: list[str], days: int, title: str) -> None:
    link = ShareLink(owner_id=actor.id, token_hash=sha256(token), title=title, expires_at=now() + timedelta(days=days))
    session.add(link)
    session.flush()
    session.add_all(
        SharedStory(link_id=link.id, story_id=story_id, position=position)
        for position, story_id in enumerate(story_ids, 1)
    )
    session.flush()


def links(session: Session, user_id: int, story_id: str) -> list[Link]:
    """Return the links that work and lead to one of your stories, newest first."""
    here = exists().where(SharedStory.link_id == ShareLink.id, SharedStory.story_id == story_id)
    mine = select(ShareLink).where(ShareLink.owner_id == user_id, here, *_working())
    return [_link(session, row) for row in session.scalars(mine.order_by(ShareLink.id.desc()))]


def _link(session: Session, row: ShareLink) -> Link:
    of_it = select(Story).join(SharedStory, SharedStory.story_id == Story.id).where(SharedStory.link_id == row.id)
    there = of_it.where(Story.deleted_at.is_(None), Story.owner_id == row.owner_id)
    stories = session.scalars(there.order_by(SharedStory.position).options(selectinload(Story.pages))).all()
    return Link(row.id, row.title, tuple(stories), row.created_at, row.expires_at, row.views)


def end(session: Session, user_id: int, link_id: int) -> None:
    """End one of your links for good.

    Raises:
        NotFound: there is no such link, or it ended before.
    """
    mine = ShareLink.id == link_id, ShareLink.owner_id == user_id, ShareLink.ended_at.is_(None)
    if session.scalar(update(ShareLink).where(*mine).values(ended_at=now()).returning(ShareLink.id)) is None:
        raise NotFound("link.missing")


def shown_review() -> ColumnElement[str]:
    """A story's review as it is shown: approved is shared while some link leads to it."""
    leads_here = SharedStory.story_id == Story.id, SharedStory.link_id == ShareLink.id
    shared = exists().where(*leads_here, ShareLink.owner_id == Story.owner_id, *_working())
    return case((and_(Story.review != "draft", shared), "shared"), else_=Story.review)


def _working() -> tuple[ColumnElement[bool], ...]:
    return ShareLink.ended_at.is_(None), ShareLink.expires_at > now()


# --- the reader's side


def resolve(session: Session, token: str) -> Shelf:
    """Return what stands behind a link.

    Raises:
        NotFound: nothing: guessed, ended or expired, or no story of it is approved.
    """
    rows = _behind(token).add_columns(SharedStory.position, ShareLink.title).order_by(SharedStory.position)
    found = [row for row in session.execute(rows).all() if is_approved(row.Story)]
    if not found:
        raise NotFound(_GONE)
    return Shelf(found[0].title, {row.position: row.Story for row in found})


def picture(session: Session, token: str, image_id: str, size: ImageSize) -> bytes:
    """Return the encoded bytes of a picture that a story behind a link shows now.

    Raises:
        NotFound: as for ``resolve``, or no such story shows it.
    """
    story = session.scalar(_behind(token).join(Image, Image.story_id == Story.id).where(Image.id == image_id))
    if story is None or not is_approved(story) or image_id not in _shown(story):
        raise NotFound(_GONE)
    return images.data(session, SYSTEM, image_id, size)


def known(session: Session, token: str) -> bool:
    """Tell whether there ever was such a link: who opens an old one does not guess."""
    return session.scalar(select(ShareLink.id).where(ShareLink.token_hash == sha256(token))) is not None


def count_view(session: Session, token: str) -> None:
    """Note that a link was opened, and nothing of by whom."""
    session.execute(update(ShareLink).where(ShareLink.token_hash == sha256(token)).values(views=ShareLink.views + 1))


def _behind(token: str) -> Select[Story]:
    return (
        select(Story)
        .join(SharedStory, SharedStory.story_id == Story.id)
        .join(ShareLink, ShareLink.id == SharedStory.link_id)
        .join(User, User.id == ShareLink.owner_id)
        .where(ShareLink.token_hash == sha256(token), *_working(), User.active)
        .where(Story.owner_id == ShareLink.owner_id, Story.deleted_at.is_(None), Story.review != "draft")
        .options(selectinload(Story.pages))
    )


def _shown(story: Story) -> set[str | None]:
    return {story.cover_id, *(page.image_id for page in story.pages)}
