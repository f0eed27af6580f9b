"""A worker process for tests of crashes: its provider takes its time and writes down every picture it finishes.

``python -m tests.slow_worker LOG SECONDS MOST LEASE``
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from storylib.generation import jobs, workers
from storylib.providers import catalog
from storylib.providers.contract import Picture
from storylib.story import ImageRequest
from tests.providers import Scripted


@dataclass
class Slow(Scripted):
    """Each picture takes ``seconds`` and leaves a line in ``log``; after the ``most`` it finishes no other."""

    log: Path = Path()
    seconds: float = 0.0
    most: int = 0
    begun: Iterator[int] = field(default_factory=lambda: count(1))

    def draw(self, order: ImageRequest, references: Sequence[bytes] = ()) -> Picture:
        """As scripted, but slowly."""
        threading.Event().wait(self.seconds if next(self.begun) <= self.most else None)
        with self.log.open("a") as log:
            log.write(f"{order.role} {order.seed}\n")
        return super().draw(order)


if __name__ == "__main__":
    slow = Slow(log=Path(sys.argv[1]), seconds=float(sys.argv[2]), most=int(sys.argv[3]))
    catalog.PROVIDERS["kit"] = slow.provider
    workers.LEASE = float(sys.argv[4])
    jobs.work()
