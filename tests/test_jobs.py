"""Work that outlives a killed process, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbos import DBOS
from sqlalchemy import select, text

from storylib.config import ROOT, settings
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.generation import jobs, workers, workflow
from storylib.library import stories
from storylib.models import Call, Story, User, Worker, now
from storylib.providers import catalog
from tests import factories
from tests.providers import Scripted

PATIENCE = 120  # seconds, for a busy machine


@pytest.fixture
def ada(database: Database) -> User:
    """A teacher."""
    with database.write() as session:
        return factories.user(session, plan="pro")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Makes this process's stories."""
    provider = Scripted()
    monkeypatch.setitem(catalog.PROVIDERS, "kit", provider.provider)
    return provider


@pytest.fixture
def working(ada: User, provider: Scripted) -> Iterator[Scripted]:
    """This process works on the queues of Ada's database."""
    assert ada.id
    jobs.start()
    yield provider
    jobs.stop()


class Crew:
    """Worker processes that share the test's database; all are gone at the end."""

    def __init__(self, folder: Path):
        self.log = folder / "drawn.log"
        self.log.touch()
        self.errors = folder / "worker.log"
        self.environment = os.environ | {"STORYLIB_DATABASE_URL": settings().database_url}
        self.crew: list[subprocess.Popen[bytes]] = []

    def hire(self, seconds: float = 0.3, most: int = 1000, lease: float = workers.LEASE) -> subprocess.Popen[bytes]:
        """Start one and wait until it works."""
        command = [sys.executable, "-m", "tests.slow_worker", str(self.log), str(seconds), str(most), str(lease)]
        with self.errors.open("a") as errors:
            worker = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=errors)
        self.crew.append(worker)
        _until(lambda: f":{worker.pid}:" in self.errors.read_text() or worker.poll() is not None)
        assert worker.poll() is None, self.errors.read_text()
        return worker

    def dismiss(self) -> None:
        """End them all."""
        for worker in self.crew:
            worker.kill()
            worker.wait()

    @property
    def drawn(self) -> list[str]:
        """Every picture that was finished, by whom ever."""
        return self.log.read_text().split("\n")[:-1]


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    """Nobody yet."""
    crew = Crew(tmp_path)
    yield crew
    crew.dismiss()


def _asked(database: Database, owner: User, pages: int = 4) -> Story:
    with database.write() as session:
        return stories.ask(session, owner, factories.BRIEF.model_copy(update={"pages": pages}))


def _until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def _progress(database: Database, story: Story) -> stories.Progress:
    with database.read() as session:
        return stories.progress(session, story.owner_id, story.id)


def _calls(database: Database) -> list[Call]:
    with database.read() as session:
        return list(session.scalars(select(Call)))


