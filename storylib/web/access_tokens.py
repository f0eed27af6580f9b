"""Access tokens on the screens: one's own on the Profile page, anybody's for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from storylib.identity import api_tokens
from storylib.identity.api_tokens import SCOPES, Scope
from storylib.models import ApiToken, User
from storylib.text import listed
from storylib.web import actions, current_user, fields, formatting, gate

NEW: Final = "new access token"
LIVES: Final = {"1 week": 7, "1 month": 31, "3 months": 92, "1 year": 366}  # days
MEANINGS: Final[dict[Scope, str]] = {
    "read": "Read your stories, characters and usage",
    "write": "Create, change and delete them, and spend your budget",
    "admin": "See what the whole site uses",
}


def own(user: User) -> None:
    """Show one's tokens, with a way to make another and to end each."""
    st.write("A program that has a token acts for you. Give each program its own.")
    st.caption("What programs can do is described at `/api/v1/docs`.")
    if token := st.session_state.get(NEW):
        _shown_once(token)
    for row in actions.read(api_tokens.of, user.id):
        _row(formatting.verbatim(row.name), row, gate.callback(_end, user.id, row.id))
    with st.expander("Create a token", icon=":material/key:"), fields.form("access token", border=False):
        _ask(user)


def _ask(user: User) -> None:
    offered = [scope for scope in SCOPES if scope != "admin" or user.role == "admin"]
    name = fields.line("What is it for?", key="token name", most=80, placeholder="Library catalogue")
    scopes = st.multiselect("What may it do?", offered, default=["read"], format_func=MEANINGS.__getitem__)
    life = st.selectbox("It works for", list(LIVES), index=1, key="token life")
    if not fields.submit("Create token", type="primary"):
        return
    if done := actions.act(api_tokens.create, user, name, scopes, LIVES[life]):
        st.session_state[NEW] = done.value
        st.rerun()


def _shown_once(token: str) -> None:
    st.success("**This is the token.** Copy it now: only its fingerprint is kept, so it cannot be shown again.")
    st.code(token, language=None, wrap_lines=True)
    st.button("I have copied it", on_click=gate.callback(_forget))


def _forget() -> None:
    st.session_state.pop(NEW, None)


def _end(user_id: int, token_id: int) -> None:
    _forget()
    actions.perform(api_tokens.end, user_id, token_id)


@gate.dialog("Access tokens", width="medium", icon=":material/key:")
def of_people(ids: list[int]) -> None:
    """Show the tokens of people to an administrator, who can end each."""
    admin = current_user.admin()
    found = actions.read(api_tokens.of_people, admin, ids)
    for username, row in found:
        end = gate.callback(actions.perform, api_tokens.end_of_person, admin, row.id)
        _row(f"{username}: {formatting.verbatim(row.name)}", row, end)
    if not found:
        st.write("Nobody selected has an access token.")


def _row(name: str, row: ApiToken, end: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{name}**  \n{_told(row)}")
        st.button("End", key=f"end token {row.id}", icon=":material/key_off:", on_click=end)


def _told(row: ApiToken) -> str:
    used = f"last used {formatting.local(row.used_at):%d %B %Y, %H:%M}" if row.used_at else "never used"
    return f"May {listed(row.scopes)} until {formatting.local(row.expires_at):%d %B %Y}, {used}"
