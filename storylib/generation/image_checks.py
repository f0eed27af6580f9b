"""What a drawn picture goes through: is it fit for children, and does its cast look like its portraits?

The Kit's pictures need neither. Of others, one that is not fit is drawn once more from its scene alone, without the
writer's prose; then the Kit draws. A portrait that is not fit is not shown; the teacher may ask for another. A page
that is unlike its portraits is drawn once more, within the budget, and the better one is shown. What was found is
written on the page; of a cover and of a portrait only the ledger knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from storylib.billing import ledger, quotas
from storylib.billing.money import Usage
from storylib.db import Database
from storylib.errors import LimitReached, ProviderError
from storylib.errors.messages import Message, message
from storylib.generation import check_results
from storylib.generation.calls import Subject, call
from storylib.generation.drawing import COVER, reject
from storylib.generation.portrait_drawing import CandidateKey, portraits_of, reject_candidate
from storylib.generation.registry import PricedProvider, provider_for
from storylib.identity.access import SYSTEM
from storylib.library import images, pending_images
from storylib.library.stories import content, states
from storylib.models import Candidate, Character, Page, Story, User
from storylib.providers.contract import ImageModerator, Picture, Resemblance, Verdict
from storylib.story import CharacterSpec, Model
from storylib.vocabulary import Operation

LIKE_ENOUGH = 0.6  # of 1; under it a picture is drawn once more


class _Seen(Model):
    """A picture that is looked at, by its SHA-256, and beside what."""

    looked_at_for: str
    picture: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Inspection:
    """A picture under the lamp."""

    provider: PricedProvider
    subject: Subject
    picture: Picture

    def sight(self, why: str, beside: tuple[bytes, ...] = ()) -> _Seen:
        """What the ledger knows it by."""
        return _Seen(looked_at_for=why, picture=_sha(self.picture.data), beside=tuple(map(_sha, beside)))


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- fit for children


def inspect(database: Database, story_id: str, number: int, fingerprint: str) -> bool:
    """Whether a drawn picture may be shown; one that may not is charged, dropped, and to be drawn otherwise.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """

    def find(session: Session, picture: Picture) -> _Inspection | None:
        story, page = session.get(Story, story_id), session.get(Page, (story_id, number))
        if story is None or (page.stand_in if page else story.cover_stand_in):
            return None
        return _lit(session, story.brief.illustrator, (story.owner_id, story_id, number or None), picture)

    return _is_fit(database, fingerprint, find, partial(reject, database, story_id, number))


def inspect_candidate(database: Database, key: CandidateKey, fingerprint: str) -> bool:
    """The same for a portrait to choose from; the teacher is told of one that may not be shown.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """

    def find(session: Session, picture: Picture) -> _Inspection | None:
        candidate, character = session.get(Candidate, key), session.get(Character, key.character_id)
        if candidate is None or character is None:
            return None
        return _lit(session, candidate.provider, (character.owner_id, None, None), picture)

    return _is_fit(database, fingerprint, find, partial(reject_candidate, database, key))


def _lit(session: Session, name: str, subject: Subject, picture: Picture) -> _Inspection | None:
    provider = provider_for(name, session.get_one(User, subject[0]))
    return None if provider.hand_written else _Inspection(provider, subject, picture)


def _is_fit(
    database: Database,
    fingerprint: str,
    find: Callable[[Session, Picture], _Inspection | None],
    reject: Callable[[str, Verdict], None],
) -> bool:
    with database.read() as session:
        row, spooled = ledger.find(session, fingerprint), pending_images.get(fingerprint)
        inspection = find(session, spooled[0]) if spooled else None
    if row is not None and ledger.is_unusable(row):
        pending_images.drop(fingerprint)  # a crash came in between
        return False
    verdict = _judged(database, inspection) if inspection else None
    if verdict is None:
        return True
    if verdict.flags:
        reject(fingerprint, verdict)
        return False
    _note(database, inspection, verdict)
    return True


def _judged(database: Database, inspection: _Inspection) -> Verdict | None:
    """By the first that can: the moderation endpoint, else a model that looks; None, and a note why, if nobody can."""
    why = message("picture.no-check")
    checkers: list[tuple[Operation, ImageModerator | None]] = [
        ("check", inspection.provider.moderator),
        ("inspect", inspection.provider.image_moderator),
    ]
    for operation, checker in checkers:
        if checker is None:
            continue
        try:
            return call(
                database,
                inspection.provider,
                operation,
                inspection.sight("fitness"),
                inspection.subject,
                _asking(checker, inspection),
                Verdict,
            )
        except (ProviderError, LimitReached) as error:
            why = error.message
    _note(database, inspection, why)
    return None


def _asking(checker: ImageModerator, inspection: _Inspection) -> Callable[[], tuple[Verdict, Usage]]:
    def ask() -> tuple[Verdict, Usage]:
        verdict = checker.check(inspection.picture)
        return verdict, verdict.usage

    return ask


def _note(database: Database, inspection: _Inspection | None, found: Verdict | Message) -> None:
    with database.write() as session:
        page = session.get(Page, inspection.subject[1:]) if inspection and inspection.subject[2] else None
        if page and isinstance(found, Message):
            content.add_image_check(page, **check_results.skipped("moderation of the picture", found))
        elif page and isinstance(found, Verdict):
            content.add_image_check(page, check=f"{found.check} of the picture", flags=[], scores=found.scores)


# --- like its portraits


def compare(database: Database, story_id: str, number: int) -> bool:
    """Whether another picture is to be drawn because this one is unlike the portraits: once for each asked for.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """
    with database.read() as session:
        page = session.get(Page, (story_id, number)) if number != COVER else None
        if page is None or page.image_id is None or page.stand_in:
            return False
        if any(found["image"] == page.image_id for found in check_results.likenesses(page)):
            return page.state != "ready"  # a crash came in between
        inspection, beside = _shown(session, page)
    if not beside or inspection.provider.consistency_checker is None:
        return False
    try:
        said = _compared(database, inspection, beside)
    except (ProviderError, LimitReached):
        return False  # nice to know, and no more than that
    return _conclude(database, inspection, said)


def _shown(session: Session, page: Page) -> tuple[_Inspection, list[tuple[CharacterSpec, bytes]]]:
    story = session.get_one(Story, page.story_id)
    provider = provider_for(story.brief.illustrator, session.get_one(User, story.owner_id))
    data = images.data(session, SYSTEM, str(page.image_id))
    seen = {actor.name for actor in page.scene.cast}
    cast = [spec for spec in story.cast if spec.name in seen]
    inspection = _Inspection(provider, (story.owner_id, story.id, page.number), Picture(data, 0, 0))
    return inspection, portraits_of(session, story, cast)


def _compared(database: Database, inspection: _Inspection, beside: list[tuple[CharacterSpec, bytes]]) -> Resemblance:
    def ask() -> tuple[Resemblance, Usage]:
        assert inspection.provider.consistency_checker
        said = inspection.provider.consistency_checker.compare(inspection.picture, beside)
        return said, said.usage

    sight = inspection.sight("likeness", tuple(portrait for _, portrait in beside))
    return call(database, inspection.provider, "inspect", sight, inspection.subject, ask, Resemblance)


def _conclude(database: Database, inspection: _Inspection, said: Resemblance) -> bool:
    with database.write() as session:
        page = session.get(Page, inspection.subject[1:])
        if page is None:
            return False
        earlier, unlike = check_results.likenesses(page), said.score < LIKE_ENOUGH
        again = unlike and not earlier and _affordable(session, inspection)
        content.add_image_check(
            page,
            check="likeness",
            image=page.image_id,
            flags=[check_results.UNLIKE] if unlike else [],
            scores={"likeness": said.score},
            reason=said.reason,
        )
        if again:
            states.move_page(page, "written")
        elif earlier:
            best = max(check_results.likenesses(page), key=lambda found: float(found["scores"]["likeness"]))
            content.show_picture(session, page, best["image"], page.made_by)
        return again


def _affordable(session: Session, inspection: _Inspection) -> bool:
    try:
        user = session.get_one(User, inspection.subject[0])
        quotas.allow_cost(session, user, inspection.provider.reservation("draw", references=1), images=1)
    except LimitReached:
        return False
    return True
