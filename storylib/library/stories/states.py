"""How far a story and its pages are; the one place that moves them on, as ``models.moves`` allows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from storylib.errors import NotFound
from storylib.errors.messages import Message
from storylib.models import Page, Story, now
from storylib.vocabulary import PageState, StoryState

MAKING: tuple[StoryState, ...] = ("queued", "writing", "illustrating")


# --- moves


def held(session: Session, story_id: str, states: Collection[StoryState], run: int | None = None) -> Story | None:
    """Return a story, locked, if it is in one of these states (and at this run); None if a cancel, a deletion or
    another run came first."""
    mine = select(Story).where(Story.id == story_id).with_for_update()
    story = session.scalar(mine, execution_options={"populate_existing": True})
    return story if story and story.state in states and run in (None, story.run) else None


def move(story: Story, after: StoryState, error: Message | None = None) -> None:
    """Take a story, which is ``held`` or otherwise nobody else's, to another state; ``error`` says what went wrong.

    Raises:
        ValueError: that state does not follow.
    """
    story.state, story.error = after, error
    story.finished_at = None if after in MAKING else now()


def move_page(page: Page, after: PageState, error: Message | None = None) -> None:
    """Take a page to another state; without an ``error``, what was noted stays.

    Raises:
        ValueError: that state does not follow.
    """
    page.state = after
    if error is not None:
        page.error = error


def next_run(session: Session, story_id: str, run: int) -> int | None:
    """Let another run follow one that is over though the story is still to be made; None if that is no longer so."""
    mine = Story.id == story_id, Story.run == run, Story.state.in_(MAKING)
    return session.scalar(update(Story).where(*mine).values(run=run + 1).returning(Story.run))


# --- how far


@dataclass(frozen=True)
class Progress:
    """How far the making is: what a screen polls."""

    state: StoryState
    title: str
    pages: int
    written: int
    ready: int
    failed: int
    error: Message | None

    @property
    def making(self) -> bool:
        """Still at work."""
        return self.state in MAKING


def progress(session: Session, user_id: int, story_id: str) -> Progress:
    """One indexed look at a story in the making.

    Raises:
        NotFound: as for ``get``.
    """
    row = session.execute(
        select(
            Story.state,
            Story.title,
            Story.brief,
            Story.error,
            Story.revision_id,
            func.count(Page.number),
            func.count().filter(Page.state == "ready"),
            func.count().filter(Page.state == "failed"),
        )
        .outerjoin(Page, and_(Page.story_id == Story.id, Page.position.is_not(None)))
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_(None))
        .group_by(Story.id)
    ).one_or_none()
    if row is None:
        raise NotFound("story.missing")
    state, title, brief, error, edited, written, ready, failed = row
    return Progress(state, title, written if edited else brief.pages, written, ready, failed, error)
