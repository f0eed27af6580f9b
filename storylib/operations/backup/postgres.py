"""Backups of PostgreSQL, by its own programs: ``pg_dump`` and ``pg_restore``.

A backup is restored to a new database, which then takes the name of the old one; the old one is kept under another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storylib.db import Database
from storylib.errors import Invalid, StorylibError, Unavailable
from storylib.operations.backup.files import require, reserve

OURS: Final = ("alembic_version", "users", "stories")
LONGEST: Final = 63  # bytes of a database's name


def save(url: str, file: Path) -> int:
    """Do as ``backup.save`` says."""
    reserve(file)
    try:
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")
    except StorylibError:
        file.unlink()
        raise
    return file.stat().st_size


def restore(url: str, file: Path) -> str:
    """Do as ``backup.restore`` says."""
    require(file)
    _prove(file)
    with _administration(url) as connection:
        name = str(conninfo_to_dict(url)["dbname"])
        _refuse_company(connection, name)
        draft = f"{name[: LONGEST - 10]}_restoring"
        _drop(connection, draft)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(draft)))
        try:
            _fill(_named(url, draft), file)
            return _exchange(connection, name, draft)
        finally:
            _drop(connection, draft)


# --- PostgreSQL's own programs


def _run(url: str, program: str, *arguments: str) -> str:
    """Run one against a database. Its address stands on the command line, where others may read it, but for the
    password."""
    parts = conninfo_to_dict(url)
    secret = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
    command = [_program(program), *arguments, f"--dbname={make_conninfo('', **parts)}"]
    done = subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{program} failed: {_last_line(done.stderr)}. Nothing was changed.")
    return done.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise Unavailable(
            f"{name} is not installed here. Nothing was changed; install PostgreSQL's client programs "
            "(on Debian and Ubuntu: apt install postgresql-client), of the server's version or newer."
        )
    return found


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["it gave no reason"])[-1].rstrip(".")


def _prove(file: Path) -> None:
    """Check that the file is a backup, and Storylib's, before anything is made."""
    command = [_program("pg_restore"), "--list", str(file)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise Invalid(f"{file} is no backup by pg_dump, or is damaged. Nothing was changed.")
    if not all(f" TABLE public {name} " in listed.stdout for name in OURS):
        raise Invalid(f"{file} is a backup, but not one of Storylib's. Nothing was changed.")


def _fill(url: str, file: Path) -> None:
    _run(url, "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction", str(file))
    copy = Database(url)
    try:
        copy.migrate()
    finally:
        copy.close()


# --- the databases of the server


@contextmanager
def _administration(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection to the same server, beside the database that is exchanged."""
    try:
        with psycopg.connect(_named(url, "postgres"), autocommit=True) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise Unavailable(
            "The database's user may not create databases, so the old one cannot be set aside. Nothing was changed; "
            "give it that right (ALTER ROLE … CREATEDB), or restore with an administrator's address."
        ) from None
    except psycopg.Error as error:
        raise Unavailable(f"PostgreSQL did not do it: {_last_line(str(error))}. Nothing was changed.") from error


def _named(url: str, database: str) -> str:
    """Return the address of another database of the same server, in the form of ours."""
    parts = conninfo_to_dict(url) | {"dbname": database}
    return "postgresql:///?" + "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items())


def _refuse_company(connection: psycopg.Connection[Any], name: str) -> None:
    others = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if others and others[0]:
        raise Unavailable(
            f"Storylib is running on this database, or somebody else uses it ({others[0]} connections). Nothing was "
            "changed; stop the server and every worker first."
        )


def _exchange(connection: psycopg.Connection[Any], name: str, draft: str) -> str:
    there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    aside = f"{name[: LONGEST - 25]}_before_{datetime.now():%Y_%m_%d_%H%M%S}"
    if there:
        _rename(connection, name, aside)
    _rename(connection, draft, name)
    return aside if there else ""


def _rename(connection: psycopg.Connection[Any], before: str, after: str) -> None:
    names = sql.Identifier(before), sql.Identifier(after)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
