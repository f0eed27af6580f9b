"""The file in which DBOS keeps its queues beside a SQLite database, ``jobs.db``; with PostgreSQL they are beside our
tables."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.orm import Session

from storylib.config import keep_private
from storylib.db import BUSY_SECONDS

SUBSECONDS = (3, 42, 0)  # the first SQLite that knows unixepoch('subsec'), which DBOS asks for on Python 3.12


def connect(file: Path, mark: int | None) -> Engine:
    """An engine for the queues of the database that bears this mark."""
    # WAL and patience, without which queue and workflows lock each other out.
    engine = create_engine(f"sqlite:///{file}", pool_size=20, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", lambda *_: keep_private(file))
    event.listen(engine, "connect", _prepare)
    _belong_to(engine, mark)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    if sqlite3.sqlite_version_info < SUBSECONDS:
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(modifier: str) -> float | None:
    return round(time.time(), 3) if modifier == "subsec" else None


def _belong_to(engine: Engine, mark: int | None) -> None:
    """End the runs of another database: when a backup was put in its subject, what they had done is not there.

    What is still to be made is queued again by the sweep at each start: stories as their next run, portraits as before.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        known = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if known not in (0, mark) and inspect(connection).has_table("workflow_status"):
            connection.exec_driver_sql("DELETE FROM workflow_status WHERE workflow_uuid LIKE 'portrait-%'")
            connection.exec_driver_sql("UPDATE workflow_status SET status = 'CANCELLED' WHERE status != 'SUCCESS'")
        connection.exec_driver_sql(f"PRAGMA user_version = {mark}")


# --- for whoever looks from outside

_OPEN: Final = "SELECT workflow_uuid FROM {}workflow_status WHERE status NOT IN ('SUCCESS', 'ERROR', 'CANCELLED')"


def open_runs(session: Session, file: Path) -> set[str]:
    """Return the ids of all runs that wait or are at work, as DBOS keeps them; nothing is started or changed."""
    if session.get_bind().dialect.name == "postgresql":
        there = session.scalar(text("SELECT to_regclass('dbos.workflow_status')"))
        return set(session.scalars(text(_OPEN.format("dbos.")))) if there else set()
    if not file.is_file():
        return set()
    with closing(sqlite3.connect(file)) as queues:
        if not queues.execute("SELECT 1 FROM sqlite_master WHERE name = 'workflow_status'").fetchall():
            return set()
        return {row[0] for row in queues.execute(_OPEN.format(""))}
