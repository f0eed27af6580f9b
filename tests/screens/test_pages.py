"""Which pages a story has, changed on the screen; and a page that two windows change."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.library import stories
from storylib.models import Story, User
from tests import factories
from tests.screens.visit import press, shown, visit


@pytest.fixture
def story(sqlite_database: Database, ada: User) -> Story:
    """A finished, approved story."""
    with sqlite_database.write() as session:
        return factories.story(session, ada, review="approved")


@pytest.fixture
def app(sqlite_database: Database, ada: User, story: Story) -> AppTest:
    """Its page, with the dialog open."""
    return press(visit(sqlite_database, ada, "studio/story.py", id=story.id), "Edit pages")


def order(database: Database, ada: User, story: Story) -> list[int]:
    with database.read() as session:
        return [page.number for page in stories.get(session, ada.id, story.id).pages]


def test_pages_are_moved_deleted_and_brought_back(
    sqlite_database: Database, ada: User, story: Story, app: AppTest
) -> None:
    first = order(sqlite_database, ada, story)
    assert "this ends the approval" in app.warning[0].value
    app.button(key="pages down 1").click().run()
    assert order(sqlite_database, ada, story)[:2] == [2, 1]
    app.button(key="pages delete 1").click().run()
    assert 1 not in order(sqlite_database, ada, story)
    app.button(key="pages Undo").click().run()
    app.button(key="pages Undo").click().run()
    assert order(sqlite_database, ada, story) == first
    assert app.button(key="pages Undo").disabled
    assert "Page moved (page 1)" in shown(app)


def test_what_another_window_did_is_told_and_not_overwritten(
    sqlite_database: Database, ada: User, story: Story, app: AppTest
) -> None:
    with sqlite_database.write() as session:
        stories.delete(session, ada.id, story.id, 3)
    app.button(key="pages up 2").click().run()
    assert order(sqlite_database, ada, story)[:2] == [1, 2]


@pytest.mark.usefixtures("working")
def test_a_new_page_is_added_in_the_teachers_words(
    sqlite_database: Database, ada: User, story: Story, app: AppTest
) -> None:
    app.text_area(key=f"pages new {story.id}").set_value("Luna naps at the beach.").run()
    press(app, "Add page")
    with sqlite_database.read() as session:
        added = stories.get(session, ada.id, story.id).pages[-1]
    assert (added.text, added.scene.setting) == ("Luna naps at the beach.", "beach")


def test_a_copy_is_opened(sqlite_database: Database, ada: User, story: Story) -> None:
    page = press(visit(sqlite_database, ada, "studio/story.py", id=story.id), "Duplicate")
    assert not page.exception
    with sqlite_database.read() as session:
        titles = session.scalars(select(Story.title).where(Story.owner_id == ada.id).order_by(Story.title)).all()
    assert titles == ["Luna", "Luna (copy)"]


def test_words_typed_while_another_window_saved_are_kept_and_the_teacher_is_told(
    sqlite_database: Database, ada: User, story: Story
) -> None:
    page = visit(sqlite_database, ada, "studio/story.py", id=story.id)
    page.session_state["editing"] = 1
    page.run()
    field = f"draft {story.id} 1"
    page.text_area(key=field).set_value("Luna sings.").run()
    with sqlite_database.write() as session:
        stories.rewrite_page(session, ada.id, story.id, 1, "Luna hums.")
    page.run()
    assert any("changed since you began" in said.value for said in page.warning)
    assert page.text_area(key=field).value == "Luna sings."
    with sqlite_database.read() as session:
        assert stories.page(session, ada.id, story.id, 1).text == "Luna hums."
