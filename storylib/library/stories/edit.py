"""A teacher's changes: title, words, approval."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from storylib import inputs
from storylib.errors import Conflict, Invalid, NotFound
from storylib.library.stories import content, history
from storylib.library.stories.create import get
from storylib.models import Page, Story


def retitle(session: Session, user_id: int, story_id: str, title: str) -> None:
    """Give a story another title; that ends its approval.

    Raises:
        NotFound: as for ``get``.
        Invalid: empty or too long.
    """
    story = _mine(session, user_id, story_id)
    with history.step(session, story, user_id, "title"):
        content.entitle(story, inputs.line(title, "title", 120, required=True), teacher=True)


def rewrite_page(
    session: Session, user_id: int, story_id: str, number: int, words: str, seen: int | None = None
) -> bool:
    """Replace a page's text with the teacher's own; True if it is another one, which ends the story's approval.

    ``seen`` is the page's ``revision_id`` when it was opened.

    Raises:
        NotFound: no such page of yours.
        Invalid: empty or too long.
        Conflict: the page was changed since it was opened.
    """
    story = _mine(session, user_id, story_id)
    wanted = page(session, user_id, story_id, number)
    words = inputs.passage(words, "text", 2000, required=True)
    if seen not in (None, wanted.revision_id) and words != wanted.text:
        raise Conflict("page.changed-meanwhile")
    with history.step(session, story, user_id, "text", wanted.position):
        return content.set_text(story, wanted, words, teacher_id=user_id)


def restore_page(session: Session, user_id: int, story_id: str, number: int, revision_id: int) -> None:
    """Have a page say what it said once; that ends the story's approval.

    Raises:
        NotFound: no such page of yours, or it never said that.
    """
    story, wanted = _mine(session, user_id, story_id), page(session, user_id, story_id, number)
    with history.step(session, story, user_id, "text", wanted.position):
        history.tell_again(session, story, wanted, revision_id)


def undo(session: Session, user_id: int, story_id: str) -> Story:
    """Take the last change back.

    Raises:
        NotFound: as for ``get``.
        Invalid: there is none, or the story is being made.
    """
    return history.undo(session, _mine(session, user_id, story_id))


def redo(session: Session, user_id: int, story_id: str) -> Story:
    """Make the change again that was taken back last.

    Raises:
        NotFound, Invalid: as for ``undo``.
    """
    return history.redo(session, _mine(session, user_id, story_id))


def restore(session: Session, user_id: int, story_id: str, revision_id: int) -> Story:
    """Have a story be once more as it was after a change.

    Raises:
        NotFound: as for ``get``, or it was never like that.
        Invalid: the story is being made.
    """
    return history.restore(session, _mine(session, user_id, story_id), user_id, revision_id)


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
