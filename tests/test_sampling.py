"""How the process and its machine are doing."""

from __future__ import annotations

from storylib import sampling
from storylib.db import Database


def test_a_look_tells_of_process_disk_and_database(database: Database) -> None:
    sample = sampling.take(lambda: 3)
    assert sample.sessions == 3
    assert min(sample.memory, sample.threads, sample.disk_free, sample.database or 0) > 0
    assert sampling.samples()[-1] == sample
    database.engine.dispose()
