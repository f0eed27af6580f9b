"""The screens before the first page: sign in, open a link, create an account or the administrator account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from storylib.config import settings
from storylib.db import database
from storylib.errors import StorylibError
from storylib.identity import credentials, invitations, users
from storylib.identity.one_time_tokens import LinkPurpose
from storylib.identity.users import NewUser
from storylib.models import User
from storylib.vocabulary import PlanName, Role
from storylib.web import errors, fields
from storylib.web.sign_in import cookie

NEW_PASSWORD = "Password (12 characters or more)"
PICTURE = "/app/static/welcome.webp"
LINKS: dict[LinkPurpose, str] = {"invite": "Welcome, {name}!", "reset": "New password for {name}"}
TURNED_AWAY = "turned away"  # in the session: why
REGISTER = "register"  # in the address, whatever its value
PROMISE = "Picture books for your class, with the same hero on every page."


def screen() -> None:
    """Show whichever of them the visitor needs."""
    with database().read() as session:
        nobody_yet = users.needs_setup(session)
    with door():
        st.write(PROMISE)
        show_reason()
        if nobody_yet:
            _first_run(st.query_params.get("setup"))
        elif link := opened_link():
            _link(*link)
        elif REGISTER in st.query_params and settings().config.sign_in.register_:
            _make_account()
        else:
            _sign_in()


def set_reason(message: str) -> None:
    """Have the next screen explain why a click did nothing."""
    st.session_state[TURNED_AWAY] = message


def show_reason() -> None:
    """Show why the last click did nothing, if it did."""
    if message := st.session_state.pop(TURNED_AWAY, None):
        st.warning(message, icon=":material/lock:")


@contextmanager
def door() -> Iterator[None]:
    """Show what is around all of them: the picture and the name of the site."""
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.image(PICTURE, alt="A fox, an owl and a bear read a picture book together under a tree.")
        st.title(settings().config.site.name)
        yield


def opened_link() -> tuple[LinkPurpose, str] | None:
    """Return the link for choosing a password with which this tab was opened, if it was."""
    return next(((purpose, st.query_params[purpose]) for purpose in LINKS if purpose in st.query_params), None)


def _first_run(code: str | None) -> None:
    if not code:
        st.info(
            "There are no accounts yet. Open the link printed in the terminal where Storylib was started "
            "to create the administrator account.",
            icon=":material/terminal:",
        )
        return
    st.subheader("Create the administrator account")
    _new_person(lambda new: _set_up(code, new), "Create account and sign in", "admin", "pro")


def _sign_in() -> None:
    with fields.form("sign_in", border=False):
        name = fields.line("Username or e-mail address", key="sign in name", autocomplete="username")
        password = fields.line("Password", key="sign in password", type="password", autocomplete="current-password")
        sent = fields.submit("Sign in", type="primary", width="stretch")
    if sent:
        origin = cookie.origin()
        _enter(lambda: credentials.verify(database(), name, password, origin))
    offered = settings().config.sign_in.register_
    if offered and st.button("Create an account", icon=":material/person_add:", type="tertiary"):
        st.query_params[REGISTER] = "yes"
        st.rerun()


def _make_account() -> None:
    st.subheader("Create an account")
    if domains := settings().config.sign_in.domains:
        st.caption(f"Use an e-mail address at {' or '.join(domains)}.")
    _new_person(_register, "Create account and sign in")
    if st.button("I already have an account", icon=":material/login:", type="tertiary"):
        forget(REGISTER)
        st.rerun()


def forget(name: str) -> None:
    """Remove a parameter from the address."""
    st.query_params.pop(name, None)


def _link(purpose: LinkPurpose, code: str) -> None:
    """Let whoever was sent a link choose a password; a dead link leaves the way to sign in."""
    found = errors.attempt(dead_link, _guest, purpose, code)
    if not found:
        _sign_in()
        return
    guest = found.value
    st.subheader(LINKS[purpose].format(name=guest.name or guest.username))
    st.write(f"Choose a password. Sign in later with your username, **{guest.username}**, or your e-mail address.")
    with fields.form("choose_password", border=False):
        password = fields.line(NEW_PASSWORD, key="chosen password", type="password", autocomplete="new-password")
        sent = fields.submit("Save and sign in", type="primary", width="stretch")
    if sent:
        _enter(lambda: invitations.choose_password(database(), purpose, code, password))


def _guest(purpose: LinkPurpose, code: str) -> User:
    with database().read() as session:
        return invitations.guest(session, purpose, code)


def dead_link(error: StorylibError) -> None:
    """Say why a link leads nowhere."""
    st.warning(str(error), icon=":material/link_off:")


def _new_person(add: Callable[[NewUser], User], button: str, role: Role = "educator", plan: PlanName = "free") -> None:
    with fields.form("new_person", border=False):
        name = fields.line("Your name", key="new name", most=80, autocomplete="name")
        email = fields.line("E-mail address", key="new email", most=254, autocomplete="email")
        username = fields.line("Username", key="new username", most=64, autocomplete="username")
        password = fields.line(NEW_PASSWORD, key="new password", type="password", autocomplete="new-password")
        sent = fields.submit(button, type="primary", width="stretch")
    if sent:
        _enter(lambda: add(users.new_user(username, email, name, password, role, plan)))


def _set_up(code: str, new: NewUser) -> User:
    with database().write() as session:
        return users.set_up(session, code, new)


def _register(new: NewUser) -> User:
    with database().write() as session:
        return users.register(session, new)


def _enter(who: Callable[[], User]) -> None:
    """Sign in, or say why not."""
    with st.spinner("One moment…"):
        entered = errors.attempt(errors.here, cookie.begin, who)
    if entered:
        st.rerun()
