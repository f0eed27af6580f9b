"""What a screen says about an approval: before a change that ends it, and after one that has."""

from __future__ import annotations

import streamlit as st

from storylib.library import stories
from storylib.models import Story, User
from storylib.web import actions, formatting, gate
from storylib.web.story import dialogs


def warn(story: Story, what: str) -> None:
    """Warn before a change: ``warn(story, "A new title")``."""
    if stories.is_approved(story):
        st.warning(
            f"This story is approved for the class. {what} changes what you approved, so **this ends the approval**. "
            "You can approve the story again afterwards.",
            icon=":material/undo:",
        )


@gate.dialog("Approve for the class", width="medium", icon=":material/check_circle:", on_dismiss=dialogs.close)
def open_checklist(user: User, story: Story) -> None:
    """Show what has been looked at and what is still open; the teacher decides."""
    st.markdown("Your approval says that you have read this story as it is now. Any change ends it.")
    for item in stories.checklist(story):
        st.markdown(f":material/warning: **{item.name}**" if item.open else f":material/check: {item.name}")
        if item.open:
            st.markdown("\n".join(f"- {formatting.verbatim(phrase)}" for phrase in item.open))
    st.caption("Whether names and facts are right, only you can tell.")
    seen = stories.content_hash(story)
    if st.button("Approve", type="primary") and actions.act(
        stories.set_review, user.id, story.id, "approved", seen=seen
    ):
        dialogs.close()
        st.rerun()


def show_record(story: Story) -> None:
    """Say who approved the story as it is, and when."""
    if (record := actions.read(stories.approval, story)) and record.holds:
        said = f"Approved by {formatting.verbatim(record.by)}, {formatting.local(record.at):%d %B %Y, %H:%M}."
        st.caption(f":material/verified: {said}", text_alignment="center")


def show_ended(story: Story) -> None:
    """Say after a change that the approval has ended."""
    if stories.changed_since_approval(story):
        when = f" on {formatting.local(story.approved_at):%d %B %Y}" if story.approved_at else ""
        st.info(
            f"You approved this story{when}. It has changed since, so it is no longer approved. Read what is new, "
            "then approve it again.",
            icon=":material/undo:",
        )
