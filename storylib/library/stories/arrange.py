"""A teacher's changes of which pages a story has, and in which order. A page keeps its number, and by it its pictures,
calls and revisions, wherever it stands; one that is taken out is kept, so that it can come back.

Each change returns the story; it is to be made once more where a page has no picture yet. ``seen`` is the
``content_hash`` of the story that was looked at.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storylib import inputs
from storylib.errors import Conflict, Invalid, NotFound
from storylib.library import images
from storylib.library.stories import content, history
from storylib.library.stories.create import get
from storylib.library.stories.restart import refuse_making
from storylib.models import Image, Page, Story
from storylib.story import Scene
from storylib.vocabulary import MAX_PAGES

LONGEST = 2000  # characters on a page


def move(session: Session, user_id: int, story_id: str, number: int, to: int, seen: str | None = None) -> Story:
    """Have a page stand at another position, from 1; one beyond the ends is the end.

    Raises:
        NotFound: no such page of yours.
        Invalid: the story is being made, or not written yet.
        Conflict: it is not the story that was looked at any more.
    """
    story, page = _opened(session, user_id, story_id, number, seen)
    numbers = [each.number for each in story.pages if each is not page]
    numbers.insert(min(max(to, 1), len(story.pages)) - 1, number)
    with history.step(session, story, user_id, "move", page.position):
        history.arrange(session, story, numbers)
    return story


def delete(session: Session, user_id: int, story_id: str, number: int, seen: str | None = None) -> Story:
    """Take a page out of the book; it is kept, and an undo brings it back.

    Raises:
        NotFound, Conflict: as for ``move``.
        Invalid: as for ``move``, or it is the only page.
    """
    story, page = _opened(session, user_id, story_id, number, seen)
    if len(story.pages) == 1:
        raise Invalid("pages.last")
    with history.step(session, story, user_id, "delete", page.position):
        history.arrange(session, story, [each.number for each in story.pages if each is not page])
    return story


def insert(
    session: Session, user_id: int, story_id: str, at: int, words: str, scene: Scene, seen: str | None = None
) -> Story:
    """Add a page in the teacher's own words at a position, from 1; the Story Kit draws its scene.

    Raises:
        NotFound, Conflict: as for ``move``.
        Invalid: as for ``move``, the story is full, or the text is empty or too long.
    """
    story = _writable(session, user_id, story_id, seen)
    _refuse_full(story)
    words = inputs.passage(words, "text", LONGEST, required=True)
    page = content.teachers_page(story, _next_number(session, story), words, scene, user_id)
    with history.step(session, story, user_id, "insert", at):
        session.add(page)
        _stand_at(session, story, page, at)
    return story


def duplicate(session: Session, user_id: int, story_id: str, number: int, seen: str | None = None) -> Story:
    """Add a copy of a page behind it, picture and all.

    Raises:
        NotFound, Conflict: as for ``move``.
        Invalid: as for ``move``, or the story is full.
    """
    story, page = _opened(session, user_id, story_id, number, seen)
    _refuse_full(story)
    with history.step(session, story, user_id, "duplicate", page.position):
        copy = copied(session, story, page, _next_number(session, story))
        _stand_at(session, story, copy, page.place + 1)
    return story


def split(session: Session, user_id: int, story_id: str, number: int, after: int, seen: str | None = None) -> Story:
    """Make two pages of one: its text goes on behind the first ``after`` characters; both keep the picture.

    Raises:
        NotFound, Conflict: as for ``move``.
        Invalid: as for ``move``, the story is full, or one of the two would be empty.
    """
    story, page = _opened(session, user_id, story_id, number, seen)
    _refuse_full(story)
    first, second = page.text[:after].strip(), page.text[after:].strip()
    if not (first and second):
        raise Invalid("pages.split-empty", "text")
    with history.step(session, story, user_id, "split", page.position):
        behind = copied(session, story, page, _next_number(session, story))
        content.set_text(story, behind, second, teacher_id=user_id)
        content.set_text(story, page, first, teacher_id=user_id)
        _stand_at(session, story, behind, page.place + 1)
    return story


def join(session: Session, user_id: int, story_id: str, number: int, seen: str | None = None) -> Story:
    """Make one page of a page and the next: the text of both, with the picture of the first.

    Raises:
        NotFound, Conflict: as for ``move``.
        Invalid: as for ``move``, it is the last page, or the text of both is too long for one.
    """
    story, page = _opened(session, user_id, story_id, number, seen)
    if page is story.pages[-1]:
        raise Invalid("pages.no-next")
    following = story.pages[page.place]
    words = inputs.passage(f"{page.text}\n\n{following.text}", "text", LONGEST, required=True)
    with history.step(session, story, user_id, "join", page.position):
        content.set_text(story, page, words, teacher_id=user_id)
        history.arrange(session, story, [each.number for each in story.pages if each is not following])
    return story


def copied(session: Session, story: Story, page: Page, number: int) -> Page:
    """Add to a story a copy of a page, of this story or another, with a picture of its own; it stands nowhere yet."""
    copy = content.copied_page(story, number, page)
    session.add(copy)
    session.flush()
    if shown := page.image_id and session.get(Image, page.image_id):
        subject = images.Subject(story.owner_id, "page", story_id=story.id, page_number=number)
        copy.image_id = images.copy(session, shown, subject).id
    copy.image_checks = [_of_copy(found, page, copy) for found in page.image_checks]
    return copy


def _of_copy(found: dict[str, Any], page: Page, copy: Page) -> dict[str, Any]:
    return {**found, "image": copy.image_id} if found.get("image") == page.image_id and "image" in found else found


# --- what all of them begin with


def _writable(session: Session, user_id: int, story_id: str, seen: str | None) -> Story:
    content.locked(session, get(session, user_id, story_id).id)
    story = get(session, user_id, story_id)
    refuse_making(story)
    if not history.is_written(story):
        raise Invalid("pages.unwritten")
    if seen not in (None, content.content_hash(story)):
        raise Conflict("pages.changed-meanwhile")
    return story


def _opened(session: Session, user_id: int, story_id: str, number: int, seen: str | None) -> tuple[Story, Page]:
    story = _writable(session, user_id, story_id, seen)
    page = next((page for page in story.pages if page.number == number), None)
    if page is None:
        raise NotFound("page.missing")
    return story, page


def _refuse_full(story: Story) -> None:
    if len(story.pages) >= MAX_PAGES:
        raise Invalid("pages.most", most=MAX_PAGES)


def _next_number(session: Session, story: Story) -> int:
    """Return a number that no page of the story ever had."""
    return 1 + (session.scalar(select(func.max(Page.number)).where(Page.story_id == story.id)) or 0)


def _stand_at(session: Session, story: Story, page: Page, at: int) -> None:
    session.flush()
    numbers = [each.number for each in story.pages if each is not page]
    numbers.insert(max(at, 1) - 1, page.number)
    history.arrange(session, story, numbers)
