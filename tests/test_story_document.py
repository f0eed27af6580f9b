"""One document of a story, wherever it comes from."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from storylib.billing import ledger
from storylib.db import Database
from storylib.generation import books
from storylib.library import stories
from storylib.story.document import StoryDocument, ThemeRecord
from tests import factories


def test_a_story_of_the_library_is_told_whole(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        story = factories.story(session, ada, pages=2, title="", cover_stand_in=True)
        story.pages[0].stand_in, story.pages[0].made_by = True, "Story Kit"
        stories.rewrite_page(session, ada.id, story.id, 2, "I wrote this.")
        story.pages[1].image_id = factories.image(session, ada, role="page", story_id=story.id, page_number=2).id
        told = stories.document(story, picture="{}.webp".format, cost_usd=Decimal("0.0400"))
    assert told.title == stories.title(story) != ""
    assert told.made_by == stories.made_by(story)
    assert "the cover and page 1 drawn by the Story Kit" in told.made_by
    assert [page.author for page in told.pages] == ["Story Kit", "teacher", "Story Kit", "Story Kit"]
    assert [page.picture for page in told.pages] == [None, f"{story.pages[1].image_id}.webp", None, None]
    assert (told.id, told.version, told.cost_usd) == (story.id, 1, Decimal("0.04"))
    assert told.level is not None
    assert told.level.pages == 4
    assert told.theme == ThemeRecord(asked=story.brief.theme)
    assert StoryDocument.model_validate_json(told.as_json()).as_json() == told.as_json()


def test_a_story_that_is_not_written_yet_has_a_document_too(database: Database) -> None:
    with database.write() as session:
        story = factories.story(session, factories.user(session), title="", state="queued")
        told = stories.document(story)
    assert (told.pages, told.level, told.cover.picture, told.state) == ((), None, None, "queued")


def test_a_change_after_the_approval_shows_in_the_document(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        story = factories.story(session, ada, pages=1)
        stories.set_review(session, ada.id, story.id, "approved")
        assert stories.document(story).review == "approved"
        factories.rewrite(session, story.pages[0], alt="Something else.")
        assert stories.document(story).review == "draft"


def test_the_document_tells_who_approved_it_and_whether_that_holds(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session)
        story = factories.story(session, ada, pages=1)
        assert stories.approval(session, story) is None
        stories.set_review(session, ada.id, story.id, "approved")
        told = stories.document(story, approval=stories.approval(session, story)).approval
        assert told
        assert (told.by, told.at, told.holds) == (ada.username, story.approved_at, True)
        factories.rewrite(session, story.pages[0], alt="Something else.")
        changed = stories.approval(session, story)
        assert changed
        assert not changed.holds


def test_a_book_in_memory_is_told_in_the_same_words() -> None:
    book = books.make_book(factories.BRIEF.model_copy(update={"pages": 4, "seed": 7}))
    told = books.document(book)
    assert (told.title, told.made_by.split(":")[0], told.cost_usd) == (book.opening.title, "Story Kit", Decimal(0))
    assert [page.picture for page in told.pages] == [f"page-0{number}.webp" for number in range(1, 5)]
    assert {page.author for page in told.pages} == {page.made_by for page in told.pages} == {"Story Kit"}
    assert told.theme.treatment in {"about", "mentioned", "none"}
    assert StoryDocument.model_validate_json(told.as_json()).as_json() == books.document(book).as_json()


def test_another_version_is_refused() -> None:
    told = books.document(books.make_book(factories.BRIEF.model_copy(update={"pages": 4, "seed": 7})))
    with pytest.raises(ValidationError, match="version"):
        StoryDocument.model_validate(told.model_dump() | {"version": 2})


def test_a_storys_cost_is_unknown_where_a_price_is(database: Database) -> None:
    with database.write() as session:
        story = factories.story(session, factories.user(session))
        assert ledger.story_cost(session, story.id) == 0
        factories.call(session, story_id=story.id, state="settled", cost_usd=Decimal("0.04"))
        factories.call(session, story_id=story.id)
        assert ledger.story_cost(session, story.id) == Decimal("0.04")
        factories.call(session, story_id=story.id, state="settled")
        assert ledger.story_cost(session, story.id) is None
