"""Process metrics: each process stores a row about itself and its machine every three minutes, kept for thirty days."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DatabaseError

from storylib.config import settings
from storylib.db import Database, database
from storylib.errors import Unavailable
from storylib.generation.periodic import Periodic
from storylib.generation.workers import ME
from storylib.models import Sample, now
from storylib.operations import logs

EVERY = 180.0  # seconds
KEPT = timedelta(days=30)
MEGABYTE = 1_000_000
Sessions = Callable[[], int | None]  # how many tabs are open; None in a process that serves no screens

log = logging.getLogger(__name__)
_running: Periodic | None = None
_watched = psutil.Process()  # not the one that is recorded: each measures since it was last asked


def look(sessions: int | None, process: psutil.Process = _watched) -> Sample:
    """Measure this process now, without storing anything."""
    with process.oneshot():
        return Sample(
            at=now(),
            process=ME,
            cpu=process.cpu_percent(),
            memory=process.memory_info().rss / MEGABYTE,
            threads=process.num_threads(),
            sessions=sessions,
            disk_free=psutil.disk_usage(str(settings().data)).free / MEGABYTE,
            database=database_size(),
        )


def record(database: Database, sample: Sample) -> None:
    """Store a measurement, and delete those that are too old.

    Raises:
        Unavailable: the database does not take it.
    """
    with database.write() as session:
        session.execute(delete(Sample).where(Sample.at < sample.at - KEPT))
        session.add(sample)


def database_size() -> float | None:
    """Return the database's size in megabytes: of SQLite's files, or as PostgreSQL says; None while it is not
    responding."""
    path = settings().database_url.removeprefix("sqlite:///")
    if path == settings().database_url:
        return _size_on_server()
    return sum(file.stat().st_size for file in Path(path).parent.glob(f"{Path(path).name}*")) / MEGABYTE


def _size_on_server() -> float | None:
    try:
        with database().read() as session:
            return float(session.scalar(select(func.pg_database_size(func.current_database()))) or 0) / MEGABYTE
    except Unavailable:
        return None


def start(sessions: Sessions) -> None:
    """Measure now, and then regularly until ``stop``."""
    global _running
    process = psutil.Process()
    _running = Periodic("sampling", lambda: record(database(), look(sessions(), process)), lambda: EVERY, _failed)
    _running.start()


def stop() -> None:
    """Stop measuring."""
    if _running:
        _running.stop()


def _failed(error: Exception) -> None:
    if isinstance(error, Unavailable | DatabaseError):
        log.warning("process metrics not saved: the database is not responding")
    else:
        logs.failure(error, "sampling")
