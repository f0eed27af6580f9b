"""Drills do a thing to the real, running server and see what it does. They run last."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from storylib.identity import users
from storylib.models import User
from tests import factories, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.App]:
    """One server for all drills that leave it as they found it."""
    with running.App(tmp_path_factory.mktemp("drills")) as server:
        yield server


@pytest.fixture(scope="session")
def teacher(server: running.App) -> str:
    """The cookie of a signed-in teacher."""
    return signed_in(server, "teacher")


def signed_in(server: running.App, name: str, **fields: str) -> str:
    """Make a person with an open session; their cookie."""
    database = server.database()
    with database.write() as session:
        factories.user(session, name, **fields)
    with database.write() as session:
        token = users.start_session(session, session.query(User).filter_by(username=name).one())
    database.engine.dispose()
    return f"storylib={token}"


def not_ready(server: running.App) -> list[str]:
    """What ``/readyz`` names; nothing while all is well."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=20):
            return []
    except urllib.error.HTTPError as answer:
        return list(json.load(answer)["missing"])


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[running.App]:
    """A server of this drill's own, which may be damaged."""
    with running.App(tmp_path) as server:
        yield server
