"""What a plan allows: the same rule for the screen's instant feedback and for the ledger's truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storylib.config import Plan, settings
from storylib.errors import LimitReached
from storylib.models import Image, Story, User, now

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

    def sentence(self, at: datetime) -> str:
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
        raise LimitReached(f"That was fast: {seen.sentence(at)}. Nothing was started; please try again then.", wait)


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
