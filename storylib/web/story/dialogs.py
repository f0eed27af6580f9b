"""Which dialog of a story is open: kept in the session, since a click in a dialog may run the whole page anew."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from storylib.models import Story

Name = Literal["review", "share", "pages"]
_OPEN: Final = "story dialog"


def show(name: Name, story_id: str) -> None:
    """Have a dialog open in the next run."""
    st.session_state[_OPEN] = name, story_id


def close() -> None:
    """Have none open."""
    st.session_state.pop(_OPEN, None)


def is_open(name: Name, story: Story) -> bool:
    """Tell whether this story's dialog is open."""
    return st.session_state.get(_OPEN) == (name, story.id)
