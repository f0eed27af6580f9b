"""The studio: a few drawing processes that many threads share.

Drawing holds the interpreter's lock, so threads do not help; and ``multiprocessing`` would import the server's main
script again. So each worker is a plain ``python -m storylib.kit.worker`` that speaks over pipes.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import storylib
from storylib.errors import ProviderError

MODULE = "storylib.kit.worker"
LIMIT = 60.0  # seconds for one picture, a hundred times what it takes


class _Worker:
    """One drawing process."""

    def __init__(self) -> None:
        root = str(Path(storylib.__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C in the terminal is the server's to handle
        )
        if process.stdin is None or process.stdout is None:
            raise OSError("the drawing process has no pipes")
        self.process, self._orders, self._answers = process, process.stdin, process.stdout

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send an request and wait for the answer.

        Raises:
            OSError, EOFError: the process is gone, or was ended because it took too long.
        """
        watch = threading.Timer(LIMIT, self.process.kill)
        watch.start()
        try:
            self._orders.write(struct.pack(">I", len(request)) + request)
            self._orders.flush()
            status, length = struct.unpack(">BI", self._read(5))
            return status, self._read(length)
        finally:
            watch.cancel()

    def _read(self, length: int) -> bytes:
        data = self._answers.read(length)
        if len(data) < length:
            raise EOFError("the drawing process ended")
        return data

    def stop(self) -> None:
        """End the process and free its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self._orders, self._answers):
            with suppress(BrokenPipeError):  # an request was on its way to a process that is gone
                pipe.close()


class Studio:
    """A pool of drawing processes, started when they are needed."""

    def __init__(self, size: int | None = None):
        self.size = size or min(os.cpu_count() or 1, 4)
        self._slots = threading.BoundedSemaphore(self.size)
        self._lock = threading.Lock()
        self._free: list[_Worker] = []
        self._busy = 0

    def warm(self) -> None:
        """Start every process now, so that the first picture does not wait for it; returns before they are ready."""
        with self._lock:
            self._send_home(worker for worker in self._free if not worker.alive)
            self._free += [_Worker() for _ in range(self.size - self._busy - len(self._free))]

    def draw(self, request: bytes) -> bytes:
        """The picture for an request in JSON; waits while every process is busy. Safe to call from many threads.

        A process that dies is replaced, and its request drawn once more by a new one.

        Raises:
            ProviderError: the request cannot be drawn, or killed two processes.
        """
        with self._slots:
            for new in (False, True):
                with suppress(OSError, EOFError), self._worker(new) as worker:
                    answer = worker.ask(request)
                    return _checked(*answer)
        raise ProviderError("kit.studio-ended")

    @contextmanager
    def _worker(self, new: bool) -> Iterator[_Worker]:
        """A living process for one request; free again after it, unless it died.

        ``new``: none of those that idle, which may have died together and not be known as dead yet.
        """
        with self._lock:
            self._send_home(worker for worker in self._free if new or not worker.alive)  # some idled too long
            worker = self._free.pop() if self._free else _Worker()
            self._busy += 1
        try:
            yield worker
        except (OSError, EOFError):
            worker.stop()
            raise
        finally:
            with self._lock:
                self._busy -= 1
                self._free.append(worker)

    def _send_home(self, workers: Iterable[_Worker]) -> None:
        for worker in list(workers):
            self._free.remove(worker)
            worker.stop()

    def pids(self) -> list[int]:
        """The idle processes, for whoever watches them."""
        with self._lock:
            return [worker.process.pid for worker in self._free if worker.alive]

    def close(self) -> None:
        """End the idle processes. Busy ones end when they are done and the server exits."""
        with self._lock:
            workers, self._free = self._free, []
        for worker in workers:
            worker.stop()


def _checked(status: int, body: bytes) -> bytes:
    if status == 0:
        return body
    raise ProviderError("kit.undrawable", "bad_request", permanent=True, reason=body.decode())
