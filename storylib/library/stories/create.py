"""A story asked for: the brief checked, the plan's limits kept, the row written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from storylib import text
from storylib.billing import quotas
from storylib.config import settings
from storylib.errors import Invalid, NotFound
from storylib.models import Character, Story, StoryCharacter, User, new_id
from storylib.story import Brief
from storylib.vocabulary import MORALS

SEEDS = 2**31


def ask(
    session: Session, user: User, brief: Brief, character_ids: Sequence[int] = (), story_id: str | None = None
) -> Story:
    """Write down what a teacher asked for; making it begins when the row is committed.

    Asking twice with the same new ``story_id`` (a double click) gives the one story.

    Raises:
        Invalid: the brief breaks a rule.
        LimitReached: the plan allows no more.
    """
    if story_id and (asked := session.get(Story, story_id)) and asked.owner_id == user.id:
        return asked
    brief = checked(brief)
    quotas.allow_story(session, user, brief.pages)
    story = Story(
        id=story_id or new_id(),
        owner_id=user.id,
        brief=brief,
        age_band=brief.age_band,
        tone=brief.tone,
        moral=brief.moral,
        provider=brief.provider,
        search=searchable("", brief),
    )
    session.add(story)
    session.flush()
    session.add_all(StoryCharacter(story_id=story.id, character_id=id_) for id_ in _own(session, user, character_ids))
    return story


def checked(brief: Brief) -> Brief:
    """The brief with its free text cleaned, and a seed where none was chosen.

    Raises:
        Invalid: names the field.
    """
    names = [text.key(spec.name) for spec in brief.characters]
    if len(set(names)) < len(names):
        raise Invalid("Two characters have the same name; a story needs different ones.", "characters")
    for provider in (brief.provider, brief.illustrator):
        if provider not in settings().config.providers:
            raise Invalid(f"There is no AI provider called {provider}.", "provider")
    moral = brief.moral if brief.moral in MORALS else text.line(brief.moral, "moral", 80)
    return brief.model_copy(
        update={
            "theme": text.line(brief.theme, "theme", 200),
            "moral": moral or "fits",
            "seed": brief.seed or _any_seed(),
        }
    )


def next_seed(session: Session, user_id: int) -> int:
    """The seed behind that of the latest story: the Story Kit keeps books with seeds in a row apart."""
    latest = select(Story.brief).where(Story.owner_id == user_id).order_by(Story.created_at.desc(), Story.id.desc())
    before = session.scalar(latest.limit(1))
    return before.seed % (SEEDS - 1) + 1 if before else _any_seed()


def past_briefs(session: Session, user_id: int, most: int = 20) -> list[Brief]:
    """What the user's latest stories were asked for with, the newest first."""
    latest = select(Story.brief).where(Story.owner_id == user_id).order_by(Story.created_at.desc(), Story.id.desc())
    return list(session.scalars(latest.limit(most)))


def _any_seed() -> int:
    """Never 0, which stands for none: the book of a preview is the book that is made."""
    return 1 + secrets.randbelow(SEEDS - 1)


def _own(session: Session, user: User, ids: Sequence[int]) -> Sequence[int]:
    return session.scalars(select(Character.id).where(Character.id.in_(ids), Character.owner_id == user.id)).all()


def searchable(title: str, brief: Brief) -> str:
    """What the gallery's search looks through."""
    return text.key(" ".join([title, brief.theme, *(spec.name for spec in brief.characters)]))


def get(session: Session, user_id: int, story_id: str) -> Story:
    """One of your stories with its pages.

    Raises:
        NotFound: there is none with this id, it was deleted, or it is somebody else's.
    """
    story = session.scalar(
        select(Story)
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_(None))
        .options(selectinload(Story.pages))
    )
    if story is None:
        raise NotFound("There is no such story.")
    return story
