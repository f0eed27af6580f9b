"""What stories cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from sqlalchemy import BigInteger, case, desc, func, select, type_coerce
from sqlalchemy.orm import Session

from storylib.models import StoryCost, StoryHour, User
from storylib.reporting.analytics.frames import Rows, clock, dollars, frame, total
from storylib.reporting.analytics.scope import EVERYTHING, Scope
from storylib.reporting.analytics.span import Span

BILLION = 10**9
BARS = 24  # of the distribution; the last one holds everything above


@dataclass(frozen=True)
class Stories:
    """What the stories started in a span cost. ``bars``: ``from_usd``, ``to_usd``, ``stories``."""

    count: int
    paid: int
    cost_usd: Decimal
    bars: pd.DataFrame

    @property
    def mean_usd(self) -> Decimal | None:
        """Return the mean of those that cost anything; None when none did."""
        return self.cost_usd / self.paid if self.paid else None


def stories(session: Session, span: Span, scope: Scope = EVERYTHING) -> Stories:
    """Return how many stories there were and how their costs spread, in dollars; free ones are counted but not
    charted."""
    each = _story_costs(span, scope).subquery()
    count, paid, cost = session.execute(
        select(func.count(), func.coalesce(func.sum(case((each.c.cost > 0, 1), else_=0)), 0), total(each.c.cost))
    ).one()
    width = _round_up(3 * cost // paid // BARS) if paid else 1
    bar = case((each.c.cost >= width * (BARS - 1), BARS - 1), else_=each.c.cost // width).label("bar")
    bars = frame(session, select(bar, func.count().label("stories")).where(each.c.cost > 0).group_by(bar).order_by(bar))
    bars["from_usd"] = bars["bar"] * width / BILLION
    bars["to_usd"] = bars["from_usd"] + width / BILLION
    return Stories(count, paid, dollars(cost), bars.drop(columns="bar"))


def story_counts(session: Session, span: Span, scope: Scope = EVERYTHING) -> tuple[int, Decimal | None]:
    """Return how many stories were started, and the average cost of those that cost anything."""
    each = _story_costs(span, scope).subquery()
    paid = func.coalesce(func.sum(case((each.c.cost > 0, 1), else_=0)), 0)
    count, paying, cost = session.execute(select(func.count(), paid, total(each.c.cost))).one()
    return count, dollars(cost) / paying if paying else None


def dearest_stories(session: Session, span: Span, scope: Scope = EVERYTHING, most: int = 500) -> pd.DataFrame:
    """Return the most expensive stories started in a span, and whose they are; what they tell is their owners'
    affair."""
    each = _story_costs(span, scope).order_by(desc("cost"), StoryCost.story_id).limit(most).subquery()
    rows = select(each.c.story_id, User.username, each.c.hour, each.c.cost.label("cost_usd")).outerjoin(
        User, User.id == each.c.user_id
    )
    found = frame(session, rows.order_by(each.c.cost.desc(), each.c.story_id))
    found["begun"] = clock(found.pop("hour"), span.zone)
    return found


_COST = type_coerce(StoryCost.cost_usd, BigInteger)


def _story_costs(span: Span, scope: Scope) -> Rows:
    """Select ``story_id``, ``user_id``, ``hour``, ``cost`` of each story started in the span."""
    head = (StoryCost.story_id, StoryCost.user_id, StoryCost.hour)
    begun = (span.within(StoryCost.hour), *scope.conditions(StoryCost))
    if not scope.of_calls:
        return select(*head, _COST.label("cost")).where(*begun)
    parts = select(*head, total(StoryHour.cost_usd).label("cost")).join(
        StoryHour, StoryHour.story_id == StoryCost.story_id
    )
    return parts.where(*begun, *scope.conditions(StoryHour)).group_by(*head)


def _round_up(billionths: int) -> int:
    """Round up to 1, 2 or 5 times a power of ten, so that bars begin at round sums."""
    power: int = 10 ** max(0, len(str(billionths)) - 1)
    return next(step * power for step in (1, 2, 5, 10) if step * power >= billionths)
