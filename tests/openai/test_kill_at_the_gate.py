"""kill -9 while pictures wait for a server that takes no more: nothing was sent, so nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from llmock.scenarios import Fail, Match

from storylib.billing import ledger
from storylib.config import ROOT, settings
from storylib.db import Database
from storylib.library import stories
from storylib.models import Call, User
from tests import factories
from tests.openai.desk import BRIEF, PAGES, PICTURES, is_whole, stand_ins, until
from tests.openai.mock import StoryServer
from tests.openai.worker import hired


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher who may spend a lot."""
    with sqlite_database.write() as session:
        return factories.user(session, plan="pro")


@pytest.fixture
def hire(mock: StoryServer, tmp_path: Path) -> Iterator[Callable[[], ForkServerProcess]]:
    """Starts a worker that sends one picture's order at a time; at the end all are gone."""
    usual = (ROOT / "config.yaml").read_text("utf-8")
    small = re.sub(r"page_size: \d+x\d+", "page_size: 192x128", usual)
    (tmp_path / "config.yaml").write_text(re.sub(r"in_flight: \d+", "in_flight: 1", small), "utf-8")
    crew: list[ForkServerProcess] = []

    def hire() -> ForkServerProcess:
        crew.append(
            hired(
                {
                    "STORYLIB_DATABASE_URL": settings().database_url,
                    "STORYLIB_DATA": str(settings().data),
                    "STORYLIB_SECRET_KEY": "a key for tests only",
                    "STORYLIB_CONFIG": str(tmp_path / "config.yaml"),
                    "OPENAI_BASE_URL": mock.url,
                }
            )
        )
        return crew[-1]

    yield hire
    for worker in crew:
        worker.kill()
        worker.join()


def test_pictures_killed_at_the_gate_are_drawn_once_and_nothing_is_unknown(
    sqlite_database: Database, ada: User, mock: StoryServer, hire: Callable[[], ForkServerProcess]
) -> None:
    def pictures() -> list[Call]:
        with sqlite_database.read() as session:
            return [call for call in ledger.of_story(session, story.id) if call.operation == "draw"]

    def all_wait() -> bool:
        """Every picture stands at the gate, and one has come back to it."""
        refused = mock.calls("/images/", wait=0)
        return bool(refused) and len(pictures()) == PAGES + 1 and not any(call.sent_at for call in pictures())

    too_busy = Fail(429, times=None, retry_after=60, match=Match(path=PICTURES))
    mock.state.scenarios.add(too_busy)
    with sqlite_database.write() as session:
        story = stories.ask(session, ada, BRIEF)
    worker = hire()
    until(all_wait)
    worker.kill()
    worker.join()
    mock.state.scenarios.clear()
    hire()
    until(lambda: _now(sqlite_database, ada, story.id).state not in stories.MAKING)
    made = _now(sqlite_database, ada, story.id)
    assert is_whole(made)
    assert stand_ins(made) == 0
    assert [(call.state, call.attempts) for call in pictures()] == [("settled", 2)] * (PAGES + 1)
    assert sum("/images/" in bill.path for bill in mock.bills) == PAGES + 1


def _now(database: Database, ada: User, story_id: str) -> stories.Story:
    with database.read() as session:
        return stories.get(session, ada.id, story_id)
