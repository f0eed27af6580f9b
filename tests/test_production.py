"""Making a story, step by step, with providers that fail on cue."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storylib.db import Database
from storylib.errors import Invalid, NotFound, ProviderError, Unavailable
from storylib.generation import books, drawing, portrait_drawing, writing
from storylib.library import images, pending_images, stories
from storylib.models import Call, Story, User
from storylib.providers import catalog
from storylib.story import Brief
from tests import factories
from tests.providers import Scripted, charge

BUSY = ProviderError("The provider is busy.", "rate_limited")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Every story of the test is made by this one."""
    provider = Scripted()
    monkeypatch.setitem(catalog.PROVIDERS, "kit", provider.provider)
    return provider


@pytest.fixture
def ada(database: Database) -> User:
    """A teacher."""
    with database.write() as session:
        return factories.user(session, plan="pro")


@pytest.fixture
def story(database: Database, ada: User) -> Story:
    """Asked for: four pages."""
    return _asked(database, ada)


def _asked(database: Database, owner: User, brief: Brief = factories.BRIEF) -> Story:
    with database.write() as session:
        return stories.ask(session, owner, brief)


def _run(database: Database, story: Story) -> None:
    """What the workflow does, one step after the other."""
    with database.read() as session:
        run = session.scalar(select(Story.run).where(Story.id == story.id)) or story.run
    writing.write(database, story.id, run)
    for number in (1, drawing.COVER, 2, 3, 4):
        if mark := drawing.draw(database, story.id, number):
            drawing.keep(database, story.id, number, mark)
    drawing.settle(database, story.id, run)


def _now(database: Database, story: Story) -> Story:
    with database.read() as session:
        return stories.get(session, story.owner_id, story.id)


def _calls(database: Database) -> list[Call]:
    with database.read() as session:
        return list(session.scalars(select(Call).order_by(Call.id)))


def test_a_story_is_written_drawn_and_settled(database: Database, story: Story, provider: Scripted) -> None:
    _run(database, story)
    made = _now(database, story)
    assert (made.state, made.title, [p.state for p in made.pages]) == ("ready", "Luna and the Test", ["ready"] * 4)
    assert made.cover_id
    assert made.finished_at
    assert all(page.image_id and page.made_by == "Story Kit" and page.level for page in made.pages)
    assert len(provider.drawn) == len({order.seed for order in provider.drawn}) == 5
    assert [(c.operation, c.state, c.cost_usd) for c in _calls(database)] == [("write", "settled", 0)] + [
        ("draw", "settled", 0)
    ] * 5


def test_every_step_can_be_repeated_and_nothing_is_made_twice(
    database: Database, story: Story, provider: Scripted
) -> None:
    for _ in range(2):
        _run(database, story)
    assert (provider.written, len(provider.drawn), len(_calls(database))) == ([1, 2, 3, 4], 5, 6)


def test_a_crash_between_drawing_and_saving_costs_no_second_picture(
    database: Database, story: Story, provider: Scripted
) -> None:
    writing.write(database, story.id, story.run)
    assert drawing.draw(database, story.id, 1)  # … and here the process is killed
    _run(database, story)
    assert _now(database, story).state == "ready"
    assert len(provider.drawn) == 5


