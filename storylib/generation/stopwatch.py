"""How long a call took."""

from __future__ import annotations

import time


class Clock:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    @property
    def ms(self) -> int:
        """Whole milliseconds."""
        return round(1000 * (time.monotonic() - self.started))
