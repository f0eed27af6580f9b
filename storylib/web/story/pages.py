"""Which pages a story has, and in which order: moved, added, taken out, split and joined; and what was done so far."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import accumulate
from typing import Any, Final

import streamlit as st

from storylib.generation import jobs
from storylib.library import stories
from storylib.library.stories import history
from storylib.models import Page, Story, StoryRevision, User
from storylib.providers.own import reading
from storylib.story import reading_level
from storylib.vocabulary import MAX_PAGES, Edit
from storylib.web import actions, fields, formatting, gate, notices
from storylib.web.story import approval, dialogs

LONGEST: Final = 2000  # characters on a page
SAID: Final[dict[Edit, str]] = {
    "made": "As it was made", "copied": "Copied", "title": "Title changed", "text": "Text changed",
    "move": "Page moved", "insert": "Page added", "delete": "Page deleted", "duplicate": "Page duplicated",
    "split": "Page split", "join": "Page joined with the next", "restore": "Back to an earlier version",
}  # fmt: skip


def _dismissed() -> None:
    dialogs.close()
    st.rerun()  # the book behind the dialog shows what was changed


@gate.dialog("Edit pages", width="large", icon=":material/auto_stories:", on_dismiss=_dismissed)
def open_pages(user: User, story_id: str) -> None:
    """Show every page with what can be done with it, a new one, and the history."""
    story = actions.read(stories.get, user.id, story_id)
    if not dialogs.is_open("pages", story):
        st.rerun()  # a picture is being drawn, which the page itself shows
    notices.show()
    approval.warn(story, "A change of the pages")
    _steps(user, story)
    seen = stories.content_hash(story)
    for page in story.pages:
        _row(user, story, page, seen)
    _add(user, story, seen)
    _history(user, story)


def _change(do: Callable[..., Story], *what: Any) -> None:
    """Do it, and have a page drawn that has no picture yet."""
    if (done := notices.act(do, *what)) and done.value.state in stories.MAKING:
        notices.attempt(jobs.submit, done.value)
        dialogs.close()


def _steps(user: User, story: Story) -> None:
    with st.container(horizontal=True):
        for label, icon, there, do in (
            ("Undo", "undo", history.before, stories.undo),
            ("Redo", "redo", history.after, stories.redo),
        ):
            _button(label, icon, label, do, user.id, story.id, disabled=actions.read(there, story) is None)


def _button(label: str, icon: str, key: str, do: Callable[..., Story], *what: Any, **how: Any) -> None:
    changed = gate.callback(_change, do, *what)
    st.button(label, icon=f":material/{icon}:", key=f"pages {key}", on_click=changed, **how)


# --- a page


def _row(user: User, story: Story, page: Page, seen: str) -> None:
    who, place, last = (user.id, story.id, page.number), page.place, len(story.pages)
    with st.container(horizontal=True, vertical_alignment="center"):
        _picture(page)
        st.markdown(f"**{place}.** {formatting.verbatim(_short(page.text))}", width="stretch")
        up, down = f"Move page {place} up", f"Move page {place} down"
        _button("", "arrow_upward", f"up {page.number}", stories.move, *who, place - 1, seen,
                disabled=place == 1, help=up)  # fmt: skip
        _button("", "arrow_downward", f"down {page.number}", stories.move, *who, place + 1, seen,
                disabled=place == last, help=down)  # fmt: skip
        with st.popover("More", icon=":material/more_horiz:", key=f"pages more {page.number}"):
            full, number = last >= MAX_PAGES, page.number
            _button("Duplicate", "content_copy", f"copy {number}", stories.duplicate, *who, seen, disabled=full)
            _button("Join with the next page", "merge", f"join {number}", stories.join, *who, seen,
                    disabled=place == last)  # fmt: skip
            _button("Delete", "delete", f"delete {number}", stories.delete, *who, seen, disabled=last == 1)
            _split(user, story, page, seen)


def _picture(page: Page) -> None:
    if page.image_id:
        source = actions.image_url(page.image_id, "256")
        st.html(f'<img src="{source}" alt="{escape(page.alt)}" style="width: 5rem; border-radius: 0.4rem">', width=84)


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 70 else f"{line[:70].rsplit(' ', 1)[0]} …"


def _split(user: User, story: Story, page: Page, seen: str) -> None:
    """Offer to go on with another page behind one of the sentences."""
    ends = _ends(page.text)
    if ends and len(story.pages) < MAX_PAGES:
        after = st.selectbox(
            "Split after", list(ends), format_func=lambda end: ends[end], key=f"pages split at {page.revision_id}"
        )
        what = user.id, story.id, page.number, after, seen
        _button("Split", "call_split", f"split {page.number}", stories.split, *what)


def _ends(words: str) -> dict[int, str]:
    """Return where sentences end, but the last, each with its words; nothing if they cannot be told apart."""
    sentences = reading_level.sentences(words)
    found: list[int] = list(accumulate(sentences, lambda at, told: words.find(told, at) + len(told), initial=0))[1:]
    told = dict(zip(found, map(_short, sentences), strict=True))
    return {end: said for end, said in told.items() if words[:end].strip() and words[end:].strip()}


# --- another page


def _add(user: User, story: Story, seen: str) -> None:
    with st.expander("Add a page", icon=":material/add:"):
        key = f"pages new {story.id}"
        words = fields.area("Text of the new page", most=LONGEST, height=120, key=key, persist_state="session")
        places = range(1, len(story.pages) + 2)
        at = st.selectbox("It becomes page", places, index=len(places) - 1, key=f"pages at {story.id} {len(places)}")
        st.caption("The Story Kit draws what your words say. You can change the picture afterwards.")
        full = len(story.pages) >= MAX_PAGES
        if st.button("Add page", icon=":material/add:", type="primary", disabled=full) and not fields.cut(key):
            _insert(user, story, at, words, seen)


def _insert(user: User, story: Story, at: int, words: str, seen: str) -> None:
    before = [page.text for page in story.pages[: at - 1]]
    scene = reading.read_next(before, words, story.cast, story.brief.world)
    if done := actions.act(stories.insert, user.id, story.id, at, words, scene, seen):
        st.session_state.pop(f"pages new {story.id}", None)
        notices.attempt(jobs.submit, done.value)
        _dismissed()


# --- what was done


def _history(user: User, story: Story) -> None:
    with st.expander("History", icon=":material/history:"):
        steps = actions.read(history.of_story, story)
        if not steps:
            st.caption("Nothing was changed since this story was made.")
        for step in steps:
            _step(user, story, step)


def _step(user: User, story: Story, step: StoryRevision) -> None:
    now = step.id == story.revision_id
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_said(user, story, step), width="stretch")
        label, what = "Now" if now else "Back to here", (user.id, story.id, step.id)
        _button(label, "history", f"back {step.id}", stories.restore, *what, disabled=now)


def _said(user: User, story: Story, step: StoryRevision) -> str:
    """Return ``Page moved (page 3). You, 28 November 2026, 09:12``."""
    which = f" (page {step.position})" if step.position else ""
    if step.teacher_id is None:
        who = formatting.verbatim(stories.made_by(story))
    else:
        who = "You" if step.teacher_id == user.id else "Another teacher"
    return f"{SAID[step.act]}{which}. :gray[{who}, {formatting.local(step.created_at):%d %B %Y, %H:%M}]"
