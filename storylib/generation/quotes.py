"""What a story will cost, said before the click: from what such calls have cost here, else from the price list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storylib.billing.money import NOTHING, Estimate
from storylib.generation.registry import PricedProvider, provider_for
from storylib.models import Call, Character, User
from storylib.story import Brief
from storylib.vocabulary import Operation

ENOUGH, LATEST = 5, 50  # calls that make an average, and the most that are looked at


@dataclass(frozen=True)
class Quote:
    """A range in US dollars and how it was estimated; ``unpriced`` names what has no price."""

    estimate: Estimate
    unpriced: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """It costs nothing, and that is certain."""
        return not self.estimate.high and not self.unpriced

    @property
    def message(self) -> str:
        """``About $0.21 ($0.18–0.26), based on the last 50 similar calls here.``"""
        if self.free:
            return "Free."
        if self.unpriced:
            return (
                f"No known price for {' and '.join(self.unpriced)}: this story will be shown as unpriced, "
                "and counts against the budget like the dearest model known here."
            )
        low, usd, high = (f"{value:.2f}" for value in (self.estimate.low, self.estimate.usd, self.estimate.high))
        span = "" if low == high else f" (${low}–{high})"
        return f"About ${usd}{span}, {self.estimate.basis}."


def quote(session: Session, user: User, brief: Brief) -> Quote:
    """What a story for this brief would cost this user.

    Raises:
        ProviderError: a provider that it names cannot be asked here.
    """
    writer, illustrator = provider_for(brief.provider, user), provider_for(brief.illustrator, user)
    pictures = brief.pages + 1
    wanted: list[tuple[PricedProvider, Operation, int]] = [(writer, "write", 1), (illustrator, "draw", pictures)]
    if writer.moderator:
        wanted.append((writer, "check", brief.pages))
    if illustrator.image_moderator and not illustrator.moderator:
        wanted.append((illustrator, "inspect", pictures))
    portraits = _portraits(session, user, brief)
    if illustrator.consistency_checker and portraits:
        wanted.append((illustrator, "inspect", brief.pages))
    total, unpriced = NOTHING, []
    for provider, operation, times in wanted:
        shown = portraits if provider.takes_references else 0
        each = _seen(session, provider, operation) or provider.estimate(operation, brief.pages, shown)
        if each is None:
            unpriced.append(provider.model(operation))
        else:
            total = Estimate.__add__(each * times, total)
    return Quote(total, tuple(dict.fromkeys(unpriced)))


def _portraits(session: Session, user: User, brief: Brief) -> int:
    """How many of the cast have one: pictures are drawn after them and compared with them."""
    names = [spec.name for spec in brief.characters]
    known = select(func.count(Character.name.distinct())).where(Character.owner_id == user.id)
    return session.scalar(known.where(Character.name.in_(names), Character.portrait_id.is_not(None))) or 0


def _seen(session: Session, provider: PricedProvider, operation: Operation) -> Estimate | None:
    """What the latest such calls cost, if there are enough; texts differ too much in length for that."""
    if provider.free or operation == "write":
        return None
    latest = (
        select(Call.cost_usd)
        .where(Call.provider == provider.name, Call.model == provider.model(operation))
        .where(Call.operation == operation)
        .where(Call.state == "settled", Call.cost_usd.is_not(None), Call.story_id.is_not(None))
        .order_by(Call.id.desc())
        .limit(LATEST)
        .subquery()
    )
    cost = latest.c.cost_usd
    count, low, total, high = session.execute(
        select(func.count(cost), func.min(cost), func.sum(cost), func.max(cost))
    ).one()
    if count < ENOUGH:
        return None
    return Estimate(low, total / Decimal(count), high, f"based on the last {count} similar calls here")
