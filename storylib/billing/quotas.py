"""Quotas: what a plan allows. The screen's instant feedback and the ledger apply the same rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, case, func, select, text
from sqlalchemy.orm import Session

from storylib.billing import policy
from storylib.config import Plan, settings
from storylib.errors import LimitReached
from storylib.models import Call, Image, Story, User, now
from storylib.vocabulary import DRAWN

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Window:
    """The requests of the last minute against the number allowed."""

    times: tuple[datetime, ...]
    allowed: int

    def wait(self, at: datetime) -> float:
        """Return the seconds until the next request is allowed; 0 when it is now."""
        recent = sorted(t for t in self.times if t > at - MINUTE)
        if len(recent) < self.allowed:
            return 0.0
        return (recent[len(recent) - self.allowed] + MINUTE - at).total_seconds()

    def used(self, at: datetime) -> int:
        """Count the requests in the last minute."""
        return sum(t > at - MINUTE for t in self.times)

    def message(self, at: datetime) -> str:
        """Return ``3 of 5 this minute, next in 12 s``."""
        count = f"{self.used(at)} of {self.allowed} this minute"
        return count if not (wait := self.wait(at)) else f"{count}, next in {wait:.0f} s"


def plan(user: User) -> Plan:
    """Return the user's plan from config.yaml."""
    return settings().config.plans[user.plan]


def month_start(at: datetime) -> datetime:
    """Return the first instant of the calendar month, UTC."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def window(session: Session, user: User, at: datetime | None = None) -> Window:
    """Return the user's requests in the last minute: stories, portraits and redraws."""
    since = (at or now()) - MINUTE
    asked = session.scalars(select(Story.created_at).where(Story.owner_id == user.id, Story.created_at > since))
    drawn = session.scalars(
        select(Image.created_at).where(
            Image.owner_id == user.id, Image.created_at > since, (Image.role == "portrait") | (Image.version > 1)
        )
    )
    return Window((*asked, *drawn), plan(user).requests_a_minute)


def allow_request(session: Session, user: User) -> None:
    """Check that the user may make one more request this minute.

    Raises:
        LimitReached: too many; says how long to wait.
    """
    at = now()
    seen = window(session, user, at)
    if wait := seen.wait(at):
        raise LimitReached("quota.requests", wait, used=seen.used(at), allowed=seen.allowed, seconds=math.ceil(wait))


def stories_left(session: Session, user: User) -> int:
    """Return how many more stories the user may make this month; deleted ones count too."""
    made = session.scalar(
        select(func.count()).select_from(Story).where(Story.owner_id == user.id, Story.created_at >= month_start(now()))
    )
    return max(0, plan(user).stories - (made or 0))


def allow_story(session: Session, user: User, pages: int) -> None:
    """Check that the user may make one more story of so many pages.

    Raises:
        LimitReached: the plan has no more; says which limit and what can be done.
    """
    allowed = plan(user)
    if pages > allowed.pages:
        raise LimitReached("quota.pages", pages=allowed.pages)
    if not stories_left(session, user):
        raise LimitReached("quota.stories", stories=allowed.stories)
    allow_request(session, user)


# --- money


@dataclass(frozen=True)
class Budget:
    """A month's money and paid pictures: what was used (open calls by their estimate) against what there is."""

    used_usd: Decimal
    budget_usd: Decimal | None  # None: no limit
    images: int
    images_allowed: int | None

    @property
    def left_usd(self) -> Decimal | None:
        """Return what is left, never below zero; None when there is no limit."""
        return policy.left(self.budget_usd, self.used_usd)


def budget(session: Session, user: User) -> Budget:
    """Return the user's own month: a personal budget replaces the plan's."""
    used, images = session.execute(_paid().where(Call.user_id == user.id)).one()
    return Budget(used or Decimal(0), policy.budget_of(user), images or 0, plan(user).images)


def site_budget(session: Session) -> Budget:
    """Return everyone's month together."""
    used, images = session.execute(_paid()).one()
    return Budget(used or Decimal(0), policy.site_budget(), images or 0, None)


def _paid() -> Select[Decimal | None, int | None]:
    """Select the money and pictures of this month's calls to paid providers, except failed ones."""
    pictures = case((Call.state == "settled", Call.images), (Call.operation.in_(DRAWN), 1), else_=0)
    return select(func.sum(func.coalesce(Call.cost_usd, Call.estimate_usd)), func.sum(pictures)).where(
        Call.at >= month_start(now()), Call.state != "failed", policy.is_paid(Call)
    )


def allow_cost(session: Session, user: User, estimate_usd: Decimal, images: int = 0) -> None:
    """Check that there is room for one more paid call; ask in the transaction that reserves it.

    Callers queue for the user's row (and for the site's lock, where the site has a budget), so of any number at once
    exactly those pass for which there is room.

    Raises:
        LimitReached: it would cross a budget; says the numbers, and that the Story Kit is free.
    """
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    mine = budget(session, user)
    if mine.images_allowed is not None and mine.images + images > mine.images_allowed:
        raise LimitReached("quota.images", allowed=mine.images_allowed, used=mine.images)
    _within(mine, estimate_usd, "quota.budget")
    if policy.site_budget() is not None:
        if session.get_bind().dialect.name == "postgresql":  # on SQLite a write is alone anyway
            session.execute(text("SELECT pg_advisory_xact_lock(20261123)"))
        _within(site_budget(session), estimate_usd, "quota.site-budget")


def _within(has: Budget, estimate_usd: Decimal, code: str) -> None:
    if has.budget_usd is not None and has.left_usd is not None and estimate_usd > has.left_usd:
        raise LimitReached(code, cost=estimate_usd, left=has.left_usd, budget=has.budget_usd)
