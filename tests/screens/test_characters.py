"""The cast and the form of a character."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.library import characters
from storylib.library.characters import Draft
from storylib.models import Character, StoryCharacter, User
from storylib.story import Look
from tests import factories
from tests.screens.visit import button, cards, press, shown, visit

pytestmark = pytest.mark.usefixtures("scripted")


def add(database: Database, owner: User, name: str = "Luna", **fields: object) -> Character:
    with database.write() as session:
        return factories.character(session, owner, name, **fields)


def form(database: Database, user: User, of: str = "new") -> AppTest:
    return visit(database, user, "studio/character.py", id=of)


def test_without_characters_the_screen_says_what_to_do_next(sqlite_database: Database, ada: User) -> None:
    app = visit(sqlite_database, ada, "studio/characters.py")
    assert "Who's the hero?" in shown(app)
    assert "Create your first character" in [button.label for button in app.button]


def test_the_cast_is_shown_by_name_and_found_by_name_or_kind(sqlite_database: Database, ada: User) -> None:
    add(sqlite_database, ada, "Pip", kind="penguin")
    luna = add(sqlite_database, ada, "Luna", traits=["shy"])
    app = visit(sqlite_database, ada, "studio/characters.py")
    assert [(card["title"], card["note"]) for card in cards(app)] == [("Luna", "Fox, shy"), ("Pip", "Penguin")]
    assert cards(app)[0]["href"] == f"character?id={luna.id}"
    app.text_input(key="character search").set_value("peng").run()
    assert [card["title"] for card in cards(app)] == ["Pip"]
    app.text_input(key="character search").set_value("nobody").run()
    assert "No characters match" in shown(app)


def test_a_new_character_is_saved_with_its_portrait(sqlite_database: Database, ada: User) -> None:
    app = form(sqlite_database, ada)
    app.text_input(key="character name").set_value("Zoé  O'Hara")
    app.selectbox(key="character kind").set_value("child")
    app.multiselect(key="character traits").set_value(["brave", "funny"])
    app.run()
    press(app, "Save")
    assert not app.exception
    with sqlite_database.read() as session:
        saved = session.scalars(select(Character)).one()
    assert (saved.name, saved.kind, saved.traits) == ("Zoé O'Hara", "child", ["brave", "funny"])
    assert saved.portrait_id
    app.switch_page("pages/studio/characters.py").run()
    assert cards(app)[0]["picture"] == f"/app/static/img/{saved.portrait_id}/256.webp"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "required"),
        ("<script>alert(1)</script>", "may contain only letters"),
        ("Luna\0", "hidden control"),
        ("\u202eanuL", "hidden control"),
        ("123", "needs at least one letter"),
        ("luna", "already have"),
    ],
)
def test_a_name_that_breaks_a_rule_is_told_beside_the_field_and_kept(
    sqlite_database: Database, ada: User, name: str, said: str
) -> None:
    add(sqlite_database, ada)
    app = form(sqlite_database, ada)
    app.text_input(key="character name").set_value(name)
    press(app, "Save")
    assert said in app.error[0].value
    assert app.text_input(key="character name").value == name
    with sqlite_database.read() as session:
        assert len(session.scalars(select(Character)).all()) == 1


def test_the_form_shows_a_character_as_it_is_and_the_portrait_follows_every_change(
    sqlite_database: Database, ada: User
) -> None:
    luna = add(sqlite_database, ada, look=Look(scarf="#4f9fcf", hat="crown", size=0.8), traits=["shy"])
    app = form(sqlite_database, ada, str(luna.id))
    assert app.text_input(key="character name").value == "Luna"
    assert app.slider(key="character size").value == 0.8
    before = app.html[0].value
    assert 'alt="A portrait of Luna"' in before
    assert app.selectbox(key="character kind").set_value("owl").run().html[0].value != before


def test_saving_an_unchanged_character_changes_nothing_of_its_look(sqlite_database: Database, ada: User) -> None:
    look = Look(skin="#8d5a3b", hair="afro", hair_colour="#2b1d16", dress="#f2b134", flower=True, size=1.1)
    amara = add(sqlite_database, ada, "Amara", kind="child", look=look)
    press(form(sqlite_database, ada, str(amara.id)), "Save")
    with sqlite_database.read() as session:
        assert characters.get(session, ada.id, amara.id).look == look


def test_an_age_a_hat_and_a_wheelchair_are_saved_and_shown_again(sqlite_database: Database, ada: User) -> None:
    nan = add(sqlite_database, ada, "Nan", kind="child")
    app = form(sqlite_database, ada, str(nan.id))
    assert app.button_group(key="character age").value == "child"
    before = app.html[0].value
    app.button_group(key="character age").set_value("grandparent")
    app.button_group(key="character hat").set_value("turban")
    app.button_group(key="character extras").set_value(["wheelchair", "hearing_aids"]).run()
    assert app.html[0].value != before
    press(app, "Save")
    with sqlite_database.read() as session:
        look = characters.get(session, ada.id, nan.id).look
    assert (look.age, look.hat, look.wheelchair, look.hearing_aids) == ("grandparent", "turban", True, True)
    again = form(sqlite_database, ada, str(nan.id))
    assert again.button_group(key="character age").value == "grandparent"
    assert set(again.button_group(key="character extras").value) == {"wheelchair", "hearing_aids"}


def test_a_large_person_counts_as_grown_up_unless_said_to_be_a_child(sqlite_database: Database, ada: User) -> None:
    tall = add(sqlite_database, ada, "Tall", kind="child", look=Look(size=1.2))
    app = form(sqlite_database, ada, str(tall.id))
    assert app.button_group(key="character age").value == "adult"
    app.button_group(key="character age").set_value("child").run()
    press(app, "Save")
    with sqlite_database.read() as session:
        assert characters.get(session, ada.id, tall.id).look.age == "child"


def test_a_character_changed_elsewhere_is_not_overwritten_and_what_was_typed_is_kept(
    sqlite_database: Database, ada: User
) -> None:
    luna = add(sqlite_database, ada)
    app = form(sqlite_database, ada, str(luna.id))
    with sqlite_database.write() as session:
        characters.update(session, ada.id, luna.id, luna.version, Draft("Luna", "owl"))
    app.text_area(key="character description").set_value("mine")
    press(app, "Save")
    assert "another window" in app.error[0].value
    assert app.text_area(key="character description").value == "mine"
    press(app, "Show the current version")
    assert app.selectbox(key="character kind").value == "owl"
    assert app.text_area(key="character description").value == ""


@pytest.mark.parametrize("of", ["somebody else's", "999999", "-1", "1 OR 1=1", "٣", "x" * 5000])
def test_a_character_that_is_not_ones_own_is_not_there(sqlite_database: Database, ada: User, of: str) -> None:
    with sqlite_database.write() as session:
        eve = factories.user(session, "eve")
    theirs = add(sqlite_database, eve)
    app = form(sqlite_database, ada, str(theirs.id) if of == "somebody else's" else of)
    assert [error.value for error in app.error] == ["There is no such character."]


def test_a_character_by_chance_can_be_saved_as_it_is(sqlite_database: Database, ada: User) -> None:
    app = press(form(sqlite_database, ada), "Surprise me")
    name = app.text_input(key="character name").value
    press(app, "Save")
    with sqlite_database.read() as session:
        assert session.scalars(select(Character.name)).all() == [name]


@pytest.mark.parametrize(("count", "said"), [(0, "isn't in any story"), (1, "stars in one story"), (3, "in 3 stories")])
def test_deleting_asks_first_and_says_in_how_many_stories_it_stars(
    sqlite_database: Database, ada: User, count: int, said: str
) -> None:
    luna = add(sqlite_database, ada)
    with sqlite_database.write() as session:
        for _ in range(count):
            story = factories.story(session, ada)
            session.add(StoryCharacter(story_id=story.id, character_id=luna.id))
    app = visit(sqlite_database, ada, "studio/characters.py")
    app.session_state["doomed character"] = luna.id
    assert said in shown(app.run())
    press(app, "Delete")
    with sqlite_database.read() as session:
        assert not session.scalars(select(Character)).all()
    assert button(visit(sqlite_database, ada, "studio/characters.py"), "Create your first character")
