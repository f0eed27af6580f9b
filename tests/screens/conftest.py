"""Who looks at the screens, and what is at work behind them."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import select

from storylib.db import Database
from storylib.generation import jobs
from storylib.library.stories import MAKING
from storylib.models import Story, User
from storylib.providers import catalog
from tests import factories
from tests.providers import Scripted

PATIENCE = 40  # seconds, for a busy machine


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher on the free plan."""
    with sqlite_database.write() as session:
        return factories.user(session)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Draws in no time."""
    provider = Scripted()
    monkeypatch.setitem(catalog.PROVIDERS, "kit", provider.provider)
    return provider


@pytest.fixture
def working(sqlite_database: Database, scripted: Scripted) -> Iterator[Scripted]:
    """Stories are made in this process; at the end it finishes what it has begun."""
    jobs.start()
    yield scripted
    deadline = monotonic() + PATIENCE
    while _busy(sqlite_database):
        assert monotonic() < deadline, "a story was not finished"
        Event().wait(0.02)
    jobs.stop()


def _busy(database: Database) -> bool:
    with database.read() as session:
        return bool(session.scalars(select(Story.id).where(Story.state.in_(MAKING))).all())
