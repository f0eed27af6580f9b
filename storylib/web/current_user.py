"""The current user: whoever is signed in during a script run or a request for a picture.

A tab's token is in its session state when it signed in itself, else in the cookie its connection came with.
"""

from __future__ import annotations

from time import monotonic

import streamlit as st

from storylib.config import settings
from storylib.db import database
from storylib.errors import Refused
from storylib.identity import access, users
from storylib.models import User
from storylib.web.sign_in import cookie, screens

FRESH = 1.0  # seconds for which an answer holds: how long an ended session may still see something
MOST = 1000  # answers kept

_answers: dict[str, tuple[float, User]] = {}


def user() -> User:
    """Return the signed-in user; the first line of a page, and of a part of it that refreshes itself.

    Nobody signed in sees the sign-in screen instead.
    """
    found = present()
    if not found:
        if "framed" in st.session_state:
            st.rerun()  # the session ended just now: the frame asks anew, and shows the screen in place of all this
        screens.screen()
        st.stop()
    return found


def admin() -> User:
    """Return the signed-in administrator.

    Raises:
        Refused: the user is none.
    """
    found = user()
    if not access.can(found, "see reports"):
        raise Refused("access.admin-page")
    return found


def present() -> User | None:
    """Return whoever is signed in, or None."""
    token = current_token()
    return owner(token) if token else None


def current_token() -> str | None:
    """Return this tab's sign-in token, valid or not."""
    token: str = st.session_state.get("token") or cookie.kept(settings().config.cookie.name)
    return token or None


def owner(token: str) -> User | None:
    """Return whose token it is; an answer may be a second old, so that a page of pictures asks the database once."""
    at, found = _answers.get(token, (0.0, None))
    if found and monotonic() - at < FRESH:
        return found
    with database().read() as session:
        found = users.session_user(session, token)
    if len(_answers) >= MOST:
        _answers.clear()
    if found:
        _answers[token] = monotonic(), found
    return found


def forget(token: str) -> None:
    """Ask the database the next time this token is used."""
    _answers.pop(token, None)


def forget_all() -> None:
    """Ask the database again for everyone: someone was locked out."""
    _answers.clear()
