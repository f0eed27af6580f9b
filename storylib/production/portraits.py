"""Portraits of characters: drawn at once, kept as a new version."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from storylib import characters, images
from storylib.db import Database
from storylib.manuscript import Actor, PictureOrder, Scene
from storylib.models import Character, Image
from storylib.production.picture import Job, make, reserve, save
from storylib.providers import provider


def make_portrait(database: Database, user_id: int, character_id: int, provider_name: str = "kit") -> None:
    """Draw a character's portrait and hang it.

    Raises:
        NotFound: no such character of the user's.
        ProviderError: it could not be drawn; an older portrait stays.
        Unavailable: it could not be saved; an older portrait stays.
    """
    with database.write() as session:
        character = characters.get(session, user_id, character_id)
        job = _job(character, provider_name)
        call = reserve(session, job)
    make(database, job, call)
    save(database, job, lambda session, image: _hang(session, character_id, image))


def _job(character: Character, provider_name: str) -> Job:
    scene = Scene(setting="meadow", cast=(Actor(name=character.name),))
    order = PictureOrder.of("portrait", scene, (character.sheet,))
    place = images.Place(character.owner_id, "portrait", character_id=character.id)
    return Job(provider(provider_name), order, place)


def _hang(session: Session, character_id: int, image: Image) -> None:
    # Past the ORM: a new portrait is no edit, so it must not make an open form conflict.
    session.execute(update(Character).where(Character.id == character_id).values(portrait_id=image.id))
