"""A tab that stays open when its session has ended: nothing in it acts any more, and the next click says so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select, update
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from storylib.db import Database
from storylib.errors.messages import message
from storylib.identity import credentials, users
from storylib.models import AuthSession, Base, Candidate, User, now, sums
from storylib.people import administration, deletion
from storylib.providers.openai import server as server_module
from storylib.providers.openai.server import Server
from storylib.web.shell import SCREENS
from tests import factories
from tests.screens.visit import visit

SIGNED_OUT = "You were signed out, so nothing was changed."
DEMOTED = "You are no longer an administrator, so nothing was changed."
PAID = factories.BRIEF.model_copy(update={"provider": "openai", "pictures": "openai"})


class School(NamedTuple):
    """Two administrators with something on every page."""

    database: Database
    ada: User
    boss: User
    ids: dict[str, str]

    def open(self, screen: str) -> AppTest:
        """A tab of Ada's on one of ``TABS``."""
        page, address, state = TABS[screen]
        address = {name: self.ids.get(value, value) for name, value in address.items()}
        app = visit(self.database, self.ada, page, **address)
        for name, value in state.items():
            app.session_state[name] = self.ids.get(value, value) if isinstance(value, str) else value
        return app.run()

    def rows(self) -> str:
        """All that the database holds, but for the sessions."""
        tables = [table for table in Base.metadata.sorted_tables if table.name not in ("auth_sessions", "processes")]
        with self.database.read() as session:
            held = [sorted(map(repr, session.execute(select(table)))) for table in tables]
        return hashlib.sha256(repr(held).encode()).hexdigest()


Address = dict[str, str]
TABS: dict[str, tuple[str, Address, dict[str, Any]]] = {
    "gallery": ("library/gallery.py", {}, {}),
    "gallery without a match": ("library/gallery.py", {"search": "zebra"}, {}),
    "create": ("studio/create.py", {}, {}),
    "characters": ("studio/characters.py", {}, {}),
    "a character to delete": ("studio/characters.py", {}, {"doomed character": 1}),
    "a new character": ("studio/character.py", {}, {}),
    "a character with portraits": ("studio/character.py", {"id": "1"}, {}),
    "a story": ("studio/story.py", {"id": "ready"}, {}),
    "the editor of a page": ("studio/story.py", {"id": "ready"}, {"editing": 1}),
    "the editor of the cover": ("studio/story.py", {"id": "ready"}, {"editing": 0}),
    "a story in the making": ("studio/story.py", {"id": "writing"}, {}),
    "a story that failed": ("studio/story.py", {"id": "failed"}, {}),
    "a story that was stopped": ("studio/story.py", {"id": "cancelled"}, {}),
    "a story with stand-ins": ("studio/story.py", {"id": "stood in"}, {}),
    "profile": ("account/profile.py", {}, {}),
    "a link for somebody": ("", {"invite": "a-dead-link"}, {}),
    "usage": ("admin/usage.py", {}, {}),
    "health": ("admin/health.py", {}, {}),
    "providers": ("admin/providers.py", {}, {}),
    "people": ("admin/people.py", {}, {}),
}
ADMINS = ("usage", "health", "providers", "people")


