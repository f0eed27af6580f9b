"""Access tokens on the Profile page, and what administrators see of them; run without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.identity import api_tokens
from storylib.models import User
from tests import factories
from tests.screens.visit import button, shown, visit

PROFILE = "account/profile.py"


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    with sqlite_database.write() as session:
        return factories.user(session)


def make(app: AppTest, name: str) -> AppTest:
    next(field for field in app.text_input if field.label == "What is it for?").set_value(name)
    return button(app, "Create token").click().run()


def test_a_token_is_made_and_shown_once(sqlite_database: Database, ada: User) -> None:
    app = make(visit(sqlite_database, ada, PROFILE), "Library catalogue")
    token = app.code[0].value
    with sqlite_database.write() as session:
        caller = api_tokens.spend(session, token)
    assert (caller.user.id, caller.scopes) == (ada.id, {"read"})
    app = button(app, "I have copied it").click().run()
    assert not app.code
    assert "Library catalogue" in shown(app)


def test_a_token_needs_a_name(sqlite_database: Database, ada: User) -> None:
    app = make(visit(sqlite_database, ada, PROFILE), " ")
    assert "required" in shown(app)
    assert not app.code


def test_only_administrators_are_offered_the_scope_admin(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        chief = factories.user(session, "chief", role="admin")
    offered = [
        next(field.options for field in visit(sqlite_database, user, PROFILE).multiselect) for user in (ada, chief)
    ]
    assert [len(options) for options in offered] == [2, 3]


def test_a_token_is_listed_and_ended(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        api_tokens.create(session, ada, "*Grade* book", ["read", "write"], 30)
    app = visit(sqlite_database, ada, PROFILE)
    assert "May read and write until" in shown(app)
    app = button(app, "End").click().run()
    assert "May read" not in shown(app)
    with sqlite_database.read() as session:
        assert api_tokens.of(session, ada.id) == []


def _of_people() -> None:
    import streamlit as st

    from storylib.web import access_tokens

    access_tokens.of_people(st.session_state["chosen"])


def test_an_administrator_sees_and_ends_anybodys(sqlite_database: Database, ada: User) -> None:
    from storylib.identity import users

    with sqlite_database.write() as session:
        chief = factories.user(session, "chief", role="admin")
        api_tokens.create(session, ada, "Grade book", ["read"], 30)
        token = users.start_session(session, chief)
    app = AppTest.from_function(_of_people)
    app.session_state["token"], app.session_state["chosen"] = token, [ada.id]
    app.session_state["made for"] = (chief.id, "admin")
    app.run()
    assert "ada: Grade book" in shown(app)
    button(app, "End").click().run()
    with sqlite_database.read() as session:
        assert api_tokens.of(session, ada.id) == []
