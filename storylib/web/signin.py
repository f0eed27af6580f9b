"""The screens before the first page: sign in, open a link, make an account, make the first administrator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from storylib import accounts, credentials, invitations
from storylib.accounts import NewUser
from storylib.config import settings
from storylib.db import database
from storylib.errors import StorylibError
from storylib.models import User
from storylib.tickets import LinkPurpose
from storylib.vocabulary import PlanName, Role
from storylib.web import courier

PICTURE = "/app/static/welcome.webp"
LINKS: dict[LinkPurpose, str] = {"invite": "Welcome, {name}!", "reset": "A new password for {name}"}
REGISTER = "register"  # in the address, whatever its value
PROMISE = "Picture books for your class, with the same hero on every page."


def screen() -> None:
    """Whichever of them the visitor needs."""
    with database().read() as session:
        nobody_yet = accounts.needs_setup(session)
    with door():
        st.write(PROMISE)
        if nobody_yet:
            _first_run(st.query_params.get("setup"))
        elif link := opened_link():
            _link(*link)
        elif REGISTER in st.query_params and settings().config.sign_in.register_:
            _make_account()
        else:
            _sign_in()


@contextmanager
def door() -> Iterator[None]:
    """What is around all of them: the picture and the name of the site."""
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.image(PICTURE, alt="A fox, an owl and a bear read a picture book together under a tree.")
        st.title(settings().config.site.name)
        yield


def opened_link() -> tuple[LinkPurpose, str] | None:
    """The link for choosing a password under which this tab was opened, if it was."""
    return next(((purpose, st.query_params[purpose]) for purpose in LINKS if purpose in st.query_params), None)


def _first_run(code: str | None) -> None:
    if not code:
        st.info(
            "There is nobody here yet. Open the link that was printed in the terminal where Storylib was started: "
            "it makes the first administrator.",
            icon=":material/terminal:",
        )
        return
    st.subheader("Make the first administrator")
    _new_person(lambda new: _set_up(code, new), "Make the administrator and sign in", "admin", "pro")


def _sign_in() -> None:
    with st.form("sign_in", border=False):
        name = st.text_input("Username or e-mail address", autocomplete="username", max_chars=254)
        password = st.text_input("Password", type="password", autocomplete="current-password", max_chars=200)
        sent = st.form_submit_button("Sign in", type="primary", width="stretch")
    if sent:
        origin = courier.origin()
        _enter(lambda: credentials.verify(database(), name, password, origin))
    if settings().config.sign_in.register_:
        st.button("Make an account", icon=":material/person_add:", type="tertiary", on_click=_ask_for_account)


def _ask_for_account() -> None:
    st.query_params[REGISTER] = "yes"


def _make_account() -> None:
    st.subheader("Make an account")
    if domains := settings().config.sign_in.domains:
        st.caption(f"With an e-mail address of {' or '.join(domains)}.")
    _new_person(_register, "Make the account and sign in")
    st.button("I have an account", icon=":material/login:", type="tertiary", on_click=forget, args=(REGISTER,))


def forget(name: str) -> None:
    """Take something out of the address."""
    st.query_params.pop(name, None)


def _link(purpose: LinkPurpose, code: str) -> None:
    """Whoever was sent a link chooses a password; a dead link leaves the way to sign in."""
    try:
        with database().read() as session:
            guest = invitations.guest(session, purpose, code)
    except StorylibError as error:
        st.warning(str(error), icon=":material/link_off:")
        _sign_in()
        return
    st.subheader(LINKS[purpose].format(name=guest.name or guest.username))
    st.write(f"Choose a password. Your username is **{guest.username}**, and your e-mail address works too.")
    with st.form("choose_password", border=False):
        password = st.text_input(
            "Password (12 characters or more)", type="password", autocomplete="new-password", max_chars=64
        )
        sent = st.form_submit_button("Save it and sign in", type="primary", width="stretch")
    if sent:
        _enter(lambda: invitations.choose_password(database(), purpose, code, password))


def _new_person(add: Callable[[NewUser], User], button: str, role: Role = "educator", plan: PlanName = "free") -> None:
    with st.form("new_person", border=False):
        name = st.text_input("Your name", autocomplete="name", max_chars=80)
        email = st.text_input("E-mail address", autocomplete="email", max_chars=254)
        username = st.text_input("Username", autocomplete="username", max_chars=64)
        password = st.text_input(
            "Password (12 characters or more)", type="password", autocomplete="new-password", max_chars=64
        )
        sent = st.form_submit_button(button, type="primary", width="stretch")
    if sent:
        _enter(lambda: add(accounts.new_user(username, email, name, password, role, plan)))


def _set_up(code: str, new: NewUser) -> User:
    with database().write() as session:
        return accounts.set_up(session, code, new)


def _register(new: NewUser) -> User:
    with database().write() as session:
        return accounts.register(session, new)


def _enter(who: Callable[[], User]) -> None:
    """Sign in whoever it is, or say why not."""
    try:
        with st.spinner("One moment…"):
            courier.begin(who)
    except StorylibError as error:
        st.error(str(error))
    else:
        st.rerun()
