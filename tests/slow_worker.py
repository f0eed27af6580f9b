"""A worker process for tests of crashes: its maker takes its time and writes down every picture it finishes.

``python -m tests.slow_worker LOG SECONDS``
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storylib import jobs, providers
from storylib.manuscript import PictureOrder
from storylib.providers.base import Picture
from tests.makers import Scripted


@dataclass
class Slow(Scripted):
    """Each picture takes ``seconds`` and leaves a line in ``log``."""

    log: Path = Path()
    seconds: float = 0.0

    def draw(self, order: PictureOrder, references: Sequence[bytes] = ()) -> Picture:
        """As scripted, but slowly."""
        threading.Event().wait(self.seconds)
        with self.log.open("a") as log:
            log.write(f"{order.role} {order.seed}\n")
        return super().draw(order)


if __name__ == "__main__":
    slow = Slow(log=Path(sys.argv[1]), seconds=float(sys.argv[2])).provider()
    providers.PROVIDERS["kit"] = lambda *_: slow
    jobs.work()
