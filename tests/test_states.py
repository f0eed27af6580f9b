"""Stories and pages change their states in one way, as one table allows."""

from __future__ import annotations

import ast
from itertools import product

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from storylib.config import ROOT
from storylib.db import Database
from storylib.library.stories import MAKING, states
from storylib.models import Page, Story
from storylib.models.moves import MOVES, PAGE_MOVES
from storylib.vocabulary import PAGE_STATES, STORY_STATES, PageState, StoryState
from tests import factories

STORY_PAIRS = list(product(STORY_STATES, repeat=2))
PAGE_PAIRS = list(product(PAGE_STATES, repeat=2))


def story(session: Session, state: StoryState) -> Story:
    row = factories.story(session, factories.user(session), state=state)
    for number in range(1, row.brief.pages + 1):
        factories.page(session, row, number, state="ready")
    return row


def test_the_tables_know_every_state_and_no_other() -> None:
    assert set(MOVES) == set(STORY_STATES)
    assert set().union(*MOVES.values()) == set(STORY_STATES)
    assert set(PAGE_MOVES) == set().union(*PAGE_MOVES.values()) == set(PAGE_STATES)


def test_a_story_in_the_making_can_always_be_stopped_and_one_that_is_over_only_asked_for_again() -> None:
    for state, after in MOVES.items():
        assert ("cancelled" in after) == (state in MAKING)
        assert (after == {"queued"}) == (state not in MAKING)


def test_a_page_that_is_ready_only_goes_back_by_being_asked_for_again() -> None:
    assert PAGE_MOVES["ready"] == {"written"}


@pytest.mark.parametrize(("before", "after"), STORY_PAIRS)
def test_a_story_moves_as_the_table_says(sqlite_database: Database, before: StoryState, after: StoryState) -> None:
    with sqlite_database.write() as session:
        moving = story(session, before)
        if before == after or after in MOVES[before]:
            states.move(moving, after, "Why.")
            assert (moving.state, moving.error, moving.finished_at is None) == (after, "Why.", after in MAKING)
        else:
            with pytest.raises(ValueError, match=f"A story that is {before} does not become {after}"):
                states.move(moving, after)
            assert moving.state == before


@pytest.mark.parametrize(("before", "after"), PAGE_PAIRS)
def test_a_page_moves_as_the_table_says(sqlite_database: Database, before: PageState, after: PageState) -> None:
    with sqlite_database.write() as session:
        page = factories.page(session, story(session, "illustrating"), state=before, error="Why.")
        if before == after or after in PAGE_MOVES[before]:
            states.move_page(page, after)
            assert (page.state, page.error) == (after, "Why.")
        else:
            with pytest.raises(ValueError, match=f"A page that is {before} does not become {after}"):
                states.move_page(page, after)
            assert page.state == before


def test_many_at_once_are_refused_and_other_changes_are_not(session: Session) -> None:
    for of in (Story, Page):
        with pytest.raises(TypeError, match="one by one"):
            session.execute(update(of).values(state="ready"))
    session.execute(update(Story).where(Story.state == "queued").values(run=2))


def test_what_was_cancelled_meanwhile_is_not_moved_on(database: Database) -> None:
    with database.write() as session:
        ours = story(session, "writing")
    with database.write() as session:
        mine = session.get_one(Story, ours.id)
        with_lock = states.held(session, ours.id, ["writing"], ours.run)
        assert with_lock is mine
        states.move(mine, "cancelled")
    with database.write() as session:
        assert states.held(session, ours.id, ["writing"], ours.run) is None
        assert states.held(session, ours.id, ["cancelled"], ours.run + 1) is None
        assert states.held(session, ours.id, ["cancelled"]) is not None
        assert states.held(session, "f" * 32, STORY_STATES) is None


# Rows of other tables have states too; these modules move those.
OTHERS = {"storylib/billing/ledger.py", "storylib/operations/alerts/__init__.py"}


def test_only_one_module_moves_stories_and_pages() -> None:
    found = set()
    for path in [*ROOT.glob("storylib/**/*.py"), *ROOT.glob("pages/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == "state":
                found.add(path.relative_to(ROOT).as_posix())
    assert found - OTHERS == {"storylib/library/stories/states.py"}
