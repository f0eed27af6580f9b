"""The pictures of a story: each page's and the cover's, and the end of the making."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storylib import images
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.manuscript import PictureOrder, Scene
from storylib.models import Image, Page, Story, now
from storylib.production.picture import Job, make, reserve, save
from storylib.providers import provider
from storylib.stories import move
from storylib.vocabulary import ImageRole

KIT = "kit"
COVER = 0  # the page number that stands for the cover


def draw(database: Database, story_id: str, number: int) -> bool:
    """Have one picture made and put on disk; True when there is something to ``keep``.

    A failure is written down on the page and in the ledger; the book goes on.

    Raises:
        Unavailable: the disk or the database does not take it; to be repeated.
    """
    with database.write() as session:
        story = session.get(Story, story_id)
        job = _job(session, story, number) if story and story.state in ("writing", "illustrating") else None
        if job is None:
            return False
        if number != COVER:
            session.get_one(Page, (story_id, number)).state = "drawing"
        call = reserve(session, job)
    try:
        make(database, job, call)
    except ProviderError as error:
        return _fall_back(database, story_id, number, error)
    return True


def _fall_back(database: Database, story_id: str, number: int, error: ProviderError) -> bool:
    """Let the Kit draw where another illustrator could not; True when it did."""
    with database.write() as session:
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        job = _job(session, story, number) if story else None
        if job is None:
            return False
        if job.maker.name == KIT:
            if page:
                page.state, page.error = "failed", str(error)
            return False
        if page:
            page.stand_in, page.error = True, f"{error} The Story Kit drew this picture instead."
        elif story:
            story.cover_stand_in = True
    return draw(database, story_id, number)


def keep(database: Database, story_id: str, number: int) -> None:
    """Save a drawn picture and show it; may be repeated until the database takes it.

    Raises:
        Unavailable: the database does not take it now; the picture waits on disk.
    """
    with database.read() as session:
        story = session.get(Story, story_id)
        job = _job(session, story, number) if story else None  # also of a cancelled story: what was made is kept
    if job is None:
        return
    try:
        save(database, job, lambda session, image: _attach(session, story_id, number, image))
    except ProviderError as error:
        if _fall_back(database, story_id, number, error):
            keep(database, story_id, number)


def _job(session: Session, story: Story, number: int) -> Job | None:
    """What is to be drawn, or None: it is there already, or was never written."""
    if number == COVER:
        wanted = story.cover_id is None and story.cover_scene is not None
        maker = KIT if story.cover_stand_in else story.brief.illustrator
        return _ordered(story, "cover", COVER, story.cover_scene, story.title, maker) if wanted else None
    page = session.get(Page, (story.id, number))
    if page is None or page.state == "ready":
        return None
    maker = KIT if page.stand_in else story.brief.illustrator
    return _ordered(story, "page", number, page.scene, page.description, maker, page.take)


def _ordered(
    story: Story, role: ImageRole, number: int, scene: Scene | None, description: str, maker: str, take: int = 1
) -> Job:
    assert scene is not None
    place = images.Place(story.owner_id, role, story_id=story.id, page_number=number or None)
    seed = page_seed(story.brief.seed, number, take)
    order = PictureOrder.of(role, scene, story.cast, story.brief.style, seed, description)
    return Job(provider(maker), order, place, take)


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
