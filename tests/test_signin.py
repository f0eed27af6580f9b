"""The screens before the first page, and the frame around every page; run without a browser."""

from __future__ import annotations

from pathlib import Path

import bcrypt
import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from storylib import config
from storylib.config import ROOT
from storylib.db import Database
from storylib.identity import one_time_tokens, users
from storylib.models import AuthSession, OneTimeToken, User
from tests import factories

GOOD = "a long walk by the sea"
CHEAP = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()  # checks in a millisecond


def home(token: str | None = None) -> AppTest:
    """A tab at the front door, signed in if there is a token."""
    app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
    if token:
        app.session_state["token"] = token
    return app


def profile(token: str) -> AppTest:
    return home(token).run().switch_page("pages/account/profile.py").run()


def shown(app: AppTest) -> str:
    """All that the screen says."""
    assert not app.exception
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.error, app.success)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def somebody(database: Database, username: str = "ada", **fields: object) -> User:
    with database.write() as session:
        return factories.user(session, username, password_hash=CHEAP, name="Ada Lovelace", **fields)


def signed_in(database: Database, user: User) -> str:
    with database.write() as session:
        return users.start_session(session, user, "Mozilla/5.0 (X11; Linux) Firefox/150.0")


def fill(app: AppTest, **values: str) -> AppTest:
    for label, value in values.items():
        next(box for box in app.text_input if box.label.lower().startswith(label)).set_value(value)
    return app


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def cookie_arrives(app: AppTest) -> AppTest:
    """What the browser does with the one-time token."""
    del app.session_state["one-time token"]
    return app.run()


# --- signing in


