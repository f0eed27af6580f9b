"""Stories: asked for, made page by page, listed, kept and deleted. Only the owner ever finds one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.orm import Session, selectinload

from storylib import ledger, limits, text
from storylib.config import settings
from storylib.errors import Invalid, LimitReached, NotFound
from storylib.manuscript import Brief
from storylib.models import Character, Page, Story, StoryCharacter, User, new_id, now
from storylib.vocabulary import MORALS, AgeBand, Review, StoryState, Tone

MAKING: tuple[StoryState, ...] = ("queued", "writing", "illustrating")
UNDO = timedelta(days=1)  # how long a deleted story can come back


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
    limits.allow_story(session, user, brief.pages)
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
    names = [text.key(sheet.name) for sheet in brief.characters]
    if len(set(names)) < len(names):
        raise Invalid("Two characters have the same name; a story needs different ones.", "characters")
    for maker in (brief.provider, brief.illustrator):
        if maker not in settings().config.providers:
            raise Invalid(f"There is no maker called {maker}.", "provider")
    moral = brief.moral if brief.moral in MORALS else text.line(brief.moral, "moral", 80)
    return brief.model_copy(
        update={
            "theme": text.line(brief.theme, "theme", 200),
            "moral": moral or "none",
            "seed": brief.seed or secrets.randbelow(2**31),
        }
    )


def _own(session: Session, user: User, ids: Sequence[int]) -> Sequence[int]:
    return session.scalars(select(Character.id).where(Character.id.in_(ids), Character.owner_id == user.id)).all()


def searchable(title: str, brief: Brief) -> str:
    """What the gallery's search looks through."""
    return text.key(" ".join([title, brief.theme, *(sheet.name for sheet in brief.characters)]))


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


# --- the gallery


@dataclass(frozen=True)
class Filter:
    """What the gallery shows. Empty means everything."""

    search: str = ""
    age_band: AgeBand | None = None
    tone: Tone | None = None
    moral: str | None = None
    state: StoryState | None = None
    review: Review | None = None
    favourites: bool = False


@dataclass(frozen=True)
class Card:
    """A story as the gallery shows it."""

    id: str
    title: str
    state: StoryState
    review: Review
    age_band: AgeBand
    tone: Tone
    moral: str
    favourite: bool
    cover_id: str | None
    created_at: datetime


Cursor = tuple[datetime, str]  # the last card's created_at and id


def cards(
    session: Session, user_id: int, wanted: Filter = Filter(), after: Cursor | None = None, count: int = 24
) -> list[Card]:
    """A page of the gallery, newest first, starting behind ``after``; the number of stories does not slow it."""
    query = (
        select(*(getattr(Story, field) for field in Card.__dataclass_fields__))
        .where(Story.owner_id == user_id, Story.deleted_at.is_(None), *_conditions(wanted))
        .order_by(Story.created_at.desc(), Story.id.desc())
        .limit(count)
    )
    if after:
        query = query.where(tuple_(Story.created_at, Story.id) < after)
    return [Card(*row) for row in session.execute(query)]


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = [
        getattr(Story, field) == value
        for field in ("age_band", "tone", "moral", "state", "review")
        if (value := getattr(wanted, field))
    ]
    if wanted.favourites:
        found.append(Story.favourite)
    found += [Story.search.contains(word, autoescape=True) for word in text.key(wanted.search).split()]
    return found


def any_of(session: Session, user_id: int) -> bool:
    """Whether you have a story at all."""
    return (
        session.scalar(select(Story.id).where(Story.owner_id == user_id, Story.deleted_at.is_(None)).limit(1))
        is not None
    )


def set_favourite(session: Session, user_id: int, story_id: str, favourite: bool) -> None:
    """Mark or unmark a story.

    Raises:
        NotFound: as for ``get``.
    """
    _change(session, user_id, story_id, favourite=favourite)


def throw_away(session: Session, user_id: int, story_id: str) -> None:
    """Delete a story; it can come back for a day.

    Raises:
        NotFound: as for ``get``.
    """
    _change(session, user_id, story_id, deleted_at=now())


def bring_back(session: Session, user_id: int, story_id: str) -> None:
    """Undo ``throw_away``.

    Raises:
        NotFound: no such story of yours was deleted lately.
    """
    found = session.execute(
        update(Story)
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_not(None))
        .values(deleted_at=None)
        .returning(Story.id)
    )
    if found.first() is None:
        raise NotFound("There is no such story to bring back.")


def purge(session: Session) -> int:
    """Remove for good what was deleted more than a day ago; returns how many."""
    gone = session.execute(delete(Story).where(Story.deleted_at < now() - UNDO).returning(Story.id))
    return len(gone.all())


def _change(session: Session, user_id: int, story_id: str, **values: object) -> None:
    found = session.execute(
        update(Story)
        .where(Story.id == story_id, Story.owner_id == user_id, Story.deleted_at.is_(None))
        .values(**values)
        .returning(Story.id)
    )
    if found.first() is None:
        raise NotFound("There is no such story.")


# --- a teacher's changes


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


def again(session: Session, user_id: int, story_id: str) -> Story:
    """Start the making once more: what is there is kept, what failed or is missing is made.

    What may have been charged and was lost is asked for again: whoever calls this has accepted that.

    Raises:
        NotFound: as for ``get``.
        Invalid: it is being made already.
    """
    story = get(session, user_id, story_id)
    if story.state in MAKING:
        raise Invalid("This story is being made already.")
    for page in story.pages:
        if page.state == "failed":
            page.state, page.error = "written", ""
    ledger.accept_unknown(session, story_id)
    story.state, story.error, story.finished_at = "queued", "", None
    story.run += 1
    return story


def redraw(session: Session, user: User, story_id: str, number: int) -> Story:
    """Ask for another picture of a page; the one that is there stays until the new one is drawn.

    Raises:
        NotFound: no such page of yours.
        Invalid: the story is being made.
        LimitReached: the plan allows no more redraws of a picture, or the requests come too fast.
    """
    allowed = limits.plan(user).redraws
    wanted = page(session, user.id, story_id, number)
    if wanted.take > allowed:
        raise LimitReached(
            f"Your plan redraws a picture {allowed} times, and this one has been. The picture stays as it is."
        )
    limits.allow_request(session, user)
    story = again(session, user.id, story_id)
    wanted.state, wanted.take, wanted.stand_in = "written", wanted.take + 1, False
    return story


def move(session: Session, story_id: str, before: StoryState, after: StoryState) -> bool:
    """Change a story's state only if nobody (a cancel, a delete) changed it meanwhile; True if it was changed."""
    moved = session.execute(
        update(Story).where(Story.id == story_id, Story.state == before).values(state=after).returning(Story.id)
    )
    return moved.first() is not None


def cancel(session: Session, user_id: int, story_id: str) -> None:
    """Stop the making; finished pages are kept. A story that is already made stays as it is.

    Raises:
        NotFound: as for ``get``.
    """
    story = get(session, user_id, story_id)
    if story.state in MAKING:
        story.state, story.finished_at = "cancelled", now()
