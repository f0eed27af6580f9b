"""Portraits of characters: the Kit's at once, and candidates of other illustrators to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import ErrorKind, LimitReached, ProviderError
from storylib.generation.image_calls import Job, discard, make, reserve, save
from storylib.generation.registry import Provider, provider
from storylib.library import characters, images, pending_images, portraits
from storylib.models import Candidate, Character, Image, ImageBytes, Story, StoryCharacter, User
from storylib.providers.contract import Verdict
from storylib.story.manuscript import Actor, PictureOrder, Scene, Sheet


def make_portrait(database: Database, user_id: int, character_id: int) -> None:
    """Have the Kit draw a character and hang the portrait, unless a chosen one shows it as it is.

    Raises:
        NotFound: no such character of the user's.
        ProviderError: it could not be drawn; an older portrait stays.
        Unavailable: it could not be saved; an older portrait stays.
    """
    with database.write() as session:
        character = characters.get(session, user_id, character_id)
        if portraits.fits(session, character):
            return
        job = _job(provider("kit"), character.sheet, _place(character))
        call = reserve(session, job)
    make(database, job, call)
    save(database, job.fingerprint, job.place, lambda session, image: portraits.hang(session, character_id, image.id))


def _job(maker: Provider, sheet: Sheet, place: images.Place, take: int = 1) -> Job:
    scene = Scene(setting="meadow", cast=(Actor(name=sheet.name),))
    return Job(maker, PictureOrder.of("portrait", scene, (sheet,)), place, take)


def _place(character: Character, position: int = 0) -> images.Place:
    return images.Place(character.owner_id, "portrait", character_id=character.id, candidate=position)


# --- candidates


class Spot(NamedTuple):
    """Which candidate: its character, its round and its position in the grid."""

    character_id: int
    round: int
    position: int


def draw_candidate(database: Database, spot: Spot) -> str | None:
    """Have a candidate made and put on disk; its fingerprint, for ``keep_candidate``, or None: nothing is to be kept.

    A failure is written down on the candidate and in the ledger.

    Raises:
        Unavailable: the disk or the database does not take it; to be repeated.
    """
    try:
        with database.write() as session:
            job = _wanted(session, spot)
            if job is None:
                return None
            call = reserve(session, job)
        make(database, job, call)
    except (ProviderError, LimitReached) as error:
        give_up_candidate(database, spot, str(error))
        return None
    return job.fingerprint


def keep_candidate(database: Database, spot: Spot, fingerprint: str) -> bool:
    """Save a drawn candidate; may be repeated until the database takes it. False: as for ``drawing.keep``.

    Raises:
        Unavailable: the database does not take it now; the picture waits on disk.
    """

    def attach(session: Session, image: Image) -> None:
        session.get_one(Candidate, spot).image_id = image.id

    with database.read() as session:
        job = _wanted(session, spot)
    if job is None:
        return True
    try:
        return save(database, fingerprint, job.place, attach)
    except ProviderError as error:
        _drop(database, spot, fingerprint, error.kind, str(error))
    return True


def turn_down_candidate(database: Database, spot: Spot, fingerprint: str, verdict: Verdict) -> None:
    """A drawn candidate is not fit for children: it is charged and dropped, and the teacher is told.

    Raises:
        Unavailable: the database does not take it now; to be repeated.
    """
    sentence = f"This portrait was not fit for children ({', '.join(verdict.flags)}), so it is not shown. "
    sentence += "What it cost stays counted."
    _drop(database, spot, fingerprint, "blocked", sentence)


def _drop(database: Database, spot: Spot, fingerprint: str, why: ErrorKind, sentence: str) -> None:
    with database.write() as session:
        discard(session, fingerprint, why)
        _give_up(session, spot, sentence)
    pending_images.drop(fingerprint)


def give_up_candidate(database: Database, spot: Spot, sentence: str) -> None:
    """Say why there is no picture."""
    with database.write() as session:
        _give_up(session, spot, sentence)


def _give_up(session: Session, spot: Spot, sentence: str) -> None:
    candidate = session.get(Candidate, spot)
    if candidate and candidate.drawing:
        candidate.error = sentence


def _wanted(session: Session, spot: Spot) -> Job | None:
    """What is to be drawn, or None: it is there, it failed, or the character was deleted."""
    candidate, character = session.get(Candidate, spot), session.get(Character, spot.character_id)
    if candidate is None or character is None or not candidate.drawing:
        return None
    maker = provider(candidate.provider, session.get_one(User, character.owner_id))
    return _job(maker, candidate.sheet, _place(character, spot.position), _take(candidate))


def _take(candidate: Candidate) -> int:
    """A number for each picture that was ever asked for of a character: none of them is another's copy."""
    return (candidate.round * portraits.MOST + candidate.position) * 1000 + candidate.attempt


# --- for the pages


def portraits_of(session: Session, story: Story, cast: Sequence[Sheet]) -> list[tuple[Sheet, bytes]]:
    """Those of a cast who have a portrait, with it (encoded), so that they look the same on every page."""
    hung = select(Character.name, ImageBytes.data).join(ImageBytes, ImageBytes.image_id == Character.portrait_id)
    starring = hung.join(StoryCharacter, StoryCharacter.character_id == Character.id)
    found = session.execute(starring.where(StoryCharacter.story_id == story.id, ImageBytes.size == "full"))
    drawn = dict(iter(found))
    return [(sheet, drawn[sheet.name]) for sheet in cast if sheet.name in drawn]
