"""Writing a story oneself: the words stay, the pictures are told before the click."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.models import Story, User
from tests import factories
from tests.screens.visit import press, shown, visit

TEXT = "Luna went to the beach.\n\n" + "It rained, and rained, and then it rained again on the sand. " * 4


@pytest.fixture
def app(sqlite_database: Database, ada: User) -> AppTest:
    """The form, as Ada has chosen to write herself."""
    with sqlite_database.write() as session:
        factories.character(session, ada, "Luna")
    form = visit(sqlite_database, ada, "studio/create.py")
    return form.radio(key="brief provider").set_value("own").run()


def asked(database: Database) -> list[Story]:
    with database.read() as session:
        return list(session.scalars(select(Story)))


def test_the_form_asks_for_the_words_and_not_for_wishes(app: AppTest) -> None:
    assert not app.slider
    assert not [field for field in app.text_input if field.key == "brief theme"]
    assert "Type or paste your story first." in shown(app)


def test_each_picture_is_told_while_one_types(app: AppTest) -> None:
    app.text_area(key="brief text").set_value(TEXT).run()
    said = shown(app)
    assert "Your words stay exactly as they are" in said
    assert "1. Luna walks on the beach." in said
    assert "2. Luna stands on the beach in the rain." in said


@pytest.mark.usefixtures("working")
def test_the_click_makes_a_story_of_exactly_these_words(sqlite_database: Database, app: AppTest) -> None:
    app.text_input(key="brief title").set_value("A wet day")
    app.text_area(key="brief text").set_value(TEXT)
    press(app, "Create story")
    assert not app.exception
    [story] = asked(sqlite_database)
    assert (story.brief.title, story.brief.pages) == ("A wet day", len(story.brief.text))
    assert "".join("".join(story.brief.text).split()) == "".join(TEXT.split())


def test_a_text_of_numbers_is_refused_kept_and_makes_nothing(sqlite_database: Database, app: AppTest) -> None:
    app.text_area(key="brief text").set_value("1 + 1")
    press(app, "Create story")
    assert "Type or paste your story first." in shown(app)
    assert app.text_area(key="brief text").value == "1 + 1"
    assert asked(sqlite_database) == []
