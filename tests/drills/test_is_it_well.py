"""``/readyz`` and ``doctor`` say what is not well, on a server that it is done to."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from storylib.operations.vital_signs import LEAST_SPARE
from tests import running
from tests.drills.conftest import not_ready, signed_in

LIMITS = {"descriptors": resource.RLIMIT_NOFILE, "disk": resource.RLIMIT_FSIZE}


@pytest.mark.parametrize("lacking", LIMITS)
def test_a_server_that_runs_out_of_something_says_so_until_it_has_it_again(server: running.App, lacking: str) -> None:
    assert server.process
    pid, limit = server.process.pid, LIMITS[lacking]
    left = {"descriptors": psutil.Process(pid).num_fds() + LEAST_SPARE // 2, "disk": 1024}[lacking]
    soft, hard = resource.prlimit(pid, limit)
    try:
        resource.prlimit(pid, limit, (left, hard))
        running.until(lambda: not_ready(server) == [lacking])
    finally:
        resource.prlimit(pid, limit, (soft, hard))
    running.until(lambda: not_ready(server) == [])


def damage(file: Path) -> None:
    """Overwrite the middle of the page where the people's table begins."""
    with closing(sqlite3.connect(file)) as database:
        page = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'users'").fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xff" * size)


def test_a_damaged_database_is_said_by_the_server_and_by_the_doctor(own_server: running.App) -> None:
    signed_in(own_server, "ada")
    assert own_server.attempt("doctor").returncode == 0
    damage(own_server.data / "storylib.db")
    running.until(lambda: "database" in not_ready(own_server))
    told = own_server.attempt("doctor")
    assert told.returncode == 1
    assert "database is damaged" in " ".join(told.stdout.split())
