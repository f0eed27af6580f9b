"""The pictures of a story: each page's and the cover's, and the end of the making."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storylib import images
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError, StorylibError
from storylib.manuscript import PictureOrder, Scene
from storylib.models import Image, Page, Story, User, now
from storylib.production.picture import Job, make, reserve, save
from storylib.production.portraits import references
from storylib.providers import provider
from storylib.stories import move
from storylib.vocabulary import ImageRole

KIT = "kit"
COVER = 0  # the page number that stands for the cover


def draw(database: Database, story_id: str, number: int) -> str | None:
    """Have one picture made and put on disk; its fingerprint, for ``keep``, or None if there is nothing to keep.

    A failure is written down on the page and in the ledger; the book goes on.

    Raises:
        Unavailable: the disk or the database does not take it; to be repeated.
    """
    try:
        with database.write() as session:
            job = _claim(session, story_id, number)
            if job is None:
                return None
            call = reserve(session, job)
        make(database, job, call)
    except (ProviderError, LimitReached) as error:
        return draw(database, story_id, number) if _stand_in(database, story_id, number, error) else None
    return job.fingerprint


def _claim(session: Session, story_id: str, number: int) -> Job | None:
    """The picture to make now, or None: it is there, or the story was cancelled or deleted."""
    story = session.get(Story, story_id)
    if story is None or story.state not in ("writing", "illustrating"):
        return None
    if number != COVER and (page := session.get(Page, (story_id, number))) and page.state != "ready":
        page.state = "drawing"
    return _job(session, story, number)


def _stand_in(database: Database, story_id: str, number: int, error: StorylibError) -> bool:
    """Whether the Kit draws where another illustrator could not; where the Kit could not, the page has failed."""
    with database.write() as session:
        story = session.get(Story, story_id)
        if story is None:
            return False
        page = session.get(Page, (story_id, number))
        if story.brief.illustrator == KIT or (page.stand_in if page else story.cover_stand_in):
            if page:
                page.state, page.error = "failed", str(error)
            return False
        if page:
            page.stand_in, page.error = True, f"{error} The Story Kit drew this picture instead."
        else:
            story.cover_stand_in = True
    return True


def keep(database: Database, story_id: str, number: int, fingerprint: str) -> None:
    """Save a drawn picture and show it, also in a cancelled story; may be repeated until the database takes it.

    Raises:
        Unavailable: the database does not take it now; the picture waits on disk.
    """
    with database.read() as session:
        story = session.get(Story, story_id)
        page = session.get(Page, (story_id, number))
        if story is None or (story.cover_id if number == COVER else page is None or page.state == "ready"):
            return
    try:
        place = _place(story, number)
        save(database, fingerprint, place, lambda session, image: _attach(session, story_id, number, image))
    except ProviderError as error:
        if _stand_in(database, story_id, number, error) and (other := draw(database, story_id, number)):
            keep(database, story_id, number, other)


def _place(story: Story, number: int) -> images.Place:
    role: ImageRole = "cover" if number == COVER else "page"
    return images.Place(story.owner_id, role, story_id=story.id, page_number=number or None)


def _job(session: Session, story: Story, number: int) -> Job | None:
    """What is to be drawn, or None: it is there already, or was never written."""
    if number == COVER:
        if story.cover_id or story.cover_scene is None:
            return None
        return _ordered(session, story, number, story.cover_scene, story.title, story.cover_stand_in)
    page = session.get(Page, (story.id, number))
    if page is None or page.state == "ready":
        return None
    return _ordered(session, story, number, page.scene, page.description, page.stand_in, page.take)


def _ordered(
    session: Session, story: Story, number: int, scene: Scene, description: str, stand_in: bool, take: int = 1
) -> Job:
    maker = provider(KIT if stand_in else story.brief.illustrator, session.get_one(User, story.owner_id))
    place, seed = _place(story, number), page_seed(story.brief.seed, number, take)
    order = PictureOrder.of(place.role, scene, story.cast, story.brief.style, seed, description)
    return Job(maker, order, place, take, () if maker.name == KIT else references(session, story, order.cast))


def page_seed(seed: int, number: int, take: int = 1) -> int:
    """A seed of its own for each picture of a book; the primes keep neighbours and takes apart."""
    return (seed + 7919 * number + 104729 * (take - 1)) % 2**31


def _attach(session: Session, story_id: str, number: int, image: Image) -> None:
    if number == COVER:
        session.get_one(Story, story_id).cover_id = image.id
        return
    page = session.get_one(Page, (story_id, number))
    page.image_id, page.state, page.made_by = image.id, "ready", image.made_by
    if not page.stand_in:
        page.error = ""


def settle(database: Database, story_id: str) -> None:
    """Call the story ready, or failed if a picture is missing; everything that was made is kept either way."""
    with database.write() as session:
        stopped = update(Page).where(Page.story_id == story_id, Page.state == "drawing")  # by a cancel and a crash
        session.execute(stopped.values(state="written"))
        missing = session.scalar(
            select(func.count()).select_from(Page).where(Page.story_id == story_id, Page.state != "ready")
        )
        if move(session, story_id, "illustrating", "failed" if missing else "ready"):
            story = session.get_one(Story, story_id, populate_existing=True)
            story.finished_at = now()
            story.error = f"{_pictures(missing)} could not be drawn. Everything else is kept." if missing else ""


def _pictures(count: int) -> str:
    return "One picture" if count == 1 else f"{count} pictures"
