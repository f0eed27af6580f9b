"""Whoever stands at the door in numbers does not keep a signed-in teacher from her page."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Event

import psutil
import pytest
from websockets.exceptions import WebSocketException

from storylib.server.strangers import MOST
from tests import running
from tests.tabs import Tab
from tests.test_uploads import send

LONGEST = 3.0  # seconds a teacher waits for her page
SOCKETS, GUESSERS, UPLOADS = 300, 48, 60
MEGABYTE = 2**20


def wait_of(server: running.App, cookie: str) -> float:
    """The seconds until a signed-in teacher has opened her gallery."""
    began = time.monotonic()
    with Tab(server.url, cookie=cookie) as tab:
        assert any("stories" in text for text in tab.texts)
    return time.monotonic() - began


@contextmanager
def sockets(server: running.App) -> Iterator[None]:
    """Open as many tabs as the door takes from one address."""
    refused = 0
    with ExitStack() as held:
        for _ in range(SOCKETS):
            try:
                held.enter_context(Tab(server.url, source="127.0.0.3").socket)
            except WebSocketException:
                refused += 1
        assert refused == SOCKETS - MOST
        yield


@contextmanager
def guesses(server: running.App) -> Iterator[None]:
    """Try wrong passwords, from many addresses, as fast as the server takes them."""
    over, first = Event(), Event()

    def guess(number: int) -> None:
        with Tab(server.url, source=f"127.0.1.{number + 1}") as tab:
            while not over.is_set():
                tab.fill(**{"Username_or_e-mail_address": "teacher", "Password": "not hers, I fear"})
                tab.press("Sign in")
                first.set()

    with ThreadPoolExecutor(GUESSERS) as pool:
        futures = [pool.submit(guess, number) for number in range(GUESSERS)]
        assert first.wait(running.PATIENCE)
        try:
            yield
        finally:
            over.set()
    assert [future.exception() for future in futures] == [None] * GUESSERS


@contextmanager
def uploads(server: running.App) -> Iterator[None]:
    """Send files to a tab that asks for none."""
    assert server.process
    process = psutil.Process(server.process.pid)
    with Tab(server.url) as tab:
        before = process.memory_info().rss
        for number in range(UPLOADS):
            assert send(server, tab.session, "", file=str(number), length=5 * MEGABYTE) == 401
        assert process.memory_info().rss - before < 20 * MEGABYTE
        yield


@pytest.mark.parametrize("crowd", [sockets, guesses, uploads])
def test_a_signed_in_teacher_has_her_page_within_three_seconds(
    server: running.App, teacher: str, crowd: Callable[[running.App], AbstractContextManager[None]]
) -> None:
    wait_of(server, teacher)
    with crowd(server):
        waits = [wait_of(server, teacher) for _ in range(5)]
    assert max(waits) < LONGEST, waits


def test_the_server_raises_its_limit_of_open_files(server: running.App) -> None:
    assert server.process
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    assert soft == hard
