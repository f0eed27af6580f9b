"""Portraits of characters: drawn at once, kept as a new version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storylib import characters, images
from storylib.db import Database
from storylib.manuscript import Actor, PictureOrder, Scene, Sheet
from storylib.models import Character, Image, ImageBytes, Story, StoryCharacter, User
from storylib.production.picture import Job, make, reserve, save
from storylib.providers import Provider, provider


def make_portrait(database: Database, user_id: int, character_id: int, provider_name: str = "kit") -> None:
    """Draw a character's portrait and hang it.

    Raises:
        NotFound: no such character of the user's.
        ProviderError: it could not be drawn; an older portrait stays.
        Unavailable: it could not be saved; an older portrait stays.
    """
    with database.write() as session:
        character = characters.get(session, user_id, character_id)
        job = _job(character, provider(provider_name, session.get_one(User, user_id)))
        call = reserve(session, job)
    make(database, job, call)
    save(database, job.fingerprint, job.place, lambda session, image: _hang(session, character_id, image))


def _job(character: Character, maker: Provider) -> Job:
    scene = Scene(setting="meadow", cast=(Actor(name=character.name),))
    order = PictureOrder.of("portrait", scene, (character.sheet,))
    place = images.Place(character.owner_id, "portrait", character_id=character.id)
    return Job(maker, order, place)


def _hang(session: Session, character_id: int, image: Image) -> None:
    # Past the ORM: a new portrait is no edit, so it must not make an open form conflict.
    session.execute(update(Character).where(Character.id == character_id).values(portrait_id=image.id))


def references(session: Session, story: Story, cast: Sequence[Sheet]) -> tuple[bytes, ...]:
    """The encoded portraits of those of a cast who have one, so that they look the same on every page."""
    hung = select(Character.name, ImageBytes.data).join(ImageBytes, ImageBytes.image_id == Character.portrait_id)
    starring = hung.join(StoryCharacter, StoryCharacter.character_id == Character.id)
    found = session.execute(starring.where(StoryCharacter.story_id == story.id, ImageBytes.size == "full"))
    portraits = dict(iter(found))
    return tuple(portraits[sheet.name] for sheet in cast if sheet.name in portraits)
