"""Backups of SQLite: one file, made in one step while others read and write.

The queue (``jobs.db``) is not part of it: what was in the making is queued again, since each copy bears a mark of its
own by which the queue is known to be another database's.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from storylib.db import SQLITE, Database, hold, new_mark, wal
from storylib.errors import Invalid, Unavailable
from storylib.operations.backup.files import require, reserve


def save(url: str, file: Path) -> int:
    """Do as ``backup.save`` says."""
    source = _file(url)
    if not source.is_file():
        raise Unavailable(f"There is no database at {source} to save.")
    wal.check(source)
    reserve(file)
    try:
        _copy(str(source), file)
    except (sqlite3.Error, OSError) as error:
        file.unlink()
        raise Unavailable(f"The backup could not be written ({error}). No part of it was left behind.") from error
    return file.stat().st_size


def restore(url: str, file: Path) -> str:
    """Do as ``backup.restore`` says."""
    here = _file(url)
    require(file)
    if here.exists() and file.samefile(here):
        raise Invalid(f"{file} is the database itself. Nothing was changed; name a backup.")
    with _alone(here), _draft(here) as draft:
        _take(file, draft)
        _prove(draft, file)
        _bring_up_to_date(draft)
        return _exchange(here, draft)


def _file(url: str) -> Path:
    return Path(url.removeprefix(SQLITE))


def _copy(source: str, file: Path) -> None:
    # In one step: a snapshot that other processes' writes neither delay nor enter.
    uri = source.startswith("file:")
    with closing(sqlite3.connect(source, uri=uri)) as live, closing(sqlite3.connect(file)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, not three
        copy.execute(new_mark())


@contextmanager
def _alone(here: Path) -> Iterator[None]:
    lock = hold(here, alone=True)
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def _draft(here: Path) -> Iterator[Path]:
    """Yield a name beside the database; whatever is left there in the end is removed."""
    draft = here.with_name(f"{here.name}.restoring")
    _discard(draft)
    try:
        reserve(draft)
        yield draft
    finally:
        _discard(draft)


def _discard(draft: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _take(file: Path, draft: Path) -> None:
    wal.check(file)
    # Without a log nothing is written beside the backup, which may lie where nobody may write.
    alone = "ro" if wal.beside(file).exists() else "ro&immutable=1"
    try:
        _copy(f"file:{quote(str(file.resolve()))}?mode={alone}", draft)
    except (sqlite3.Error, OSError) as error:
        raise Invalid(f"{file} cannot be read as a database ({error}). Nothing was changed.") from error


def _prove(draft: Path, file: Path) -> None:
    """Check that what is to be restored is intact and Storylib's."""
    try:
        with closing(sqlite3.connect(draft)) as copy:
            faults = [row[0] for row in copy.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
            faults += [
                f"a row of {row[0]} points to a missing row" for row in copy.execute("PRAGMA foreign_key_check")
            ][:1]
            tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise Invalid(f"{file} is damaged ({error}). Nothing was changed.") from error
    if faults:
        raise Invalid(f"{file} is damaged ({faults[0]}). Nothing was changed; take another backup.")
    if not {"alembic_version", "users", "stories"} <= tables:
        raise Invalid(f"{file} is a database, but not one of Storylib's. Nothing was changed.")


def _bring_up_to_date(draft: Path) -> None:
    copy = Database(f"{SQLITE}{draft}")
    try:
        copy.migrate()
    finally:
        copy.close()


def _exchange(here: Path, draft: Path) -> str:
    """Swap the files. Under their dated names the old database and its log still work together."""
    aside = here.with_name(f"{here.stem}-before-{datetime.now():%Y-%m-%d-%H%M%S}{here.suffix}")
    try:
        if wal.fits(here):
            _empty_log(here)
        if here.exists():
            os.link(here, aside)
        if wal.beside(here).exists():
            os.rename(wal.beside(here), wal.beside(aside))
        here.with_name(f"{here.name}-shm").unlink(missing_ok=True)
        os.replace(draft, here)
    except OSError as error:
        raise Unavailable(f"The database {here} could not be replaced: {error.strerror}.") from error
    return str(aside) if aside.exists() else ""


def _empty_log(here: Path) -> None:
    """Empty the log, so that nothing of the old database is in any other file; if it is damaged, its log is kept with
    it."""
    if here.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(here)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
