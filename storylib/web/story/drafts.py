"""What a teacher typed into the editor of a page and has not saved: it stays until it is saved or discarded.

The field itself keeps it, for as long as the tab is open, whatever closes the editor.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from storylib.models import Story
from storylib.web import gate
from storylib.web.components import part

_unsent = part("unsent")


def field(story: Story, number: int) -> dict[str, Any]:
    """Return the key of a page's field, 0 for the cover, and what keeps its text."""
    name, saved = key(story.id, number), _saved(story, number)
    if not _typed(name):
        st.session_state[name], st.session_state[f"{name} opened"] = saved, _revision(story, number)
    st.session_state[f"{name} saved"] = saved
    return {"key": name, "persist_state": "session"}


def show_unsaved(story: Story, number: int) -> None:
    """Say in the editor that something is not saved, with the way back."""
    _unsent(key="unsent", data={})
    if _typed(key(story.id, number)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(":material/edit_note: Not saved yet. Your changes stay here until you save or discard them.")
            st.button("Discard changes", type="tertiary", on_click=gate.callback(forget, story.id, number))


def unsaved(story: Story) -> list[int]:
    """Return the pages with unsaved words, 0 for the cover."""
    return [number for number in (0, *(page.number for page in story.pages)) if _typed(key(story.id, number))]


def overtaken(story: Story, number: int) -> bool:
    """Tell whether the page was changed since somebody began to type."""
    name = key(story.id, number)
    return _typed(name) and st.session_state.get(f"{name} opened") != _revision(story, number)


def forget(story_id: str, number: int) -> None:
    """Forget what was typed: it was saved, or discarded."""
    st.session_state.pop(f"{key(story_id, number)} saved", None)  # so the field begins with what is saved by then


def key(story_id: str, number: int) -> str:
    """Return the session's key of a page's field."""
    return f"draft {story_id} {number}"


def _saved(story: Story, number: int) -> str:
    return next((page.text for page in story.pages if page.number == number), story.title)


def _revision(story: Story, number: int) -> int | None:
    return next((page.revision_id for page in story.pages if page.number == number), None)


def _typed(name: str) -> bool:
    """Tell whether the field differs from what was saved when it was opened."""
    saved = st.session_state.get(f"{name} saved")
    return saved is not None and (st.session_state.get(name) or "") != saved
