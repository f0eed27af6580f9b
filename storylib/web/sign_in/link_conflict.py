"""A link for choosing a password, opened in a browser where someone is already signed in."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from storylib.identity import invitations
from storylib.identity.one_time_tokens import LinkPurpose
from storylib.models import User
from storylib.web import actions, current_user, errors, gate
from storylib.web.sign_in import cookie, screens


def screen(user: User, purpose: LinkPurpose, code: str) -> None:
    """Say who the link is for and who is signed in, and let them choose."""
    with screens.door():
        if found := errors.attempt(screens.dead_link, actions.read, invitations.guest, purpose, code):
            _explain(user, found.value)
            st.button(
                "Sign out and choose a password", icon=":material/logout:", type="primary", width="stretch",
                on_click=gate.callback(_go_on, purpose, code),
            )  # fmt: skip
        st.button(
            f"Stay signed in as {user.username}", width="stretch", on_click=gate.callback(screens.forget, purpose)
        )


def _explain(user: User, guest: User) -> None:
    if guest.id == user.id:
        st.write("This link lets you choose a new password. You will be signed out everywhere first.")
    else:
        st.write(
            f"This link lets **{guest.name or guest.username}** choose a password, "
            f"but you are signed in as **{user.name or user.username}**."
        )


def _go_on(purpose: LinkPurpose, code: str) -> None:
    if token := current_user.current_token():
        cookie.end(token, f"/?{urlencode([(purpose, code)])}")
        current_user.forget(token)
