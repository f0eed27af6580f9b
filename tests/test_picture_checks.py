"""Drawn pictures are looked at before they are shown: fit for children, and like their portraits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from storylib.billing import ledger
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.generation import drawing, image_checks, writing
from storylib.library import images, stories
from storylib.models import Call, Character, Page, Story, User
from tests import factories, providers
from tests.providers import Scripted

BRIEF = factories.BRIEF.model_copy(update={"provider": "openai"})
SPOILT = ProviderError("No picture came.", "timeout", maybe_paid=True)


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher with a dollar a month, which is room for some pictures."""
    with sqlite_database.write() as session:
        return factories.user(session, plan="free")


@pytest.fixture
def story(sqlite_database: Database, ada: User, provider: Scripted) -> Story:
    """Asked for and written, of a character with a portrait; page 1 shows her."""
    with sqlite_database.write() as session:
        luna = factories.character(session, ada)
        place = images.Subject(ada.id, "portrait", character_id=luna.id)
        hung = images.add(session, images.prepare(providers.picture()), place, "Story Kit")
        session.get_one(Character, luna.id).portrait_id = hung.id
        story = stories.ask(session, ada, BRIEF, [luna.id])
    assert provider.drawn == []
    writing.write(sqlite_database, story.id, story.run)
    return story


@pytest.fixture
def drawn(sqlite_database: Database, story: Story) -> Callable[[], Page]:
    """Takes page 1 through everything, as a worker does."""
    return partial(_drawn, sqlite_database, story)


def _drawn(database: Database, story: Story) -> Page:
    while mark := drawing.draw(database, story.id, 1):
        if image_checks.inspect(database, story.id, 1, mark):
            drawing.keep(database, story.id, 1, mark)
            if not image_checks.compare(database, story.id, 1):
                break
    with database.read() as session:
        return session.get_one(Page, (story.id, 1))


def _calls(database: Database, operation: str) -> list[tuple[str, str | None]]:
    with database.read() as session:
        found = session.scalars(select(Call).where(Call.operation == operation).order_by(Call.id))
        return [(call.state, call.error_kind) for call in found]


def _redraw(database: Database, ada: User, story: Story) -> None:
    drawing.settle(database, story.id, story.run)
    with database.write() as session:
        again = stories.redraw(session, ada, story.id, 1)
    writing.write(database, again.id, again.run)


@pytest.mark.usefixtures("kit")
def test_a_picture_that_is_not_fit_is_drawn_once_more_from_its_scene_alone(
    sqlite_database: Database, story: Story, provider: Scripted, drawn: Callable[[], Page]
) -> None:
    with sqlite_database.write() as session:
        factories.rewrite(session, session.get_one(Page, (story.id, 1)), description="A wolf with teeth.")
    provider.unfit = [1]
    page = drawn()
    assert (page.state, page.made_by, page.stand_in) == ("ready", "OpenAI", False)
    assert [request.description for request in provider.drawn] == ["A wolf with teeth.", ""]
    assert [found["flags"] for found in page.image_checks] == [["violence"], [], []]  # the third is the likeness
    assert _calls(sqlite_database, "draw") == [("settled", "blocked"), ("settled", None)]  # both were charged


def test_a_picture_that_stays_unfit_is_drawn_by_the_kit_and_left_to_the_teacher(
    sqlite_database: Database, story: Story, provider: Scripted, kit: Scripted, drawn: Callable[[], Page]
) -> None:
    provider.unfit = [1, 2]
    page = drawn()
    assert (page.state, page.made_by, page.stand_in) == ("ready", "Story Kit", True)
    assert str(page.error).startswith("The picture was not suitable for children (violence).")
    assert (len(provider.drawn), len(kit.drawn)) == (2, 1)
    with sqlite_database.read() as session:
        assert ledger.story_cost(session, story.id) == Decimal("0.01") + 2 * Decimal("0.04")


