"""Characters and their portraits."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from storylib.db import database
from storylib.errors import Unavailable
from storylib.generation import jobs, portrait_requests
from storylib.library import characters, portraits
from storylib.library.characters import Draft
from storylib.models import Candidate
from storylib.server.api import PATH
from storylib.server.api.answers import IfMatch, Sentence, require_match, told
from storylib.server.api.bodies import RowId, Search, Sent, Told, strictly
from storylib.server.api.callers import Reader, Writer
from storylib.server.api.idempotency import Idempotent, replayed
from storylib.story import Look
from storylib.vocabulary import STAND_IN, Kind, Pronouns, Trait

router = APIRouter(prefix="/characters", tags=["characters"])


class CharacterFields(Sent):
    """A character as it shall be."""

    name: str = Field(min_length=1, max_length=40, examples=["Luna"])
    kind: Kind
    pronouns: Pronouns = "they"
    traits: tuple[Trait, ...] = Field(default=(), max_length=3)
    look: Look = Look()
    description: str = Field(default="", max_length=300)

    def draft(self) -> Draft:
        """Return it as the screens' form does."""
        return Draft(**{name: getattr(self, name) for name in type(self).model_fields})


class Character(Told):
    """A character. ``portrait_id`` is a picture's id, None while there is none."""

    id: int
    name: str
    kind: Kind
    pronouns: Pronouns
    traits: tuple[str, ...]
    look: Look
    description: str
    portrait_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class Characters(Told):
    """All of one's characters, by name: a person has 200 at most."""

    items: tuple[Character, ...]


class PortraitsWanted(Sent):
    """How many portraits to choose from, and who draws them."""

    provider: str = Field(default=STAND_IN, max_length=40)
    count: int = Field(default=portraits.MOST, ge=1, le=portraits.MOST)


class Choice(Sent):
    """Which of the latest portraits it shall be."""

    position: int = Field(ge=0, lt=portraits.MOST)


class Portrait(Told):
    """A portrait to choose from: being drawn until it has a picture or an error."""

    position: int
    provider: str
    image_id: str | None
    error: Sentence
    drawing: bool


class Portraits(Told):
    """The latest portraits to choose from."""

    items: tuple[Portrait, ...]


Fields = Annotated[CharacterFields, BeforeValidator(strictly(CharacterFields))]


@router.get("", response_model=Characters)
def list_characters(request: Request, caller: Reader, search: Search = "") -> Response:
    """List your characters by name; ``search`` matches any part of a name or kind."""
    with database().read() as session:
        found = characters.listing(session, caller.user.id, search)
        return told(request, Characters.model_validate({"items": found}))


@router.post("", status_code=201, response_model=Character)
def create_character(request: Request, body: Fields, once: Idempotent) -> Response:
    """Create a character."""
    answer, again = once.run(
        lambda session: Character.model_validate(characters.create(session, once.caller.user.id, body.draft()))
    )
    return told(request, Character(**answer), 201, Location=f"{PATH}/characters/{answer['id']}", **replayed(again))


@router.get("/{id}", response_model=Character)
def get_character(request: Request, id: RowId, caller: Reader) -> Response:
    """Return one of your characters."""
    with database().read() as session:
        return told(request, _character(session, caller, id))


@router.put("/{id}", response_model=Character)
def update_character(request: Request, id: RowId, body: Fields, caller: Writer, if_match: IfMatch = None) -> Response:
    """Change a character that you read before: ``If-Match`` is its ETag."""
    with database().write() as session:
        current = _character(session, caller, id)
        require_match(if_match, current)
        characters.update(session, caller.user.id, id, current.version, body.draft())
    return get_character(request, id, caller)


@router.delete("/{id}", status_code=204)
def delete_character(id: RowId, caller: Writer) -> None:
    """Delete a character and its portraits. Stories keep it as it was."""
    with database().write() as session:
        characters.delete(session, caller.user.id, id)


@router.get("/{id}/portraits", response_model=Portraits)
def list_portraits(request: Request, id: RowId, caller: Reader) -> Response:
    """List the latest portraits to choose from."""
    with database().read() as session:
        return told(request, _portraits(portraits.latest(session, caller.user.id, id)))


@router.post("/{id}/portraits", status_code=202, response_model=Portraits)
def draw_portraits(
    request: Request,
    id: RowId,
    body: Annotated[PortraitsWanted, BeforeValidator(strictly(PortraitsWanted))],
    once: Idempotent,
) -> Response:
    """Have portraits drawn to choose from; they appear in the list above one by one."""
    asked: list[Candidate] = []

    def ask(session: Session) -> Portraits:
        asked.extend(portrait_requests.ask(session, once.caller.user, id, body.provider, body.count))
        return _portraits(asked)

    answer, again = once.run(ask)
    with suppress(Unavailable):  # they are kept, and start by themselves
        jobs.submit_portraits(asked)
    return told(request, Portraits(**answer), 202, Location=f"{PATH}/characters/{id}/portraits", **replayed(again))


@router.put("/{id}/portrait", response_model=Character)
def choose_portrait(
    request: Request, id: RowId, body: Annotated[Choice, BeforeValidator(strictly(Choice))], caller: Writer
) -> Response:
    """Make one of the latest portraits the character's."""
    with database().write() as session:
        portraits.choose(session, caller.user.id, id, body.position)
    return get_character(request, id, caller)


@router.delete("/{id}/portrait", status_code=204)
def remove_portrait(id: RowId, caller: Writer) -> None:
    """Leave the character without a portrait."""
    with database().write() as session:
        portraits.clear_portrait(session, caller.user.id, id)


def _character(session: Session, caller: Reader, id_: int) -> Character:
    return Character.model_validate(characters.get(session, caller.user.id, id_))


def _portraits(candidates: list[Candidate]) -> Portraits:
    return Portraits.model_validate({"items": candidates})
