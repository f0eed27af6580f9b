"""One picture: reserved in the ledger, made, put on disk, saved. Pages, covers and portraits all come this way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib import images, ledger, spool
from storylib.config import settings
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.manuscript import PictureOrder
from storylib.models import Call, Image
from storylib.production.clock import Clock
from storylib.providers import Provider


@dataclass(frozen=True)
class Job:
    """What is to be made, by whom, and where it goes."""

    maker: Provider
    order: PictureOrder
    place: images.Place
    take: int = 1

    @property
    def fingerprint(self) -> str:
        """What the ledger knows it by."""
        return ledger.fingerprint(self.maker.name, self.maker.model, self.order, take=self.take)

    @property
    def label(self) -> str:
        """Who makes it, as the screen says."""
        return settings().config.providers[self.maker.name].label


def reserve(session: Session, job: Job) -> Call:
    """The ledger's row; a settled one whose picture is gone makes way for a new one."""
    ask = ledger.Ask(
        job.place.owner_id,
        "draw",
        job.maker.name,
        job.maker.model,
        job.fingerprint,
        job.maker.free,
        story_id=job.place.story_id,
        page_number=job.place.page_number,
    )
    call = ledger.reserve(session, ask)
    if call.state == "settled" and (call.image_id is None or session.get(Image, call.image_id) is None):
        ledger.retire(session, call)
        call = ledger.reserve(session, ask)
    return call


def make(database: Database, job: Job, call: Call) -> None:
    """Have it made, unless it has been, and put it on disk.

    Raises:
        ProviderError: it could not be made; the ledger knows.
        Unavailable: it was made, and the disk does not take it.
    """
    if call.state == "settled" or spool.get(job.fingerprint):
        return
    clock = Clock()
    try:
        ledger.refuse_unknown(call)
        picture = job.maker.illustrator.draw(job.order)
    except ProviderError as error:
        with database.write() as session:
            ledger.fail(session, call.id, error, clock.ms)
        raise
    spool.put(job.fingerprint, picture, clock.ms)


def save(database: Database, job: Job, attach: Callable[[Session, Image], None]) -> None:
    """Store what ``make`` made, close its row, and ``attach`` it, all in one transaction.

    May be repeated until it succeeds: the picture stays on disk until then.

    Raises:
        ProviderError: what was made is no picture.
        Unavailable: the database does not take it now.
    """
    spooled = spool.get(job.fingerprint)
    prepared = images.prepare(spooled[0]) if spooled else None  # decoding takes time: before the transaction
    with database.write() as session:
        call = session.scalars(select(Call).where(Call.fingerprint == job.fingerprint, Call.state != "failed")).one()
        if prepared and spooled and call.state != "settled":
            picture, ms = spooled
            image = images.add(session, prepared, job.place, job.label)
            cost = ledger.FREE if job.maker.free else None
            ledger.settle(session, call.id, picture.usage, cost, ms, image_id=image.id)
        else:
            image = images.copy(session, session.get_one(Image, call.image_id), job.place)
        attach(session, image)
    spool.drop(job.fingerprint)
