"""Portraits asked for: checked against the plan and the price, and written down before they are drawn."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storylib.billing import quotas
from storylib.errors import Invalid, LimitReached
from storylib.generation.registry import PricedProvider, provider_for
from storylib.library import portraits
from storylib.models import Candidate, User


def ask(
    session: Session, user: User, character_id: int, illustrator: str, count: int = portraits.MOST
) -> list[Candidate]:
    """Write down a new batch of candidates; they are drawn when it is committed.

    Raises:
        NotFound: no such character of the user's.
        Invalid: not 1–4, or the batch before is still being drawn.
        LimitReached: the plan allows no more batches, pictures or money, or the requests come too fast.
    """
    if not 1 <= count <= portraits.MOST:
        raise Invalid("portrait.count", most=portraits.MOST)
    character = portraits.locked(session, user.id, character_id)
    before = portraits.latest(session, user.id, character_id)
    if any(candidate.drawing for candidate in before):
        raise Invalid("portrait.drawing")
    if not portraits.batches_left(user, before):
        raise LimitReached("quota.portraits", allowed=quotas.plan(user).redraws + 1)
    _allow(session, user, provider_for(illustrator, user), count)
    number = before[0].batch + 1 if before else 1
    facts = {"character_id": character.id, "batch": number, "provider": illustrator, "spec": character.spec}
    asked = [Candidate(position=position, **facts) for position in range(count)]
    session.add_all(asked)
    session.flush()
    return asked


def again(session: Session, user: User, character_id: int, position: int) -> Candidate:
    """Ask once more for a candidate of the latest batch that could not be drawn.

    Raises:
        NotFound: there is none.
        Invalid: it did not fail.
        LimitReached: as for ``ask``.
    """
    portraits.locked(session, user.id, character_id)
    candidate = portraits.candidate_at(session, user.id, character_id, position)
    if candidate.error is None:
        raise Invalid("portrait.not-failed")
    _allow(session, user, provider_for(candidate.provider, user), 1)
    candidate.error, candidate.attempt = None, candidate.attempt + 1
    return candidate


def _allow(session: Session, user: User, provider: PricedProvider, count: int) -> None:
    quotas.allow_request(session, user)
    if not provider.free:
        quotas.allow_cost(session, user, provider.reservation("portrait") * count, images=count)
