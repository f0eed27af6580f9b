"""A making that is cut off anywhere, or whose picture is lost on the way: the money adds up and nobody waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib import config
from storylib.billing import ledger, quotas
from storylib.db import Database
from storylib.generation import drawing, image_checks, writing
from storylib.library import pending_images, stories
from storylib.models import Call, Page, Story, User, sums
from storylib.story import Brief
from tests import factories
from tests.providers import Scripted

PAGES = (drawing.COVER, 1, 2, 3, 4)
BRIEF: Brief = factories.BRIEF
PAID: Brief = BRIEF.model_copy(update={"provider": "openai", "pictures": "openai"})
both = pytest.mark.parametrize("brief", [BRIEF, PAID], ids=["free", "paid"])


class Killed(BaseException):
    """As a kill: nothing that follows it is carried out."""


class Cut(Database):
    """The same database, in a process that is killed before or after a transaction."""

    def __init__(self, database: Database, after: int):
        vars(self).update(vars(database))
        self.left = after

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction; each may be followed by the end, and so may what comes between two."""
        self._pass()
        with super().write() as session:
            yield session
        self._pass()

    def _pass(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> User:
    """A teacher who may ask as fast as she likes."""
    monkeypatch.setattr(quotas, "allow_request", lambda *_: None)
    kind = "sqlite_database" if "sqlite_database" in request.fixturenames else "database"
    database: Database = request.getfixturevalue(kind)
    with database.write() as session:
        return factories.user(session, plan="pro", budget_usd=100)


@pytest.fixture
def providers(provider: Scripted, kit: Scripted) -> Callable[[Brief], Scripted]:
    """Who makes a story: for money or for nothing."""
    return lambda brief: provider if brief is PAID else kit


def _asked(database: Database, ada: User, brief: Brief, seed: int = 1) -> Story:
    with database.write() as session:
        return stories.ask(session, ada, brief.model_copy(update={"seed": seed}))


def _draw(database: Database, story: Story, number: int) -> None:
    for _ in range(8):
        mark = drawing.draw(database, story.id, number)
        if not mark:
            return
        if image_checks.inspect(database, story.id, number, mark) and drawing.keep(database, story.id, number, mark):
            return


def _run(database: Database, story: Story) -> Story:
    """What the workflow does, one step after the other."""
    run = _now(database, story).run
    writing.write(database, story.id, run)
    for number in PAGES:
        _draw(database, story, number)
    drawing.settle(database, story.id, run)
    return _now(database, story)


def _now(database: Database, story: Story) -> Story:
    with database.read() as session:
        return stories.get(session, story.owner_id, story.id)


def _again(database: Database, story: Story) -> None:
    with database.write() as session:
        stories.again(session, story.owner_id, story.id)


def _adds_up(database: Database, story: Story) -> list[Call]:
    with database.read() as session:
        calls = ledger.of_story(session, story.id)
        assert sums.differing(session) == 0
    assert "reserved" not in {call.state for call in calls}
    return calls


def _kills(database: Database, ada: User, brief: Brief) -> Iterator[Story]:
    """Stories that were cut off: one at each moment of the writing and of the first two pictures."""
    for moment in range(1, 36):
        story = _asked(database, ada, brief, seed=moment)
        with pytest.raises(Killed):
            _run(Cut(database, moment), story)
        yield story


@both
@pytest.mark.usefixtures("providers")
def test_killed_anywhere_and_gone_on_a_story_ends_with_no_open_call(
    sqlite_database: Database, ada: User, brief: Brief
) -> None:
    for story in _kills(sqlite_database, ada, brief):
        while (made := _run(sqlite_database, story)).state != "ready":
            assert made.state == "failed"
            _adds_up(sqlite_database, story)
            _again(sqlite_database, story)
        assert all(call.cost_usd is not None for call in _adds_up(sqlite_database, story) if call.state == "settled")


@both
@pytest.mark.usefixtures("providers")
def test_killed_anywhere_and_cancelled_a_story_leaves_no_open_call(
    sqlite_database: Database, ada: User, brief: Brief
) -> None:
    for story in _kills(sqlite_database, ada, brief):
        if _now(sqlite_database, story).state in stories.MAKING:
            with sqlite_database.write() as session:
                stories.cancel(session, ada.id, story.id)
        made = _run(sqlite_database, story)
        _adds_up(sqlite_database, story)
        assert "drawing" not in {page.state for page in made.pages}


@both
def test_stop_and_go_on_leave_sums_that_are_the_calls(
    database: Database, ada: User, brief: Brief, providers: Callable[[Brief], Scripted]
) -> None:
    story, provider = _asked(database, ada, brief), providers(brief)

    def stop(number: int) -> int:
        if number == 2:
            with database.write() as session:
                stories.cancel(session, ada.id, story.id)
        return number

    provider.on_page = stop
    assert _run(database, story).state == "cancelled"
    assert [call.state for call in _adds_up(database, story)] == ["settled"]  # it was answered, so it was charged
    provider.on_page = abs
    _again(database, story)
    assert _run(database, story).state == "ready"
    _adds_up(database, story)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Go on in a process of another machine, which has a disk of its own."""

    def move() -> None:
        monkeypatch.setenv("STORYLIB_DATA", str(tmp_path / "another machine"))
        config.settings.cache_clear()

    return move


def test_a_free_picture_that_waits_on_another_machine_is_drawn_again(
    database: Database, ada: User, kit: Scripted, elsewhere: Callable[[], None]
) -> None:
    story = _asked(database, ada, BRIEF)
    writing.write(database, story.id, story.run)
    mark = drawing.draw(database, story.id, 1)
    elsewhere()
    assert mark
    assert not drawing.keep(database, story.id, 1, mark)
    assert _run(database, story).state == "ready"
    assert len(kit.drawn) == len(PAGES) + 1
    _adds_up(database, story)


def test_a_paid_picture_that_waits_on_another_machine_is_unknown_and_not_paid_again(
    database: Database, ada: User, provider: Scripted, kit: Scripted, elsewhere: Callable[[], None]
) -> None:
    story = _asked(database, ada, PAID)
    writing.write(database, story.id, story.run)
    mark = drawing.draw(database, story.id, 1)
    elsewhere()
    assert mark
    assert not drawing.keep(database, story.id, 1, mark)
    made = _run(database, story)
    assert (made.state, made.pages[0].stand_in, len(kit.drawn), len(provider.drawn)) == ("ready", True, 1, len(PAGES))
    assert "may have been charged" in str(made.pages[0].error)
    assert [call.state for call in _adds_up(database, story) if call.fingerprint == mark] == ["unknown"]


@pytest.mark.parametrize("torn", [b"", b'{"width": 9', b"[]\n.", b"{}\n."], ids=repr)
def test_a_torn_file_is_set_aside_and_never_met_again(
    database: Database, ada: User, kit: Scripted, torn: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    story = _asked(database, ada, BRIEF)
    writing.write(database, story.id, story.run)
    mark = drawing.draw(database, story.id, 1)
    assert mark
    pending_images._path(mark).write_bytes(torn)
    with caplog.at_level(logging.ERROR, "storylib.library.pending_images"):
        assert _run(database, story).state == "ready"
    assert "was set aside" in caplog.text
    assert [path.read_bytes() for path in pending_images._path(mark).parent.iterdir()] == [torn]
    assert len(kit.drawn) == len(PAGES) + 1
    _adds_up(database, story)


def test_a_picture_that_was_cut_short_on_disk_is_no_picture(database: Database, ada: User, kit: Scripted) -> None:
    story = _asked(database, ada, BRIEF)
    writing.write(database, story.id, story.run)
    mark = drawing.draw(database, story.id, 1)
    assert mark
    pending_images._path(mark).write_bytes(pending_images._path(mark).read_bytes()[:-9])
    assert _run(database, story).state == "ready"
    assert len(kit.drawn) == len(PAGES) + 1
    with database.read() as session:
        assert set(session.scalars(select(Page.state))) == {"ready"}


def test_a_picture_of_a_stopped_story_that_waits_on_disk_is_kept(
    database: Database, ada: User, provider: Scripted
) -> None:
    story = _asked(database, ada, PAID)
    writing.write(database, story.id, story.run)
    assert drawing.draw(database, story.id, 1)  # and killed
    with database.write() as session:
        stories.cancel(session, ada.id, story.id)
    made = _run(database, story)
    assert (made.state, made.pages[0].state, len(provider.drawn)) == ("cancelled", "ready", 1)
    assert {call.state for call in _adds_up(database, story)} == {"settled"}
