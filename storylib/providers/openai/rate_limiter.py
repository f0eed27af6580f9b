"""Limit how many requests go to a server at once, and send none sooner than the server allows.

``TokenBucket`` mirrors the server's own bucket from what it says: the ``x-ratelimit-…-requests`` headers of every
answer, and the ``Retry-After`` of a refusal. It only counts, so it is tested in virtual time. ``RateLimiter`` makes
threads wait for it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from storylib.errors import ProviderError

MINUTE = 60.0  # seconds; servers count requests by the minute
PRUDENCE = 0.98  # of the rate that a server allows; its figures are rounded
EVIDENCE = 4  # requests that went well in a minute, from which a rate can be told
STRANGERS = 4  # requests at once to a server that has not answered yet: its first answer may name a limit
GLANCE = 0.25  # seconds after which a waiting request looks whether Storylib is stopping
CAUTION = 300.0  # seconds without a refusal after which a learnt pace is forgotten


@dataclass(frozen=True)
class Allowance:
    """What an answer's headers say: requests ``left`` now, of ``limit``, all of them again in ``reset`` seconds."""

    limit: int
    left: int
    reset: float


@dataclass(frozen=True)
class StartedRequest:
    """One request: the how-manieth it is, and when it started."""

    number: int
    at: float


class TokenBucket:
    """When the next request may start. All times are seconds on one clock."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._count = 0
        self._met = False
        self._started: deque[float] = deque(maxlen=600)
        self._forget()

    def _forget(self) -> None:
        """Nothing is known of a limit."""
        self._credits = self._most = float("inf")  # requests that may start at once, and how many may be saved up
        self._rate = 0.0  # credits a second
        self._since = 0.0  # when they were counted; lies ahead while a refusal lasts
        self._refused_at: float | None = None

    def delay(self, now: float) -> float:
        """Seconds until the next request may start; 0: now. Infinite: when an answer has come."""
        if not self._met and self.in_flight >= STRANGERS:
            return float("inf")
        if self._refused_at is not None and now - self._refused_at > CAUTION:
            self._forget()
        if now < self._since:
            return self._since - now
        missing = 1 - self._available(now)
        return missing / self._rate if missing > 0 else 0.0

    def _available(self, now: float) -> float:
        return min(self._most, self._credits + max(0.0, now - self._since) * self._rate)

    def started(self, now: float) -> StartedRequest:
        """A request is on its way."""
        self._credits, self._since = self._available(now) - 1, max(now, self._since)
        self._started.append(now)
        self._count += 1
        self.in_flight += 1
        return StartedRequest(self._count, now)

    def finished(self) -> None:
        """An answer has come, or there will be none."""
        self.in_flight -= 1
        self._met = True

    def learned(self, now: float, allowance: Allowance, ticket: StartedRequest) -> None:
        """Believe the headers of the answer to a request, told when the server let it in.

        Answers come in any request, so they only ever lower what was counted here: when others use the account too.
        """
        if now < self._since:
            return  # a refusal knows better
        used = allowance.limit - allowance.left
        pace = used / allowance.reset if used and allowance.reset else allowance.limit / MINUTE
        known, self._rate, self._most = bool(self._rate), PRUDENCE * pace, allowance.limit
        left = float(allowance.left - (self._count - ticket.number))
        if known:
            left = min(self._available(now), left + self._rate * (now - ticket.at))
        self._credits, self._since = left, now

    def refused(self, now: float, wait: float) -> None:
        """Nobody starts for ``wait`` seconds, then one by one at the rate that went well in the last minute."""
        admitted = sum(1 for at in self._started if at > now - MINUTE) - self.in_flight
        interval = MINUTE / admitted if admitted >= EVIDENCE else wait
        if self._refused_at is not None:
            interval = max(interval, 1.5 / self._rate)  # what was learnt from the refusal before was too fast
        self._rate = PRUDENCE / max(interval, 0.001)
        self._credits = self._most = 1.0
        self._since, self._refused_at = max(self._since, now + wait), now


class Timer:
    """Time, and waiting that ``stop`` ends. Where ``speed`` is 100, a second lasts a hundredth of one."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._stopped = threading.Event()

    def now(self) -> float:
        """Seconds."""
        return time.monotonic() * self.speed

    def wait(self, seconds: float) -> None:
        """Wait.

        Raises:
            ProviderError: stopped meanwhile.
        """
        if self._stopped.wait(seconds / self.speed):
            raise ProviderError("ai_service.stopping", "unreachable")

    def wait_on(self, change: threading.Condition, seconds: float) -> None:
        """Wait for a change, but not longer than ``seconds``, nor than it takes to notice a ``stop``.

        Raises:
            ProviderError: stopped meanwhile.
        """
        self.wait(0)
        change.wait(min(seconds / self.speed, GLANCE))

    def stop(self) -> None:
        """End every wait, now and later."""
        self._stopped.set()


class RateLimiter:
    """Lets ``width`` requests through at once, at the server's pace."""

    def __init__(self, width: int, timer: Timer):
        self._width = width
        self._timer = timer
        self._bucket = TokenBucket()
        self._change = threading.Condition()
        self._mine = threading.local()  # the ticket of this thread's request

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place of one's own while it lasts; waits for it.

        Raises:
            ProviderError: stopped while waiting.
        """
        with self._change:
            while delay := self._delay():
                self._timer.wait_on(self._change, delay)
            self._mine.ticket = self._bucket.started(self._timer.now())
        try:
            yield
        finally:
            self._mine.ticket = None
            with self._change:
                self._bucket.finished()
                self._change.notify_all()

    def _delay(self) -> float:
        full = self._bucket.in_flight >= self._width
        return float("inf") if full else self._bucket.delay(self._timer.now())

    def learned(self, allowance: Allowance) -> None:
        """The answer to this thread's request said how much is left."""
        if ticket := getattr(self._mine, "ticket", None):
            with self._change:
                self._bucket.learned(self._timer.now(), allowance, ticket)

    def refused(self, wait: float) -> None:
        """The server said: not for ``wait`` seconds."""
        with self._change:
            self._bucket.refused(self._timer.now(), wait)
