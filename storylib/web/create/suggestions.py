"""Other stories that the provider has for what is on the form, and whether this one has been told before."""

from __future__ import annotations

import streamlit as st

from storylib.library import stories
from storylib.models import User
from storylib.providers import catalog
from storylib.story import Brief
from storylib.web import actions, forms, gate
from storylib.web.create.form import FORM, key


def show(user: User, wanted: Brief) -> None:
    """Offer up to three others, none that the teacher's latest stories told; nothing where the provider knows none."""
    provider = catalog.provider(wanted.provider)
    had = [brief for brief in actions.read(stories.past_briefs, user.id) if brief.provider == wanted.provider]
    if warning := provider.heard(wanted, had):
        st.caption(f":material/history: {warning}")
    if others := provider.suggestions(wanted, had):
        with st.popover("Another story", icon=":material/shuffle:"):
            for other in others:
                st.button(other.summary, key=key(f"other {other.theme}"), on_click=gate.callback(_choose, other.theme))


def _choose(theme: str) -> None:
    """Ask for it: what stands on the form is what is told."""
    st.session_state[key("theme")] = theme
    forms.forget(FORM)
