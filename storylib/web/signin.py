"""The screens before the first page: sign in, make an account, make the first administrator."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from storylib import accounts
from storylib.accounts import NewUser
from storylib.config import settings
from storylib.db import database
from storylib.errors import StorylibError
from storylib.models import User
from storylib.vocabulary import PlanName, Role
from storylib.web import courier

PICTURE = "/app/static/welcome.webp"
PROMISE = "Picture books for your class, with the same hero on every page."


def screen() -> None:
    """Whichever of them the visitor needs."""
    with database().read() as session:
        nobody_yet = accounts.needs_setup(session)
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.image(PICTURE, alt="A fox, an owl and a bear read a picture book together under a tree.")
        st.title(settings().config.site.name)
        st.write(PROMISE)
        if nobody_yet:
            _first_run(st.query_params.get("setup"))
        else:
            _sign_in()


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
        _enter(lambda: accounts.verify(database(), name, password, st.context.ip_address or ""))
    if settings().config.sign_in.register_:
        with st.expander("Make an account", icon=":material/person_add:"):
            _new_person(_register, "Make the account and sign in")


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
        user = accounts.set_up(session, code, new)
    st.query_params.pop("setup", None)
    return user


def _register(new: NewUser) -> User:
    with database().write() as session:
        return accounts.register(session, new)


def _enter(who: Callable[[], User]) -> None:
    """Sign in whoever it is, or say why not."""
    try:
        with st.spinner("One moment…"):
            user = who()
    except StorylibError as error:
        st.error(str(error))
    else:
        courier.begin(user)
        st.rerun()
