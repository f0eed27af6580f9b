"""The pictures of a story: each page's and the cover's, and the end of the making."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.billing import ledger
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError, StorylibError
from storylib.errors.messages import Message, message
from storylib.generation import check_results
from storylib.generation.image_calls import Job, discard, make, reserve, save
from storylib.generation.portrait_drawing import portraits_of
from storylib.generation.registry import provider_for
from storylib.library import images, pending_images
from storylib.library.stories import content, states
from storylib.models import Image, Page, Story, User
from storylib.providers.contract import Verdict
from storylib.providers.labels import label
from storylib.story import ImageRequest, Scene
from storylib.vocabulary import STAND_IN, ImageRole

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
        return draw(database, story_id, number) if _otherwise(database, story_id, number, error) else None
    return job.fingerprint


def _claim(session: Session, story_id: str, number: int) -> Job | None:
    """The picture to make now, or None: it is there, or the story was cancelled or deleted. What was made already and
    waits on disk is kept in a cancelled story too."""
    story = session.get(Story, story_id)
    job = _job(session, story, number) if story else None
    if story is None or job is None:
        return None
    if story.state not in ("writing", "illustrating") and not pending_images.waits(job.fingerprint):
        return None
    if number != COVER and (page := session.get(Page, (story_id, number))) and page.state != "ready":
        states.move_page(page, "drawing")
    return job


def _otherwise(database: Database, story_id: str, number: int, error: StorylibError) -> bool:
    """Whether another way to the picture is left after an error: softer words, once, then the Kit."""
    with database.write() as session:
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        if story is None:
            return False
        kind = error.kind if isinstance(error, ProviderError) else None
        if page and kind in ("blocked", "refused") and not (page.stand_in or check_results.is_blocked(page)):
            content.add_image_check(page, check="the illustrator", flags=[kind])
            return True
        return _stand_in(story, page, error.message)


def reject(database: Database, story_id: str, number: int, fingerprint: str, verdict: Verdict) -> None:
    """A drawn picture is not fit for children: it is dropped; the next is drawn from the scene alone, or by the Kit.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """
    with database.write() as session:
        discard(session, fingerprint, "blocked")
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        last_try = page is None or check_results.is_blocked(page)
        if page:
            flags, scores = list(verdict.flags), verdict.scores
            content.add_image_check(page, check=f"{verdict.check} of the picture", flags=flags, scores=scores)
        if story and last_try:
            _stand_in(story, page, message("picture.unfit", flags=verdict.flags))
    pending_images.drop(fingerprint)


def _stand_in(story: Story, page: Page | None, why: Message) -> bool:
    """Whether the Kit draws where another illustrator could not. A picture that is there stays; without one, where the
    Kit could not either, the page has failed."""
    if page and page.image_id:
        states.move_page(page, "ready", message("picture.stays", why=why))
        page.stand_in = story.brief.illustrator != STAND_IN and page.made_by == label(STAND_IN)
        return False
    if story.brief.illustrator == STAND_IN or (page.stand_in if page else story.cover_stand_in):
        if page:
            states.move_page(page, "failed", why)
        return False
    if page:
        page.stand_in, page.error = True, message("picture.stand-in", why=why)
    else:
        story.cover_stand_in = True
    return True


def keep(database: Database, story_id: str, number: int, fingerprint: str) -> bool:
    """Save a drawn picture and show it, also in a cancelled story; may be repeated until the database takes it.

    False: it is not on this machine (another drew it, or the disk lost it), so its call is given up and it is for
    ``draw`` to decide anew: what was free is drawn again, and what may have been charged is not.

    Raises:
        Unavailable: the database does not take it now; the picture waits on disk.
    """
    with database.read() as session:
        story = session.get(Story, story_id)
        page = session.get(Page, (story_id, number))
        if story is None or (story.cover_id if number == COVER else page is None or page.state == "ready"):
            return True
    try:
        subject = _subject(story, number)
        return save(database, fingerprint, subject, lambda session, image: _attach(session, story_id, number, image))
    except ProviderError as error:
        with database.write() as session:
            discard(session, fingerprint, error.kind)
        pending_images.drop(fingerprint)
        if _otherwise(database, story_id, number, error) and (other := draw(database, story_id, number)):
            return keep(database, story_id, number, other)
    return True


def _subject(story: Story, number: int) -> images.Subject:
    role: ImageRole = "cover" if number == COVER else "page"
    return images.Subject(story.owner_id, role, story_id=story.id, page_number=number or None)


def _job(session: Session, story: Story, number: int) -> Job | None:
    """What is to be drawn, or None: it is there already, or was never written."""
    if number == COVER:
        if story.cover_id or story.cover_scene is None:
            return None
        return _ordered(session, story, number, story.cover_scene, story.title, story.cover_stand_in)
    page = session.get(Page, (story.id, number))
    if page is None or page.position is None or page.state == "ready":
        return None
    told = "" if check_results.is_blocked(page) else page.description
    return _ordered(session, story, number, page.scene, told, page.stand_in, check_results.nth(page))


def _ordered(
    session: Session, story: Story, number: int, scene: Scene, description: str, stand_in: bool, attempt: int = 1
) -> Job:
    provider = provider_for(STAND_IN if stand_in else story.brief.illustrator, session.get_one(User, story.owner_id))
    subject, brief = _subject(story, number), story.brief
    seed = page_seed(brief.seed, number, attempt)
    request = ImageRequest.of(subject.role, scene, story.cast, brief.style, seed, description, book=brief.seed)
    shown = portraits_of(session, story, request.cast) if provider.takes_references else ()
    return Job(provider, request, subject, attempt, tuple(portrait for _, portrait in shown))


def page_seed(seed: int, number: int, attempt: int = 1) -> int:
    """A seed of its own for each picture of a book; the primes keep neighbours and takes apart."""
    return (seed + 7919 * number + 104729 * (attempt - 1)) % 2**31


def _attach(session: Session, story_id: str, number: int, image: Image) -> None:
    if number == COVER:
        content.show_cover(session, session.get_one(Story, story_id), image)
        return
    page = session.get_one(Page, (story_id, number))
    states.move_page(page, "ready")
    page.error = page.error if page.stand_in else None
    content.show_picture(session, page, image.id, image.made_by)


def settle(database: Database, story_id: str, run: int) -> None:
    """Call the story ready, or failed if a picture is missing; everything that was made is kept either way."""
    with database.write() as session:
        _give_up_cut_off(session, story_id, run)
        story = content.locked(session, story_id)
        if story is None:
            return
        for page in story.pages:
            if page.state == "drawing":  # stopped by a cancel and a crash
                states.move_page(page, "written")
        missing = sum(page.state != "ready" for page in story.pages)
        if story.run == run and story.state == "illustrating":
            why = message("story.pictures-missing", missing=missing) if missing else None
            states.move(story, "failed" if missing else "ready", why)


def _give_up_cut_off(session: Session, story_id: str, run: int) -> None:
    """Nothing of this run is under way any more, so no call stays open, but that of a picture that waits on disk: it is
    saved when the story is asked for again."""
    if session.scalar(select(Story.run).where(Story.id == story_id)) in (None, run):
        ledger.give_up(
            session, [call for call in ledger.left(session, story_id) if not pending_images.waits(call.fingerprint)]
        )
