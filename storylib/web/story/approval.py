"""What a screen says of an approval: before a change that ends it, and after one that has."""

from __future__ import annotations

import streamlit as st

from storylib.library import stories
from storylib.models import Story
from storylib.web import formatting


def warn(story: Story, what: str) -> None:
    """Before a change: ``warn(story, "Saving another text or drawing another picture")``."""
    if stories.is_approved(story):
        st.warning(
            f"This story is approved for the class. {what} changes what you approved. **This ends the approval**, and "
            "you can approve the story again.",
            icon=":material/undo:",
        )


def tell(story: Story) -> None:
    """After one."""
    if stories.changed_since_approval(story):
        when = f" on {formatting.local(story.approved_at):%d %B %Y}" if story.approved_at else ""
        st.info(
            f"You approved this story{when}. It has been changed since, and that ended the approval. Read what is new, "
            "then approve it again.",
            icon=":material/undo:",
        )
