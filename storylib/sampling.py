"""How this process and its machine are doing, twice a minute for the last twelve hours; kept in memory only."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
from sqlalchemy import func, select

from storylib.config import settings
from storylib.db import database
from storylib.errors import Unavailable
from storylib.models import now

EVERY = 30.0  # seconds
KEPT = 12 * 60 * 2
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Sample:
    """One moment. ``cpu`` is in percent of one core since the sample before, the sizes are in megabytes."""

    at: datetime
    cpu: float
    memory: float
    threads: int
    sessions: int
    disk_free: float
    database: float | None


_samples: deque[Sample] = deque(maxlen=KEPT)
_process = psutil.Process()
_stopping = threading.Event()


def samples() -> list[Sample]:
    """What was seen so far, the newest last."""
    return list(_samples)


def take(sessions: Callable[[], int]) -> Sample:
    """Look once, and remember it. ``sessions`` says how many tabs are open."""
    with _process.oneshot():
        sample = Sample(
            now(),
            _process.cpu_percent(),
            _process.memory_info().rss / MEGABYTE,
            _process.num_threads(),
            sessions(),
            psutil.disk_usage(str(settings().data)).free / MEGABYTE,
            database_size(),
        )
    _samples.append(sample)
    return sample


def database_size() -> float | None:
    """In megabytes: of SQLite's files, or as PostgreSQL says; None while it does not answer."""
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


def start(sessions: Callable[[], int]) -> None:
    """Look now, and then regularly until ``stop``."""
    _stopping.clear()
    take(sessions)
    threading.Thread(target=_live, args=(sessions,), name="sampling", daemon=True).start()


def stop() -> None:
    """Look no more."""
    _stopping.set()


def _live(sessions: Callable[[], int]) -> None:
    while not _stopping.wait(EVERY):
        take(sessions)
