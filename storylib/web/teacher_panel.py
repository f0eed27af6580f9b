"""For the teacher: who made each page, how hard it is to read, what was checked, and what can be tried again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from storylib import jobs, stories
from storylib.models import Page, Story, User
from storylib.web import costs, notices, reader

COLUMNS = ("Page", "Words by", "Picture by", "Reading level", "Checks")


def panel(user: User, story: Story) -> None:
    """What a story by makers that can fail has to tell; nothing for a book that the Kit made as it should."""
    if not _worth_telling(story):
        return
    troubled = [page for page in story.pages if _troubled(page)]
    with st.expander("For the teacher", icon=":material/fact_check:", expanded=bool(troubled)):
        for page in troubled:
            _again(user, story, page)
        st.table([_row(story, page) for page in story.pages], border="horizontal", hide_index=True)


def _worth_telling(story: Story) -> bool:
    return bool(story.pages) and {story.provider, story.brief.illustrator} != {"kit"}


def _troubled(page: Page) -> bool:
    return page.stand_in or page.state == "failed"


def _again(user: User, story: Story, page: Page) -> None:
    """What happened to a page, and the button that has its picture made once more, with its price."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"**Page {page.number}.** {page.error}")
        st.button(
            f"Try again ({costs.of_picture(user, story)})",
            key=f"again {page.number}", icon=":material/refresh:", on_click=_redraw, args=(user, story.id, page.number),
        )  # fmt: skip


def _redraw(user: User, story_id: str, number: int) -> None:
    if done := notices.act(stories.redraw, user, story_id, number):
        notices.attempt(jobs.submit, done.value)


def _row(story: Story, page: Page) -> dict[str, str]:
    facts = (
        str(page.number), reader.maker(story.provider).partition(":")[0], page.made_by or "nobody yet", _level(page),
        "; ".join(map(_check, page.checks)) or "none needed",
    )  # fmt: skip
    return dict(zip(COLUMNS, facts, strict=True))


def _level(page: Page) -> str:
    """``grade 2.1``, what it was before it was rewritten, and the words that are hard for the age."""
    now, before = (level and f"grade {level['grade']}" for level in (page.level, page.level_before))
    hard = ", ".join((page.level or {}).get("hard_words") or ())
    said = f"{now} (rewritten; it was {before})" if before else now or "not measured"
    return f"{said}; hard: {hard}" if hard else said


def _check(said: dict[str, Any]) -> str:
    """``moderation: fine``, ``moderation: violence``, ``moderation: not offered``."""
    if "skipped" in said:
        return f"{said['check']}: not offered"
    return f"{said['check']}: {', '.join(said['flags']) or 'fine'}"
