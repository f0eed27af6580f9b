"""One picture: reserved in the ledger, made, put on disk, saved. Pages, covers and portraits all come this way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storylib.billing import ledger
from storylib.db import Database
from storylib.errors import ErrorKind, ProviderError
from storylib.generation.calls import admit, ask_of, close, watched
from storylib.generation.registry import PricedProvider, provider_for
from storylib.generation.stopwatch import Clock
from storylib.library import images, pending_images
from storylib.models import Call, Image
from storylib.providers.contract import Illustrator
from storylib.providers.labels import label
from storylib.story import ImageRequest
from storylib.vocabulary import Operation


@dataclass(frozen=True)
class Job:
    """What is to be made, by whom, and where it goes. ``references`` are portraits for those who need them."""

    provider: PricedProvider
    request: ImageRequest
    subject: images.Subject
    attempt: int = 1
    references: tuple[bytes, ...] = ()

    @property
    def operation(self) -> Operation:
        """What its provider is asked for."""
        return "portrait" if self.request.role == "portrait" else "draw"

    @property
    def fingerprint(self) -> str:
        """What the ledger knows it by."""
        return ledger.fingerprint(
            self.provider.name, self.provider.model("draw"), self.request, self.references, self.attempt
        )


def reserve(session: Session, job: Job) -> Call:
    """The ledger's row; a settled one whose picture is gone makes way for a new one.

    Raises:
        LimitReached: it would cross a budget.
    """
    there = ledger.find(session, job.fingerprint)
    if there and there.state == "settled" and not ledger.is_unusable(there) and not _is_there(session, there.image_id):
        ledger.release_fingerprint(session, there)
    subject = job.subject.owner_id, job.subject.story_id, job.subject.page_number
    ask = ask_of(job.provider, job.operation, subject, job.fingerprint, references=len(job.references))
    return admit(session, job.provider, job.operation, ask, images=1)


def _is_there(session: Session, image_id: str | None) -> bool:
    return image_id is not None and session.get(Image, image_id) is not None


def make(database: Database, job: Job, call: Call) -> None:
    """Have it made, unless it has been, and put it on disk.

    Raises:
        ProviderError: it could not be made; the ledger knows.
        Unavailable: it was made, and the disk does not take it.
    """
    if pending_images.get(job.fingerprint):
        return
    ledger.refuse_lost(call)
    if call.state == "settled":
        return
    clock = Clock()
    try:
        with watched(database, job.provider, job.operation, call):
            picture = illustrator_of(job.provider).draw(job.request, job.references)
    except ProviderError as error:
        with database.write() as session:
            close(session, call, job.provider, error, clock.ms)
        raise
    pending_images.put(job.fingerprint, picture, clock.ms)


def illustrator_of(provider: PricedProvider) -> Illustrator:
    """Return who draws for a provider.

    Raises:
        ProviderError: nobody does.
    """
    if provider.illustrator is None:
        message = f"{label(provider.name)} cannot draw. Choose who illustrates."
        raise ProviderError(message, "unsupported", permanent=True)
    return provider.illustrator


def save(
    database: Database, fingerprint: str, subject: images.Subject, attach: Callable[[Session, Image], None]
) -> bool:
    """Store what ``make`` made, close its row, and ``attach`` it, all in one transaction.

    May be repeated until it succeeds: the picture stays on disk until then. False: there is nothing to store, because
    its call brought nothing or because it is not on this machine.

    Raises:
        ProviderError: what was made is no picture.
        Unavailable: the database does not take it now.
    """
    spooled = pending_images.get(fingerprint)
    prepared = images.prepare(spooled[0]) if spooled else None  # decoding takes time: before the transaction
    with database.write() as session:
        call = ledger.find(session, fingerprint)
        if call is None or ledger.is_unusable(call):
            return False
        if call.state != "settled":
            if spooled is None or prepared is None:
                ledger.give_up(session, [call])
                return False
            picture, ms = spooled
            image = images.add(session, prepared, subject, label(call.provider))
            cost = provider_for(call.provider).cost(call.operation, picture.usage)
            ledger.settle(session, call.id, picture.usage, cost, ms, image_id=image.id)
        else:
            image = images.copy(session, session.get_one(Image, call.image_id), subject)
        attach(session, image)
    pending_images.drop(fingerprint)
    return True


def discard(session: Session, fingerprint: str, why: ErrorKind) -> None:
    """Close the row of a picture that was charged and must not be shown; after the commit it may go from the disk."""
    call, spooled = ledger.find(session, fingerprint), pending_images.get(fingerprint)
    if call and spooled and call.state != "settled":
        picture, ms = spooled
        cost = provider_for(call.provider).cost(call.operation, picture.usage)
        ledger.settle(session, call.id, picture.usage, cost, ms, unusable=why)
