"""The ledger: every provider's call is a row, reserved before it and settled after it.

A fingerprint names the thing to be made. At most one active row (not ``failed``) exists for a fingerprint:

    reserved ── settled   made and stored; asked for again, the stored result is returned
        │ │               (or unusable: charged, but useless, as ``error_kind`` tells; not asked for again by itself)
        │ └──── failed    nothing was made and nothing was charged; the thing may be asked for again
        └────── unknown   it may have been charged; only a person decides what happens next

``sent_at`` is written just before a request leaves that may be charged. A row that a crash left ``reserved`` before
that is taken up again; after it, nobody can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storylib.billing.money import Usage
from storylib.errors import ErrorKind, NotFound, ProviderError
from storylib.identity import access, audit
from storylib.identity.access import Principal
from storylib.models import Call, User, now, sums
from storylib.vocabulary import Operation

FREE = Decimal(0)


@dataclass(frozen=True)
class CallRequest:
    """What is about to be asked of whom, for whom."""

    user_id: int
    operation: Operation
    provider: str
    model: str
    fingerprint: str
    estimate_usd: Decimal = FREE
    story_id: str | None = None
    page_number: int | None = None


def fingerprint(provider: str, model: str, what: BaseModel, references: Iterable[bytes] = (), attempt: int = 1) -> str:
    """SHA-256 over everything that decides the result; another ``attempt`` asks for another result."""
    digest = hashlib.sha256(f"{provider}\0{model}\0{attempt}\0{what.model_dump_json()}".encode())
    for reference in references:
        digest.update(hashlib.sha256(reference).digest())
    return digest.hexdigest()


def reserve(session: Session, ask: CallRequest, allow: Callable[[], None] = lambda: None) -> Call:
    """The row for this ask: a new one, or the settled one when the thing was made before.

    ``allow`` is called before a new one is written, and raises if there is no room for it in the budget.

    A row left ``reserved`` by a crash is taken up again if nothing was sent that may have been charged; else it comes
    back as ``unknown``, and the caller asks a person before anything is paid again.
    """
    call = find(session, ask.fingerprint)
    if call is None:
        allow()
        try:
            with session.begin_nested():
                session.add(new := Call(**vars(ask)))
            return new
        except IntegrityError:  # somebody else wrote it at the same moment
            call = session.scalars(_active(ask.fingerprint)).one()
    if call.state == "settled":
        call.reused += not is_unusable(call)
    elif call.state == "reserved" and call.sent_at is None:
        call.attempts += 1
    else:
        call.state, call.error_kind = "unknown", call.error_kind or "timeout"
    return call


def send(session: Session, call_id: int) -> None:
    """The request leaves as soon as this is committed: from now on it may have been charged. Of two processes that hold
    the same row one may send it.

    Raises:
        ProviderError: it was sent before, or the row is closed.
    """
    call = _locked(session, call_id)
    if call.state != "reserved" or call.sent_at is not None:
        raise _lost()
    call.sent_at = now()


def unsend(session: Session, call_id: int) -> None:
    """The request came back and was certainly not charged; it may leave once more."""
    call = _locked(session, call_id)
    if call.state == "reserved":
        call.sent_at = None


def refuse_lost(call: Call) -> None:
    """Stop before anything is paid again.

    Raises:
        ProviderError: an earlier try may have been charged, or was and brought nothing.
    """
    if is_unusable(call):
        raise ProviderError(
            "An earlier try was charged and brought nothing that can be used, so it was not repeated.",
            "bad_output",
            permanent=True,
            maybe_paid=True,
        )
    if call.state == "unknown":
        raise _lost()


def _lost() -> ProviderError:
    sentence = "An earlier try was cut off and may have been charged, so it was not repeated."
    return ProviderError(sentence, "timeout", permanent=True, maybe_paid=True)


def is_unusable(call: Call) -> bool:
    """Whether it was charged, and brought nothing that can be used."""
    return call.state == "settled" and call.error_kind is not None


def find(session: Session, fingerprint: str) -> Call | None:
    """The active row of a thing, if there is one."""
    return session.scalar(_active(fingerprint))


def _active(fingerprint: str) -> Select[Call]:
    """Locked, so that of two who change it at once both are counted."""
    return select(Call).where(Call.fingerprint == fingerprint, Call.state != "failed").with_for_update()


def settle(
    session: Session,
    call_id: int,
    usage: Usage,
    cost_usd: Decimal | None,
    latency_ms: int | None,
    *,
    image_id: str | None = None,
    result: Any = None,
    unusable: ErrorKind | None = None,
) -> None:
    """Close a row with what it brought. ``cost_usd`` None means: the price is not known.

    ``unusable``: it was charged, but what came cannot be used, and why.
    """
    call = _locked(session, call_id)
    call.state, call.cost_usd, call.latency_ms = "settled", cost_usd, latency_ms
    call.tokens_in, call.tokens_out, call.images = usage.tokens_in, usage.tokens_out, usage.images
    call.image_id, call.result, call.error_kind = image_id, result, unusable
    session.flush()


def fail(session: Session, call_id: int, error: ProviderError, latency_ms: int) -> None:
    """Close a row that brought nothing; it stays open as ``unknown`` if it may have been charged.

    What another process has settled meanwhile stays settled.
    """
    call = _locked(session, call_id)
    if call.state == "settled":
        return
    call.state = "unknown" if error.maybe_paid else "failed"
    call.error_kind, call.latency_ms = error.kind, latency_ms
    call.result = {"said": error.detail} if error.detail else None
    session.flush()


def decide(session: Session, actor: Principal, call_id: int, *, paid: bool) -> None:
    """Take an administrator's word on a call that may have been charged; either way the thing may be asked for again.

    Paid: it counts with its estimate, or as unpriced if there was none. Not paid: it counts as failed.

    Raises:
        Refused: the actor is no administrator.
        NotFound: there is no such call, or somebody has decided already.
    """
    administrator = access.require(session, actor, "decide calls")
    call = session.scalar(select(Call).where(Call.id == call_id, Call.state == "unknown").with_for_update())
    if call is None:
        raise NotFound("This call needs no decision any more.")
    call.state = "settled" if paid else "failed"
    call.cost_usd = (call.estimate_usd or None) if paid else None
    if paid:
        release_fingerprint(session, call)
    caller = session.get(User, call.user_id) if call.user_id else None
    counted = {"state": call.state, "cost_usd": str(call.cost_usd) if call.cost_usd is not None else None}
    before = {"call": call.id, "state": "unknown"}
    audit.write(session, administrator, "call decided", caller.username if caller else "", before, counted)


def _locked(session: Session, call_id: int) -> Call:
    session.flush()  # what is locked is also read anew
    return session.get_one(Call, call_id, with_for_update=True)


def release_fingerprint(session: Session, call: Call) -> None:
    """Its result is gone (deleted with its story): the money stays counted, the thing may be made again."""
    call.fingerprint = hashlib.sha256(f"{call.fingerprint}{call.id}".encode()).hexdigest()
    session.flush()


def left(session: Session, story_id: str) -> list[Call]:
    """What a story's calls left ``reserved``, locked: they are under way, or a crash cut them off."""
    return list(session.scalars(_open(Call.story_id == story_id)))


