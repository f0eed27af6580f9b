"""A story on the screen: the teacher watches it being made, then reads and edits it."""

from __future__ import annotations

import streamlit as st

from storylib.billing import quotas
from storylib.db import database
from storylib.generation import jobs, text_checks
from storylib.library import stories
from storylib.models import Page, Story, User, now
from storylib.story import reading_level
from storylib.web import actions, costs, current_user, fields, gate, notices
from storylib.web.story import approval, drafts, reader, scene_picker

# How old a story in the making is, and the seconds between two looks at it until then: most are made in ten seconds,
# and nobody sees the difference in one that takes minutes.
LOOKS = ((20, 0.5), (60, 1.0), (180, 2.0), (float("inf"), 4.0))


def book(story: Story) -> None:
    """Show the book, and above it its progress; refreshes itself while it is being made."""
    pace = _pace(story)
    (_watched[pace] if pace else _still)(story.id, pace)


def _pace(story: Story) -> float:
    """Return the seconds until the next look; 0 when it is not being made."""
    if not reader.making(story):
        return 0
    age = (now() - story.created_at).total_seconds()
    return next(seconds for oldest, seconds in LOOKS if age < oldest)


def _book(story_id: str, pace: float) -> None:
    user = current_user.user()
    story = actions.read(stories.get, user.id, story_id)
    if _pace(story) != pace:
        st.rerun()  # it is watched from now on, or less often; or it is finished, and the page has something to offer
    notices.show()
    if pace:
        _progress(user, story)
    else:
        _outcome(user, story)
    if not reader.making(story):
        _unsaved(story)
    reader.show(story, open_editor)
    if st.session_state.get("editing") is not None and not reader.making(story):
        _editor(user, story, st.session_state["editing"])
    elif "picturing" in st.session_state and not reader.making(story):
        scene_picker.open_(user, story, st.session_state["picturing"])


_watched = {seconds: gate.fragment(_book, run_every=seconds) for _, seconds in LOOKS}
_still = gate.fragment(_book)


# --- how far it is


def _progress(user: User, story: Story) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(_share(story), text=_stage(story))
        st.button(
            "Stop",
            icon=":material/stop_circle:",
            on_click=gate.callback(notices.perform, stories.cancel, user.id, story.id),
        )
    if cost := costs.of_story(story):
        st.caption(f"{cost} so far")


def _share(story: Story) -> float:
    """Return the progress, 0 to 1: half for the words, half for the pictures."""
    drawn = sum(page.state == "ready" for page in story.pages)
    return (len(story.pages) + drawn) / (2 * story.length)


def _stage(story: Story) -> str:
    total, drawn = story.length, sum(page.state == "ready" for page in story.pages)
    if story.state == "queued":
        return "In the queue: stories are made one at a time."
    if len(story.pages) < total:
        return f"Writing page {len(story.pages) + 1} of {total}…"
    return f"Drawing pictures: {drawn} of {total} ready…"


def _outcome(user: User, story: Story) -> None:
    """Say what happened and what can be done if the story is not whole."""
    if story.state == "ready":
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if story.state == "failed":
            st.error(story.error, icon=":material/info:")
        else:
            st.info(f"You stopped this story. {_kept(story)}", icon=":material/info:")
        label = "Try again" if story.state == "failed" else "Resume"
        price = costs.of_the_rest(user, story)
        st.button(
            f"{label} ({price})" if price else label,
            icon=":material/refresh:",
            type="primary",
            on_click=gate.callback(_again, user, story.id),
        )


def _kept(story: Story) -> str:
    drawn = sum(page.image_id is not None for page in story.pages)
    return f"{drawn} of {story.length} pages are kept." if drawn else "Nothing has been drawn yet."


def _again(user: User, story_id: str) -> None:
    if done := notices.act(stories.again, user.id, story_id):
        notices.attempt(jobs.submit, done.value)


# --- a teacher's changes


def open_editor(number: int) -> None:
    """Have the editor of a page open in the next run; 0 is the cover."""
    st.session_state["editing"] = number


