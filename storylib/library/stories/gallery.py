"""The gallery: stories listed, marked, deleted and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.orm import Session

from storylib import text
from storylib.errors import NotFound
from storylib.library.stories.sharing import shown_review
from storylib.models import Story, now
from storylib.vocabulary import AgeBand, Review, StoryState, Tone

UNDO = timedelta(days=1)  # how long a deleted story can come back


@dataclass(frozen=True)
class Filter:
    """What the gallery shows. Empty means everything."""

    search: str = ""
    age_band: AgeBand | None = None
    tone: Tone | None = None
    moral: str | None = None
    state: StoryState | None = None
    review: Review | None = None
    favourites: bool = False


@dataclass(frozen=True)
class Card:
    """A story as the gallery shows it."""

    id: str
    title: str
    state: StoryState
    review: Review
    age_band: AgeBand
    tone: Tone
    moral: str
    favourite: bool
    cover_id: str | None
    created_at: datetime


def cards(
    session: Session, user_id: int, wanted: Filter = Filter(), after: str | None = None, count: int = 24
) -> list[Card]:
    """A page of the gallery, newest first; the number of stories does not slow it.

    ``after`` is the id of the last story of the page before, found or not: where it is gone for good, or was never
    yours, the gallery begins anew.
    """
    query = (
        select(*(_column(field) for field in Card.__dataclass_fields__))
        .where(Story.owner_id == user_id, Story.deleted_at.is_(None), *_conditions(wanted))
        .order_by(Story.created_at.desc(), Story.id.desc())
        .limit(count)
    )
    place = select(Story.created_at, Story.id).where(Story.id == after, Story.owner_id == user_id)
    if after and (cursor := session.execute(place).first()):
        query = query.where(tuple_(Story.created_at, Story.id) < tuple(cursor))
    return [Card(*row) for row in session.execute(query)]


def _column(field: str) -> Any:
    return shown_review() if field == "review" else getattr(Story, field)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = [
        getattr(Story, field) == value
        for field in ("age_band", "tone", "moral", "state")
        if (value := getattr(wanted, field))
    ]
    if wanted.review:  # what is shared is approved too
        found.append((shown_review() if wanted.review == "shared" else Story.review) == wanted.review)
    if wanted.favourites:
        found.append(Story.favourite)
    found += [Story.search.contains(word, autoescape=True) for word in text.key(wanted.search).split()]
    return found


def any_of(session: Session, user_id: int) -> bool:
    """Whether you have a story at all."""
    return (
        session.scalar(select(Story.id).where(Story.owner_id == user_id, Story.deleted_at.is_(None)).limit(1))
        is not None
    )


def set_favourite(session: Session, user_id: int, story_id: str, favourite: bool) -> None:
    """Mark or unmark a story.

    Raises:
        NotFound: as for ``get``.
    """
    _change(session, user_id, story_id, favourite=favourite)


def throw_away(session: Session, user_id: int, story_id: str) -> None:
    """Delete a story; it can come back for a day.

    Raises:
        NotFound: as for ``get``.
    """
    _change(session, user_id, story_id, deleted_at=now())


def bring_back(session: Session, user_id: int, story_id: str) -> None:
    """Undo ``throw_away``.

    Raises:
        NotFound: no such story of yours was deleted lately.
    """
    found = session.execute(
        update(Story)
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_not(None))
        .values(deleted_at=None)
        .returning(Story.id)
    )
    if found.first() is None:
        raise NotFound("story.not-deleted")


def purge(session: Session) -> int:
    """Remove for good what was deleted more than a day ago; returns how many."""
    gone = session.execute(delete(Story).where(Story.deleted_at < now() - UNDO).returning(Story.id))
    return len(gone.all())


def _change(session: Session, user_id: int, story_id: str, **values: object) -> None:
    found = session.execute(
        update(Story)
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_(None))
        .values(**values)
        .returning(Story.id)
    )
    if found.first() is None:
        raise NotFound("story.missing")
