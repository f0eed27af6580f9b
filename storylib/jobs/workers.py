"""The processes that make stories: each has an id of its own and writes down a heartbeat.

Work of a process that is gone (its heartbeat is old, or it ran on this machine and is no more) is taken over by
another: DBOS alone would leave it, or, if two processes shared an id, do it twice.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from uuid import uuid4

from dbos import DBOS
from sqlalchemy import delete, select

from storylib.db import database
from storylib.jobs.workflow import stopping
from storylib.models import Worker, now

log = logging.getLogger(__name__)

ME = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
LEASE = 10.0  # seconds without a heartbeat until a process counts as gone


def live(sweep: Callable[[], None]) -> None:
    """Beat, look after the others, and every half minute after work that nobody queued, until this process stops."""
    for beats in count(1):
        if stopping.wait(LEASE / 3):
            return
        try:
            beat()
            take_over()
            if not beats % 9:
                sweep()
        except Exception:  # whatever it was: a heart that stops gives the work of a living process away
            log.warning("heartbeat missed", exc_info=True)


def beat() -> None:
    """Say that this process lives."""
    with database().write() as session:
        me = session.get(Worker, ME) or Worker(id=ME)
        if me.taken_by:
            log.critical("this process was taken for dead and its work given away: leaving")
            os._exit(3)
        me.beat_at = now()
        session.add(me)


def take_over() -> None:
    """Go on with the work of processes that are gone."""
    with database().write() as session:
        others = session.scalars(
            select(Worker).where(Worker.id != ME, Worker.taken_by.is_(None)).with_for_update(skip_locked=True)
        )
        gone = {worker.id: worker for worker in others if is_gone(worker)}
        if gone:
            # Before the mark is committed: a crash in between repeats this, which is harmless.
            for work in DBOS.list_workflows(status="PENDING", executor_id=list(gone), load_input=False):
                DBOS.resume_workflow(work.workflow_id, queue_name=work.queue_name)
        for worker in gone.values():
            worker.taken_by = ME
        session.execute(delete(Worker).where(Worker.taken_by.is_not(None), Worker.beat_at < now() - timedelta(days=1)))


def is_gone(worker: Worker) -> bool:
    """Whether its work is anybody's."""
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


def resign() -> None:
    """Leave what is unfinished to the others, at once."""
    with database().write() as session:
        session.get_one(Worker, ME).beat_at = now() - timedelta(seconds=2 * LEASE)
