"""The seam to DBOS: work that outlives a click, a closed tab and a killed process. Nothing else knows DBOS.

A run of a story is one workflow whose id is the story's id and run number, so enqueueing it twice is harmless.
Its steps are ``production``'s functions, each of which goes on where a crash left it.

Every process has an id of its own and writes down a heartbeat. Work of a process that is gone (its heartbeat is old,
or it ran on this machine and is no more) is taken over by another: DBOS alone would leave it, or, if two processes
shared an id, do it twice.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec
from uuid import uuid4

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import Engine, create_engine, delete, event, select
from sqlalchemy.exc import DatabaseError

from storylib import production, stories
from storylib.config import settings
from storylib.db import BUSY_SECONDS, database
from storylib.errors import Unavailable
from storylib.models import Story, Worker, now
from storylib.vocabulary import MAX_PAGES

P = ParamSpec("P")
log = logging.getLogger(__name__)


class _Count:
    """How many threads are inside; ``with`` goes in and out."""

    def __init__(self) -> None:
        self.inside = 0
        self.changed = threading.Condition()

    def __enter__(self) -> None:
        with self.changed:
            self.inside += 1

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self.inside -= 1
            self.changed.notify_all()

    def wait_for_none(self, seconds: float) -> None:
        """Until nobody is inside, or the time is up."""
        with self.changed:
            self.changed.wait_for(lambda: not self.inside, seconds)


ME = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
LEASE = 10.0  # seconds without a heartbeat until a process counts as gone
POLL = 0.1  # seconds between looks at the queues
PICTURES = 8  # drawn at once, over all stories and processes
STOP_SECONDS = 8  # how long a stopping process lets its pictures finish

_stopping = threading.Event()
_drawing = _Count()
_heart: threading.Thread | None = None


# --- the workflow


@DBOS.workflow(name="make_story")
def _make_story(story_id: str) -> None:
    """Write; draw each page as soon as it is written; settle."""
    writing = DBOS.start_workflow(_write_story, story_id)
    drawings = []
    for number in range(1, MAX_PAGES + 1):
        if not _wait_for_page(story_id, number):
            break
        drawings.append(DBOS.enqueue_workflow("pictures", _draw_picture, story_id, number))
        if number == 1:
            drawings.append(DBOS.enqueue_workflow("pictures", _draw_picture, story_id, production.COVER))
    for task in (writing, *drawings):
        try:
            task.get_result(polling_interval_sec=POLL)
        except Exception as error:  # whatever broke, the book is settled and the teacher is told
            log.error("a picture of story %s broke", story_id, exc_info=error)
    _settle(story_id)


@DBOS.workflow(name="write_story")
def _write_story(story_id: str) -> None:
    try:
        _write(story_id)
    except Exception as error:  # whatever broke, nobody must wait for it for ever
        log.error("the writing of story %s broke", story_id, exc_info=error)
        _break_off(story_id)


@DBOS.workflow(name="draw_picture")
def _draw_picture(story_id: str, number: int) -> None:
    if number != production.COVER and not _review(story_id, number):
        return
    if fingerprint := _draw(story_id, number):
        _keep(story_id, number, fingerprint)


def _persistent(error: BaseException) -> bool:
    return isinstance(error, Unavailable)


def _step(name: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """A step that is repeated while storage is unavailable, for about ten minutes."""
    return DBOS.step(
        name=name,
        retries_allowed=True,
        interval_seconds=0.5,
        backoff_rate=1.6,
        max_attempts=14,
        should_retry=_persistent,
    )


@_step("write")
def _write(story_id: str) -> None:
    production.write(database(), story_id)


@_step("break_off")
def _break_off(story_id: str) -> None:
    production.break_off(database(), story_id)


@_step("wait_for_page")
def _wait_for_page(story_id: str, number: int) -> bool:
    while (there := production.is_written(database(), story_id, number)) is None:
        time.sleep(POLL / 2)
    return there


@_step("review")
def _review(story_id: str, number: int) -> bool:
    return production.review(database(), story_id, number)


@_step("draw")
def _draw(story_id: str, number: int) -> str | None:
    if _stopping.is_set():  # a leaving process begins nothing: whoever takes its work over repeats this step
        threading.Event().wait()
    with _drawing:
        return production.draw(database(), story_id, number)


@_step("keep")
def _keep(story_id: str, number: int, fingerprint: str) -> None:
    with _drawing:
        production.keep(database(), story_id, number, fingerprint)


@_step("settle")
def _settle(story_id: str) -> None:
    production.settle(database(), story_id)


# --- what the screens ask for


def submit(story: Story) -> None:
    """Start making a committed story. Doing it twice, or after a crash, starts it once.

    Raises:
        Unavailable: the queue does not take it; the story is kept, and is started by the next ``sweep``.
    """
    try:
        with SetWorkflowID(f"{story.id}-{story.run}"), SetEnqueueOptions(queue_partition_key=str(story.owner_id)):
            DBOS.enqueue_workflow("stories", _make_story, story.id)
    except DatabaseError as error:
        raise Unavailable("Your story is kept, but cannot be started now. It starts by itself soon.") from error


def sweep() -> None:
    """Start every story that was committed and whose making was never queued (a crash between the two)."""
    with database().write() as session:
        stories.purge(session)
        waiting = list(session.scalars(select(Story).where(Story.state.in_(stories.MAKING))))
    for story in waiting:
        submit(story)


# --- the process's life


def start() -> None:
    """Begin working on the queues. Blocks for about half a second; not to be called on an event loop."""
    global _heart
    _stopping.clear()
    DBOS(config=_config())
    DBOS.launch()
    DBOS.register_queue("stories", partition_concurrency=1, polling_interval_sec=POLL)  # one running story a user
    DBOS.register_queue("pictures", global_concurrency=PICTURES, polling_interval_sec=POLL)
    _beat()
    _take_over()
    sweep()
    _heart = threading.Thread(target=_live, name="heartbeat", daemon=True)
    _heart.start()


def stop() -> bool:
    """Finish the pictures in hand and begin no others; the rest is another process's, now or at the next start.

    Returns whether all work is done. If not, threads of it still wait for what will not come, and the process must
    end by ``os._exit``.
    """
    _stopping.set()
    _drawing.wait_for_none(STOP_SECONDS)
    time.sleep(2 * POLL)  # for the last row to be written
    unfinished = DBOS.list_workflows(status="PENDING", executor_id=[ME], load_input=False)
    DBOS.destroy()
    with database().write() as session:
        session.get_one(Worker, ME).beat_at = now() - timedelta(seconds=2 * LEASE)
    return not unfinished


def work() -> None:
    """Work on the queues until the process is asked to end (SIGTERM or SIGINT)."""
    asked = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: asked.set())
    start()
    log.warning("working on stories as %s", ME)
    asked.wait()
    if not stop():
        os._exit(0)


def running() -> bool:
    """Whether this process works on the queues."""
    return _heart is not None and _heart.is_alive() and not _stopping.is_set()


def _config() -> DBOSConfig:
    url = settings().database_url
    config = DBOSConfig(
        name="storylib",
        executor_id=ME,
        application_version="1",  # work begun by an older release is finished by a newer one
        log_level="WARNING",
    )
    if url.startswith("sqlite"):
        url = f"sqlite:///{settings().data / 'jobs.db'}"
        config["system_database_engine"] = _sqlite(url)
    config["system_database_url"] = url
    return config


def _sqlite(url: str) -> Engine:
    """WAL and patience, without which queue and workflows lock each other out."""
    engine = create_engine(url, pool_size=20, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _live() -> None:
    while not _stopping.wait(LEASE / 3):
        try:
            _beat()
            _take_over()
        except (Unavailable, DatabaseError):
            log.warning("heartbeat missed: the database does not answer")


def _beat() -> None:
    with database().write() as session:
        me = session.get(Worker, ME) or Worker(id=ME)
        if me.taken_by:
            log.critical("this process was taken for dead and its work given away: leaving")
            os._exit(3)
        me.beat_at = now()
        session.add(me)


def _take_over() -> None:
    """Go on with the work of processes that are gone."""
    with database().write() as session:
        others = session.scalars(
            select(Worker).where(Worker.id != ME, Worker.taken_by.is_(None)).with_for_update(skip_locked=True)
        )
        gone = {worker.id: worker for worker in others if _is_gone(worker)}
        if gone:
            # Before the mark is committed: a crash in between repeats this, which is harmless.
            for work in DBOS.list_workflows(status="PENDING", executor_id=list(gone), load_input=False):
                DBOS.resume_workflow(work.workflow_id, queue_name=work.queue_name)
        for worker in gone.values():
            worker.taken_by = ME
        session.execute(delete(Worker).where(Worker.taken_by.is_not(None), Worker.beat_at < now() - timedelta(days=1)))


def _is_gone(worker: Worker) -> bool:
    host, pid, _ = worker.id.rsplit(":", 2)
    if host == socket.gethostname() and (int(pid) == os.getpid() or not _alive(int(pid))):
        return True
    return worker.beat_at < now() - timedelta(seconds=LEASE)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