def test_a_cover_that_is_not_fit_is_drawn_by_the_kit(
    sqlite_database: Database, story: Story, provider: Scripted, kit: Scripted
) -> None:
    provider.unfit = [1]
    while mark := drawing.draw(sqlite_database, story.id, drawing.COVER):
        if image_checks.inspect(sqlite_database, story.id, drawing.COVER, mark):
            drawing.keep(sqlite_database, story.id, drawing.COVER, mark)
    with sqlite_database.read() as session:
        shown = session.get_one(Story, story.id)
    assert (shown.cover_stand_in, bool(shown.cover_id), len(provider.drawn), len(kit.drawn)) == (True, True, 1, 1)


@pytest.mark.usefixtures("kit")
def test_looking_twice_at_the_same_picture_asks_once(
    sqlite_database: Database, story: Story, provider: Scripted
) -> None:
    provider.unfit = [1]
    mark = drawing.draw(sqlite_database, story.id, 1)
    assert mark
    assert [image_checks.inspect(sqlite_database, story.id, 1, mark) for _ in range(2)] == [False, False]
    assert len(provider.checked) == 1


@pytest.mark.usefixtures("kit")
def test_an_unlike_picture_is_drawn_once_more_and_the_better_one_is_shown(
    provider: Scripted, drawn: Callable[[], Page]
) -> None:
    provider.alike = [0.4, 0.9]
    page = drawn()
    found = [check for check in page.image_checks if check["check"] == "likeness"]
    assert [check["scores"]["likeness"] for check in found] == [0.4, 0.9]
    assert found[0]["reason"] == "The scarf has another colour."
    assert (page.image_id, page.state, len(provider.drawn)) == (found[1]["image"], "ready", 2)


@pytest.mark.usefixtures("kit")
def test_a_second_picture_that_is_less_alike_is_kept_but_not_shown(
    sqlite_database: Database, ada: User, story: Story, provider: Scripted, drawn: Callable[[], Page]
) -> None:
    provider.alike = [0.4, 0.2]
    page = drawn()
    found = [check for check in page.image_checks if check["check"] == "likeness"]
    assert (page.image_id, page.state, len(provider.drawn)) == (found[0]["image"], "ready", 2)
    with sqlite_database.read() as session:
        assert len(images.versions(session, ada.id, story.id, 1)) == 2


@pytest.mark.usefixtures("kit")
def test_an_unlike_picture_stays_where_the_budget_ends(
    sqlite_database: Database, ada: User, provider: Scripted, drawn: Callable[[], Page]
) -> None:
    with sqlite_database.write() as session:
        session.get_one(User, ada.id).budget_usd = Decimal("0.06")  # the words and one picture
    provider.alike = [0.4]
    page = drawn()
    assert (page.state, page.made_by, page.error, len(provider.drawn)) == ("ready", "OpenAI", None, 1)


def test_a_picture_that_is_there_stays_when_another_cannot_be_drawn(
    sqlite_database: Database, ada: User, story: Story, provider: Scripted, kit: Scripted, drawn: Callable[[], Page]
) -> None:
    first = drawn()
    _redraw(sqlite_database, ada, story)
    provider.fail_picture.append(SPOILT)
    page = drawn()
    assert (page.image_id, page.state, page.made_by) == (first.image_id, "ready", "OpenAI")
    assert str(page.error) == "No picture came. The picture stays as it was."
    assert (len(provider.drawn), kit.drawn) == (1, [])


def test_trying_one_page_again_accepts_the_loss_of_that_page_only(
    sqlite_database: Database, ada: User, story: Story, provider: Scripted, kit: Scripted, drawn: Callable[[], Page]
) -> None:
    provider.fail_picture += [SPOILT, SPOILT]
    for number in (1, 2):
        drawing.draw(sqlite_database, story.id, number)
    assert len(kit.drawn) == 2
    with sqlite_database.read() as session:
        lost = {
            call.page_number: call.fingerprint for call in ledger.of_story(session, story.id) if call.state == "unknown"
        }
    _redraw(sqlite_database, ada, story)
    with sqlite_database.read() as session:
        assert ledger.find(session, lost[2])
        assert ledger.find(session, lost[1]) is None
    assert drawn().made_by == "OpenAI"
