"""What a plan allows: the same rule for the screen's instant feedback and for the ledger's truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, case, func, select, text
from sqlalchemy.orm import Session

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
        """Seconds until the next request is allowed; 0 when it is now."""
        recent = sorted(t for t in self.times if t > at - MINUTE)
        if len(recent) < self.allowed:
            return 0.0
        return (recent[len(recent) - self.allowed] + MINUTE - at).total_seconds()

    def used(self, at: datetime) -> int:
        """Requests in the last minute."""
        return sum(t > at - MINUTE for t in self.times)

    def message(self, at: datetime) -> str:
        """``3 of 5 this minute, next in 12 s``."""
        count = f"{self.used(at)} of {self.allowed} this minute"
        return count if not (wait := self.wait(at)) else f"{count}, next in {wait:.0f} s"


def plan(user: User) -> Plan:
    """The user's plan as config.yaml has it."""
    return settings().config.plans[user.plan]


def month_start(at: datetime) -> datetime:
    """The first instant of the calendar month, UTC."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def window(session: Session, user: User, at: datetime | None = None) -> Window:
    """What the database knows of the user's last minute: stories asked for, portraits and redraws."""
    since = (at or now()) - MINUTE
    asked = session.scalars(select(Story.created_at).where(Story.owner_id == user.id, Story.created_at > since))
    drawn = session.scalars(
        select(Image.created_at).where(
            Image.owner_id == user.id, Image.created_at > since, (Image.role == "portrait") | (Image.version > 1)
        )
    )
    return Window((*asked, *drawn), plan(user).requests_a_minute)


def allow_request(session: Session, user: User) -> None:
    """One more request this minute.

    Raises:
        LimitReached: too many; says how long to wait.
    """
    at = now()
    seen = window(session, user, at)
    if wait := seen.wait(at):
        raise LimitReached(f"That was fast: {seen.message(at)}. Nothing was started; please try again then.", wait)


def stories_left(session: Session, user: User) -> int:
    """How many more stories this month; deleted ones count too."""
    made = session.scalar(
        select(func.count()).select_from(Story).where(Story.owner_id == user.id, Story.created_at >= month_start(now()))
    )
    return max(0, plan(user).stories - (made or 0))


def allow_story(session: Session, user: User, pages: int) -> None:
    """One more story of so many pages.

    Raises:
        LimitReached: the plan has no more; says which limit and what can be done.
    """
    allowed = plan(user)
    if pages > allowed.pages:
        raise LimitReached(f"Your plan makes stories of up to {allowed.pages} pages. Please choose fewer pages.")
    if not stories_left(session, user):
        raise LimitReached(
            f"Your plan makes {allowed.stories} stories a month and they are all made. "
            "You can read and edit those you have; an administrator can change your plan."
        )
    allow_request(session, user)


# --- money


@dataclass(frozen=True)
class Budget:
    """A month's money and paid pictures: what was used (open calls by their estimate) against what there is."""

    used_usd: Decimal
    budget_usd: Decimal | None  # None: no bound
    images: int
    images_allowed: int | None

    @property
    def left_usd(self) -> Decimal | None:
        """Never below zero."""
        return None if self.budget_usd is None else max(Decimal(0), self.budget_usd - self.used_usd)


def budget(session: Session, user: User) -> Budget:
    """The user's own month: a personal budget goes before the plan's."""
    used, images = session.execute(_paid().where(Call.user_id == user.id)).one()
    own = user.budget_usd if user.budget_usd is not None else plan(user).budget_usd
    return Budget(used or Decimal(0), own, images or 0, plan(user).images)


def site_budget(session: Session) -> Budget:
    """Everybody's month together."""
    used, images = session.execute(_paid()).one()
    return Budget(used or Decimal(0), settings().config.site.budget_usd, images or 0, None)


def _paid() -> Select[Decimal | None, int | None]:
    """Money and pictures of this month's calls to providers that cost, failed ones apart."""
    free = [name for name, provider in settings().config.providers.items() if provider.free]
    pictures = case((Call.state == "settled", Call.images), (Call.operation.in_(DRAWN), 1), else_=0)
    return select(func.sum(func.coalesce(Call.cost_usd, Call.estimate_usd)), func.sum(pictures)).where(
        Call.at >= month_start(now()), Call.state != "failed", Call.provider.not_in(free)
    )


def allow_cost(session: Session, user: User, estimate_usd: Decimal, images: int = 0) -> None:
    """Room for one more paid call; to be asked in the transaction that reserves it.

    Callers queue for the user's row (and for the site's lock, where the site has a budget), so of any number at once
    exactly those pass for which there is room.

    Raises:
        LimitReached: it would cross a budget; says the numbers, and that the Story Kit is free.
    """
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    mine = budget(session, user)
    if mine.images_allowed is not None and mine.images + images > mine.images_allowed:
        raise LimitReached(
            f"Your plan has {mine.images_allowed} AI pictures a month, and {mine.images} are used. {_FREE}"
        )
    _within(mine, estimate_usd, "your")
    if settings().config.site.budget_usd is not None:
        if session.get_bind().dialect.name == "postgresql":  # on SQLite a write is alone anyway
            session.execute(text("SELECT pg_advisory_xact_lock(20261123)"))
        _within(site_budget(session), estimate_usd, "the school's")


_FREE = "The Story Kit is always free."


def _within(has: Budget, estimate_usd: Decimal, whose: str) -> None:
    if has.left_usd is not None and estimate_usd > has.left_usd:
        raise LimitReached(
            f"This would cost about ${estimate_usd:.2f}, and ${has.left_usd:.2f} of {whose} ${has.budget_usd:.2f} "
            f"for this month is left. Nothing was started. {_FREE}"
        )