def _open(*of: ColumnElement[bool]) -> Select[Call]:
    return select(Call).where(Call.state == "reserved", *of).order_by(Call.id).with_for_update()


def give_up(session: Session, calls: Iterable[Call]) -> None:
    """Close what a crash left ``reserved``: what was sent may have been charged, so it is ``unknown``; the rest has
    merely failed."""
    for call in calls:
        call.state, call.error_kind = "unknown" if call.sent_at else "failed", "unreachable"
    session.flush()


def give_up_others(session: Session, ask: CallRequest) -> None:
    """Close what a crash left ``reserved`` of a story's text when only the rest of it is asked for now."""
    others = Call.story_id == ask.story_id, Call.operation == ask.operation, Call.fingerprint != ask.fingerprint
    give_up(session, session.scalars(_open(*others, Call.page_number.is_(None))).all())


def accept_lost(session: Session, story_id: str, page_number: int | None = None) -> None:
    """Somebody accepted that what was lost is paid for again; what it cost, or may have, stays counted.

    ``page_number``: of that page only; None: of the whole story.
    """
    lost = select(Call).where(Call.story_id == story_id, (Call.state == "unknown") | Call.error_kind.is_not(None))
    if page_number is not None:
        lost = lost.where(Call.page_number == page_number)
    for call in session.scalars(lost.where(Call.state.in_(("unknown", "settled"))).with_for_update()):
        release_fingerprint(session, call)


def rebuild_sums(session: Session, actor: Principal) -> None:
    """Add the sums of every call up anew, after somebody wrote past the ledger.

    Raises:
        Refused: the actor is no administrator.
    """
    administrator = access.require(session, actor, "rebuild sums")
    differing = sums.differing(session)
    sums.rebuild(session)
    audit.write(session, administrator, "sums rebuilt", "", {"differing": differing}, {"differing": 0})


@dataclass(frozen=True)
class Spent:
    """What was used in a period. ``cost_usd`` counts settled rows, and open ones by their estimate."""

    cost_usd: Decimal
    images: int
    unpriced: int


def spent(session: Session, user_id: int | None, since: datetime) -> Spent:
    """What a user (None: everybody) has used of paid providers since a time."""
    row = session.execute(
        select(
            func.sum(func.coalesce(Call.cost_usd, Call.estimate_usd)),
            func.coalesce(func.sum(Call.images), 0),
            func.count().filter(Call.state == "settled", Call.cost_usd.is_(None)),
        ).where(Call.at >= since, Call.state != "failed", *([] if user_id is None else [Call.user_id == user_id]))
    ).one()
    return Spent(row[0] or FREE, row[1], row[2])


def story_cost(session: Session, story_id: str) -> Decimal:
    """What a story's settled calls cost."""
    return session.scalar(select(func.sum(Call.cost_usd)).where(Call.story_id == story_id)) or FREE


def of_story(session: Session, story_id: str) -> list[Call]:
    """A story's rows, oldest first."""
    return list(session.scalars(select(Call).where(Call.story_id == story_id).order_by(Call.id)))
