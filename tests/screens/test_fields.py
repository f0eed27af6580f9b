"""Nothing typed is lost: what is too long keeps what fits, and an editor keeps what was not saved."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from storylib.db import Database
from storylib.models import Page, User
from tests import factories
from tests.screens.visit import press, shown, visit


@pytest.fixture
def alma(sqlite_database: Database) -> User:
    with sqlite_database.write() as session:
        return factories.user(session, "alma", role="admin")


def long(length: int) -> str:
    return ("abc " * length)[:length]


@pytest.mark.parametrize(
    ("page", "key", "most"),
    [
        ("studio/create.py", "brief theme", 200),
        ("studio/create.py", "brief new name", 40),
        ("studio/character.py", "character name", 40),
        ("studio/character.py", "character description", 300),
    ],
)
def test_a_text_that_is_too_long_keeps_what_fits(
    sqlite_database: Database, alma: User, page: str, key: str, most: int
) -> None:
    app = visit(sqlite_database, alma, page)
    field = next(field for field in (*app.text_input, *app.text_area) if field.key == key)
    assert not field.proto.max_chars, "the browser would refuse the text"
    field.set_value(long(most + 60)).run()
    assert app.session_state[key] == long(most)
    assert f"Kept the first {most} of {most + 60} characters." in shown(app)
    next(field for field in (*app.text_input, *app.text_area) if field.key == key).set_value("short").run()
    assert "Kept the first" not in shown(app)


def test_a_form_of_which_something_was_cut_is_not_sent_before_that_was_seen(
    sqlite_database: Database, alma: User
) -> None:
    app = visit(sqlite_database, alma, "admin/people.py")
    press(app, "Add a person")
    for key, value in (("name", long(100)), ("email", "bea@school.example"), ("username", "bea")):
        app.text_input(key=f"add {key}").set_value(value)
    press(app, "Add")
    with sqlite_database.read() as session:
        assert [user.username for user in session.query(User)] == ["alma"]


@pytest.fixture
def editor(sqlite_database: Database, alma: User) -> AppTest:
    """Page 1 in the editor, with words that are not saved."""
    with sqlite_database.write() as session:
        story = factories.story(session, alma)
    app = visit(sqlite_database, alma, "studio/story.py", id=story.id)
    app.session_state["editing"] = 1
    text_of(app.run()).set_value("Luna laughs.").run()
    return app


def text_of(app: AppTest) -> TextArea:
    """The field of the page's text."""
    return next(field for field in app.text_area if field.label == "Text")


def close(app: AppTest) -> AppTest:
    del app.session_state["editing"]
    return app.run()


def test_what_was_typed_is_kept_when_the_editor_is_closed_and_the_page_says_so(editor: AppTest) -> None:
    close(editor)
    assert "Text" not in [field.label for field in editor.text_area]
    assert "You have unsaved changes to page 1." in shown(editor)
    press(editor, "Continue editing")
    assert text_of(editor).value == "Luna laughs."
    assert "Not saved yet" in shown(editor)


def test_what_was_typed_can_be_taken_back(editor: AppTest) -> None:
    press(editor, "Discard changes")
    assert text_of(editor).value == "This is page 1."
    assert "not saved" not in shown(close(editor)).lower()


def test_what_was_saved_is_no_draft_any_more(sqlite_database: Database, editor: AppTest) -> None:
    press(editor, "Save")
    assert "not saved" not in shown(editor).lower()
    with sqlite_database.read() as session:
        assert "Luna laughs." in [page.text for page in session.query(Page)]


def test_an_editor_in_which_nothing_was_typed_shows_what_was_saved_since(
    sqlite_database: Database, editor: AppTest
) -> None:
    close(press(editor, "Discard changes"))
    with sqlite_database.write() as session:
        for page in session.query(Page):
            factories.rewrite(session, page, text="Luna sings.")
    editor.session_state["editing"] = 1
    assert text_of(editor.run()).value == "Luna sings."


def test_a_text_that_was_cut_is_seen_before_it_is_saved(sqlite_database: Database, editor: AppTest) -> None:
    text_of(editor).set_value(long(2060))
    press(editor, "Save")
    assert "Kept the first 2,000 of 2,060 characters." in shown(editor)
    with sqlite_database.read() as session:
        assert "This is page 1." in [page.text for page in session.query(Page)]
    press(editor, "Save")
    with sqlite_database.read() as session:
        assert long(2000).strip() in [page.text.strip() for page in session.query(Page)]
