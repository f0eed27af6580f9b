"""Characters: a teacher's reusable cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from storylib import inputs, text
from storylib.errors import Conflict, Invalid, NotFound, Taken, explain_validation
from storylib.models import Character, Story, StoryCharacter
from storylib.story import CharacterSpec, Look
from storylib.vocabulary import Trait

PLAIN = Look()
MOST = 200  # characters a person may keep
TRAITS: frozenset[str] = frozenset(get_args(Trait))


@dataclass(frozen=True)
class Draft:
    """A character as submitted by a form, unchecked."""

    name: str
    kind: str
    pronouns: str = "they"
    traits: tuple[str, ...] = ()
    look: Look = PLAIN
    description: str = ""

    def spec(self) -> CharacterSpec:
        """Return the draft as a checked specification.

        Raises:
            Invalid: names the field.
        """
        if unknown := sorted(set(self.traits) - TRAITS):
            raise Invalid("character.traits", "traits", traits=unknown)
        fields = {
            **vars(self),
            "name": inputs.name(self.name),
            "description": inputs.line(self.description, "description", 300),
        }
        try:
            return CharacterSpec.model_validate(fields)
        except ValidationError as error:
            raise Invalid(
                "character.invalid", str(error.errors()[0]["loc"][0]), problem=explain_validation(error)
            ) from None


def create(session: Session, user_id: int, draft: Draft) -> Character:
    """Create a character.

    Raises:
        Invalid: a field breaks a rule, or there are too many characters.
        Taken: the name is in use.
    """
    count = session.scalar(select(func.count()).select_from(Character).where(Character.owner_id == user_id))
    if (count or 0) >= MOST:
        raise Invalid("character.most", most=MOST)
    character = Character(owner_id=user_id)
    _write(character, draft.spec())
    session.add(character)
    _flush(session, character.name)
    return character


def update(session: Session, user_id: int, character_id: int, version: int, draft: Draft) -> Character:
    """Change a character that was read at ``version``.

    Raises:
        NotFound: no such character of yours.
        Conflict: changed elsewhere since; nothing was overwritten.
        Invalid, Taken: as for ``create``.
    """
    character = get(session, user_id, character_id)
    if character.version != version:
        raise Conflict("character.changed", name=character.name)
    _write(character, draft.spec())
    _flush(session, character.name)
    return character


def _write(character: Character, spec: CharacterSpec) -> None:
    character.name, character.name_key = spec.name, text.key(spec.name)
    character.kind, character.pronouns, character.traits = spec.kind, spec.pronouns, list(spec.traits)
    character.look, character.description = spec.look, spec.description


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise Taken("character.taken", "name", name=name) from None
    except StaleDataError:
        raise Conflict("character.changed", name=name) from None


def get(session: Session, user_id: int, character_id: int) -> Character:
    """Return one of the user's characters.

    Raises:
        NotFound: there is none with this id, or it is somebody else's.
    """
    character = session.scalar(select(Character).where(Character.id == character_id, Character.owner_id == user_id))
    if character is None:
        raise NotFound("character.missing")
    return character


def listing(session: Session, user_id: int, search: str = "") -> list[Character]:
    """Return the user's characters by name; ``search`` matches any part of name or kind."""
    query = select(Character).where(Character.owner_id == user_id).order_by(Character.name_key)
    if wanted := text.key(search.strip()):
        query = query.where(
            Character.name_key.contains(wanted, autoescape=True) | Character.kind.contains(wanted, autoescape=True)
        )
    return list(session.scalars(query))


def stars_in(session: Session, user_id: int, character_id: int) -> int:
    """Count the user's stories in which this character stars."""
    return (
        session.scalar(
            select(func.count())
            .select_from(StoryCharacter)
            .join(Story, Story.id == StoryCharacter.story_id)
            .where(StoryCharacter.character_id == character_id)
            .where(Story.owner_id == user_id, Story.deleted_at.is_(None))
        )
        or 0
    )


def delete(session: Session, user_id: int, character_id: int) -> None:
    """Delete a character and its portraits; stories keep it as it was.

    Raises:
        NotFound: no such character of yours.
    """
    session.delete(get(session, user_id, character_id))
    session.flush()
