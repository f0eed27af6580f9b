"""Portraits to choose from, on the screen of a character."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.errors import Unavailable
from storylib.errors.messages import message
from storylib.generation import jobs, portrait_requests
from storylib.library import portraits
from storylib.models import Candidate, Character, User
from tests import factories
from tests.providers import Scripted, charge
from tests.screens.visit import button, press, shown, visit


@pytest.fixture(autouse=True)
def illustrator(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Somebody who draws for money."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    provider = Scripted()
    charge(monkeypatch, provider)
    return provider


@pytest.fixture
def luna(sqlite_database: Database, ada: User) -> Character:
    """Ada's only character."""
    with sqlite_database.write() as session:
        return factories.character(session, ada, "Luna")


def form(database: Database, user: User, of: Character | None = None) -> AppTest:
    return visit(database, user, "studio/character.py", id=str(of.id) if of else "new")


def add(database: Database, owner: User, of: Character, *states: str) -> list[Candidate]:
    """A batch of candidates: ``drawn``, ``drawing`` or why not."""
    with database.write() as session:
        asked = portrait_requests.ask(session, owner, of.id, "openai", len(states))
        for one, state in zip(asked, states, strict=True):
            if state == "drawn":
                one.image_id = factories.image(session, owner, character_id=of.id, candidate=one.position).id
            elif state != "drawing":
                one.error = message(state)
        return asked


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_a_new_character_is_saved_before_it_is_drawn(sqlite_database: Database, ada: User) -> None:
    app = form(sqlite_database, ada)
    assert "Save the character first" in shown(app)
    assert not [label for label in labels(app) if label.startswith("Draw")]


@pytest.mark.usefixtures("scripted")
def test_without_an_illustrator_there_is_nothing_to_choose(
    sqlite_database: Database, ada: User, luna: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert "Portraits by" not in str([header.value for header in form(sqlite_database, ada, luna).header])


def test_the_price_is_said_before_the_click_and_follows_the_number(
    sqlite_database: Database, ada: User, luna: Character
) -> None:
    app = form(sqlite_database, ada, luna)
    assert "Draw 4 portraits (about \\$0.16)" in labels(app)
    app.segmented_control(key="portraits wanted").set_value(1).run()
    assert "Draw one portrait (about \\$0.04)" in labels(app)
    assert "Your plan allows 3 more sets of portraits of Luna." in shown(app)


@pytest.mark.usefixtures("working")
def test_the_click_notes_and_starts_them(sqlite_database: Database, ada: User, luna: Character) -> None:
    app = press(form(sqlite_database, ada, luna), "Draw 4")
    assert not app.exception
    with sqlite_database.read() as session:
        assert [one.position for one in portraits.latest(session, ada.id, luna.id)] == [0, 1, 2, 3]


def test_what_cannot_be_started_now_is_kept(
    sqlite_database: Database, ada: User, luna: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise Unavailable("They start by themselves a little later.")

    monkeypatch.setattr(jobs, "submit_portraits", full)
    app = press(form(sqlite_database, ada, luna), "Draw 4")
    assert [toast.value for toast in app.toast] == ["They start by themselves a little later."]
    assert "Being drawn…" in shown(app)


def test_after_a_reload_each_is_where_it_was(sqlite_database: Database, ada: User, luna: Character) -> None:
    add(sqlite_database, ada, luna, "drawn", "drawing", "The safety check refused it.", "drawn")
    app = form(sqlite_database, ada, luna)
    said = shown(app)
    assert 'aria-label="Portrait 2: Being drawn…"' in said
    assert "The safety check refused it." in said
    assert {"Choose 1", "Choose 4", "Try again (about \\$0.04)"} <= set(labels(app))
    assert button(app, "Draw 4").disabled


def test_one_is_chosen_and_given_back(
    sqlite_database: Database, ada: User, luna: Character, scripted: Scripted
) -> None:
    asked = add(sqlite_database, ada, luna, "drawn", "drawn")
    app = press(form(sqlite_database, ada, luna), "Choose 2")
    assert {"Choose 1", "Chosen"} <= set(labels(app))
    with sqlite_database.read() as session:
        assert session.get_one(Character, luna.id).portrait_id == asked[1].image_id
    app = press(app, "Use the Story Kit's portrait")
    assert "Chosen" not in labels(app)
    assert len(scripted.drawn) == 1


@pytest.mark.usefixtures("working")
def test_one_that_failed_is_tried_again(sqlite_database: Database, ada: User, luna: Character) -> None:
    add(sqlite_database, ada, luna, "It was too slow.")
    app = press(form(sqlite_database, ada, luna), "Try again")
    assert "It was too slow." not in shown(app)


def test_a_plan_that_is_used_up_says_so(sqlite_database: Database, ada: User, luna: Character) -> None:
    for _ in range(3):
        add(sqlite_database, ada, luna, "drawn")
    app = form(sqlite_database, ada, luna)
    assert "Your plan allows no more portraits of Luna." in shown(app)
    assert button(app, "Draw 4").disabled
    assert "Choose 1" in labels(app)


def test_portraits_of_an_older_look_say_so(sqlite_database: Database, ada: User, luna: Character) -> None:
    add(sqlite_database, ada, luna, "drawn")
    with sqlite_database.write() as session:
        session.get_one(Character, luna.id).kind = "owl"
    assert "These show Luna with an earlier look." in shown(form(sqlite_database, ada, luna))