def test_nobody_sees_a_page_without_signing_in(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    app = home().run()
    assert "Picture books for your class" in shown(app)
    assert not app.sidebar.button
    assert [box.proto.autocomplete for box in app.text_input] == ["username", "current-password"]


def test_a_right_password_opens_the_page_that_was_asked_for(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    app = home()
    app.query_params["sort"] = "newest"
    press(fill(app.run(), username="ada", password=GOOD), "Sign in")
    assert "Opening your library" in shown(app)
    assert "Gallery" in shown(cookie_arrives(app))
    assert app.query_params["sort"] == "newest"
    with sqlite_database.read() as session:
        assert users.session_user(session, app.session_state["token"])


def test_a_wrong_password_is_said_in_one_sentence_and_keeps_what_was_typed(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    app = press(fill(home().run(), username="ada", password="wrong wrong wrong"), "Sign in")
    assert "do not match" in app.error[0].value
    assert app.text_input[0].value == "ada"
    assert "token" not in app.session_state


@pytest.mark.parametrize(
    "text", ["", "😀", "\u202eada", "<script>alert(1)</script>", "' OR 1=1 --", "ada\0", "x" * 10_000]
)
def test_hostile_text_is_just_wrong(sqlite_database: Database, text: str) -> None:
    somebody(sqlite_database)
    app = press(fill(home().run(), username=text, password=text), "Sign in")
    assert "do not match" in app.error[0].value


@pytest.mark.parametrize("token", ["forged", "", "\0", "x" * 10_000])
def test_a_forged_token_shows_the_sign_in_screen(sqlite_database: Database, token: str) -> None:
    somebody(sqlite_database)
    assert "Picture books for your class" in shown(home(token).run())


def test_signing_in_drops_what_an_earlier_user_left_in_the_tab(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    app = home()
    app.session_state["draft"] = "somebody else's"
    press(fill(app.run(), username="ada", password=GOOD), "Sign in")
    assert "draft" not in app.session_state


def test_a_browser_that_refuses_the_cookie_is_told(sqlite_database: Database) -> None:
    app = home(signed_in(sqlite_database, somebody(sqlite_database)))
    app.session_state["cookieless"] = True
    assert "allow cookies" in app.run().warning[0].value


# --- signing out


def test_signing_out_ends_the_session_at_once(sqlite_database: Database) -> None:
    token = signed_in(sqlite_database, somebody(sqlite_database))
    app = home(token).run()
    assert "Ada Lovelace" in app.sidebar.markdown[0].value
    press(app, "Sign out")
    assert "Signing you out" in shown(app)
    with sqlite_database.read() as session:
        assert users.session_user(session, token) is None
    assert "Picture books for your class" in shown(cookie_arrives(app))


def test_a_session_that_ended_elsewhere_shows_the_sign_in_screen(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storylib.web.current_user.FRESH", 0.0)
    token = signed_in(sqlite_database, somebody(sqlite_database))
    app = home(token).run()
    assert "Gallery" in shown(app)
    with sqlite_database.write() as session:
        users.end_session(session, token)
    assert "Picture books for your class" in shown(app.run())


# --- the first start


def test_with_nobody_there_the_screen_says_where_the_link_is(sqlite_database: Database) -> None:
    assert "terminal" in shown(home().run())
    with sqlite_database.read() as session:
        assert users.needs_setup(session)


def test_the_printed_link_makes_the_first_administrator_once(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        code = users.setup_code(session)
    app = home()
    app.query_params["setup"] = code
    fill(app.run(), your="Ada Lovelace", username="ada", password=GOOD)
    fill(app, **{"e-mail": "ada@school.example"})
    press(app, "Create account")
    assert "Gallery" in shown(cookie_arrives(app))
    assert "setup" not in app.query_params
    with sqlite_database.read() as session:
        assert session.scalars(select(User.role)).all() == ["admin"]
        assert (
            session.scalar(select(func.count()).select_from(OneTimeToken).where(OneTimeToken.purpose == "setup")) == 0
        )
    again = home()
    again.query_params["setup"] = code
    assert "Sign in" in [button.label for button in again.run().button]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("your", "", "required"),
        ("e-mail", "nowhere", "e-mail"),
        ("username", "a", "username"),
        ("password", "short", "12"),
    ],
)
def test_a_rule_that_is_broken_is_named_and_nobody_is_made(
    sqlite_database: Database, field: str, value: str, said: str
) -> None:
    with sqlite_database.write() as session:
        code = users.setup_code(session)
    app = home()
    app.query_params["setup"] = code
    good = {"your": "Ada", "e-mail": "a@b.de", "username": "ada", "password": GOOD}
    press(fill(app.run(), **good | {field: value}), "Create account")
    assert said in app.error[0].value
    with sqlite_database.read() as session:
        assert users.needs_setup(session)


def test_a_wrong_setup_code_makes_nobody(sqlite_database: Database) -> None:
    app = home()
    app.query_params["setup"] = "guessed"
    fill(app.run(), your="Eve", username="eve", password=GOOD)
    fill(app, **{"e-mail": "eve@evil.example"})
    assert "used or has expired" in press(app, "Create account").error[0].value
    with sqlite_database.read() as session:
        assert users.needs_setup(session)


# --- links for choosing a password, and accounts for strangers


def test_a_link_opened_while_somebody_is_signed_in_says_who_is_who(sqlite_database: Database) -> None:
    ada, bea = somebody(sqlite_database), somebody(sqlite_database, "bea")
    with sqlite_database.write() as session:
        code = one_time_tokens.issue_to(session, "reset", [bea.id])[bea.id]
    app = home(signed_in(sqlite_database, ada))
    app.query_params["reset"] = code
    assert "you are signed in as" in shown(app.run())
    press(app, "Stay signed in as ada")
    assert "reset" not in app.query_params
    assert "Gallery" in shown(app)
    app.query_params["reset"] = code
    press(app.run(), "Sign out and choose a password")
    assert "Signing you out" in shown(app)
    del app.session_state["token"]
    assert "New password for" in shown(cookie_arrives(app))
    press(fill(app, password="another walk by the sea"), "Save and")
    assert "Gallery" in shown(cookie_arrives(app))
    assert "reset" not in app.query_params


def test_a_dead_link_says_so_to_who_is_signed_in(sqlite_database: Database) -> None:
    app = home(signed_in(sqlite_database, somebody(sqlite_database)))
    app.query_params["invite"] = "guessed"
    assert "used or has expired" in app.run().warning[0].value
    assert "Gallery" in shown(press(app, "Stay signed in"))


def test_a_closed_site_offers_strangers_no_account(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    app = home()
    app.query_params["register"] = "yes"
    app.run()
    assert [button.label for button in app.button] == ["Sign in"]


@pytest.mark.usefixtures("open_door")
def test_an_open_site_has_a_page_for_strangers_of_its_domains(sqlite_database: Database) -> None:
    somebody(sqlite_database)
    app = press(home().run(), "Create an account")
    assert "register" in app.query_params
    assert "an e-mail address at School.Example" in shown(app)
    fill(app, your="Bea", username="bea", password=GOOD)
    press(fill(app, **{"e-mail": "bea@elsewhere.example"}), "Create account")
    assert "need an e-mail address" in app.error[0].value
    press(fill(app, **{"e-mail": "bea@school.example"}), "Create account")
    assert "Gallery" in shown(cookie_arrives(app))
    assert "register" not in app.query_params
    with sqlite_database.read() as session:
        assert session.scalars(select(User.role).where(User.username == "bea")).all() == ["educator"]


@pytest.fixture
def open_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_database: Database) -> None:  # noqa: ARG001
    """A site where strangers of one school make accounts themselves."""
    ours = (config.ROOT / "config.yaml").read_text("utf-8")
    theirs = ours.replace("register: false", "register: true").replace("domains: []", "domains: [School.Example]")
    (tmp_path / "config.yaml").write_text(theirs, "utf-8")
    monkeypatch.setenv("STORYLIB_CONFIG", str(tmp_path / "config.yaml"))
    config.settings.cache_clear()


# --- the profile


def test_a_new_password_needs_the_current_one_and_ends_other_sessions(sqlite_database: Database) -> None:
    user = somebody(sqlite_database)
    here, there = signed_in(sqlite_database, user), signed_in(sqlite_database, user)
    app = profile(here)
    press(fill(app, current="wrong", new="another walk by the sea"), "Change password")
    assert "not correct" in app.error[0].value
    press(fill(app, current=GOOD, new="another walk by the sea"), "Change password")
    assert "Password changed" in app.success[0].value
    with sqlite_database.read() as session:
        left = [row.token_hash for row in users.sessions_of(session, user.id)]
    assert left == [one_time_tokens.sha256(here)]
    assert one_time_tokens.sha256(there) not in left


def test_another_browser_can_be_signed_out_from_the_profile(sqlite_database: Database) -> None:
    user = somebody(sqlite_database)
    here, _there = signed_in(sqlite_database, user), signed_in(sqlite_database, user)
    app = profile(here)
    assert shown(app).count("Firefox on Linux") == 2
    next(button for button in app.main.button if button.label == "Sign out").click().run()
    assert shown(app).count("Firefox on Linux") == 1
    with sqlite_database.read() as session:
        assert session.scalars(select(AuthSession.token_hash)).all() == [one_time_tokens.sha256(here)]


# --- pages


@pytest.mark.parametrize("path", sorted(ROOT.glob("pages/*/*.py")), ids=lambda path: path.stem)
def test_a_page_opened_without_the_front_door_shows_the_sign_in_screen(sqlite_database: Database, path: object) -> None:
    somebody(sqlite_database)
    app = AppTest.from_file(str(path), default_timeout=30).run()
    assert "Picture books for your class" in shown(app)
    assert "Ada" not in shown(app)


# --- errors


def test_an_error_of_ours_is_said_in_its_own_sentence() -> None:
    def script() -> None:
        from storylib import web
        from storylib.errors import NotFound

        web.show_error(NotFound("There is no such story."))

    assert AppTest.from_function(script).run().error[0].value == "There is no such story."


def test_any_other_error_shows_what_was_kept_and_a_number_but_no_detail() -> None:
    def script() -> None:
        from storylib import web

        web.show_error(ZeroDivisionError("secret detail"))

    said = AppTest.from_function(script).run().error[0].value
    assert "is kept" in said
    assert "secret detail" not in said


def test_an_action_that_is_refused_says_so_and_the_page_goes_on(sqlite_database: Database) -> None:
    def script() -> None:
        import streamlit as st

        from storylib import web
        from storylib.identity import users

        done = web.act(users.end_listed_session, 1, "nothing")
        st.write(f"done: {done}")

    app = AppTest.from_function(script)
    app.session_state["token"] = signed_in(sqlite_database, somebody(sqlite_database))
    app.run()
    assert app.error[0].value == "That sign-in has already ended."
    assert app.markdown[0].value == "done: None"
