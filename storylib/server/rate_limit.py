"""How often an address may do a thing. Kept by this process only: no visitor's address is ever stored."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Final

from storylib.identity.addresses import network

MOST: Final = 10_000  # addresses remembered, the latest


class Allowance:
    """So many times in so many seconds for each network; a school behind one address has one allowance."""

    def __init__(self, most: int, seconds: float):
        self.most, self.seconds = most, seconds
        self._spent: OrderedDict[str, tuple[int, int]] = OrderedDict()  # by network: window and count
        self._lock = Lock()

    def spend(self, address: str) -> None:
        """Count once."""
        source, window = network(address), self._window()
        with self._lock:
            began, count = self._spent.get(source, (window, 0))
            self._spent[source] = window, count + 1 if began == window else 1
            self._spent.move_to_end(source)
            while len(self._spent) > MOST:
                self._spent.popitem(last=False)

    def is_spent(self, address: str) -> bool:
        """Tell whether nothing is left for an address until the window ends."""
        began, count = self._spent.get(network(address), (0, 0))
        return began == self._window() and count >= self.most

    def _window(self) -> int:
        return int(monotonic() // self.seconds)
