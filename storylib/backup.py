"""A copy of the SQLite database at one instant, made while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storylib.errors import Invalid, Unavailable

PREFIX = "sqlite:///"


def save(url: str, file: Path) -> int:
    """Copy the database at ``url`` into a new file that only we may read; its size in bytes.

    Raises:
        Invalid: the file exists, or the database is not SQLite.
        Unavailable: there is no database, or the disk does not take the copy.
    """
    if not url.startswith(PREFIX):
        raise Invalid('PostgreSQL makes its own backups: pg_dump -Fc -f FILE "$STORYLIB_DATABASE_URL"')
    source = Path(url.removeprefix(PREFIX))
    if not source.is_file():
        raise Unavailable(f"There is no database at {source} to save.")
    _reserve(file)
    try:
        _copy(source, file)
    except (sqlite3.Error, OSError) as error:
        file.unlink()
        raise Unavailable(f"The backup could not be written ({error}). No part of it was left behind.") from error
    return file.stat().st_size


def _reserve(file: Path) -> None:
    """Password hashes and children's stories are inside: nobody else may read it (mode 600)."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise Invalid(f"{file} exists already. Nothing was overwritten; choose another name.") from None
    except OSError as error:
        raise Unavailable(f"{file} cannot be written: {error.strerror}.") from None


def _copy(source: Path, file: Path) -> None:
    # In one step: a snapshot that other processes' writes neither delay nor enter.
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(file)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, not three
