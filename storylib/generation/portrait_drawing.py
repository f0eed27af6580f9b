"""Portraits of characters: the Kit's at once, and candidates of other illustrators to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import ErrorKind, LimitReached, ProviderError
from storylib.errors.messages import Message, message
from storylib.generation.image_calls import Job, discard, make, reserve, save
from storylib.generation.registry import PricedProvider, provider_for
from storylib.library import characters, images, pending_images, portraits
from storylib.models import Candidate, Character, Image, ImageBytes, Story, StoryCharacter, User
from storylib.providers.contract import Verdict
from storylib.story import Actor, CharacterSpec, ImageRequest, Scene
from storylib.vocabulary import STAND_IN


def make_portrait(database: Database, user_id: int, character_id: int) -> None:
    """Have the Kit draw a character and set_portrait the portrait, unless a chosen one shows it as it is.

    Raises:
        NotFound: no such character of the user's.
        ProviderError: it could not be drawn; an older portrait stays.
        Unavailable: it could not be saved; an older portrait stays.
    """
    with database.write() as session:
        character = characters.get(session, user_id, character_id)
        if portraits.fits(session, character):
            return
        job = _job(provider_for(STAND_IN), character.spec, _subject(character))
        call = reserve(session, job)
    make(database, job, call)
    save(
        database,
        job.fingerprint,
        job.subject,
        lambda session, image: portraits.set_portrait(session, character_id, image.id),
    )


def _job(provider: PricedProvider, spec: CharacterSpec, subject: images.Subject, attempt: int = 1) -> Job:
    scene = Scene(setting="meadow", cast=(Actor(name=spec.name),))
    return Job(provider, ImageRequest.of("portrait", scene, (spec,)), subject, attempt)


def _subject(character: Character, position: int = 0) -> images.Subject:
    return images.Subject(character.owner_id, "portrait", character_id=character.id, candidate=position)


# --- candidates


class CandidateKey(NamedTuple):
    """Which candidate: its character, its round and its position in the grid."""

    character_id: int
    round: int
    position: int


def draw_candidate(database: Database, key: CandidateKey) -> str | None:
    """Have a candidate made and put on disk; its fingerprint, for ``keep_candidate``, or None: nothing is to be kept.

    A failure is written down on the candidate and in the ledger.

    Raises:
        Unavailable: the disk or the database does not take it; to be repeated.
    """
    try:
        with database.write() as session:
            job = _wanted(session, key)
            if job is None:
                return None
            call = reserve(session, job)
        make(database, job, call)
    except (ProviderError, LimitReached) as error:
        give_up_candidate(database, key, error.message)
        return None
    return job.fingerprint


def keep_candidate(database: Database, key: CandidateKey, fingerprint: str) -> bool:
    """Save a drawn candidate; may be repeated until the database takes it. False: as for ``drawing.keep``.

    Raises:
        Unavailable: the database does not take it now; the picture waits on disk.
    """

    def attach(session: Session, image: Image) -> None:
        session.get_one(Candidate, key).image_id = image.id

    with database.read() as session:
        job = _wanted(session, key)
    if job is None:
        return True
    try:
        return save(database, fingerprint, job.subject, attach)
    except ProviderError as error:
        _drop(database, key, fingerprint, error.kind, error.message)
    return True


def reject_candidate(database: Database, key: CandidateKey, fingerprint: str, verdict: Verdict) -> None:
    """A drawn candidate is not fit for children: it is charged and dropped, and the teacher is told.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """
    _drop(database, key, fingerprint, "blocked", message("portrait.unfit", flags=verdict.flags))


def _drop(database: Database, key: CandidateKey, fingerprint: str, kind: ErrorKind, why: Message) -> None:
    with database.write() as session:
        discard(session, fingerprint, kind)
        _give_up(session, key, why)
    pending_images.drop(fingerprint)


def give_up_candidate(database: Database, key: CandidateKey, why: Message) -> None:
    """Say why there is no picture."""
    with database.write() as session:
        _give_up(session, key, why)


def _give_up(session: Session, key: CandidateKey, why: Message) -> None:
    candidate = session.get(Candidate, key)
    if candidate and candidate.drawing:
        candidate.error = why


def _wanted(session: Session, key: CandidateKey) -> Job | None:
    """What is to be drawn, or None: it is there, it failed, or the character was deleted."""
    candidate, character = session.get(Candidate, key), session.get(Character, key.character_id)
    if candidate is None or character is None or not candidate.drawing:
        return None
    provider = provider_for(candidate.provider, session.get_one(User, character.owner_id))
    return _job(provider, candidate.spec, _subject(character, key.position), _take(candidate))


def _take(candidate: Candidate) -> int:
    """A number for each picture that was ever asked for of a character: none of them is another's copy."""
    return (candidate.batch * portraits.MOST + candidate.position) * 1000 + candidate.attempt


# --- for the pages


def portraits_of(session: Session, story: Story, cast: Sequence[CharacterSpec]) -> list[tuple[CharacterSpec, bytes]]:
    """Those of a cast who have a portrait, with it (encoded), so that they look the same on every page."""
    hung = select(Character.name, ImageBytes.data).join(ImageBytes, ImageBytes.image_id == Character.portrait_id)
    starring = hung.join(StoryCharacter, StoryCharacter.character_id == Character.id)
    found = session.execute(starring.where(StoryCharacter.story_id == story.id, ImageBytes.size == "full"))
    drawn = dict(iter(found))
    return [(spec, drawn[spec.name]) for spec in cast if spec.name in drawn]
