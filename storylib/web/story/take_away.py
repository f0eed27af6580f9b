"""Take it with you: the story in every format, and a copy for each child, each made when it is asked for."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from storylib.db import database
from storylib.exports import library, preflight
from storylib.exports.formats import FORMATS, Format, Use, export, file_name
from storylib.library import stories
from storylib.models import Story, User
from storylib.text import listed
from storylib.web import gate
from storylib.web.story import class_copies

USES: tuple[Use, ...] = get_args(Use)


def formats(user: User, story: Story) -> None:
    """Show a download for each format with what it is for; nothing for a story without a page."""
    if not story.pages:
        return
    with st.expander("Take it with you", icon=":material/download:"):
        _missing(story)
        *uses, class_set = st.tabs([*USES, "Class set"])
        for use, tab in zip(USES, uses, strict=True):
            with tab:
                _side_by_side(user, story, {name: form for name, form in FORMATS.items() if form.use == use})
        with class_set:
            class_copies.ask(user, story)
        if not stories.is_approved(story):
            st.caption("Until you approve this story, the last page of each file says that it is not approved yet.")


def _missing(story: Story) -> None:
    """Say which characters will be gaps in every PDF, and where."""
    texts = {f"page {page.number}": page.text for page in story.pages} | {"the title": stories.title(story)}
    if missing := _unset("".join(texts.values())):
        where = [place for place, words in texts.items() if set(missing) & set(words)]
        st.warning(
            f"No font here has {' '.join(missing)}, on {listed(where)}. PDFs have gaps there. Replace them first.",
            icon=":material/font_download_off:",
        )


@st.cache_data(max_entries=200, show_spinner=False)
def _unset(words: str) -> str:
    return preflight.unset(words)


def _side_by_side(user: User, story: Story, several: dict[str, Format]) -> None:
    columns = st.columns(2, gap="medium")
    for number, (name, form) in enumerate(several.items()):
        with columns[number % 2]:
            _download(user, story, name, form)


def _download(user: User, story: Story, name: str, form: Format) -> None:
    st.download_button(
        form.label,
        gate.file(_file, name, story.id, user.id),
        file_name(stories.title(story)) + form.ending,
        form.mime,
        key=f"download {name}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    st.caption(form.purpose)


def _file(name: str, story_id: str, user_id: int) -> bytes:
    return export(name, library.source(database(), story_id, user_id)).data
