"""What several processes on several machines share, and what each keeps within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dbos import DBOS
from sqlalchemy import select

from storylib.config import ROOT, settings
from storylib.db import Database, database
from storylib.errors import Invalid, Unavailable
from storylib.generation import jobs, workflow
from storylib.library import stories
from storylib.models import Story
from tests import factories
from tests.conftest import forget_settings
from tests.running import until


@pytest.fixture
def at_work() -> Iterator[None]:
    """This process makes stories."""
    jobs.start()
    yield
    jobs.stop()


def _with(monkeypatch: pytest.MonkeyPatch, folder: Path, lines: str) -> None:
    file = folder / "config.yaml"
    own = (ROOT / "config.yaml").read_text().split("making:")[0]
    file.write_text(own + lines)
    monkeypatch.setenv("STORYLIB_CONFIG", str(file))
    forget_settings()


def test_postgresql_without_a_key_for_all_processes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "postgresql://nobody@127.0.0.1/none")
    monkeypatch.delenv("STORYLIB_SECRET_KEY")
    with pytest.raises(Invalid, match="STORYLIB_SECRET_KEY"):
        settings()
    monkeypatch.setenv("STORYLIB_SECRET_KEY", "one key")
    assert settings().database_url.startswith("postgresql://")


def test_a_wait_for_a_connection_in_vain_is_told_as_unavailable(sqlite_database: Database) -> None:
    assert sqlite_database.file
    small = Database(f"sqlite:///{sqlite_database.file}", 5)
    small.engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    held = [small.engine.connect() for _ in range(5)]
    with pytest.raises(Unavailable, match="not responding"), small.read() as session:
        session.scalar(select(Story.id))
    for connection in held:
        connection.close()
    small.close()


@pytest.mark.usefixtures("sqlite_database")
def test_a_process_makes_no_more_stories_at_once_than_the_site_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _with(monkeypatch, tmp_path, "making: {stories: 2}\n")
    running, most = set[str](), list[int]()
    wait, settle = workflow._wait_for_page, workflow._settle

    def begin(story_id: str, run: int, number: int) -> bool:
        running.add(story_id)
        most.append(len(running))
        return wait(story_id, run, number)

    def end(story_id: str, run: int) -> None:
        settle(story_id, run)
        running.discard(story_id)

    monkeypatch.setattr(workflow, "_wait_for_page", begin)
    monkeypatch.setattr(workflow, "_settle", end)
    with database().write() as session:
        for number in range(5):
            stories.ask(session, factories.user(session, f"person{number}"), factories.BRIEF)
    jobs.start()
    try:
        until(lambda: not _in_making())
    finally:
        jobs.stop()
    assert max(most) == 2


def _in_making() -> int:
    with database().read() as session:
        return len(session.scalars(select(Story.id).where(Story.state.in_(stories.MAKING))).all())


@pytest.mark.usefixtures("database", "at_work")
def test_the_queue_forgets_runs_that_were_over_a_week_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    with database().write() as session:
        story = stories.ask(session, factories.user(session), factories.BRIEF)
    jobs.submit(story)
    until(lambda: not _in_making())
    until(lambda: not DBOS.list_workflows(status=["PENDING", "ENQUEUED"]))
    before = len(DBOS.list_workflows())
    jobs.prune()
    assert len(DBOS.list_workflows()) == before
    monkeypatch.setattr(jobs, "KEPT", timedelta(seconds=-1))
    jobs.prune()
    assert DBOS.list_workflows() == []