@pytest.fixture
def school(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> School:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(server_module, "connect", lambda _: Server("http://127.0.0.1:9/v1"))
    with sqlite_database.write() as session:
        ada, boss = (factories.user(session, name, role="admin", plan="pro") for name in ("ada", "boss"))
        luna = factories.character(session, ada)
        ids = {state: factories.story(session, ada, 2, state=state) for state in ("ready", "failed", "cancelled")}
        ids["writing"] = factories.story(session, ada, 2, state="writing")
        ids["stood in"] = factories.story(session, ada, brief=PAID, cover_stand_in=True)
        for number in (1, 2):
            factories.page(
                session, ids["stood in"], number, stand_in=True, state="ready", error=message("It did not answer.")
            )
        drawn = {"character_id": luna.id, "batch": 1, "provider": "openai", "spec": factories.LUNA}
        session.add(Candidate(position=0, image_id=factories.image(session, ada).id, **drawn))
        session.add(Candidate(position=1, error=message("It did not answer."), **drawn))
        factories.call(session, ada, provider="openai", model="draws", state="unknown")
        factories.alert(session)
        sums.rebuild(session)
        users.start_session(session, ada, "Another browser")
        return School(sqlite_database, ada, boss, {name: story.id for name, story in ids.items()})


# --- the ways in which a session ends


def _sign_out(school: School) -> None:
    with school.database.write() as session:
        administration.sign_out(session, school.boss, [school.ada.id])


def _new_password(school: School) -> None:
    with school.database.write() as session:
        credentials.set_password(session, school.ada.id, "another")


def _lock(school: School) -> None:
    with school.database.write() as session:
        administration.lock(session, school.boss, [school.ada.id])


def _deactivate(school: School) -> None:
    with school.database.write() as session:
        administration.deactivate(session, school.boss, [school.ada.id])


def _expire(school: School) -> None:
    with school.database.write() as session:
        session.execute(update(AuthSession).values(expires_at=now() - timedelta(seconds=1)))


def _delete(school: School) -> None:
    with school.database.write() as session:
        deletion.delete(session, school.boss, [school.ada.id], school.boss.id)


def _demote(school: School) -> None:
    with school.database.write() as session:
        administration.set_role(session, school.boss, [school.ada.id], "educator")


WAYS: dict[str, Callable[[School], None]] = {
    "signed out everywhere": _sign_out,
    "a new password": _new_password,
    "locked": _lock,
    "deactivated": _deactivate,
    "expired": _expire,
    "deleted": _delete,
}


# --- everything that a tab can call


@pytest.fixture
def fire(monkeypatch: pytest.MonkeyPatch) -> Callable[[AppTest], int]:
    """Has the next run of a tab begin with every callback of every widget in it, as if all were clicked at once."""
    fired: list[object] = []

    def call_all(self: SessionState, *_: object, **__: object) -> None:
        for callback in list(_callbacks(self)):
            fired.append(callback)
            callback()

    def fire_(app: AppTest) -> int:
        with monkeypatch.context() as patched:
            patched.setattr(SessionState, "_call_callbacks", call_all)
            app.run()
        assert not app.exception, app.exception
        return len(fired)

    return fire_


def _callbacks(state: SessionState) -> Iterator[Callable[[], object]]:
    for widget in list(state._new_widget_state.widget_metadata.values()):
        assert not widget.callback_args, "arguments belong to the gate"
        yield from filter(None, [widget.callback, *(widget.callbacks or {}).values()])


def said(app: AppTest) -> list[str]:
    assert not app.exception, app.exception
    return [warning.value for warning in app.warning if warning.icon == ":material/lock:"]


def clickable(app: AppTest) -> list[Button]:
    return [button for button in app.button if not button.disabled]


def test_every_page_is_among_the_tabs() -> None:
    assert {screen.file for screen in SCREENS} == {page for page, _, _ in TABS.values() if page}


@pytest.mark.parametrize(
    ("tab", "way"),
    [*((tab, "signed out everywhere") for tab in TABS), *product(("a story", "create", "people"), list(WAYS)[1:])],
)
def test_no_callback_of_an_open_tab_acts_when_its_session_has_ended(
    school: School, fire: Callable[[AppTest], int], tab: str, way: str
) -> None:
    app = school.open(tab)
    WAYS[way](school)
    before = school.rows()
    assert fire(app), "there is something to fire"
    assert school.rows() == before
    assert said(app) == [SIGNED_OUT]
    assert app.text_input[0].label == "Username or e-mail address"


@pytest.mark.parametrize("tab", ADMINS)
def test_no_callback_of_an_administrators_page_acts_when_the_role_was_taken_away(
    school: School, fire: Callable[[AppTest], int], tab: str
) -> None:
    app = school.open(tab)
    _demote(school)
    before = school.rows()
    assert fire(app)
    assert school.rows() == before
    assert said(app) == [DEMOTED]
    assert "for administrators" in app.error[0].value


@pytest.mark.parametrize("tab", TABS)
def test_no_button_of_an_open_tab_acts_when_its_session_has_ended(school: School, tab: str) -> None:
    for number in count():
        app = school.open(tab)
        if number >= len(clickable(app)):
            break
        _sign_out(school)
        before = school.rows()
        clickable(app)[number].click().run()
        assert school.rows() == before
        assert said(app) == [SIGNED_OUT]


@pytest.mark.parametrize("tab", ADMINS)
def test_no_button_of_an_administrators_page_acts_when_the_role_was_taken_away(school: School, tab: str) -> None:
    for number in range(len(clickable(school.open(tab)))):
        app = school.open(tab)
        _demote(school)
        before = school.rows()
        clickable(app)[number].click().run()
        assert school.rows() == before
        assert "for administrators" in app.error[0].value
        with school.database.write() as session:
            administration.set_role(session, school.boss, [school.ada.id], "admin")


def test_the_same_buttons_act_while_the_session_lives(school: School) -> None:
    app = school.open("a story")
    before = school.rows()
    next(button for button in app.button if button.label == "Add to favourites").click().run()
    assert school.rows() != before
    assert said(app) == []
