"""The parts of one's own account: what the plan leaves, taking everything along, and leaving."""

from __future__ import annotations

from typing import Final

import streamlit as st

from storylib import leaving, limits
from storylib.db import database
from storylib.errors import StorylibError
from storylib.models import User
from storylib.web import actions, shell

EXPORT: Final = "/account/export.zip"


def plan(user: User) -> None:
    """What the plan allows, and what of it is used this month."""
    allowed = limits.plan(user)
    left = actions.look(limits.stories_left, user)
    budget = actions.look(limits.budget, user)
    money = None if budget.budget_usd is None else f"${budget.budget_usd:.2f}"
    with st.container(horizontal=True):
        _used("Stories", allowed.stories - left, allowed.stories)
        _used("AI pictures", budget.images, budget.images_allowed)
        _used("Spent", f"${budget.used_usd:.2f}", money)
    own = "Your own budget goes before the plan's. " if user.budget_usd is not None else ""
    st.caption(
        f"This calendar month (UTC). {own}Stories have up to {allowed.pages} pages, and a picture can be redrawn "
        f"{allowed.redraws} times. The Story Kit is always free."
    )


def _used(label: str, used: object, allowed: object) -> None:
    st.metric(label, str(used) if allowed is None else f"{used} of {allowed}", border=True)


def take_along() -> None:
    """The way to the ZIP file."""
    st.write("A ZIP file with your stories, every picture, your characters, and each call to a maker as JSON.")
    st.link_button("Export all my data", EXPORT, icon=":material/download:")


def leave(user: User) -> None:
    """The way out."""
    st.write("Your account goes at once, with all its stories, pictures and characters. There is no way back.")
    if st.button("Delete my account", icon=":material/delete:"):
        _ask(user)


@st.dialog("Delete my account", icon=":material/delete:")
def _ask(user: User) -> None:
    st.markdown(
        "**All your stories, pictures and characters are deleted, for good.** Export your data first if you like."
    )
    with st.form("leave", border=False):
        password = st.text_input("Your password", type="password", autocomplete="current-password", max_chars=200)
        sure = st.form_submit_button("Delete everything", type="primary", width="stretch")
    if sure:
        try:
            leaving.leave(database(), user, password)
        except StorylibError as error:
            st.error(str(error))
        else:
            shell.sign_out()
            st.rerun()
