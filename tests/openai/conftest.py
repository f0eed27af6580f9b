"""A server that nobody here wrote, made ready for each test, and our way to it on a clock that runs fast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storylib.config import Models
from storylib.providers.openai.gate import Timer
from storylib.providers.openai.server import Server, Timeouts
from tests.openai.mock import StoryServer

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
