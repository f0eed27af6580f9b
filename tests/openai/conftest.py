"""A server that nobody here wrote, made ready for each test, and our way to it on a clock that runs fast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storylib.config import ROOT, Models
from storylib.db import Database
from storylib.models import User
from storylib.providers import catalog
from storylib.providers.openai import server as server_module
from storylib.providers.openai.rate_limiter import Timer
from storylib.providers.openai.server import Server, Timeouts
from tests import factories
from tests.openai.desk import Desk
from tests.openai.mock import StoryServer
from tests.providers import Scripted

KEY = "sk-test-0123456789abcdef"
SPEED = 200.0  # waiting a second takes 5 ms
MODELS = Models(
    text="gpt-6-luna", picture="gpt-image-2.6-flare", vision="gpt-6-luna", moderation="omni-moderation-latest"
)


@pytest.fixture(scope="session")
def running() -> Iterator[StoryServer]:
    """The server, started once."""
    with StoryServer() as server:
        yield server


@pytest.fixture
def mock(running: StoryServer) -> StoryServer:
    """The server, as if new."""
    running.reset()
    return running


@pytest.fixture
def server(mock: StoryServer) -> Iterator[Server]:
    """Our side of it."""
    server = Server(mock.url, KEY, timer=Timer(SPEED))
    yield server
    server.close()


@pytest.fixture
def hasty(server: Server) -> Server:
    """Our side of it, with little patience."""
    server.timeouts = Timeouts(text=1.5, pictures=1.5)
    return server


@pytest.fixture
def models() -> Models:
    """A plan's."""
    return MODELS


@pytest.fixture
def near(server: Server, mock: StoryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app finds the test's server where it looks for OpenAI; pictures are small, so that tests are quick."""
    small = re.sub(r"page_size: \d+x\d+", "page_size: 192x128", (ROOT / "config.yaml").read_text("utf-8"))
    (tmp_path / "config.yaml").write_text(small, "utf-8")
    monkeypatch.setenv("STORYLIB_CONFIG", str(tmp_path / "config.yaml"))
    monkeypatch.setenv("OPENAI_BASE_URL", mock.url)
    monkeypatch.setattr(server_module, "connect", lambda _: server)
    monkeypatch.setitem(catalog.PROVIDERS, "kit", Scripted().provider)


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher who may spend a lot."""
    with sqlite_database.write() as session:
        return factories.user(session, plan="pro")


@pytest.fixture
def desk(sqlite_database: Database, ada: User, mock: StoryServer) -> Desk:
    """Ada's."""
    return Desk(sqlite_database, ada, mock)
