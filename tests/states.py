"""What the states of stories and pages promise, asked of every row; how they came to be so is not looked at."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from storylib.library.stories import MAKING
from storylib.models import Story


def broken(session: Session) -> list[str]:
    """Return a line for each promise that a story's or a page's state breaks; empty when all are kept."""
    stories = session.scalars(select(Story).options(selectinload(Story.pages)))
    return [f"{story.state} story {story.id}: {fault}" for story in stories for fault in _faults(story)]


def _faults(story: Story) -> Iterator[str]:
    if (story.state in MAKING) != (story.finished_at is None):
        yield f"finished at {story.finished_at}"
    if story.review != "draft" and not (story.state == "ready" and story.approved_at and story.approved_hash):
        yield f"{story.review} by nobody, or while it is not ready"
    yield from _ready(story) if story.state == "ready" else ()
    for page in story.pages:
        if not page.text.strip():
            yield f"page {page.number} has no text"
        if page.state == "failed" and not page.error:
            yield f"page {page.number} has failed for no reason"


def _ready(story: Story) -> Iterator[str]:
    numbers = [page.position for page in story.pages]
    if numbers != [*range(1, story.length + 1)] or not numbers:
        yield f"{story.brief.pages} pages were asked for, and there are {numbers}"
    if unready := [page.number for page in story.pages if page.state != "ready"]:
        yield f"pages {unready} are not ready"
