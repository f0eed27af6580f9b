"""What was in the making, or is asked for again, when a database is older than what its queue remembers."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from storylib import db
from storylib.__main__ import main
from storylib.config import settings
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.generation import jobs
from storylib.library import stories
from storylib.models import Story, User
from tests import factories
from tests.providers import Scripted

PATIENCE = 60  # seconds


def restored(saved: Path, _here: Path) -> None:
    assert main(["restore", str(saved)]) == 0


def put_there_by_hand(saved: Path, here: Path) -> None:
    shutil.copy(saved, here)


def backup(saved: Path) -> None:
    assert main(["backup", str(saved)]) == 0


def copy_by_another_tool(saved: Path) -> None:
    with closing(sqlite3.connect(here())) as live, closing(sqlite3.connect(saved)) as copy:
        live.backup(copy)


WAYS = [(backup, restored), (backup, put_there_by_hand), (copy_by_another_tool, put_there_by_hand)]


def here() -> Path:
    return Path(settings().database_url.removeprefix("sqlite:///"))


@pytest.fixture
def ada(sqlite_database: Database, kit: Scripted) -> Iterator[User]:
    """A teacher whose stories this process makes, by ``kit``."""
    assert kit
    sqlite_database.migrate()
    with sqlite_database.write() as session:
        ada = factories.user(session, plan="pro")
    jobs.start()
    yield ada
    jobs.stop()


def ask(owner: User) -> Story:
    with db.database().write() as session:
        story = stories.ask(session, owner, factories.BRIEF.model_copy(update={"pages": 4}))
    jobs.submit(story)
    return story


def again(story: Story) -> None:
    with db.database().write() as session:
        wanted = stories.again(session, story.owner_id, story.id)
    jobs.submit(wanted)


def progress(story: Story) -> stories.Progress:
    with db.database().read() as session:
        return stories.progress(session, story.owner_id, story.id)


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def go_back(saved: Path, put: Callable[[Path, Path], None]) -> None:
    """Stop, put the copy in the place of the database and start again."""
    jobs.stop()
    db.close()
    put(saved, here())
    db.database().migrate()
    jobs.start()


@pytest.mark.parametrize(("copy", "put"), WAYS)
def test_a_story_in_the_making_is_made_though_the_queue_saw_its_end(
    ada: User, kit: Scripted, tmp_path: Path, copy: Callable[[Path], None], put: Callable[[Path, Path], None]
) -> None:
    gate, there = Event(), Event()

    def wait(number: int) -> None:
        if number == 2:
            there.set()
            assert gate.wait(PATIENCE)

    kit.on_page = wait
    story = ask(ada)
    assert there.wait(PATIENCE)
    copy(tmp_path / "saved.db")
    gate.set()
    until(lambda: progress(story).state == "ready")
    go_back(tmp_path / "saved.db", put)
    until(lambda: progress(story).state == "ready")
    assert progress(story).ready == 4


@pytest.mark.parametrize(("copy", "put"), WAYS)
def test_a_story_tried_again_is_made_though_the_queue_knows_that_run(
    ada: User, kit: Scripted, tmp_path: Path, copy: Callable[[Path], None], put: Callable[[Path, Path], None]
) -> None:
    kit.fail_page[2] = ProviderError("Closed.", "server", permanent=True)
    story = ask(ada)
    until(lambda: progress(story).state == "failed")
    copy(tmp_path / "saved.db")
    again(story)
    until(lambda: progress(story).state == "ready")
    go_back(tmp_path / "saved.db", put)
    assert progress(story).state == "failed"
    again(story)
    until(lambda: progress(story).state == "ready")


@pytest.mark.parametrize(("copy", "put"), WAYS[:2])
def test_a_queue_that_stopped_further_on_does_not_take_for_done_what_is_not_there(
    ada: User, kit: Scripted, tmp_path: Path, copy: Callable[[Path], None], put: Callable[[Path, Path], None]
) -> None:
    gates = {1: Event(), 3: Event()}
    reached = {1: Event(), 3: Event()}

    def wait(number: int) -> None:
        if number in gates:
            reached[number].set()
            gates[number].wait(PATIENCE)

    kit.on_page = wait
    story = ask(ada)
    assert reached[1].wait(PATIENCE)
    copy(tmp_path / "saved.db")
    gates[1].set()
    assert reached[3].wait(PATIENCE)
    until(lambda: progress(story).ready == 2)
    with db.database().write() as session:  # the process leaves in the middle
        session.get_one(Story, story.id).state = "cancelled"
    gates[3].set()
    go_back(tmp_path / "saved.db", put)
    until(lambda: progress(story).state == "ready")
    assert progress(story).ready == 4


def test_a_queue_of_the_release_before_goes_on_with_its_runs(ada: User) -> None:
    story = ask(ada)
    until(lambda: progress(story).state == "ready")
    jobs.stop()
    queue = settings().data / "jobs.db"
    with closing(sqlite3.connect(queue)) as before:
        assert before.execute("PRAGMA user_version").fetchone() != (0,)
        before.execute("PRAGMA user_version = 0")
        runs = before.execute("SELECT count(*) FROM workflow_status").fetchone()
    jobs.start()
    with closing(sqlite3.connect(queue)) as after:
        assert after.execute("SELECT count(*) FROM workflow_status").fetchone() == runs != (0,)


def test_a_stopped_process_leaves_one_file_of_each_database(ada: User) -> None:
    story = ask(ada)
    until(lambda: progress(story).state == "ready")
    jobs.stop()
    db.close()
    left = [*here().parent.glob("*-wal"), *here().parent.glob("*-shm"), *settings().data.glob("*-wal")]
    assert left == []
    jobs.start()
