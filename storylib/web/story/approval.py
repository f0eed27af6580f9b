"""What a screen says about an approval: before a change that ends it, and after one that has."""

from __future__ import annotations

import streamlit as st

from storylib.library import stories
from storylib.models import Story
from storylib.web import formatting


def warn(story: Story, what: str) -> None:
    """Warn before a change: ``warn(story, "A new title")``."""
    if stories.is_approved(story):
        st.warning(
            f"This story is approved for the class. {what} changes what you approved, so **this ends the approval**. "
            "You can approve the story again afterwards.",
            icon=":material/undo:",
        )


def show_ended(story: Story) -> None:
    """Say after a change that the approval has ended."""
    if stories.changed_since_approval(story):
        when = f" on {formatting.local(story.approved_at):%d %B %Y}" if story.approved_at else ""
        st.info(
            f"You approved this story{when}. It has changed since, so it is no longer approved. Read what is new, "
            "then approve it again.",
            icon=":material/undo:",
        )
