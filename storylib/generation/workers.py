"""The processes that make stories: each has an id of its own and writes down a heartbeat.

Work of a process that is gone (it left, or its heartbeat is old) is taken over by another: DBOS alone would leave it,
or, if two processes shared an id, do it twice. Nothing but the heartbeat counts: containers may share a host name, and
in each of them the process has the number 1.

When the database pauses nobody can beat, and afterwards all look dead. So whoever missed a beat of its own beats first,
and believes old heartbeats of others only after a whole lease of its own: by then whoever lives has beaten too.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from dbos import DBOS
from sqlalchemy import delete, select

from storylib.db import database
from storylib.generation.periodic import Periodic
from storylib.generation.workflow import stopping
from storylib.models import Worker, now

log = logging.getLogger(__name__)

ME = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
LEASE = 10.0  # seconds without a heartbeat until a process counts as gone
RESIGNED = datetime(1970, 1, 1, tzinfo=UTC)  # the heartbeat of one that left


class Heart:
    """How regularly this process beats."""

    def __init__(self) -> None:
        self.latest = self.since = float("-inf")  # the latest beat, and the first of those without a lease between two

    def beaten(self) -> None:
        """Note a beat that the database has taken."""
        moment = time.monotonic()
        if moment - self.latest > LEASE:
            self.since = moment
        self.latest = moment

    def is_steady(self) -> bool:
        """Whether it has beaten for a whole lease until now, so that others could too."""
        return self.latest - self.since >= LEASE and time.monotonic() - self.latest <= LEASE


heart = Heart()


def beat() -> Periodic:
    """Beat until this process stops."""
    return _every("heartbeat", heartbeat, "could not record the heartbeat").start()


def watch(sweep: Callable[[], None], prune: Callable[[], None]) -> Periodic:
    """Look after the others, every half minute after work that nobody queued, and every half hour after what is old,
    until this process stops. The heart does not wait for it."""
    looks = count(1)

    def look() -> None:
        number = next(looks)
        take_over()
        if not number % 9:
            sweep()
        if not number % 540:
            prune()

    return _every("watch", look, "nobody was looked after").start()


def _every(name: str, work: Callable[[], None], missed: str) -> Periodic:
    """Whatever breaks, it goes on: a heart that stops gives the work of a living process away."""

    def failed(error: Exception) -> None:
        log.warning(missed, exc_info=error)

    return Periodic(name, work, lambda: LEASE / 3, failed, at_once=False, stopping=stopping)


def heartbeat() -> None:
    """Say that this process lives, also when it was taken for dead meanwhile: what it had in hand is another's by then,
    and whatever both do is kept once; what it takes from now on is its own."""
    with database().write() as session:
        me = session.get(Worker, ME, with_for_update=True) or Worker(id=ME)
        if me.taken_by:
            log.warning("this process was taken for dead by %s; carrying on", me.taken_by)
        me.beat_at, me.taken_by = now(), None
        session.add(me)
    heart.beaten()


def take_over() -> None:
    """Go on with the work of processes that are gone."""
    # Both before the database is asked, which may take as long as a pause does.
    limit = now() - timedelta(seconds=LEASE) if heart.is_steady() else RESIGNED
    with database().write() as session:
        others = session.scalars(
            select(Worker).where(Worker.id != ME, Worker.taken_by.is_(None)).with_for_update(skip_locked=True)
        )
        gone = {worker.id: worker for worker in others if is_gone(worker, limit)}
        if gone:
            # Before the mark is committed: a crash in between repeats this, which is harmless.
            for work in DBOS.list_workflows(status="PENDING", executor_id=list(gone), load_input=False):
                DBOS.resume_workflow(work.workflow_id, queue_name=work.queue_name)
        for worker in gone.values():
            worker.taken_by = ME
        session.execute(delete(Worker).where(Worker.taken_by.is_not(None), Worker.beat_at < now() - timedelta(days=1)))


def is_gone(worker: Worker, limit: datetime) -> bool:
    """Whether its work is anybody's: it left, or it was not heard of since ``limit``."""
    return worker.beat_at <= limit


def resign() -> None:
    """Leave what is unfinished to the others, at once."""
    with database().write() as session:
        session.get_one(Worker, ME).beat_at = RESIGNED
