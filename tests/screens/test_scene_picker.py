"""Changing what a page's picture shows."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.errors import Invalid
from storylib.library import stories
from storylib.models import Story, User
from tests import factories
from tests.screens.visit import press, shown, visit


@pytest.fixture
def story(sqlite_database: Database, ada: User) -> Story:
    """A finished story in a meadow."""
    with sqlite_database.write() as session:
        return factories.story(session, ada)


@pytest.fixture
def app(sqlite_database: Database, ada: User, story: Story) -> AppTest:
    """Its page, with the picker of the second page open."""
    page = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    page.session_state["picturing"] = 2
    return page.run()


def picker(app: AppTest, label: str) -> str:
    return next(str(box.key) for box in app.selectbox if box.label == label)


def page_of(database: Database, story: Story) -> tuple[str, str, str, int, str]:
    with database.read() as session:
        page = session.scalars(select(Story).where(Story.id == story.id)).one().pages[1]
        return page.scene.setting, page.alt, page.text, page.attempt, page.state


def test_the_pickers_show_what_the_picture_shows(app: AppTest) -> None:
    assert app.selectbox(key=picker(app, "Place")).value == "meadow"
    assert app.button[-1].disabled  # nothing is changed yet


@pytest.mark.usefixtures("working")
def test_another_place_is_drawn_told_to_screen_readers_and_keeps_the_words(
    sqlite_database: Database, app: AppTest, story: Story
) -> None:
    app.selectbox(key=picker(app, "Place")).set_value("beach").run()
    press(app, "Use this picture")
    setting, alt, text, attempt, state = page_of(sqlite_database, story)
    assert (setting, text, attempt, state) == ("beach", "This is page 2.", 2, "written")
    assert "on the beach" in alt
    assert "picturing" not in app.session_state


def test_a_scene_with_a_stranger_is_refused_and_nothing_is_changed(
    sqlite_database: Database, ada: User, story: Story
) -> None:
    before = page_of(sqlite_database, story)
    scene = factories.MEADOW.model_copy(update={"cast": (factories.MEADOW.cast[0].model_copy(update={"name": "Zed"}),)})
    with pytest.raises(Invalid, match="Zed cannot be drawn"), sqlite_database.write() as session:
        stories.change_scene(session, ada, story.id, 2, scene)
    assert page_of(sqlite_database, story) == before


def test_the_same_scene_is_not_drawn_again(sqlite_database: Database, ada: User, story: Story) -> None:
    with pytest.raises(Invalid, match="exactly that already"), sqlite_database.write() as session:
        stories.change_scene(session, ada, story.id, 2, factories.MEADOW)
    assert page_of(sqlite_database, story)[3] == 1


def test_a_picture_without_anybody_is_drawn_and_told(app: AppTest) -> None:
    app.multiselect(key=next(str(box.key) for box in app.multiselect if box.label == "Who is there")).set_value(
        []
    ).run()
    assert not app.exception
    assert not app.button[-1].disabled


def test_the_words_are_read_beside_the_picture(app: AppTest) -> None:
    assert "This is page 2." in shown(app)
