"""The door to a server, in virtual time."""

from __future__ import annotations

import heapq

import pytest

from storylib.providers.openai.rate_limiter import Allowance, TokenBucket


class Bucket:
    """A server that allows ``limit`` requests a minute, as OpenAI and llmock count them."""

    def __init__(self, limit: int, headers: bool) -> None:
        self.limit, self.headers = limit, headers
        self.level, self.at = float(limit), 0.0
        self.refusals = 0

    def ask(self, now: float) -> tuple[float | None, Allowance | None]:
        """(seconds to wait if refused, headers)."""
        self.level, self.at = min(self.limit, self.level + (now - self.at) * self.limit / 60), now
        if self.level < 1:
            self.refusals += 1
            return (1 - self.level) * 60 / self.limit, self.told()
        self.level -= 1
        return None, self.told()

    def told(self) -> Allowance | None:
        reset = round((self.limit - self.level) * 60 / self.limit, 1)
        return Allowance(self.limit, int(self.level), reset) if self.headers else None


def run(requests: int, bucket: Bucket, seconds: float, width: int = 4, uneven: tuple[float, ...] = (1.0,)) -> float:
    """Simulate; the time at which all are answered. ``uneven``: how much longer than others some requests take."""
    pace, now, waiting, running = TokenBucket(), 0.0, requests, []
    while waiting or running:
        while waiting and pace.in_flight < width and not pace.delay(now):
            ticket = pace.started(now)
            wait, told = bucket.ask(now)
            waiting -= 1
            lasts = 0.01 if wait else seconds * uneven[ticket.number % len(uneven)]
            heapq.heappush(running, (now + lasts, ticket.number, ticket, wait, told))
        turn = now + pace.delay(now) if waiting and pace.in_flight < width else float("inf")
        if running and running[0][0] <= turn:
            now, _, ticket, wait, told = heapq.heappop(running)
            if told:
                pace.learned(now, told, ticket)
            if wait:
                pace.refused(now, wait)
                waiting += 1
            pace.finished()
        else:
            now = turn + 1e-9
    return now


@pytest.mark.parametrize("width", [1, 2, 4, 8])
@pytest.mark.parametrize("seconds", [1, 6, 25])
def test_twelve_pictures_at_six_a_minute_with_headers_are_never_refused(width: int, seconds: float) -> None:
    bucket = Bucket(6, headers=True)
    finished = run(12, bucket, seconds, width)
    assert bucket.refusals <= 1
    assert finished <= max(80 + 1.5 * seconds, 12 * seconds / width + 15)


@pytest.mark.parametrize("seconds", [1, 6, 25])
def test_answers_in_any_order_do_not_mislead(seconds: float) -> None:
    bucket = Bucket(6, headers=True)
    run(24, bucket, seconds, width=8, uneven=(1.0, 0.2, 3.0, 0.7, 1.9))
    assert bucket.refusals <= 1


def test_others_who_use_the_account_are_noticed() -> None:
    pace = TokenBucket()
    first = pace.started(0)
    pace.learned(1, Allowance(60, 59, 1), first)
    second = pace.started(1)
    pace.learned(2, Allowance(60, 0, 60), second)
    assert pace.delay(2) > 0


@pytest.mark.parametrize("seconds", [1, 3])
def test_without_headers_a_refusal_teaches_the_pace(seconds: float) -> None:
    bucket = Bucket(6, headers=False)
    finished = run(12, bucket, seconds, width=1)
    assert 1 <= bucket.refusals <= 2
    assert finished <= 90


def test_without_headers_no_more_are_refused_than_were_under_way() -> None:
    bucket = Bucket(6, headers=False)
    run(12, bucket, 6, width=4)
    assert bucket.refusals <= 4


def test_a_server_without_limits_is_never_waited_for() -> None:
    pace = TokenBucket()
    for second in range(100):
        assert pace.delay(second) == 0
        pace.started(second)
        pace.finished()


def test_plenty_left_means_no_waiting() -> None:
    pace = TokenBucket()
    pace.learned(0.1, Allowance(10_000, 9_999, 0.006), pace.started(0))
    assert pace.delay(0.1) == 0


def test_a_daily_limit_is_kept_too() -> None:
    """OpenAI's free tier counts by the day: 200 of them, one again after 7 min 12 s."""
    pace = TokenBucket()
    pace.learned(1, Allowance(200, 0, 86400), pace.started(0))
    assert pace.delay(1) == pytest.approx(432, rel=0.05)


def test_after_a_refusal_they_start_one_by_one() -> None:
    pace = TokenBucket()
    pace.started(0)
    pace.refused(0, 10)
    pace.finished()
    assert pace.delay(0) == 10
    assert pace.delay(10) == 0
    pace.started(10)
    assert pace.delay(10) > 9


def test_a_refusal_is_forgotten_after_five_minutes() -> None:
    pace = TokenBucket()
    pace.started(0)
    pace.refused(0, 10)
    pace.finished()
    for _ in range(3):
        assert pace.delay(400) == 0
        pace.started(400)
