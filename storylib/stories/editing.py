"""A teacher's changes: title, words, approval."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storylib import text
from storylib.errors import Invalid, NotFound
from storylib.models import Page
from storylib.stories.asking import get, searchable
from storylib.vocabulary import Review


def retitle(session: Session, user_id: int, story_id: str, title: str) -> None:
    """Give a story another title.

    Raises:
        NotFound: as for ``get``.
        Invalid: empty or too long.
    """
    story = get(session, user_id, story_id)
    story.title = text.line(title, "title", 120, required=True)
    story.search = searchable(story.title, story.brief)


def rewrite_page(session: Session, user_id: int, story_id: str, number: int, words: str) -> None:
    """Replace a page's text with the teacher's own.

    Raises:
        NotFound: no such page of yours.
        Invalid: empty or too long.
    """
    page(session, user_id, story_id, number).text = text.line(words, "text", 2000, required=True)


def page(session: Session, user_id: int, story_id: str, number: int) -> Page:
    """One page of one of your stories.

    Raises:
        NotFound: there is none.
    """
    found = next((p for p in get(session, user_id, story_id).pages if p.number == number), None)
    if found is None:
        raise NotFound("There is no such page.")
    return found


def set_review(session: Session, user_id: int, story_id: str, review: Review) -> None:
    """Draft, approved or shared.

    Raises:
        NotFound: as for ``get``.
        Invalid: only a finished story can be approved.
    """
    story = get(session, user_id, story_id)
    if review != "draft" and story.state != "ready":
        raise Invalid("Only a finished story can be approved. Nothing was changed.")
    story.review = review
