"""Rows as plain functions: each adds one valid row and returns it flushed; name only what matters to the test."""

from __future__ import annotations

from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from storylib.library.stories import MAKING, content
from storylib.models import Alert, Base, Call, Character, Image, ImageBytes, Page, PageRevision, Story, User, now
from storylib.story import Actor, Brief, CharacterSpec, Scene

LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=("shy",))
MEADOW = Scene(setting="meadow", cast=(Actor(name="Luna"),))
BRIEF = Brief(characters=(LUNA,), theme="a lost lantern", pages=4)

TOLD = ("text", "alt", "description", "scene", "level", "level_before", "checks", "teacher_id", "provider")

Row = TypeVar("Row", bound=Base)
_numbers = count(1)


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def user(session: Session, username: str = "ada", **fields: Any) -> User:
    """A person; nobody can sign in as them, because the password hash matches nothing."""
    fields = {"email": f"{username}@school.example", "password_hash": "-", **fields}
    return _added(session, User(username=username, **fields))


def character(session: Session, owner: User, name: str = "Luna", **fields: Any) -> Character:
    """A character of a person."""
    fields = {"kind": "fox", "pronouns": "she", "look": {}, "name_key": name.casefold(), **fields}
    return _added(session, Character(owner_id=owner.id, name=name, **fields))


def story(session: Session, owner: User, pages: int = 0, **fields: Any) -> Story:
    """A story, ready with all its pages if not told otherwise; in another state with so many written pages."""
    brief: Brief = fields.get("brief", BRIEF)
    facts = {"title": "Luna", "state": "ready", "brief": brief}
    facts |= {name: getattr(brief, name) for name in ("age_band", "tone", "moral", "provider")} | fields
    if facts["state"] not in MAKING:
        facts = {"finished_at": now()} | facts
    row = _added(session, Story(owner_id=owner.id, **facts))
    for number in range(1, 1 + (brief.pages if row.state == "ready" else pages)):
        page(session, row, number, state="ready" if row.state == "ready" else "written")
    if row.review != "draft":
        content.approve(row, owner.id)
        session.flush()
    return row


def page(session: Session, of: Story, number: int = 1, **fields: Any) -> Page:
    """One written page, in place of the one that is there; what it tells may be given (text, alt, level …)."""
    if there := session.get(Page, (of.id, number)):
        session.delete(there)
        session.flush()
        session.expire(of, ["pages"])
    told = {"text": f"This is page {number}.", "alt": "Luna stands in a meadow.", "scene": MEADOW}
    told |= {name: fields.pop(name) for name in TOLD if name in fields}
    told |= {} if told.get("teacher_id") else {"provider": of.provider or "kit"}
    revision = PageRevision(story_id=of.id, page_number=number, **told)
    return _added(session, Page(story_id=of.id, number=number, revision=revision, **fields))


def rewrite(session: Session, of: Page, **told: Any) -> None:
    """Another revision of a page, by the same author; name what it tells otherwise."""
    before = {name: getattr(of.revision, name) for name in TOLD}
    of.revision = PageRevision(story_id=of.story_id, page_number=of.number, **before | told)
    session.flush()


def image(session: Session, owner: User, **fields: Any) -> Image:
    """A picture of one byte."""
    facts = {"role": "portrait", "width": 1, "height": 1, "bytes": 1, "sha256": "0" * 64, "made_by": "kit"}
    row = _added(session, Image(owner_id=owner.id, **facts | fields))
    _added(session, ImageBytes(image_id=row.id, size="full", data=b"."))
    return row


def call(session: Session, caller: User | None = None, **fields: Any) -> Call:
    """A ledger row, still reserved."""
    facts = {"operation": "draw", "provider": "kit", "model": "kit", "fingerprint": f"{next(_numbers):064}"}
    return _added(session, Call(user_id=caller and caller.id, **facts | fields))


def alert(session: Session, **fields: Any) -> Alert:
    """Something that an administrator should know."""
    return _added(
        session, Alert(**{"rule": "disk", "subject": "here", "message": "The disk is nearly full.", **fields})
    )
