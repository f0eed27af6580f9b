"""For the teacher: who made each page, how hard it is to read, what was checked, and what can be retried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import streamlit as st

from storylib.generation import jobs
from storylib.library import stories
from storylib.library.stories import review
from storylib.models import Page, Story, User
from storylib.providers import catalog
from storylib.providers.labels import label
from storylib.story import reading_level
from storylib.text import listed
from storylib.web import costs, gate, notices
from storylib.web.story import approval, progress

COLUMNS = ("Page", "Picture by", "Reading level", "Checks")


def panel(user: User, story: Story) -> None:
    """Show what a story by fallible providers has to tell; nothing for a book that the Kit made as it should."""
    if not _worth_telling(story):
        return
    troubled = [page for page in story.pages if page.stand_in or page.state == "failed"]
    expanded = bool(troubled) or story.cover_stand_in
    with st.expander("For the teacher", icon=":material/fact_check:", expanded=expanded):
        if troubled or story.cover_stand_in:
            approval.warn(story, "A new picture")
        _all_again(user, story)
        if story.cover_stand_in:
            _cover(user, story)
        for pages in _alike(troubled):
            _trouble(user, story, pages)
        st.caption(f"Written by {label(story.provider)}.")
        st.table([_row(story, page) for page in story.pages], border="horizontal", hide_index=True)


def _worth_telling(story: Story) -> bool:
    providers = map(catalog.find, (story.provider, story.brief.illustrator))
    return bool(story.pages) and not all(provider and provider.hand_written for provider in providers)


def _all_again(user: User, story: Story) -> None:
    """Show one button where the Kit stood in more than once."""
    count = sum(page.stand_in for page in story.pages) + story.cover_stand_in
    if count > 1:
        price = costs.of_pictures(user, story.brief.illustrator, count)
        st.button(
            f"Try all {count} pictures again ({price})", icon=":material/refresh:", type="primary",
            on_click=gate.callback(_redrawn, stories.redraw_stand_ins, user, story.id),
        )  # fmt: skip


def _cover(user: User, story: Story) -> None:
    illustrator = label(story.brief.illustrator)
    with _line(f"**Cover.** {illustrator} could not draw it. The Story Kit drew this picture instead."):
        _again(user, story, "cover", stories.redraw_cover)


def _alike(troubled: list[Page]) -> list[list[Page]]:
    """Group pages with the same error, so that it is told once."""
    told: dict[str, list[Page]] = {}
    for page in troubled:
        told.setdefault(str(page.error), []).append(page)
    return list(told.values())


def _trouble(user: User, story: Story, pages: list[Page]) -> None:
    """Show what happened to pages, and what can be done: redraw a picture, at its price, or rewrite a text."""
    if len(pages) == 1:
        with _line(f"**Page {pages[0].position}.** {pages[0].error}"):
            _way_out(user, story, pages[0], "")
        return
    st.write(f"**Pages {listed([str(page.position) for page in pages])}.** {pages[0].error}")
    with st.container(horizontal=True):
        for page in pages:
            _way_out(user, story, page, f"Page {page.position}: ")


def _way_out(user: User, story: Story, page: Page, which: str) -> None:
    if page.stand_in:
        _again(user, story, f"page {page.number}", stories.redraw, page.number, which=which)
    else:
        st.button(
            f"{which}Edit the text", key=f"edit page {page.number}", icon=":material/edit:",
            on_click=gate.callback(progress.open_editor, page.number),
        )  # fmt: skip


@contextmanager
def _line(said: str) -> Iterator[None]:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(said)
        yield


def _again(user: User, story: Story, what: str, redraw: Callable[..., Story], *number: int, which: str = "") -> None:
    st.button(
        f"{which}Try again ({costs.of_picture(user, story)})", key=f"again {what}", icon=":material/refresh:",
        on_click=gate.callback(_redrawn, redraw, user, story.id, *number),
    )  # fmt: skip


def _redrawn(redraw: Callable[..., Story], *what: Any) -> None:
    if done := notices.act(redraw, *what):
        notices.attempt(jobs.submit, done.value)


def _row(story: Story, page: Page) -> dict[str, str]:
    checks = [_check(said) for said in (*page.checks, *page.image_checks) if review.is_of_now(page, said)]
    facts = (
        str(page.position),
        page.made_by or "not drawn yet",
        _level(story, page),
        "; ".join(checks) or _unchecked(page),
    )
    return dict(zip(COLUMNS, facts, strict=True))


def _unchecked(page: Page) -> str:
    return "your own text, not checked" if page.teacher_text else "none needed"


def _level(story: Story, page: Page) -> str:
    """Return ``grade 2.1``, what it was before it was rewritten, the hard words, and what is too much for the age."""
    now = reading_level.of_pages([page.text], story.brief, story.cast)
    level, before = page.level or asdict(now), page.level_before
    said = f"grade {level['grade']}"
    if before:
        said += f" (rewritten; was grade {before['grade']})"
    if level["hard_words"]:
        said += f"; hard: {', '.join(level['hard_words'])}"
    wrong = reading_level.outside(now, story.age_band)
    return f"{said}. Outside ages {story.age_band}: {'; '.join(wrong)}" if wrong else said


def _check(said: dict[str, Any]) -> str:
    """Return ``moderation: fine``, ``moderation: violence``, ``moderation: not checked``, ``likeness: 92 % (why)``."""
    if "skipped" in said:
        return f"{said['check']}: not checked"
    if said["check"] == "likeness":
        return f"likeness: {100 * said['scores']['likeness']:.0f} % ({said['reason']})"
    return f"{said['check']}: {', '.join(said['flags']) or 'fine'}"
