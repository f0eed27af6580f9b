"""kill -9 while a paid story is made: nothing is ordered twice by itself, and the ledger knows of every order."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from threading import Event

import pytest
from sqlalchemy import select

from storylib import stories
from storylib.config import ROOT, settings
from storylib.db import Database
from storylib.models import Call, Story, User, Worker
from tests import factories
from tests.openai.mock import StoryServer
from tests.openai.test_stories import BRIEF, until

KILLS = 2
PAGES = 8


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher who may spend a lot."""
    with sqlite_database.write() as session:
        return factories.user(session, plan="pro")


@pytest.fixture
def environment(mock: StoryServer) -> dict[str, str]:
    """A worker's: the test's database and server, each picture takes a while."""
    mock.behaviour.picture_seconds = 0.5
    places = {"STORYLIB_DATABASE_URL": settings().database_url, "OPENAI_BASE_URL": mock.url}
    return os.environ | places


@pytest.fixture
def crew() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers; all are gone at the end."""
    crew: list[subprocess.Popen[bytes]] = []
    yield crew
    for worker in crew:
        worker.kill()
        worker.wait()


def hire(database: Database, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a worker, and wait until it works."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "storylib", "worker"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    until(lambda: worker.poll() is not None or _at_work(database, worker.pid))
    assert worker.poll() is None
    return worker


def _at_work(database: Database, pid: int) -> bool:
    with database.read() as session:
        return any(f":{pid}:" in id_ for id_ in session.scalars(select(Worker.id)))


def _state(database: Database, story: Story) -> str:
    with database.read() as session:
        return stories.get(session, story.owner_id, story.id).state


def ordered(mock: StoryServer) -> Counter[str]:
    """How often each picture was asked for: by the page that its words name."""
    prompts = [str(body["prompt"]) for body in list(mock.bodies) if "prompt" in body]
    return Counter(found.group() if (found := re.search(r"Page \d+", prompt)) else "cover" for prompt in prompts)


def test_no_picture_is_ordered_twice_however_often_the_worker_is_killed(
    sqlite_database: Database,
    ada: User,
    mock: StoryServer,
    environment: dict[str, str],
    crew: list[subprocess.Popen[bytes]],
) -> None:
    with sqlite_database.write() as session:
        story = stories.ask(session, ada, BRIEF.model_copy(update={"pages": PAGES}))
    moments = random.Random(4)
    for _ in range(KILLS):
        crew.append(hire(sqlite_database, environment))
        Event().wait(moments.uniform(0.1, 1.2))
        crew[-1].kill()
        crew[-1].wait()
    crew.append(hire(sqlite_database, environment))
    until(lambda: _state(sqlite_database, story) not in stories.MAKING)
    assert set(ordered(mock).values()) <= {1}, ordered(mock)
    with sqlite_database.read() as session:
        calls = list(session.scalars(select(Call).where(Call.operation == "draw", Call.provider == "openai")))
        made = stories.get(session, ada.id, story.id)
    assert {call.state for call in calls} <= {"settled", "unknown"}
    drawn = sum("/images/" in bill.path for bill in mock.bills)
    assert sum(call.state == "settled" for call in calls) <= drawn <= len(calls)
    if made.state == "failed":  # killed before the first word came: the teacher is asked
        assert "may have been charged" in made.error
    else:
        assert (made.state, all(page.image_id for page in made.pages)) == ("ready", True)
