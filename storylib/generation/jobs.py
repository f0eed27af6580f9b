"""The seam to DBOS: work that outlives a click, a closed tab and a killed process. Nothing else knows DBOS.

A run of a story is one workflow whose id is the story's id and run number, so enqueueing it twice is harmless.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable
from datetime import timedelta

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError

from storylib.config import settings
from storylib.db import close, database, put_away
from storylib.errors import Unavailable
from storylib.generation import queue
from storylib.generation.periodic import Periodic
from storylib.generation.workers import ME, beat, heartbeat, resign, take_over, watch
from storylib.generation.workflow import POLL, make_candidate, make_story, pictures_in_hand, stopping
from storylib.library import portraits, stories
from storylib.models import Candidate, Story, now

log = logging.getLogger(__name__)

IDLE = 0.25  # seconds between looks into a queue; at 0.1 they take 10 % of a core, at this 4 %
STOP_SECONDS = 8  # how long a stopping process lets its pictures finish
OVER = ("SUCCESS", "ERROR", "CANCELLED")  # what DBOS calls a run that it would not begin again
KEPT = timedelta(days=7)  # how long the queue remembers a run that is over
PRUNED_AT_ONCE = 500

_heart: Periodic | None = None
_queue: Engine | None = None  # None with PostgreSQL, where DBOS keeps its tables beside ours


# --- what the screens ask for


def submit(story: Story) -> None:
    """Start making a committed story. Doing it twice, or after a crash, starts it once.

    Raises:
        Unavailable: the queue does not take it; the story is kept, and is started by the next ``sweep``.
    """
    try:
        run: int | None = story.run
        while run and _is_over(story, run):  # in the mind of the queue: an older copy of the story came back
            with database().write() as session:
                run = stories.next_run(session, story.id, run)
    except DatabaseError as error:
        raise Unavailable("story.not-started") from error


def _is_over(story: Story, run: int) -> bool:
    with SetWorkflowID(f"{story.id}-{run}"), SetEnqueueOptions(queue_partition_key=str(story.owner_id)):
        queued = DBOS.enqueue_workflow("stories", make_story, story.id, run)
    return queued.get_status().status in OVER


def submit_portraits(candidates: Iterable[Candidate]) -> None:
    """Start drawing committed candidates; the rest as for ``submit``.

    Raises:
        Unavailable: the queue does not take them; they are kept, and are started by the next ``sweep``.
    """
    try:
        for one in candidates:
            key = one.character_id, one.batch, one.position
            with SetWorkflowID(f"portrait-{'-'.join(map(str, key))}-{one.attempt}"):
                DBOS.enqueue_workflow("pictures", make_candidate, *key)
    except DatabaseError as error:
        raise Unavailable("portrait.not-started") from error


def sweep() -> None:
    """Start everything that was committed and whose making was never queued (a crash between the two)."""
    with database().write() as session:
        stories.purge(session)
        waiting = list(session.scalars(select(Story).where(Story.state.in_(stories.MAKING))))
        candidates = portraits.waiting(session)
    for story in waiting:
        submit(story)
    submit_portraits(candidates)


def prune() -> None:
    """Let the queue forget runs that have been over for a week: each story leaves some 90 kB there."""
    before = (now() - KEPT).isoformat()
    while old := DBOS.list_workflows(
        status=list(OVER), completed_before=before, limit=PRUNED_AT_ONCE, load_input=False, load_output=False
    ):
        DBOS.delete_workflows([run.workflow_id for run in old])


# --- the process's life


def start() -> None:
    """Begin working on the queues. Blocks for about half a second; not to be called on an event loop."""
    global _heart, _queue
    stopping.clear()
    _queue = None if database().mark() is None else queue.connect(settings().data / "jobs.db", database().mark())
    DBOS(config=_config())
    heartbeat()  # first: what a process takes before it is known would be nobody's if it died
    _heart = beat()
    DBOS.launch()
    _register_queues()
    take_over()
    sweep()
    watch(sweep, prune)


def _register_queues() -> None:
    making = settings().config.making
    DBOS.register_queue(
        "stories",
        partition_concurrency=1,  # one running story a user
        worker_concurrency=making.stories,
        polling_interval_sec=IDLE,
    )
    DBOS.register_queue("pictures", global_concurrency=making.pictures, polling_interval_sec=IDLE)


def stop() -> bool:
    """Finish the pictures in hand and begin no others; the rest is another process's, now or at the next start.

    Returns whether all work is done. If not, threads of it still wait for what will not come, and the process must
    end by ``os._exit``.
    """
    stopping.set()
    pictures_in_hand.wait_for_none(STOP_SECONDS)
    time.sleep(2 * POLL)  # for the last row to be written
    unfinished = DBOS.list_workflows(status="PENDING", executor_id=[ME], load_input=False)
    DBOS.destroy()
    resign()
    if _queue is not None:
        put_away(_queue)
    return not unfinished


def work() -> None:
    """Work on the queues until the process is asked to end (SIGTERM or SIGINT)."""
    asked = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: asked.set())
    start()
    log.warning("working on stories as %s", ME)
    asked.wait()
    done = stop()
    close()
    if not done:
        os._exit(0)


def running() -> bool:
    """Whether this process works on the queues."""
    return _heart is not None and _heart.is_running()


def _config() -> DBOSConfig:
    config = DBOSConfig(
        name="storylib",
        executor_id=ME,
        application_version="1",  # work begun by an older release is finished by a newer one
        log_level="WARNING",
        sys_db_pool_size=settings().config.making.connections,
        system_database_url=settings().database_url,
    )
    if _queue is not None:
        config["system_database_engine"] = _queue
        config["system_database_url"] = _queue.url.render_as_string()
    return config
