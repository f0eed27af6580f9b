"""The database: SQLite or PostgreSQL behind two ways in, ``read()`` and ``write()``.

A write is one transaction; on SQLite it takes the write lock at its start, so writers queue instead of failing midway.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from storylib.config import settings
from storylib.errors import Invalid, Unavailable

HEAD = "0008"  # the newest migration; a test holds it against the migrations folder
BUSY_SECONDS = 15
FULL = "The disk is full. Nothing of this was saved; free some space and try again."
READ_ONLY = "The database cannot be written (it is read-only). Nothing of this was saved."


class Database:
    """An engine and its sessions."""

    def __init__(self, url: str):
        self.engine = connect(url)
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
        with _storage_errors():
            if self.revision() != HEAD:
                _upgrade(self.engine)

    def revision(self) -> str | None:
        """The migration the database stands at; None for an empty one."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision


def connect(url: str) -> Engine:
    """An engine with the settings we need (WAL, foreign keys, patience).

    Raises:
        Invalid: it is the address of neither SQLite nor PostgreSQL.
        Unavailable: the folder of a SQLite file is not there.
    """
    if url.startswith("postgresql://"):
        return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True)
    if not url.startswith("sqlite:///"):
        raise Invalid("A database's address begins with sqlite:/// or postgresql://.", "STORYLIB_DATABASE_URL")
    folder = Path(url.removeprefix("sqlite:///")).parent
    if not folder.is_dir():
        raise Unavailable(f"The folder {folder} for the database is not there.")
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
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


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise  # the caller's doing; the storage is well
    except DatabaseError as error:
        raise Unavailable(_sentence(str(error.orig))) from error


def _sentence(reason: str) -> str:
    for sign, sentence in {
        "full": FULL,
        "No space left": FULL,
        "readonly": READ_ONLY,
        "read-only": READ_ONLY,
        "not a database": "The file given as the database is something else. Nothing was changed.",
        "locked": "The database is busy. Nothing of this was saved; try again in a moment.",
        "unable to open": "The database cannot be opened. Nothing of this was saved.",
    }.items():
        if sign in reason:
            return sentence
    return "The database does not answer. Nothing of this was saved; try again in a moment."


def _upgrade(engine: Engine) -> None:
    # Alembic takes a third of a second to import, so only a start that migrates pays for it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    script = Config()
    script.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    try:
        with engine.execution_options(immediate=True).connect() as connection:
            script.attributes["connection"] = connection
            command.upgrade(script, "head")
    except CommandError as error:
        raise Unavailable(
            "This database was made by a newer Storylib. Nothing was changed; install that version or restore a backup."
        ) from error


@cache
def database() -> Database:
    """This process's database, from the settings; migrated by whoever starts the process."""
    return Database(settings().database_url)
