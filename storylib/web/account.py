"""The parts of one's own account: what is left of the plan, the password, the browsers, and deleting it."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from storylib.billing import quotas
from storylib.db import database
from storylib.identity import credentials, one_time_tokens, users
from storylib.models import User
from storylib.people import deletion
from storylib.text import cents
from storylib.web import actions, current_user, fields, formatting, gate, shell
from storylib.web.sign_in import cookie

EXPORT: Final = "/account/export.zip"


def plan(user: User) -> None:
    """Show what the plan allows, and how much of it is used this month."""
    allowed = quotas.plan(user)
    left = actions.read(quotas.stories_left, user)
    budget = actions.read(quotas.budget, user)
    most = budget.images_allowed
    money = None if budget.budget_usd is None else cents(budget.budget_usd)
    stories, pictures, spent = st.columns(3)
    _used(stories, "Stories", f"{allowed.stories - left:,}", f"{allowed.stories:,}")
    _used(pictures, "AI pictures", f"{budget.images:,}", None if most is None else f"{most:,}")
    _used(spent, "Spent", cents(budget.used_usd), money)
    own = "Your personal budget replaces the plan's. " if user.budget_usd is not None else ""
    st.caption(
        f"Figures are for this calendar month (UTC). {own}Stories can have up to {allowed.pages} pages, "
        f"and a picture can be redrawn {allowed.redraws} times. The Story Kit is always free."
    )


def _used(place: DeltaGenerator, label: str, used: str, allowed: str | None) -> None:
    of = None if allowed is None else f"of {allowed}"
    place.metric(label, used, of, delta_color="off", delta_arrow="off", border=True)


def password(user: User, token: str) -> None:
    """Show the form for a new password, which signs every other browser out."""
    with fields.form("password", clear_on_submit=True, border=False):
        current = fields.line(
            "Current password", key="current password", type="password", autocomplete="current-password"
        )
        new = fields.line(
            "New password (12 characters or more)", key="new password", type="password", autocomplete="new-password"
        )
        changing = fields.submit("Change password")
    here = cookie.origin()
    if changing and actions.attempt(credentials.change_password, database(), user, current, new, token, here):
        current_user.forget_all()
        st.success("Password changed. You are signed out in every other browser.", icon=":material/check:")


def browsers(user: User, token: str) -> None:
    """List the browsers that are signed in, with a way to sign out each but this one."""
    for row in actions.read(users.sessions_of, user.id):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.write(f"{formatting.browser_name(row.agent)}, since {formatting.local(row.created_at):%d %B %Y, %H:%M}")
            if row.token_hash == one_time_tokens.sha256(token):
                st.badge("This browser", icon=":material/check:", color="green")
            else:
                st.button("Sign out", key=row.token_hash, on_click=gate.callback(_end, user.id, row.token_hash))


def _end(user_id: int, token_hash: str) -> None:
    actions.perform(users.end_listed_session, user_id, token_hash)
    current_user.forget_all()


def export() -> None:
    """Show the link to the ZIP file."""
    st.write("A ZIP file of your stories, pictures and characters, with a record of every AI call as JSON.")
    st.link_button("Export all my data", EXPORT, icon=":material/download:")


def deletion_button(user: User) -> None:
    """Show the button that deletes one's own account."""
    st.write("This deletes your account at once, with all your stories, pictures and characters. It cannot be undone.")
    if st.button("Delete my account", icon=":material/delete:"):
        _ask(user)


@gate.dialog("Delete my account", icon=":material/delete:")
def _ask(user: User) -> None:
    st.markdown(
        "**All your stories, pictures and characters will be permanently deleted.** "
        "You may want to export your data first."
    )
    with fields.form("leave", border=False):
        password = fields.line(
            "Your password", key="leaving password", type="password", autocomplete="current-password"
        )
        sure = fields.submit("Delete everything", type="primary", width="stretch")
    if sure and actions.attempt(deletion.delete_own_account, database(), user, password, cookie.origin()):
        shell.sign_out()
        st.rerun()
