"""What children get to see of a story: its title, each page's words and picture, the cover.

Every change of it is made here, so that none leaves an approval, a level or a check behind that was given to something
else, and none that a machine makes replaces what a teacher wrote.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from storylib.library.stories.create import searchable
from storylib.library.stories.states import move_page
from storylib.models import Image, Page, PageRevision, Story, now
from storylib.story import PageDraft, Scene, captions, reading_level
from storylib.vocabulary import STAND_IN, PageState

_TOLD = ("text", "alt", "description", "scene", "provider", "teacher_id", "level_before", "checks")
Finding = dict[str, Any]
Level = dict[str, Any]


def locked(session: Session, story_id: str) -> Story | None:
    """A story and its pages as they are at this moment; nobody else changes them before this transaction ends."""
    fresh = {"populate_existing": True}
    # What a page tells is read when the page is locked, not beside it.
    of_it = select(Page).where(Page.story_id == story_id).order_by(Page.number).options(selectinload(Page.revision))
    story = session.scalar(select(Story).where(Story.id == story_id).with_for_update(), execution_options=fresh)
    session.scalars(of_it.with_for_update(), execution_options=fresh).all()
    return story


# --- approval


def content_hash(story: Story) -> str:
    """The SHA-256 of everything that is approved: title, cover, and the pages in their order."""
    pages = [[page.position, page.text, page.alt, page.image_id] for page in story.pages]
    return sha256(json.dumps([story.title, story.cover_id, pages]).encode()).hexdigest()


def is_approved(story: Story) -> bool:
    """Whether a teacher approved the story as it is now."""
    return story.review != "draft" and story.approved_hash == content_hash(story)


def changed_since_approval(story: Story) -> bool:
    """Whether it was approved once, and a change has ended that."""
    return story.approved_hash is not None and not is_approved(story)


def approve(story: Story, user_id: int) -> None:
    """Note who approved what, and when."""
    story.review = "approved"
    story.approved_by, story.approved_at, story.approved_hash = user_id, now(), content_hash(story)


def withdraw(story: Story) -> None:
    """Forget that it was approved."""
    story.review, story.approved_by, story.approved_at, story.approved_hash = "draft", None, None, None


def end_approval(story: Story) -> None:
    """Back to draft because of a change; that it was approved before is remembered."""
    story.review = "draft"


# --- words


def entitle(story: Story, title: str, *, teacher: bool = False) -> None:
    """Give a story its title; a writer's does not replace a teacher's."""
    if title == story.title or (story.teacher_title and not teacher):
        return
    story.title, story.search = title, searchable(title, story.brief)
    story.teacher_title = teacher
    end_approval(story)


def new_page(story: Story, draft: PageDraft) -> Page:
    """Return a page as the story's provider wrote it, measured."""
    end_approval(story)
    told = {name: getattr(draft, name) for name in ("text", "alt", "scene", "description")}
    revision = _revision(story, draft.number, provider=story.provider, **told)
    return Page(story_id=story.id, number=draft.number, revision=revision)


def set_text(
    story: Story,
    page: Page,
    words: str,
    *,
    alt: str | None = None,
    teacher_id: int | None = None,
    level_before: Level | None = None,
) -> bool:
    """Give a page a revision with another text, which is measured and has no check yet; True if it is another one.

    Without a ``teacher_id`` the story's provider wrote it, and it does not replace a teacher's. ``level_before`` is the
    level of a text that was rewritten for the age band. What had failed for its text has not any more.
    """
    alt = page.alt if alt is None else alt
    if (words, alt) == (page.text, page.alt) or (page.teacher_text and teacher_id is None):
        return False
    author: dict[str, Any] = {"provider": story.provider} if teacher_id is None else {"teacher_id": teacher_id}
    same = {"scene": page.scene, "description": page.description}
    page.revision = _revision(story, page.number, text=words, alt=alt, level_before=level_before, **same, **author)
    if page.state == "failed":
        move_page(page, "written")
        page.error = None
    end_approval(story)
    return True


def set_scene(story: Story, page: Page, scene: Scene) -> bool:
    """Give a page a revision with another scene, and an alt text that tells it; True if it is another one.

    The words and who wrote them stay. An illustrator that cannot see the scene is told it in the description.
    """
    if scene == page.scene:
        return False
    told = captions.caption(scene)
    kept = {name: getattr(page.revision, name) for name in ("text", "provider", "teacher_id", "level_before", "checks")}
    page.revision = _revision(story, page.number, scene=scene, alt=told, description=told, **kept)
    end_approval(story)
    return True


def go_back(story: Story, page: Page, told: PageRevision) -> None:
    """Have a page tell what it told before; a picture of another scene that it has by now stays, with its alt text."""
    if told.scene == page.scene:
        page.revision = told
    else:
        kept = {name: getattr(told, name) for name in ("text", "provider", "teacher_id", "level_before", "checks")}
        shown = {name: getattr(page, name) for name in ("scene", "alt", "description")}
        page.revision = _revision(story, page.number, **kept, **shown)
    if page.state == "failed":
        move_page(page, "written")
        page.error = None
    end_approval(story)


def teachers_page(story: Story, number: int, words: str, scene: Scene, teacher_id: int) -> Page:
    """Return a page that a teacher wrote, measured; the Kit draws it, whoever draws the others."""
    end_approval(story)
    told = captions.caption(scene)
    revision = _revision(story, number, text=words, scene=scene, alt=told, description=told, teacher_id=teacher_id)
    stand_in = story.brief.illustrator != STAND_IN
    return Page(story_id=story.id, number=number, position=None, revision=revision, stand_in=stand_in)


def copied_page(story: Story, number: int, page: Page) -> Page:
    """Return a page that tells and shows what another one does; its picture is still to be copied."""
    told = {name: getattr(page.revision, name) for name in _TOLD}
    facts = {name: getattr(page, name) for name in ("made_by", "error", "attempt", "stand_in")}
    state: PageState = "ready" if page.state == "ready" else "written"
    return Page(
        story_id=story.id, number=number, position=None, state=state, revision=_revision(story, number, **told), **facts
    )


def _revision(story: Story, number: int, *, text: str, **facts: Any) -> PageRevision:
    level = asdict(reading_level.of_pages([text], story.brief, story.cast))
    return PageRevision(story_id=story.id, page_number=number, text=text, level=level, **facts)


def add_check(page: Page, finding: Finding) -> None:
    """Store what a check said of the text that a page has now."""
    if finding not in page.checks:
        page.revision.checks = [*page.checks, finding]


# --- pictures


def add_image_check(page: Page, **finding: Any) -> None:
    """Store what was found of a picture that was drawn for a page, shown or not, with the attempt that it was."""
    page.image_checks = [*page.image_checks, {**finding, "attempt": page.attempt}]


def show_picture(session: Session, page: Page, image_id: str, made_by: str) -> None:
    """Give a page another picture; what was found of those that it replaces goes, but for what counts them."""
    page.image_id, page.made_by = image_id, made_by
    page.image_checks = [found for found in page.image_checks if found["attempt"] == page.attempt or found.get("flags")]
    session.flush()
    _end_approval_of(session, page.story_id)


def show_cover(session: Session, story: Story, image: Image) -> None:
    """Give a story its cover."""
    story.cover_id = image.id
    session.flush()
    _end_approval_of(session, story.id)


def _end_approval_of(session: Session, story_id: str) -> None:
    """In the database, behind whoever approves at this moment; a draft's row is not touched, for others wait for it."""
    session.execute(update(Story).where(Story.id == story_id, Story.review != "draft").values(review="draft"))
