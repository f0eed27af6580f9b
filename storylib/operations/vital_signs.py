"""What no story can be made without: a sound database, room on the disk, and files that may still be opened.

Cheap enough to be asked by whoever watches the server; ``doctor`` looks more closely.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

import psutil
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from storylib.config import settings
from storylib.db import HEAD, Database, database
from storylib.errors import StorylibError

LEAST_ROOM: Final = 50_000_000  # bytes free on the disk
LEAST_SPARE: Final = 32  # files and connections that may still be opened
PROBE: Final = 64 * 1024  # bytes
FRESH: Final = 5.0  # seconds for which an answer holds: strangers may ask too
LARGE: Final = {"image_bytes"}  # pictures: too much to read each time

_lock = Lock()
_latest: dict[str, tuple[float, list[str]]] = {}  # by the database's address


def missing() -> list[str]:
    """Return what is not well, by name: ``database``, ``disk``, ``descriptors``; at most five seconds old."""
    where = settings().database_url
    with _lock:
        at, found = _latest.get(where, (float("-inf"), []))
        if monotonic() - at >= FRESH:
            found = list(_look())
            _latest[where] = monotonic(), found
        return found


def _look() -> Iterator[str]:
    if spare_descriptors() < LEAST_SPARE:
        yield "descriptors"
    if room(settings().data) < LEAST_ROOM:
        yield "disk"
    if not _is_well(database()):
        yield "database"


def _is_well(database: Database) -> bool:
    try:
        return database.revision() == HEAD and damage(database) == ""
    except (StorylibError, SQLAlchemyError):
        return False


def damage(database: Database) -> str:
    """Return the first fault that SQLite finds in the tables other than the pictures; empty if there is none.

    PostgreSQL has no such question. It checks each page that it reads.
    """
    if not database.file:
        return ""
    with database.read() as session:
        tables = set(inspect(session.connection()).get_table_names()) - LARGE
        for table in sorted(tables):
            verdict = session.scalar(text(f"PRAGMA quick_check({table})"))
            if verdict != "ok":
                return str(verdict)
    return ""


def room(folder: Path) -> int:
    """Return the bytes that are free in a folder; 0 where a small file cannot be written, whatever the disk says."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="room-") as probe:
            probe.write(os.urandom(PROBE))  # some disks keep what is all zeros in no space at all
            probe.flush()
            os.fsync(probe.fileno())
        return int(psutil.disk_usage(str(folder)).free)
    except OSError:
        return 0


def spare_descriptors() -> float:
    """Return how many more files and connections this process may open; infinitely many where nobody counts them."""
    if sys.platform == "win32":
        return float("inf")
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY:
        return float("inf")
    try:
        return float(limit - psutil.Process().num_fds())
    except (psutil.Error, OSError):  # counting takes one
        return 0
