"""Backup: the whole database at one instant, while others read and write it, and the way back.

It holds stories, pictures, sign-ins and money. What was in the making goes on after a restore: with SQLite it is queued
anew, and with PostgreSQL the queue is part of the backup.
"""

from __future__ import annotations

from pathlib import Path

from storylib.db import SQLITE
from storylib.operations.backup import postgres, sqlite


def save(url: str, file: Path) -> int:
    """Copy the database at ``url`` into a new file that only we may read; return its size in bytes.

    Raises:
        Invalid: the file exists, or the address is none.
        Unavailable: there is no database, no ``pg_dump`` for it, or the disk does not take the copy.
    """
    return sqlite.save(url, file) if url.startswith(SQLITE) else postgres.save(url, file)


def restore(url: str, file: Path) -> str:
    """Replace the database at ``url`` with a backup, brought up to date; return where the old one is kept, empty if
    there was none.

    Everything is done on a copy beside it, which takes its place at the very end.

    Raises:
        Invalid: the file is no whole backup of Storylib's.
        Unavailable: Storylib is running, the file is of a newer Storylib, there is no ``pg_restore``, or no room.
    """
    return sqlite.restore(url, file) if url.startswith(SQLITE) else postgres.restore(url, file)
