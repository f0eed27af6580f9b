"""What was done to a written story, step by step: each is kept, and each can be gone back to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.errors import Invalid, NotFound
from storylib.library.stories import content
from storylib.library.stories.restart import refuse_making, restart
from storylib.library.stories.states import move_page
from storylib.models import Page, PageRevision, Story, StoryRevision
from storylib.vocabulary import Edit


def is_written(story: Story) -> bool:
    """Tell whether every page that was asked for has been written; a teacher may have taken some out since."""
    return story.revision_id is not None or len(story.pages) == story.brief.pages


@contextmanager
def step(session: Session, story: Story, teacher_id: int, act: Edit, position: int | None = None) -> Iterator[None]:
    """Keep what is done inside as one step of the story's history, if it changes anything.

    A story that is still to be written has no history yet.
    """
    session.flush()
    if is_written(story):
        _keep(session, story, None, "made", None)
    yield
    session.flush()
    if is_written(story):
        _keep(session, story, teacher_id, act, position)


def begin(session: Session, story: Story, teacher_id: int, act: Edit) -> None:
    """Begin the history of a story whose pages are all there."""
    _keep(session, story, teacher_id, act, None)


def _keep(session: Session, story: Story, teacher_id: int | None, act: Edit, position: int | None) -> None:
    pages, head = [[page.number, page.revision_id] for page in story.pages], _head(session, story)
    if head and (head.title, head.pages) == (story.title, pages):
        return
    facts = {"title": story.title, "pages": pages, "parent_id": head and head.id}
    kept = StoryRevision(story_id=story.id, teacher_id=teacher_id, act=act, position=position, **facts)
    session.add(kept)
    session.flush()
    story.revision_id = kept.id


def _head(session: Session, story: Story) -> StoryRevision | None:
    return session.get(StoryRevision, story.revision_id) if story.revision_id else None


# --- looking back


def of_story(session: Session, story: Story) -> list[StoryRevision]:
    """Return every step, the latest first."""
    kept = select(StoryRevision).where(StoryRevision.story_id == story.id)
    return list(session.scalars(kept.order_by(StoryRevision.id.desc())))


def of_page(session: Session, story: Story, number: int) -> list[PageRevision]:
    """Return all that a page ever told, the latest first; its provider's original is the last."""
    told = select(PageRevision).where(PageRevision.story_id == story.id, PageRevision.page_number == number)
    return list(session.scalars(told.order_by(PageRevision.id.desc())))


def before(session: Session, story: Story) -> StoryRevision | None:
    """Return where an undo leads, if anywhere."""
    head = _head(session, story)
    return session.get(StoryRevision, head.parent_id) if head and head.parent_id else None


def after(session: Session, story: Story) -> StoryRevision | None:
    """Return where a redo leads, if anywhere: the latest step from here."""
    if story.revision_id is None:
        return None
    from_here = select(StoryRevision).where(StoryRevision.parent_id == story.revision_id)
    return session.scalar(from_here.order_by(StoryRevision.id.desc()).limit(1))


# --- going back


def undo(session: Session, story: Story) -> Story:
    """Take the last step back.

    Raises:
        Invalid: there is none, or the story is being made.
    """
    return _go(session, story, before(session, story), "history.no-undo")


def redo(session: Session, story: Story) -> Story:
    """Take the step again that was undone last.

    Raises:
        Invalid: there is none, or the story is being made.
    """
    return _go(session, story, after(session, story), "history.no-redo")


def _go(session: Session, story: Story, to: StoryRevision | None, otherwise: str) -> Story:
    if to is None:
        raise Invalid(otherwise)
    _apply(session, story, to)
    story.revision_id = to.id
    return story


def restore(session: Session, story: Story, teacher_id: int, revision_id: int) -> Story:
    """Have a story be once more as it was, as a new step.

    Raises:
        NotFound: this story has no such step.
        Invalid: it is being made.
    """
    wanted = session.get(StoryRevision, revision_id)
    if wanted is None or wanted.story_id != story.id:
        raise NotFound("history.story-missing")
    with step(session, story, teacher_id, "restore"):
        _apply(session, story, wanted)
    return story


def tell_again(session: Session, story: Story, page: Page, revision_id: int) -> None:
    """Have a page tell once more what it told; if its picture has become another one, that stays, and so does its alt.

    Raises:
        NotFound: the page never told that.
    """
    told = session.get(PageRevision, revision_id)
    if told is None or (told.story_id, told.page_number) != (story.id, page.number):
        raise NotFound("history.page-missing")
    content.go_back(story, page, told)


def _apply(session: Session, story: Story, wanted: StoryRevision) -> None:
    refuse_making(story)
    told = {page[0]: page[1] for page in wanted.pages}
    for page in session.scalars(select(Page).where(Page.story_id == story.id)):
        if page.number in told and page.revision_id != told[page.number]:
            tell_again(session, story, page, told[page.number])
    content.entitle(story, wanted.title, teacher=True)
    arrange(session, story, [number for number, _ in wanted.pages])


def arrange(session: Session, story: Story, numbers: list[int]) -> None:
    """Let these pages stand in the book, in this order, and draw what has no picture. This ends an approval.

    Raises:
        Invalid: the story is being made.
    """
    refuse_making(story)
    places = {number: place for place, number in enumerate(numbers, 1)}
    for page in session.scalars(select(Page).where(Page.story_id == story.id)):
        page.position = places.get(page.number)
    session.flush()
    session.expire(story, ["pages"])
    content.end_approval(story)
    undrawn = [page for page in story.pages if page.state != "ready"]
    for failed in (page for page in undrawn if page.state == "failed"):
        move_page(failed, "written")
        failed.error = None
    if undrawn:
        restart(story)
