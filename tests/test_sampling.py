"""How the processes and their machines are doing, written down and kept for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.db import Database
from storylib.models import Sample, now
from storylib.operations import process_metrics
from storylib.reporting.analytics.processes import processes
from storylib.reporting.analytics.span import last_hours

LATELY = datetime.fromtimestamp(now().timestamp() // 720 * 720 - 720, UTC)  # where a step of a day's chart begins


def sample(**fields: object) -> Sample:
    usual = {"process": "here:1:a", "cpu": 10.0, "memory": 300.0, "threads": 9, "sessions": 2, "disk_free": 9e4}
    return Sample(**{"at": LATELY, "database": 5.0, **usual, **fields})


def test_a_look_tells_of_process_disk_and_database(database: Database) -> None:
    seen = process_metrics.look(3)
    assert seen.sessions == 3
    assert min(seen.memory, seen.threads, seen.disk_free, seen.database or 0) > 0
    database.engine.dispose()


def test_what_is_too_old_goes(database: Database) -> None:
    for at in (LATELY - process_metrics.KEPT - timedelta(days=1), LATELY):
        process_metrics.record(database, sample(at=at))
    process_metrics.record(database, sample(at=now(), sessions=None, database=None))
    with database.read() as session:
        assert session.scalars(select(Sample.sessions).order_by(Sample.id)).all() == [2, None]


def test_a_process_writes_its_figures_down_from_its_start(sqlite_database: Database) -> None:
    def written() -> list[int | None]:
        with sqlite_database.read() as session:
            return list(session.scalars(select(Sample.sessions)))

    process_metrics.start(lambda: 7)
    deadline = monotonic() + 30
    while not written() and monotonic() < deadline:
        Event().wait(0.02)
    process_metrics.stop()
    assert written() == [7]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_each_process_has_a_line_of_means_on_the_viewers_clock(session: Session, zone: str) -> None:
    elsewhere = sample(process="there:2:b", sessions=None, database=None)
    soon = LATELY + timedelta(minutes=6)
    session.add_all([sample(cpu=10.0), sample(cpu=30.0, at=soon), elsewhere, sample(at=LATELY - timedelta(days=2))])
    found = processes(session, last_hours(24, zone, now())).set_index("process")
    ahead = found["at"].iloc[0].tz_localize(zone) - LATELY
    assert ahead == timedelta(0)
    assert list(found["kind"]) == ["Server on here", "Worker on there"]
    assert list(found["cpu"]) == [20, 10]
    assert found["database"].isna().tolist() == [False, True]
