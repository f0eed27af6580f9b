"""A teacher's changes: title, words, approval."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from storylib import inputs
from storylib.errors import Conflict, Invalid, NotFound
from storylib.library.stories import content
from storylib.library.stories.create import get
from storylib.models import Page, Story


def retitle(session: Session, user_id: int, story_id: str, title: str) -> None:
    """Give a story another title; that ends its approval.

    Raises:
        NotFound: as for ``get``.
        Invalid: empty or too long.
    """
    story = _mine(session, user_id, story_id)
    content.entitle(story, inputs.line(title, "title", 120, required=True), teacher=True)


def rewrite_page(session: Session, user_id: int, story_id: str, number: int, words: str) -> bool:
    """Replace a page's text with the teacher's own; True if it is another one, which ends the story's approval.

    Raises:
        NotFound: no such page of yours.
        Invalid: empty or too long.
    """
    story = _mine(session, user_id, story_id)
    wanted = page(session, user_id, story_id, number)
    return content.set_text(story, wanted, inputs.passage(words, "text", 2000, required=True), teacher_id=user_id)


def _mine(session: Session, user_id: int, story_id: str) -> Story:
    content.locked(session, get(session, user_id, story_id).id)
    return get(session, user_id, story_id)


def page(session: Session, user_id: int, story_id: str, number: int) -> Page:
    """One page of one of your stories.

    Raises:
        NotFound: there is none.
    """
    found = next((p for p in get(session, user_id, story_id).pages if p.number == number), None)
    if found is None:
        raise NotFound("page.missing")
    return found


def set_review(
    session: Session, user_id: int, story_id: str, review: Literal["draft", "approved"], seen: str | None = None
) -> None:
    """Approve a story, or take that back. An approval is of the story as it is now, and lasts until that is changed.

    ``seen`` is the ``content_hash`` of the story that was looked at.

    Raises:
        NotFound: as for ``get``.
        Invalid: only a finished story can be approved.
        Conflict: it is not the story that was looked at any more.
    """
    story = _mine(session, user_id, story_id)
    if seen not in (None, content.content_hash(story)):
        raise Conflict("story.changed-meanwhile")
    if review == "draft":
        content.withdraw(story)
    elif story.state == "ready":
        content.approve(story, user_id)
    else:
        raise Invalid("story.unfinished")