def test_a_story_that_could_not_be_queued_starts_by_itself(
    database: Database, ada: User, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LEASE", 0.3)
    jobs.start()
    try:
        story = _asked(database, ada)  # and not submitted
        _until(lambda: _progress(database, story).state == "ready")
        assert len(provider.drawn) == 5
    finally:
        jobs.stop()


def test_a_submitted_story_is_made_and_submitting_twice_makes_it_once(
    database: Database, ada: User, working: Scripted
) -> None:
    story = _asked(database, ada)
    for _ in range(3):
        jobs.submit(story)
    _until(lambda: not _progress(database, story).making)
    assert _progress(database, story).state == "ready"
    assert (len(working.drawn), len(_calls(database))) == (5, 6)


def test_a_failed_picture_is_drawn_by_trying_again(database: Database, ada: User, working: Scripted) -> None:
    working.fail_picture.append(ProviderError("Busy.", "server"))
    jobs.submit(story := _asked(database, ada))
    _until(lambda: not _progress(database, story).making)
    assert _progress(database, story).state in ("failed", "ready")  # ready if it was the cover that failed
    with database.write() as session:
        story = stories.again(session, ada.id, story.id)
    jobs.submit(story)
    _until(lambda: not _progress(database, story).making)
    assert _progress(database, story).state == "ready"
    assert len(working.drawn) == 5


def test_a_writer_that_breaks_unforeseen_leaves_nobody_waiting(
    database: Database, ada: User, working: Scripted
) -> None:
    def burst(_: int) -> int:
        raise ZeroDivisionError("a bug")

    working.on_page = burst
    jobs.submit(story := _asked(database, ada))
    _until(lambda: not _progress(database, story).making)
    assert (
        str(_progress(database, story).error) == "Writing was interrupted. What was written is kept; please try again."
    )


@pytest.mark.usefixtures("provider")
def test_trying_again_at_once_does_not_wait_for_the_run_that_failed(
    database: Database, ada: User, working: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "POLL", 1.5)  # the first run looks whether it has failed when the second is asked for
    working.fail_page[1] = ProviderError("Closed.", "server", permanent=True)
    story = _asked(database, ada)
    jobs.submit(story)
    _until(lambda: _progress(database, story).state == "failed")
    with database.write() as session:
        again = stories.again(session, ada.id, story.id)
    jobs.submit(again)
    _until(lambda: not _progress(database, story).making)
    assert (_progress(database, story).state, working.written) == ("ready", [1, 2, 3, 4])


def test_a_story_committed_but_never_queued_is_started_by_the_sweep(database: Database, ada: User) -> None:
    story = _asked(database, ada)  # … and the process dies before ``submit``
    jobs.start()
    _until(lambda: _progress(database, story).state == "ready")
    jobs.stop()


def test_one_story_of_a_user_runs_at_a_time_and_another_users_beside_it(
    database: Database, ada: User, crew: Crew
) -> None:
    with database.write() as session:
        ben = factories.user(session, "ben", plan="pro")
    first, second, other = (_asked(database, owner, 8) for owner in (ada, ada, ben))
    crew.hire(0.2)  # its sweep queues all three
    overlaps = set()

    def all_made() -> bool:
        making = {s.id for s in (first, second, other) if _progress(database, s).state in ("writing", "illustrating")}
        overlaps.add(frozenset(making))
        return all(_progress(database, s).state == "ready" for s in (first, second, other))

    _until(all_made)
    assert not [seen for seen in overlaps if {first.id, second.id} <= seen]
    assert [seen for seen in overlaps if other.id in seen and len(seen) == 2]


def test_a_killed_process_is_followed_by_one_that_finishes_and_repeats_nothing(
    database: Database, ada: User, crew: Crew
) -> None:
    story = _asked(database, ada, 8)
    worker = crew.hire(0.4, most=5)
    _until(lambda: _progress(database, story).ready >= 2)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    finished = set(crew.drawn)
    crew.hire(0.1)
    _until(lambda: _progress(database, story).state == "ready")
    assert len(crew.drawn) == len(set(crew.drawn)), "a picture that was finished was drawn again"
    assert finished < set(crew.drawn)
    draws = [call for call in _calls(database) if call.operation == "draw"]
    assert sorted(str(c.page_number) for c in draws) == sorted(["1", "2", "3", "4", "5", "6", "7", "8", "None"])
    assert {call.state for call in draws} == {"settled"}


def test_a_second_process_takes_over_from_a_killed_one(database: Database, ada: User, crew: Crew) -> None:
    story = _asked(database, ada, 8)
    victim = crew.hire(0.4)
    _until(lambda: _progress(database, story).ready >= 1)
    crew.hire(0.1)  # joins while the first still works: nothing is done twice
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    _until(lambda: _progress(database, story).state == "ready")
    assert len(crew.drawn) == len(set(crew.drawn))


def test_a_process_asked_to_stop_hands_its_work_on(database: Database, ada: User, crew: Crew) -> None:
    story = _asked(database, ada, 8)
    worker = crew.hire(0.3)
    _until(lambda: _progress(database, story).ready >= 1)
    worker.send_signal(signal.SIGTERM)
    worker.wait(PATIENCE)
    crew.hire(0.1)
    _until(lambda: _progress(database, story).state == "ready")
    assert len(crew.drawn) == len(set(crew.drawn))


def test_cancelling_stops_the_pictures_that_have_not_begun(database: Database, ada: User, crew: Crew) -> None:
    story = _asked(database, ada, 16)
    crew.hire(0.5)
    _until(lambda: _progress(database, story).ready >= 1)
    with database.write() as session:
        stories.cancel(session, ada.id, story.id)
    at_cancel = len(crew.drawn)
    _until(lambda: not jobs_of(database, story))
    assert len(crew.drawn) <= at_cancel + settings().config.making.pictures
    assert _progress(database, story).state == "cancelled"
    with database.write() as session:
        stories.again(session, ada.id, story.id)
    crew.hire(0.1)  # the sweep of a new process starts the new run
    _until(lambda: _progress(database, story).state == "ready")
    assert len(crew.drawn) == len(set(crew.drawn))


def jobs_of(database: Database, story: Story) -> int:
    """How many pages are being drawn now."""
    with database.read() as session:
        return sum(page.state == "drawing" for page in stories.get(session, story.owner_id, story.id).pages)


@pytest.mark.usefixtures("provider", "ada")
def test_a_process_is_known_before_it_takes_any_work(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    launch, known = DBOS.launch, []

    def looked_at_launch() -> None:
        with database.read() as session:
            known.append(session.get(Worker, workers.ME))
        launch()

    monkeypatch.setattr(DBOS, "launch", looked_at_launch)
    jobs.start()
    jobs.stop()
    assert known[0]


def test_a_process_is_known_by_its_heartbeat() -> None:
    limit = now() - timedelta(seconds=workers.LEASE)
    elsewhere = Worker(id="another-machine:1:abc", beat_at=now())
    assert not workers.is_gone(elsewhere, limit)
    assert workers.is_gone(Worker(id="another-machine:1:abc", beat_at=limit), limit)
    namesake = f"{workers.ME.split(':')[0]}:1:abc"  # another container that was given the same host name
    assert not workers.is_gone(Worker(id=namesake, beat_at=now()), limit)
    assert workers.is_gone(Worker(id="another-machine:1:abc", beat_at=workers.RESIGNED), workers.RESIGNED)


@contextmanager
def _paused(database: Database) -> Iterator[None]:
    """Nobody can write a heartbeat, as while the database server stands or another program locks the file."""
    with database.write() as session:  # on SQLite this is all
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE workers IN ACCESS EXCLUSIVE MODE"))
        yield


def test_a_pause_that_all_had_makes_nobody_leave(database: Database, ada: User, crew: Crew) -> None:
    lease = 1.0
    working = [crew.hire(lease=lease) for _ in range(2)]

    def beats_since(moment: datetime) -> int:
        assert [worker.poll() for worker in working] == [None, None], crew.errors.read_text()
        with database.read() as session:
            seen = select(Worker.id).where(Worker.taken_by.is_(None), Worker.beat_at > moment)
            return len(session.scalars(seen).all())

    for _ in range(3):
        _until(partial(lambda moment: beats_since(moment) == 2, now()))
        with _paused(database):
            _until(partial(lambda end: time.monotonic() > end, time.monotonic() + 4 * lease))
        _until(partial(lambda moment: beats_since(moment) == 2, now() + timedelta(seconds=3 * lease)))
    story = _asked(database, ada)
    crew.hire(lease=lease)  # its sweep queues the story
    _until(lambda: _progress(database, story).state == "ready")


def test_after_a_missed_beat_the_others_have_a_lease_to_show_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, heart = [100.0], workers.Heart()
    monkeypatch.setattr(workers, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    steady = []
    for moment in (100, 103, 106, 109, 112, 140, 143, 146, 149, 152):  # from 112 to 140 the database stood
        clock[0] = float(moment)
        heart.beaten()
        steady.append(heart.is_steady())
    assert steady == [False] * 4 + [True] + [False] * 4 + [True]
    clock[0] = 170.0  # this process itself stood, and has not beaten yet
    assert not heart.is_steady()


def test_a_process_that_was_taken_for_dead_goes_on(sqlite_database: Database) -> None:
    workers.heartbeat()
    with sqlite_database.write() as session:
        session.get_one(Worker, workers.ME).taken_by = "another-machine:1:abc"
    workers.heartbeat()
    with sqlite_database.read() as session:
        assert session.get_one(Worker, workers.ME).taken_by is None
