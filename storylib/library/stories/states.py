"""A story in the making: how far it is, and what may be asked meanwhile and afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storylib.billing import ledger, quotas
from storylib.errors import Invalid, LimitReached, NotFound
from storylib.library.stories import content, edit
from storylib.library.stories.create import get
from storylib.models import Page, Story, User, now
from storylib.vocabulary import StoryState

MAKING: tuple[StoryState, ...] = ("queued", "writing", "illustrating")


@dataclass(frozen=True)
class Progress:
    """How far the making is: what a screen polls."""

    state: StoryState
    title: str
    pages: int
    written: int
    ready: int
    failed: int
    error: str

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
            func.count(Page.number),
            func.count().filter(Page.state == "ready"),
            func.count().filter(Page.state == "failed"),
        )
        .outerjoin(Page, Page.story_id == Story.id)
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_(None))
        .group_by(Story.id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such story.")
    return Progress(row[0], row[1], row[2].pages, row[4], row[5], row[6], row[3])


def again(session: Session, user_id: int, story_id: str) -> Story:
    """Start the making once more: what is there is kept, what failed or is missing is made. This ends an approval.

    What may have been charged and was lost is asked for again: whoever calls this has accepted that.

    Raises:
        NotFound: as for ``get``.
        Invalid: it is being made already.
    """
    story = get(session, user_id, story_id)
    for failed in (page for page in story.pages if page.state == "failed"):
        failed.state, failed.error = "written", ""
    ledger.accept_lost(session, story_id)
    return _restart(story)


def _restart(story: Story) -> Story:
    if story.state in MAKING:
        raise Invalid("This story is already being made.")
    story.state, story.error, story.finished_at = "queued", "", None
    story.asked_again_at = now()
    content.end_approval(story)
    story.run += 1
    return story


def next_run(session: Session, story_id: str, run: int) -> int | None:
    """Let another run follow one that is over though the story is still to be made; None if that is no longer so."""
    mine = Story.id == story_id, Story.run == run, Story.state.in_(MAKING)
    return session.scalar(update(Story).where(*mine).values(run=run + 1).returning(Story.run))


def redraw(session: Session, user: User, story_id: str, number: int) -> Story:
    """Ask for another picture of a page; the one that is there stays until the new one is drawn. This ends an approval.

    What was lost of this page may be paid for again: whoever calls this has accepted that. Nothing else is touched.

    Raises:
        NotFound: no such page of yours.
        Invalid: the story is being made.
        LimitReached: the plan allows no more redraws of a picture, or the requests come too fast.
    """
    allowed = quotas.plan(user).redraws
    wanted = edit.page(session, user.id, story_id, number)
    if wanted.attempt > allowed:
        raise LimitReached(
            f"Your plan allows {allowed} redraws per picture, and this one has used them. The picture stays as it is."
        )
    quotas.allow_request(session, user)
    story = _restart(get(session, user.id, story_id))
    ledger.accept_lost(session, story_id, number)
    wanted.state, wanted.attempt, wanted.stand_in = "written", wanted.attempt + 1, False
    return story


def redraw_cover(session: Session, user: User, story_id: str) -> Story:
    """Ask once more for a cover where the Kit stood in.

    Raises:
        NotFound: as for ``get``.
        Invalid: the story is being made, or its cover is as it was asked for.
        LimitReached: the requests come too fast.
    """
    if not get(session, user.id, story_id).cover_stand_in:
        raise Invalid("This cover was drawn by the illustrator you chose. Nothing was changed.")
    quotas.allow_request(session, user)
    return _without_stand_in_cover(again(session, user.id, story_id))


def redraw_stand_ins(session: Session, user: User, story_id: str) -> Story:
    """Ask once more for everything that the Kit drew where another illustrator failed.

    Raises:
        NotFound: as for ``get``.
        Invalid: the story is being made.
        LimitReached: the plan redraws none of these pictures any more, or the requests come too fast.
    """
    quotas.allow_request(session, user)
    story, allowed = again(session, user.id, story_id), quotas.plan(user).redraws
    wanted = [page for page in story.pages if page.stand_in and page.attempt <= allowed]
    if not wanted and not story.cover_stand_in:
        raise LimitReached(
            f"Your plan allows {allowed} redraws per picture, and these have used them. The pictures stay as they are."
        )
    for page in wanted:
        page.state, page.attempt, page.stand_in = "written", page.attempt + 1, False
    return _without_stand_in_cover(story)


def _without_stand_in_cover(story: Story) -> Story:
    if story.cover_stand_in:
        story.cover_id, story.cover_stand_in = None, False
    return story


def move(session: Session, story_id: str, run: int, before: StoryState, after: StoryState) -> bool:
    """Change a story's state only if nobody (a cancel, a delete, another run) changed it meanwhile; True if it was
    changed."""
    mine = Story.id == story_id, Story.run == run, Story.state == before
    moved = session.execute(update(Story).where(*mine).values(state=after).returning(Story.id))
    return moved.first() is not None


def cancel(session: Session, user_id: int, story_id: str) -> None:
    """Stop the making; finished pages are kept. A story that is already made stays as it is.

    Raises:
        NotFound: as for ``get``.
    """
    story = get(session, user_id, story_id)
    if story.state in MAKING:
        story.state, story.finished_at = "cancelled", now()
