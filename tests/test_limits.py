"""What a plan allows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from storylib.billing import policy, quotas
from storylib.billing.quotas import Window
from storylib.config import settings
from storylib.db import Database
from storylib.errors import LimitReached
from storylib.models import User, now
from tests import factories

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _window(*seconds_ago: float, allowed: int = 3) -> Window:
    return Window(tuple(NOON - timedelta(seconds=s) for s in seconds_ago), allowed)


def test_the_window_says_how_many_and_how_long() -> None:
    assert _window(5, 20).message(NOON) == "2 of 3 this minute"
    assert _window(5, 20, 48).message(NOON) == "3 of 3 this minute, next in 12 s"
    assert _window(5, 20, 48, 61).wait(NOON) == pytest.approx(12)
    assert _window(61, 62, 63).wait(NOON) == 0


def test_where_more_were_made_than_are_allowed_all_but_the_allowed_must_be_over() -> None:
    """A plan may have been changed to a smaller one, or two asked at once."""
    assert _window(5, 20, 30, 48, 55).wait(NOON) == 30  # the third from last: then two are left of three
    assert _window(48, 5, 55, 20, 30).wait(NOON) == 30  # in whatever order they come
    assert _window(60).used(NOON) == 0
    assert _window(60, allowed=1).wait(NOON) == 0
    assert _window(59.5, allowed=1).wait(NOON) == 0.5


def test_the_window_holds_ones_own_stories_portraits_and_redraws_of_the_last_minute(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    at, seconds = now(), timedelta(seconds=1)
    factories.story(session, ada, created_at=at - 1 * seconds)
    factories.image(session, ada, role="portrait", created_at=at - 2 * seconds)
    factories.image(session, ada, role="page", version=2, created_at=at - 3 * seconds)
    # What does not count: a first picture, what is too old, what is somebody else's.
    factories.image(session, ada, role="page", version=1, created_at=at - 4 * seconds)
    for old in (60, 90):
        factories.story(session, ada, created_at=at - old * seconds)
        factories.image(session, ada, role="portrait", created_at=at - old * seconds)
    factories.story(session, ben, created_at=at - 5 * seconds)
    factories.image(session, ben, role="portrait", created_at=at - 6 * seconds)
    assert [(at - time).total_seconds() for time in quotas.window(session, ada, at).times] == [1, 2, 3]
    assert quotas.window(session, ada, at + 57.5 * seconds).times == (at - 1 * seconds, at - 2 * seconds)
    assert quotas.window(session, ada).allowed == 12


def test_whoever_asked_too_much_is_told_how_long_to_wait(
    session: Session, set_clock: Callable[[datetime], None]
) -> None:
    ada = factories.user(session, plan="free")
    for back in range(12):
        factories.image(session, ada, role="portrait", created_at=NOON - timedelta(seconds=back))
    set_clock(NOON)
    with pytest.raises(LimitReached) as refused:
        quotas.allow_request(session, ada)
    assert refused.value.retry_after == 49
    set_clock(NOON + timedelta(seconds=49))
    quotas.allow_request(session, ada)


def test_reloading_does_not_dodge_the_limit_because_the_database_counts(session: Session) -> None:
    ada = factories.user(session, plan="free")
    for _ in range(11):
        factories.story(session, ada)
    quotas.allow_request(session, ada)
    factories.image(session, ada, role="portrait")
    with pytest.raises(LimitReached, match="next in"):
        quotas.allow_request(session, ada)
    quotas.allow_request(session, factories.user(session, "ben"))


def test_deleted_stories_count_in_their_month(session: Session) -> None:
    ada = factories.user(session, plan="free")
    factories.story(session, ada, deleted_at=now())
    factories.story(session, ada, created_at=quotas.month_start(now()) - timedelta(seconds=1))
    assert quotas.stories_left(session, ada) == 99


def test_stories_are_counted_from_the_first_instant_of_the_month_for_each_person(session: Session) -> None:
    ada, ben = factories.user(session, "ada"), factories.user(session, "ben")
    for number in range(100):
        factories.story(session, ada, state="queued", created_at=quotas.month_start(now()))
        assert quotas.stories_left(session, ada) == 99 - number
    factories.story(session, ada, state="queued")  # which an administrator's change of the plan may have allowed
    assert (quotas.stories_left(session, ada), quotas.stories_left(session, ben)) == (0, 100)


@pytest.mark.parametrize(
    ("pages", "made", "allowed"), [(10, 0, True), (11, 0, False), (10, 99, True), (10, 100, False)]
)
def test_a_story_has_as_many_pages_as_the_plan_allows_and_its_place_in_the_month(
    session: Session, pages: int, made: int, allowed: bool
) -> None:
    ada = factories.user(session, plan="free")
    for _ in range(made):
        factories.story(session, ada, state="queued", created_at=quotas.month_start(now()))
    try:
        quotas.allow_story(session, ada, pages)
    except LimitReached:
        assert not allowed
    else:
        assert allowed


def test_the_month_starts_at_its_first_instant() -> None:
    assert quotas.month_start(NOON) == datetime(2026, 11, 1, tzinfo=UTC)
    assert quotas.month_start(datetime(2026, 11, 1, 1, 2, 3, 4, UTC)) == datetime(2026, 11, 1, tzinfo=UTC)


def _spend(session: Session, caller: User, usd: str, provider: str = "openai", **fields: object) -> None:
    factories.call(session, caller, provider=provider, state="settled", cost_usd=Decimal(usd), images=1, **fields)


def test_the_budget_counts_paid_calls_of_this_month_and_open_ones_by_their_estimate(session: Session) -> None:
    ada = factories.user(session, plan="free")
    _spend(session, ada, "0.25")
    _spend(session, ada, "9", provider="kit")
    _spend(session, ada, "9", at=quotas.month_start(now()) - timedelta(seconds=1))
    factories.call(session, ada, provider="openai", estimate_usd=Decimal("0.05"))
    factories.call(session, ada, provider="openai", estimate_usd=Decimal(9), state="failed")
    mine = quotas.budget(session, ada)
    assert (mine.used_usd, mine.left_usd, mine.images) == (Decimal("0.3"), Decimal("0.7"), 2)


def test_pictures_count_as_made_or_while_they_may_be(session: Session) -> None:
    ada = factories.user(session)
    assert quotas.budget(session, ada).images == 0
    for state, images in (("settled", 2), ("settled", 0), ("reserved", 0), ("unknown", 0), ("failed", 0)):
        factories.call(session, ada, provider="openai", state=state, images=images)
    factories.call(session, ada, provider="openai", operation="write", at=quotas.month_start(now()))
    assert quotas.budget(session, ada).images == 4


def test_a_month_begins_with_its_first_call(session: Session) -> None:
    ada = factories.user(session)
    _spend(session, ada, "0.25", at=quotas.month_start(now()))
    assert quotas.budget(session, ada).used_usd == Decimal("0.25")


def test_nobody_crosses_what_all_may_spend_together(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = (factories.user(session, name, plan="pro") for name in ("ada", "ben"))
    _spend(session, ben, "0.97")
    config = settings().config
    bounded = config.model_copy(update={"site": config.site.model_copy(update={"budget_usd": Decimal(1)})})
    monkeypatch.setattr(policy, "settings", lambda: SimpleNamespace(config=bounded))
    assert quotas.site_budget(session) == quotas.Budget(Decimal("0.97"), Decimal(1), 1, None)
    quotas.allow_cost(session, ada, Decimal("0.03"))
    with pytest.raises(LimitReached, match=r"the school's \$1.00"):
        quotas.allow_cost(session, ada, Decimal("0.04"))


def test_a_call_that_would_cross_the_budget_is_refused_with_the_numbers(session: Session) -> None:
    ada = factories.user(session, plan="free")
    _spend(session, ada, "0.97")
    quotas.allow_cost(session, ada, Decimal("0.03"))
    with pytest.raises(LimitReached, match=r"about \$0.04, but only \$0.03 of your \$1.00 .* Story Kit is always free"):
        quotas.allow_cost(session, ada, Decimal("0.04"))


def test_a_personal_budget_goes_before_the_plans(session: Session) -> None:
    ada = factories.user(session, plan="free", budget_usd=Decimal(5))
    quotas.allow_cost(session, ada, Decimal(5))
    ben = factories.user(session, "ben", plan="pro", budget_usd=Decimal(0))
    with pytest.raises(LimitReached):
        quotas.allow_cost(session, ben, Decimal("0.01"))


def test_paid_pictures_are_counted_by_the_month(session: Session) -> None:
    ada = factories.user(session, plan="free", budget_usd=Decimal(100))
    for _ in range(60):
        _spend(session, ada, "0.001")
    with pytest.raises(LimitReached, match="60 AI pictures a month, and you have used 60"):
        quotas.allow_cost(session, ada, Decimal("0.001"), images=1)
    quotas.allow_cost(session, ada, Decimal("0.001"))


def test_fifty_at_once_against_a_budget_for_ten_are_ten(database: Database) -> None:
    with database.write() as session:
        ada = factories.user(session, plan="free")

    def reserve(number: int) -> bool:
        try:
            with database.write() as session:
                quotas.allow_cost(session, ada, Decimal("0.1"))
                factories.call(session, ada, provider="openai", estimate_usd=Decimal("0.1"), page_number=number)
        except LimitReached:
            return False
        return True

    with ThreadPoolExecutor(50) as threads:
        assert sum(threads.map(reserve, range(50))) == 10
