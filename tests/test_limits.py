"""What a plan allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from storylib import limits
from storylib.errors import LimitReached
from storylib.limits import Window
from storylib.models import now
from tests import factories

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _window(*seconds_ago: float, allowed: int = 3) -> Window:
    return Window(tuple(NOON - timedelta(seconds=s) for s in seconds_ago), allowed)


def test_the_window_says_how_many_and_how_long() -> None:
    assert _window(5, 20).sentence(NOON) == "2 of 3 this minute"
    assert _window(5, 20, 48).sentence(NOON) == "3 of 3 this minute, next in 12 s"
    assert _window(5, 20, 48, 61).wait(NOON) == pytest.approx(12)
    assert _window(61, 62, 63).wait(NOON) == 0


def test_reloading_does_not_dodge_the_limit_because_the_database_counts(session: Session) -> None:
    ada = factories.user(session, plan="free")
    for _ in range(11):
        factories.story(session, ada)
    limits.allow_request(session, ada)
    factories.image(session, ada, role="portrait")
    with pytest.raises(LimitReached, match="next in"):
        limits.allow_request(session, ada)
    limits.allow_request(session, factories.user(session, "ben"))


def test_deleted_stories_count_in_their_month(session: Session) -> None:
    ada = factories.user(session, plan="free")
    factories.story(session, ada, deleted_at=now())
    factories.story(session, ada, created_at=limits.month_start(now()) - timedelta(seconds=1))
    assert limits.stories_left(session, ada) == 99


def test_the_month_starts_at_its_first_instant() -> None:
    assert limits.month_start(NOON) == datetime(2026, 11, 1, tzinfo=UTC)