def test_a_save_that_fails_is_repeated_without_drawing_again(
    database: Database, story: Story, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing.write(database, story.id, story.run)
    mark = drawing.draw(database, story.id, 1) or ""
    with monkeypatch.context() as patched, pytest.raises(Unavailable):
        patched.setattr(images, "add", _full)
        drawing.keep(database, story.id, 1, mark)
    drawing.keep(database, story.id, 1, mark)
    assert _now(database, story).pages[0].state == "ready"
    assert len(provider.drawn) == 1


def _full(*_: object) -> None:
    raise Unavailable("The disk is full.")


def test_a_picture_that_fails_is_told_on_its_page_and_the_book_is_kept(
    database: Database, story: Story, provider: Scripted
) -> None:
    provider.fail_picture.append(BUSY)
    _run(database, story)
    made = _now(database, story)
    assert (made.state, made.error) == ("failed", "One picture could not be drawn. Everything else is kept.")
    assert [(p.state, p.error) for p in made.pages] == [("failed", "The provider is busy.")] + [("ready", "")] * 3
    assert [c.error_kind for c in _calls(database) if c.state == "failed"] == ["rate_limited"]


def test_trying_again_makes_only_what_is_missing(database: Database, story: Story, provider: Scripted) -> None:
    provider.fail_picture.append(BUSY)
    _run(database, story)
    with database.write() as session:
        stories.again(session, story.owner_id, story.id)
    _run(database, story)
    made = _now(database, story)
    assert (made.state, made.error, len(provider.drawn), provider.written) == ("ready", "", 5, [1, 2, 3, 4])


def test_a_writer_that_fails_is_told_and_can_be_tried_again(
    database: Database, story: Story, provider: Scripted
) -> None:
    provider.fail_page[1] = ProviderError("No credit is left.", "quota", permanent=True)
    _run(database, story)
    made = _now(database, story)
    assert (made.state, len(made.pages)) == ("failed", 0)
    assert made.error == "No credit is left. The pages that were written are kept."
    with database.write() as session:
        stories.again(session, story.owner_id, story.id)
    _run(database, story)
    assert (_now(database, story).state, len(_now(database, story).pages)) == ("ready", 4)


def test_an_answer_that_breaks_off_is_asked_only_for_the_missing_pages(
    database: Database, story: Story, provider: Scripted
) -> None:
    provider.fail_page[3] = ProviderError("The answer was cut off.", "truncated", maybe_paid=True)
    _run(database, story)
    assert (_now(database, story).state, provider.written) == ("ready", [1, 2, 3, 4])
    writes = [call for call in _calls(database) if call.operation == "write"]
    assert [(c.state, c.error_kind, len(c.result or [])) for c in writes] == [
        ("settled", "truncated", 3),
        ("settled", None, 3),
    ]


def test_an_answer_that_never_holds_ends_honestly_with_what_came(
    database: Database, story: Story, provider: Scripted
) -> None:
    def cut(_: int) -> int:
        raise ProviderError("The answer was cut off.", "truncated", maybe_paid=True)

    provider.on_page = cut
    _run(database, story)
    assert _now(database, story).error == "The answer was cut off. The pages that were written are kept."
    assert len([call for call in _calls(database) if call.operation == "write"]) == 3


def test_cancelling_while_writing_stops_and_going_on_finishes(
    database: Database, story: Story, provider: Scripted
) -> None:
    def cancel(number: int) -> int:
        if number == 3:
            with database.write() as session:
                stories.cancel(session, story.owner_id, story.id)
        return number

    provider.on_page = cancel
    _run(database, story)
    stopped = _now(database, story)
    assert (stopped.state, len(stopped.pages), provider.drawn) == ("cancelled", 2, [])
    provider.on_page = abs
    with database.write() as session:
        stories.again(session, story.owner_id, story.id)
    _run(database, story)
    assert _now(database, story).state == "ready"


def test_a_writer_killed_midway_leaves_no_open_row(database: Database, story: Story, provider: Scripted) -> None:
    def die(number: int) -> int:
        if number == 3:
            raise KeyboardInterrupt  # as a kill: nothing after it is carried out
        return number

    provider.on_page = die
    with pytest.raises(KeyboardInterrupt):
        writing.write(database, story.id, story.run)
    provider.on_page = abs
    _run(database, story)
    assert (_now(database, story).state, provider.written) == ("ready", [1, 2, 3, 4])
    assert [c.state for c in _calls(database) if c.operation == "write"] == ["failed", "settled"]


def test_a_story_deleted_while_it_is_made_ends_quietly(database: Database, story: Story, provider: Scripted) -> None:
    writing.write(database, story.id, story.run)
    with database.write() as session:
        session.delete(session.get_one(Story, story.id))
    _run(database, story)
    assert provider.drawn == []


def test_a_redraw_is_another_picture_and_the_old_one_is_kept(
    database: Database, story: Story, ada: User, provider: Scripted
) -> None:
    _run(database, story)
    before = _now(database, story).pages[1].image_id
    with database.write() as session:
        stories.redraw(session, ada, story.id, 2)
    assert _now(database, story).pages[1].image_id == before  # shown until the new one is there
    _run(database, story)
    after = _now(database, story)
    assert (after.state, len(provider.drawn), len({o.seed for o in provider.drawn})) == ("ready", 6, 6)
    with database.read() as session:
        versions = images.versions(session, ada.id, story.id, 2)
    assert [image.id for image in versions] == [after.pages[1].image_id, before]


def test_the_same_brief_and_seed_is_made_once_and_copied_for_the_second_story(
    database: Database, ada: User, provider: Scripted
) -> None:
    brief = factories.BRIEF.model_copy(update={"seed": 7})
    first, second = _asked(database, ada, brief), _asked(database, ada, brief)
    _run(database, first)
    _run(database, second)
    assert (_now(database, second).state, len(provider.drawn), provider.written) == ("ready", 5, [1, 2, 3, 4])
    assert _now(database, second).pages[0].image_id != _now(database, first).pages[0].image_id
    with database.write() as session:
        session.delete(session.get_one(Story, first.id))
    with database.read() as session:
        assert images.data(session, ada, _now(database, second).pages[0].image_id or "")


def test_a_thing_whose_picture_was_deleted_is_made_again(database: Database, ada: User, provider: Scripted) -> None:
    brief = factories.BRIEF.model_copy(update={"seed": 7})
    _run(database, first := _asked(database, ada, brief))
    with database.write() as session:
        session.delete(session.get_one(Story, first.id))
    _run(database, second := _asked(database, ada, brief))
    assert (_now(database, second).state, len(provider.drawn)) == ("ready", 10)


def test_a_paid_picture_cut_off_by_a_crash_is_never_asked_for_by_itself(
    database: Database, story: Story, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing.write(database, story.id, story.run)
    charge(monkeypatch, provider, "kit")
    provider.fail_picture.append(ProviderError("No answer.", "timeout", maybe_paid=True))
    for _ in range(2):
        drawing.draw(database, story.id, 1)
    assert "may have been charged" in _now(database, story).pages[0].error
    assert provider.drawn == []


def test_a_portrait_is_drawn_kept_and_drawn_once_for_the_same_look(
    database: Database, ada: User, provider: Scripted
) -> None:
    with database.write() as session:
        luna, twin = factories.character(session, ada), factories.character(session, ada, "Luna ")
        twin.name = "Luna"
    for character in (luna, twin):
        portrait_drawing.make_portrait(database, ada.id, character.id)
    with database.read() as session:
        kept = [session.get_one(type(luna), c.id) for c in (luna, twin)]
    assert kept[0].portrait_id != kept[1].portrait_id
    assert len(provider.drawn) == 1
    assert kept[0].version == luna.version  # a portrait is no edit


def test_another_teachers_character_gets_no_portrait(database: Database, ada: User, provider: Scripted) -> None:
    with database.write() as session:
        luna, ben = factories.character(session, ada), factories.user(session, "ben")
    with pytest.raises(NotFound):
        portrait_drawing.make_portrait(database, ben.id, luna.id)
    assert provider.drawn == []


def test_nothing_stays_on_the_way_when_a_story_is_ready(database: Database, story: Story, provider: Scripted) -> None:
    _run(database, story)
    assert provider.drawn
    assert list(pending_images._path("x").parent.iterdir()) == []


@pytest.mark.parametrize("others", [{"provider": "openai"}, {"pictures": "openai"}], ids=str)
def test_without_a_database_nothing_is_bought(others: dict[str, str]) -> None:
    with pytest.raises(Invalid, match=r"Use openai in the browser"):
        books.make_book(factories.BRIEF.model_copy(update=others))


@pytest.mark.usefixtures("provider")
def test_a_book_needs_no_database() -> None:
    book = books.make_book(factories.BRIEF)
    assert [page.number for page in book.pages] == [1, 2, 3, 4]
    assert (len(book.pictures), book.opening.title) == (4, "Luna and the Test")
