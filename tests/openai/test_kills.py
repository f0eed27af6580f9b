"""kill -9 while a paid story is made: it ends whole, nothing is ordered twice, the ledger knows of every request."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from storylib.billing import ledger
from storylib.config import ROOT, settings
from storylib.db import Database
from storylib.library import stories
from storylib.models import Call, Story, User, Worker
from tests import factories
from tests.openai.desk import BRIEF, until
from tests.openai.mock import StoryServer
from tests.openai.worker import hired

KILLS = 10
PAGES = 8
LIFE = 1.6  # seconds that a worker lives at most; an undisturbed one makes the story in about two


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher who may spend a lot."""
    with sqlite_database.write() as session:
        return factories.user(session, plan="pro")


@pytest.fixture
def environment(mock: StoryServer, tmp_path: Path) -> dict[str, str]:
    """A worker's: the test's database and server, and small pictures of which each takes a while."""
    mock.behaviour.picture_seconds = 0.4
    small = re.sub(r"page_size: \d+x\d+", "page_size: 192x128", (ROOT / "config.yaml").read_text("utf-8"))
    (tmp_path / "config.yaml").write_text(small, "utf-8")
    return {
        "STORYLIB_DATABASE_URL": settings().database_url,
        "STORYLIB_DATA": str(settings().data),
        "STORYLIB_SECRET_KEY": "a key for tests only",
        "STORYLIB_CONFIG": str(tmp_path / "config.yaml"),
        "OPENAI_BASE_URL": mock.url,
    }


@pytest.fixture
def hire(sqlite_database: Database, environment: dict[str, str]) -> Iterator[Callable[[], ForkServerProcess]]:
    """Starts a worker and waits until it works; at the end all are gone."""
    crew: list[ForkServerProcess] = []

    def hire() -> ForkServerProcess:
        crew.append(hired(environment))
        until(lambda: crew[-1].exitcode is not None or _at_work(sqlite_database, crew[-1].pid))
        assert crew[-1].exitcode is None
        return crew[-1]

    yield hire
    for worker in crew:
        worker.kill()
        worker.join()


def _at_work(database: Database, pid: int | None) -> bool:
    with database.read() as session:
        return any(f":{pid}:" in id_ for id_ in session.scalars(select(Worker.id)))


class Teacher:
    """Looks how her story is, and says "try again" when it is told to need that."""

    def __init__(self, database: Database, ada: User):
        self.database, self.ada = database, ada
        with database.write() as session:
            self.id = stories.ask(session, ada, BRIEF.model_copy(update={"pages": PAGES})).id

    @property
    def story(self) -> Story:
        """As it is now."""
        with self.database.read() as session:
            return stories.get(session, self.ada.id, self.id)

    def go_on(self) -> None:
        """She has read that something may have been charged."""
        if self.story.state == "failed":
            assert "may have been charged" in str(self.story.error)
            with self.database.write() as session:
                stories.again(session, self.ada.id, self.id)

    def calls(self) -> list[Call]:
        """What the ledger knows of paid things."""
        with self.database.read() as session:
            found = ledger.of_story(session, self.id)
        return [call for call in found if call.provider == "openai" and call.operation != "check"]


def ordered(mock: StoryServer) -> Counter[str]:
    """How often each picture was asked for: by the page that its words name."""
    prompts = [str(body["prompt"]) for body in list(mock.bodies) if "prompt" in body]
    return Counter(found.group() if (found := re.search(r"Page \d+", prompt)) else "cover" for prompt in prompts)


def test_ten_kills_end_in_a_whole_story_and_pay_only_for_what_was_made_or_in_flight(
    sqlite_database: Database, ada: User, mock: StoryServer, hire: Callable[[], ForkServerProcess]
) -> None:
    teacher, moments = Teacher(sqlite_database, ada), random.Random(2)
    for _ in range(KILLS):
        worker = hire()
        Event().wait(moments.uniform(0.05, LIFE))
        worker.kill()
        worker.join()
        teacher.go_on()
    while teacher.story.state in (*stories.MAKING, "failed"):
        teacher.go_on()
        worker = hire()
        until(lambda: teacher.story.state not in stories.MAKING)
        worker.kill()
        worker.join()
    story = teacher.story
    assert [page.number for page in story.pages if page.image_id and page.text] == list(range(1, PAGES + 1))
    assert story.cover_id
    states = Counter(call.state for call in teacher.calls())
    assert set(states) <= {"settled", "unknown"}
    assert set(ordered(mock).values()) <= {1}, "a picture was ordered twice"
    assert states["settled"] <= len(mock.bills) <= states.total()
    assert all(page.stand_in or page.made_by == "OpenAI" for page in story.pages)
