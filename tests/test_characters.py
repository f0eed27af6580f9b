"""The teacher's cast."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.errors import Conflict, Invalid, NotFound, Taken
from storylib.library import characters
from storylib.library.characters import Draft
from storylib.models import Story, StoryCharacter, now
from storylib.story import Look
from tests import factories


def test_a_character_is_made_as_the_form_said(session: Session) -> None:
    ada = factories.user(session)
    look = Look(colour="#f0813a", scarf="#4f9fcf")
    made = characters.create(session, ada.id, Draft(" Luna ", "fox", "she", ("shy", "kind"), look, "Loves soup."))
    session.expire_all()
    assert characters.get(session, ada.id, made.id).spec.model_dump() == made.spec.model_dump()
    assert (made.name, made.look, made.traits, made.description) == ("Luna", look, ["shy", "kind"], "Loves soup.")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("kind", {"kind": "minotaur"}),
        ("pronouns", {"pronouns": "xyz"}),
        ("traits", {"traits": ("evil",)}),
        ("traits", {"traits": ("shy", "kind", "loud", "quiet")}),
        ("description", {"description": "x" * 301}),
        ("description", {"description": "a\0b"}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(session: Session, field: str, changes: dict[str, object]) -> None:
    ada = factories.user(session)
    with pytest.raises(Invalid) as refused:
        characters.create(session, ada.id, Draft(**({"name": "Luna", "kind": "fox"} | changes)))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert characters.listing(session, ada.id) == []


def test_two_characters_of_one_teacher_differ_in_name_whatever_its_case(database: Database) -> None:
    with database.write() as session:
        ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
        characters.create(session, ada.id, Draft("Luna", "fox"))
        characters.create(session, ben.id, Draft("Luna", "cat"))
    with pytest.raises(Taken, match="already have a character called LUNA"), database.write() as session:
        characters.create(session, ada.id, Draft("LUNA", "owl"))


def test_a_change_made_in_another_window_is_not_overwritten(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        luna = characters.create(session, ada.id, Draft("Luna", "fox"))
    with database.write() as session:
        characters.update(session, ada.id, luna.id, luna.version, Draft("Luna", "wolf"))
    with pytest.raises(Conflict, match="another window"), database.write() as session:
        characters.update(session, ada.id, luna.id, luna.version, Draft("Luna", "bear"))
    with database.read() as session:
        assert characters.get(session, ada.id, luna.id).kind == "wolf"


def test_another_teachers_character_is_not_found(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    luna = factories.character(session, ada)
    for act in (
        lambda: characters.get(session, ben.id, luna.id),
        lambda: characters.update(session, ben.id, luna.id, 1, Draft("Mine", "fox")),
        lambda: characters.delete(session, ben.id, luna.id),
    ):
        with pytest.raises(NotFound, match="no such character"):
            act()


def test_search_finds_parts_of_names_and_kinds_and_takes_signs_literally(session: Session) -> None:
    ada = factories.user(session)
    for name, kind in (("Luna", "fox"), ("Max", "tiger"), ("Émile", "mouse")):
        characters.create(session, ada.id, Draft(name, kind))
    found = {
        wanted: [c.name for c in characters.listing(session, ada.id, wanted)] for wanted in ("UN", "tig", "ÉM", "%")
    }
    assert found == {"UN": ["Luna"], "tig": ["Max"], "ÉM": ["Émile"], "%": []}


def test_a_deleted_characters_stories_stay_whole(session: Session) -> None:
    ada = factories.user(session)
    luna = factories.character(session, ada)
    story, gone = factories.story(session, ada, pages=4), factories.story(session, ada, deleted_at=now())
    session.add_all(StoryCharacter(story_id=s.id, character_id=luna.id) for s in (story, gone))
    session.flush()
    assert characters.stars_in(session, ada.id, luna.id) == 1
    characters.delete(session, ada.id, luna.id)
    session.expire_all()
    kept = session.get_one(Story, story.id)
    assert kept.brief.characters[0].name == "Luna"
    assert len(kept.pages) == 4


def test_there_is_a_most(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters, "MOST", 1)
    ada = factories.user(session)
    characters.create(session, ada.id, Draft("Luna", "fox"))
    with pytest.raises(Invalid, match="which is the maximum"):
        characters.create(session, ada.id, Draft("Max", "fox"))
