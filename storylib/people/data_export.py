"""Everything of one person in a ZIP file, written piece by piece: never more than one picture in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.billing import ledger
from storylib.db import Database
from storylib.errors.messages import Message
from storylib.identity.access import SYSTEM
from storylib.library import images, stories
from storylib.models import (
    Base,
    Call,
    Candidate,
    Character,
    Image,
    Page,
    PageRevision,
    SharedStory,
    ShareLink,
    Story,
    User,
)
from storylib.story.document import StoryDocument

SECRETS = frozenset({"password_hash", "token_hash"})
CALLS_AT_ONCE = 1000


def write(database: Database, user: User, file: IO[bytes]) -> None:
    """Write the ZIP: account, stories with pages and every picture, characters with every portrait that was drawn to
    choose from, links to share, calls.

    Each piece is a short look at the database, so a long download holds nobody up.
    """
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        _json(archive, "account.json", _facts(user))
        for table, folder in ((Story, "stories"), (Character, "characters")):
            with database.read() as session:
                ids = session.scalars(select(table.id).where(table.owner_id == user.id)).all()
            for id_ in ids:
                _thing(database, archive, table, id_, f"{folder}/{id_}")
        _links(database, archive, user)
        _calls(database, archive, user)


def _thing(database: Database, archive: ZipFile, table: type[Story] | type[Character], id_: Any, folder: str) -> None:
    """A story or a character: what is known of it, and its pictures beside it. A story is told as everywhere; what the
    database holds of it besides is its record."""
    belongs = Image.story_id == id_ if table is Story else Image.character_id == id_
    with database.read() as session:
        if table is Story:
            archive.writestr(f"{folder}/story.json", _document(session, id_).as_json())
        facts = _story(session, id_) if table is Story else _character(session, id_)
        pictures = session.scalars(select(Image).where(belongs).order_by(Image.created_at)).all()
    facts["pictures"] = [_facts(picture) | {"file": _file(picture.id)} for picture in pictures]
    _json(archive, f"{folder}/{'record' if table is Story else 'character'}.json", facts)
    for picture in pictures:
        with database.read() as session:
            data = images.data(session, SYSTEM, picture.id)
        archive.writestr(f"{folder}/{_file(picture.id)}", data, ZIP_STORED)  # WebP does not get smaller


def _file(image_id: str) -> str:
    return f"{image_id}.webp"


def _document(session: Session, story_id: str) -> StoryDocument:
    cost_usd = ledger.story_cost(session, story_id)
    return stories.document(session.get_one(Story, story_id), picture=_file, cost_usd=cost_usd)


def _story(session: Session, story_id: str) -> dict[str, Any]:
    story = session.get_one(Story, story_id)
    written = select(PageRevision).where(PageRevision.story_id == story_id).order_by(PageRevision.id)
    revisions = [_facts(one) for one in session.scalars(written)]
    return _facts(story) | {"pages": [_page(page) for page in story.pages], "revisions": revisions}


def _page(page: Page) -> dict[str, Any]:
    """How far a page is, and what it tells now."""
    told = ("text", "alt", "description", "scene", "level", "level_before", "checks", "teacher_text")
    return _facts(page) | {name: getattr(page, name) for name in told}


def _character(session: Session, character_id: int) -> dict[str, Any]:
    order = Candidate.batch, Candidate.position
    asked = session.scalars(select(Candidate).where(Candidate.character_id == character_id).order_by(*order))
    return _facts(session.get_one(Character, character_id)) | {"candidates": [_facts(one) for one in asked]}


def _links(database: Database, archive: ZipFile, user: User) -> None:
    """The links by which stories were shared, working or not; what opens them is kept nowhere."""
    with database.read() as session:
        rows = session.scalars(select(ShareLink).where(ShareLink.owner_id == user.id).order_by(ShareLink.id)).all()
        behind = select(SharedStory.story_id).order_by(SharedStory.position)
        links = [
            _facts(row) | {"stories": session.scalars(behind.where(SharedStory.link_id == row.id)).all()}
            for row in rows
        ]
    _json(archive, "links.json", {"links": links})


def _calls(database: Database, archive: ZipFile, user: User) -> None:
    """A list, written row by row."""
    with archive.open(ZipInfo("calls.json"), "w") as raw, io.TextIOWrapper(raw, "utf-8") as text:
        text.write("[")
        for number, call in enumerate(_calls_of(database, user)):
            text.write(",\n" if number else "\n")
            text.write(json.dumps(_facts(call), ensure_ascii=False, default=_plain))
        text.write("\n]\n")


def _calls_of(database: Database, user: User) -> Iterator[Call]:
    last = 0
    while True:
        with database.read() as session:
            query = select(Call).where(Call.user_id == user.id, Call.id > last).order_by(Call.id).limit(CALLS_AT_ONCE)
            calls = session.scalars(query).all()
        yield from calls
        if len(calls) < CALLS_AT_ONCE:
            return
        last = calls[-1].id


def _json(archive: ZipFile, name: str, facts: dict[str, Any]) -> None:
    archive.writestr(name, json.dumps(facts, ensure_ascii=False, indent=2, default=_plain))


def _facts(row: Base) -> dict[str, Any]:
    """The columns of a row, but for secrets."""
    return {column.key: getattr(row, column.key) for column in row.__mapper__.columns if column.key not in SECRETS}


def _plain(value: Any) -> Any:
    """What JSON does not know: models as objects; times, money and what went wrong as text."""
    if isinstance(value, Message):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
