"""A story once more, to be changed apart from the first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.billing import quotas
from storylib.errors import Invalid
from storylib.library import images
from storylib.library.stories import arrange, content, history
from storylib.library.stories.create import get, searchable
from storylib.models import Image, Story, StoryCharacter, User, new_id, now

_KEPT = (
    "owner_id", "age_band", "tone", "moral", "provider", "brief", "supporting", "cover_scene",
    "cover_stand_in", "extras",
)  # fmt: skip


def copy(session: Session, user: User, story_id: str) -> Story:
    """Make a copy of a finished story with pictures of its own: a draft that nobody else sees.

    Raises:
        NotFound: as for ``get``.
        Invalid: the story is not finished.
        LimitReached: the requests come too fast.
    """
    first = get(session, user.id, story_id)
    if first.state != "ready":
        raise Invalid("story.uncopied")
    quotas.allow_request(session, user)
    facts: dict[str, Any] = {name: getattr(first, name) for name in _KEPT}
    title = f"{first.title[:113]} (copy)"
    story = Story(id=new_id(), title=title, teacher_title=True, state="ready", finished_at=now(), **facts)
    story.search = searchable(title, story.brief)
    session.add(story)
    session.flush()
    _cast(session, first, story)
    _cover(session, first, story)
    pages = [arrange.copied(session, story, page, number) for number, page in enumerate(first.pages, 1)]
    history.arrange(session, story, [page.number for page in pages])
    history.begin(session, story, user.id, "copied")
    return story


def _cast(session: Session, first: Story, story: Story) -> None:
    starring = select(StoryCharacter.character_id).where(StoryCharacter.story_id == first.id)
    session.add_all(StoryCharacter(story_id=story.id, character_id=each) for each in session.scalars(starring).all())


def _cover(session: Session, first: Story, story: Story) -> None:
    if shown := first.cover_id and session.get(Image, first.cover_id):
        subject = images.Subject(story.owner_id, "cover", story_id=story.id)
        content.show_cover(session, story, images.copy(session, shown, subject))
