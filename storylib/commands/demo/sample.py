"""Sample people, characters, stories and a year of calls, for looking around and for measuring."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib import tables
from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.colleagues import add_colleagues
from storylib.db import Database
from storylib.errors import Invalid
from storylib.generation import drawing, portrait_drawing, writing
from storylib.identity import users
from storylib.library import characters, stories
from storylib.library.characters import Draft
from storylib.library.stories import sharing
from storylib.models import Character, Story, User, now
from storylib.story import Brief, Look
from storylib.vocabulary import KINDS, SETTINGS, PlanName, Review, Role

CALLS_OF_A_PERSON = 2_000  # in a year; many calls bring more people along
STORIES_AT_ONCE = 3  # one is written and saved while others are drawn
SAMPLE: dict[str, Any] = tables.beside(__file__)


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in; the password is told once, here."""

    username: str
    password: str
    role: Role
    plan: PlanName


def furnish(database: Database, calls: int) -> list[Person]:
    """Fill an empty database; the stories are really made by the Kit, which takes some seconds.

    Raises:
        Invalid: there is somebody already; nothing was changed.
    """
    with database.read() as session:
        if not users.needs_setup(session):
            raise Invalid("demo.people")
    with ThreadPoolExecutor() as threads:
        people = list(threads.map(lambda facts: _add_person(database, facts), SAMPLE["people"]))
    people_by_name = _users(database)
    for owner, sheets in SAMPLE["characters"].items():
        _add_characters(database, people_by_name[owner], sheets)
    with ThreadPoolExecutor(STORIES_AT_ONCE) as threads:
        list(threads.map(lambda facts: _make_story(database, people_by_name[facts["owner"]], facts), SAMPLE["stories"]))
    with database.write() as session:
        colleagues = add_colleagues(session, SAMPLE["colleagues"], calls // CALLS_OF_A_PERSON - len(people_by_name))
        add_calls(session, SAMPLE, [*people_by_name.values(), *colleagues], calls)
    return people


def _add_person(database: Database, facts: dict[str, Any]) -> Person:
    person = Person(facts["username"], _password(), facts["role"], facts["plan"])
    email = f"{person.username}@school.example"
    new = users.new_user(person.username, email, facts["name"], person.password, person.role, person.plan)
    with database.write() as session:
        users.create(session, new)
    return person


def _password() -> str:
    """Easy to type: three words and a number, one of 400 million."""
    words = (secrets.choice(KINDS), secrets.choice(SETTINGS), secrets.choice(KINDS))
    return f"{'-'.join(words)}-{secrets.randbelow(10_000):04}".replace("_", "-")


def _users(database: Database) -> dict[str, User]:
    with database.read() as session:
        return {user.username: user for user in session.scalars(select(User))}


def _add_characters(database: Database, owner: User, sheets: list[dict[str, Any]]) -> None:
    for sheet in sheets:
        draft = Draft(**{**sheet, "traits": tuple(sheet["traits"]), "look": Look(**sheet["look"])})
        with database.write() as session:
            character = characters.create(session, owner.id, draft)
        portrait_drawing.make_portrait(database, owner.id, character.id)


def _make_story(database: Database, owner: User, facts: dict[str, Any]) -> None:
    with database.write() as session:
        mine = {c.name: c for c in session.scalars(select(Character).where(Character.owner_id == owner.id))}
        cast = [mine[name] for name in facts["cast"]]
        asked = {field: facts[field] for field in Brief.model_fields if field in facts}
        brief = Brief(characters=tuple(character.spec for character in cast), **asked)
        story = stories.ask(session, owner, brief, [character.id for character in cast])
    _produce(database, story)
    with database.write() as session:
        _review(session, owner, story, facts.get("review", "draft"))
        _date_back(session.get_one(Story, story.id), facts)


def _review(session: Session, owner: User, story: Story, review: Review) -> None:
    stories.set_review(session, owner.id, story.id, "draft" if review == "draft" else "approved")
    if review == "shared":
        sharing.create(session, owner, [story.id], days=90)


def _produce(database: Database, story: Story) -> None:
    """What the queue does, at once."""

    def picture(number: int) -> None:
        if fingerprint := drawing.draw(database, story.id, number):
            drawing.keep(database, story.id, number, fingerprint)

    writing.write(database, story.id, story.run)
    with ThreadPoolExecutor() as threads:
        list(threads.map(picture, range(drawing.COVER, story.brief.pages + 1)))
    drawing.settle(database, story.id, story.run)


def _date_back(story: Story, facts: dict[str, Any]) -> None:
    story.created_at = now() - timedelta(days=facts["days_ago"])
    story.finished_at = story.created_at + timedelta(seconds=6)
    story.favourite = facts.get("favourite", False)
