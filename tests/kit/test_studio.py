"""The studio: many threads, few processes, and what happens when one of them dies."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from storylib import vocabulary as v
from storylib.errors import ProviderError
from storylib.kit.finish import picture
from storylib.kit.studio import MODULE, Studio
from storylib.kit.worker import serve
from storylib.story import CharacterSpec, ImageRequest, Scene


def request(setting: v.Setting = "meadow") -> bytes:
    """A small request: portraits are quick."""
    spec = CharacterSpec(name="Luna", kind="fox")
    return ImageRequest(role="portrait", scene=Scene(setting=setting), cast=(spec,)).model_dump_json().encode()


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio(2)
    yield studio
    studio.close()


def test_eight_orders_at_once_share_two_processes(studio: Studio) -> None:
    with ThreadPoolExecutor(8) as threads:
        pictures = list(threads.map(studio.draw, [request()] * 8))
    assert len(set(pictures)) == 1
    assert len(studio.pids()) == 2


def test_a_process_draws_what_this_process_would_draw(studio: Studio) -> None:
    assert studio.draw(request()) == picture(ImageRequest.model_validate_json(request()))


def test_warming_starts_every_process_once(studio: Studio) -> None:
    studio.warm()
    started = studio.pids()
    studio.warm()
    assert len(started) == 2
    assert studio.pids() == started


def test_killed_processes_are_replaced(studio: Studio) -> None:
    studio.warm()
    before = studio.pids()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert studio.draw(request())
    assert not set(studio.pids()) & set(before)


def test_an_order_that_was_lost_with_its_process_is_drawn_again(studio: Studio) -> None:
    studio.draw(request())
    (pid,) = studio.pids()
    os.kill(pid, signal.SIGSTOP)  # it takes the order and never answers
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(studio.draw, request())
        os.kill(pid, signal.SIGKILL)
        assert waiting.result(timeout=60)


def test_an_order_that_makes_no_sense_is_refused_and_the_process_lives_on(studio: Studio) -> None:
    studio.draw(request())
    with pytest.raises(ProviderError, match="could not be drawn"):
        studio.draw(b"{}")
    pids = studio.pids()
    assert studio.draw(request())
    assert studio.pids() == pids


def test_a_process_ends_when_nobody_can_order_any_more() -> None:
    ended = subprocess.run([sys.executable, "-m", MODULE], input=b"", capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"")


def test_a_process_whose_server_is_killed_while_it_draws_ends_without_a_word() -> None:
    for sent in (len(request()), len(request()) - 5):  # a whole request, and one that the kill cut off
        with subprocess.Popen(
            [sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            process.stdin.write(struct.pack(">I", len(request())) + request()[:sent])
            process.stdin.close()
            assert process.stderr.read() == b""


def test_a_process_goes_home_when_it_is_idle() -> None:
    orders, pictures = os.pipe()
    with open(orders, "rb", buffering=0) as waiting, open(pictures, "wb") as out:
        serve(waiting, out, idle=0.01)  # returns, although the pipe is open
        out.write(b"open")


def test_processes_end_with_a_server_that_is_killed() -> None:
    script = (
        "import os; from storylib.kit.studio import Studio\n"
        "s = Studio(2); s.warm(); print(*s.pids(), flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        watched = [os.pidfd_open(int(pid)) for pid in server.stdout.readline().split()]
        server.kill()
    assert len(watched) == 2
    for process in watched:
        assert select.select([process], [], [], 20)[0], "a drawing process outlived its server"
        os.close(process)