def _close_editor() -> None:
    st.session_state.pop("editing", None)


def _dismissed() -> None:
    _close_editor()
    st.rerun()  # all of the page: what is not saved is told there, and what was typed last may arrive only now


def _unsaved(story: Story) -> None:
    """Show which pages have unsaved words, with the way to them."""
    for number in drafts.unsaved(story):
        where = f"page {place(story, number)}" if number else "the cover"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(f"You have unsaved changes to {where}.", icon=":material/edit_note:")
            go_on = gate.callback(open_editor, number)
            st.button("Continue editing", key=f"unsaved {number}", icon=":material/edit:", on_click=go_on)


def place(story: Story, number: int) -> int:
    """Return where a page stands; 0 if it was taken out of the book meanwhile."""
    return next((page.place for page in story.pages if page.number == number), 0)


def _editor(user: User, story: Story, number: int) -> None:
    heading = f"Edit page {place(story, number)}" if number else "Edit the cover"
    dialog = gate.dialog(heading, width="medium", icon=":material/edit:", on_dismiss=_dismissed)
    page = next((page for page in story.pages if page.number == number), None)
    if page:
        dialog(_edit_page)(user, story, page)
    else:
        dialog(_edit_title)(user, story)


def _edit_title(user: User, story: Story) -> None:
    title = fields.line("Title", most=120, **drafts.field(story, 0))
    drafts.show_unsaved(story, 0)
    approval.warn(story, "A new title")
    if _save(story, 0) and actions.act(stories.retitle, user.id, story.id, title):
        _saved(story, 0)


def _save(story: Story, number: int) -> bool:
    """Show the button; what was cut just now is seen like that before it is saved."""
    return st.button("Save", type="primary") and not fields.cut(drafts.key(story.id, number))


def _saved(story: Story, number: int) -> None:
    drafts.forget(story.id, number)
    _close_editor()
    st.rerun()


def _edit_page(user: User, story: Story, page: Page) -> None:
    words = fields.area("Text", most=2000, height=180, **drafts.field(story, page.number))
    drafts.show_unsaved(story, page.number)
    _say_level(story, words)
    if drafts.overtaken(story, page.number):
        st.warning("This page was changed since you began. If you save, your words replace these:")
        st.text(page.text)
    if page.stand_in and page.error:
        st.info(str(page.error), icon=":material/info:")
    approval.warn(story, "A new text or picture")
    with st.container(horizontal=True):
        saved = _save(story, page.number)
        pictured = st.button("Change the picture", icon=":material/landscape:")
        redrawn = st.button("Draw another picture", icon=":material/brush:", help=_redraws(user, page))
    if saved and actions.act(stories.rewrite_page, user.id, story.id, page.number, words, page.revision_id):
        _recheck(story.id, page.number)
        _saved(story, page.number)
    if pictured:
        _close_editor()
        st.session_state["picturing"] = page.number
        st.rerun()
    if redrawn and (done := actions.act(stories.redraw, user, story.id, page.number)):
        notices.attempt(jobs.submit, done.value)
        _close_editor()
        st.rerun()


def _recheck(story_id: str, number: int) -> None:
    """Check the teacher's own words as the writer's were checked; they stay as they are."""
    done = notices.attempt(text_checks.recheck, database(), story_id, number)
    if done and done.value:
        found = ", ".join(done.value)
        notices.say(f"Your text is saved. The check found: {found}. Please read it again.", ":material/visibility:")


def _say_level(story: Story, words: str) -> None:
    found = reading_level.outside(reading_level.of_pages([words], story.brief, story.cast), story.age_band)
    if found:
        st.caption(f":material/menu_book: Not ideal for ages {story.age_band}: {', '.join(found)}.")


def _redraws(user: User, page: Page) -> str:
    left = max(0, quotas.plan(user).redraws + 1 - page.attempt)
    return f"The text stays as it is. Redraws left for this picture: {left}."
