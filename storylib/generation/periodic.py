"""Work in the background that is done again and again, until the process stops."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Periodic:
    """A thread that does ``work`` every so many ``seconds``. What breaks in it goes to ``failed``, and does not end it:
    the next time may go well."""

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        seconds: Callable[[], float],
        failed: Callable[[Exception], None],
        *,
        at_once: bool = True,
        stopping: threading.Event | None = None,
    ):
        self._name, self._work, self._seconds, self._failed = name, work, seconds, failed
        self._at_once, self._shared = at_once, stopping  # with others, whose owner clears it
        self._stopping = stopping or threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> Periodic:
        """Begin, at once or after the first wait, and go on until ``stop``."""
        self._stopping = self._shared or threading.Event()
        self._thread = threading.Thread(target=self._live, args=(self._stopping,), name=self._name, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Do it no more; what is being done is finished."""
        self._stopping.set()

    def is_running(self) -> bool:
        """Tell whether it still goes on."""
        return self._thread is not None and self._thread.is_alive() and not self._stopping.is_set()

    def _live(self, stopping: threading.Event) -> None:
        if not self._at_once:
            stopping.wait(self._seconds())
        while not stopping.is_set():
            try:
                self._work()
            except Exception as error:  # noqa: BLE001, whatever broke, the next time may go well
                self._failed(error)
            stopping.wait(self._seconds())
