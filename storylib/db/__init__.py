"""The database: SQLite or PostgreSQL behind two ways in, ``read()`` and ``write()``.

A write is one transaction; on SQLite it takes the write lock at its start, so writers queue instead of failing midway.
Whoever has a SQLite database open holds a lock beside it, so that none is exchanged under anybody's feet.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from secrets import randbelow
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError, TimeoutError
from sqlalchemy.orm import Session, sessionmaker

from storylib.config import keep_private, settings
from storylib.db import wal
from storylib.errors import Invalid, Unavailable

HEAD = "0020"  # the newest migration; a test holds it against the migrations folder
BUSY_SECONDS = 15
KEPT_OPEN = 5  # connections; more are closed when nobody needs them
SQLITE = "sqlite:///"
APPLICATION = int.from_bytes(b"Stry", "big")  # SQLite's application_id, by which ``file`` knows whose it is


class Database:
    """An engine and its sessions."""

    def __init__(self, url: str, connections: int = 15):
        self.engine = connect(url, connections)
        self.file = Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None
        self._held: int | None = None
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(self.engine.execution_options(immediate=True), expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking; nothing is kept."""
        with _storage_errors(), self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: all of it is kept, or none.

        Raises:
            Unavailable: the disk is full, the database is read-only or busy for too long.
        """
        with _storage_errors(), self._write.begin() as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables up to date.

        Raises:
            Unavailable: the database was made by a newer Storylib, or cannot be written.
        """
        if self.file and self._held is None:
            self._held = hold(self.file)
        with _storage_errors():
            if self.revision() != HEAD:
                _upgrade(self.engine)
            if self.file:
                self._mark()

    def revision(self) -> str | None:
        """The migration the database stands at; None for an empty one."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision

    def mark(self) -> int | None:
        """The number that tells this SQLite database from every copy of it; None for PostgreSQL."""
        if not self.file:
            return None
        with _storage_errors(), self.engine.connect() as connection:
            return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def _mark(self) -> None:
        if not self.mark():
            with self._write.begin() as session:
                session.connection().exec_driver_sql(new_mark())
            empty_log(self.engine)  # a log is told by the mark in the file

    def close(self) -> None:
        """Let go of it. When the last process has, a SQLite database is one whole file."""
        put_away(self.engine)
        if self._held is not None:
            os.close(self._held)
            self._held = None


def new_mark() -> str:
    """The statement that makes a SQLite database one of its own."""
    return f"PRAGMA user_version = {1 + randbelow(2**31 - 1)}"


def hold(file: Path, *, alone: bool = False) -> int:
    """Keep others from exchanging a SQLite database; ``alone``: keep everybody out. Closing the descriptor ends it.

    Raises:
        Unavailable: somebody has it open (or is exchanging it), or there is no room for a lock beside it.
    """
    try:
        lock = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable("database.no-writing", file=file, reason=error.strerror) from None
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Unavailable("database.in-use" if alone else "database.being-restored") from None
    return lock


def put_away(engine: Engine) -> None:
    """Close an engine's connections; what a SQLite database has in its log goes into its file, as far as others let it.

    The last to close removes the log. A log that is left (a kill, another process) is read at the next start.
    """
    engine.dispose()
    empty_log(engine)


def empty_log(engine: Engine) -> None:
    """Copy what is in a SQLite database's log into its file, as far as nobody is reading from it."""
    name = engine.url.database
    if engine.dialect.name == "sqlite" and name and Path(name).is_file():
        with suppress(sqlite3.Error), closing(sqlite3.connect(name, timeout=1)) as last:
            last.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def connect(url: str, connections: int = 15) -> Engine:
    """An engine with the settings we need (WAL, foreign keys, patience) and at most so many connections.

    Raises:
        Invalid: it is the address of neither SQLite nor PostgreSQL.
        Unavailable: the folder of a SQLite file is not there, or the file does not belong to the log beside it.
    """
    pool = {"pool_size": KEPT_OPEN, "max_overflow": connections - KEPT_OPEN}
    if url.startswith("postgresql://"):
        return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True, **pool)
    if not url.startswith(SQLITE):
        raise Invalid("database.address", "STORYLIB_DATABASE_URL")
    file = Path(url.removeprefix(SQLITE))
    if not file.parent.is_dir():
        raise Unavailable("database.no-folder", folder=file.parent)
    wal.check(file)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **pool)
    event.listen(engine, "connect", lambda *_: keep_private(file))  # first: the log gets the mode of its database
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "mmap_size=268435456"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
    if immediate:
        # Writes page 1, and with it the change counter, by which a log is known to belong to this database.
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise  # the caller's doing; the storage is well
    except DatabaseError as error:
        raise Unavailable(_code(str(error.orig))) from error
    except TimeoutError as error:  # no connection became free
        raise Unavailable("database.silent") from error


_SIGNS = {
    "full": "database.full",
    "No space left": "database.full",
    "readonly": "database.read-only",
    "read-only": "database.read-only",
    "not a database": "database.none",
    "malformed": "database.damaged",
    "locked": "database.busy",
    "unable to open": "database.closed",
}


def _code(reason: str) -> str:
    return next((code for sign, code in _SIGNS.items() if sign in reason), "database.silent")


def _upgrade(engine: Engine) -> None:
    # Alembic takes a third of a second to import, so only a start that migrates pays for it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    script = Config()
    script.set_main_option("script_location", str(Path(__file__).parent.with_name("migrations")))
    try:
        with engine.execution_options(immediate=True).connect() as connection:
            script.attributes["connection"] = connection
            command.upgrade(script, "head")
    except CommandError as error:
        raise Unavailable("database.newer") from error


@cache
def database() -> Database:
    """This process's database, from the settings; migrated by whoever starts the process."""
    return Database(settings().database_url, settings().config.making.connections)


@atexit.register
def close() -> None:
    """Let go of this process's database, if it was opened."""
    if database.cache_info().currsize:
        database().close()
        database.cache_clear()
