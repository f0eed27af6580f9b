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
    """A call about to be made: what it asks of which model, and for whom."""

    user_id: int
    operation: Operation
    provider: str
    model: str
    fingerprint: str
    estimate_usd: Decimal = FREE
    story_id: str | None = None
    page_number: int | None = None


def fingerprint(provider: str, model: str, what: BaseModel, references: Iterable[bytes] = (), attempt: int = 1) -> str:
    """Return the SHA-256 of everything that decides the result; another ``attempt`` asks for another result."""
    digest = hashlib.sha256(f"{provider}\0{model}\0{attempt}\0{what.model_dump_json()}".encode())
    for reference in references:
        digest.update(hashlib.sha256(reference).digest())
    return digest.hexdigest()


def reserve(session: Session, ask: CallRequest, allow: Callable[[], None] = lambda: None) -> Call:
    """Return the row for this call: a new one, or the settled one if the same result was made before.

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
        except IntegrityError:  # someone else wrote it at the same moment
            call = session.scalars(_active(ask.fingerprint)).one()
    if call.state == "settled":
        call.reused += not is_unusable(call)
    elif call.state == "reserved" and call.sent_at is None:
        call.attempts += 1
    else:
        call.state, call.error_kind = "unknown", call.error_kind or "timeout"
    return call


def send(session: Session, call_id: int) -> None:
    """Mark the request as sent: once this is committed it may have been charged. Of two processes that hold the same
    row, one may send it.

    Raises:
        ProviderError: it was sent before, or the row is closed.
    """
    call = _locked(session, call_id)
    if call.state != "reserved" or call.sent_at is not None:
        raise _lost()
    call.sent_at = now()


def unsend(session: Session, call_id: int) -> None:
    """Mark the request as not sent after all: it was certainly not charged, and may be sent once more."""
    call = _locked(session, call_id)
    if call.state == "reserved":
        call.sent_at = None


def refuse_lost(call: Call) -> None:
    """Stop before anything is paid again.

    Raises:
        ProviderError: an earlier attempt may have been charged, or was and produced nothing.
    """
    if is_unusable(call):
        raise ProviderError("call.unusable", "bad_output", permanent=True, maybe_paid=True)
    if call.state == "unknown":
        raise _lost()


def _lost() -> ProviderError:

    return ProviderError("call.lost", "timeout", permanent=True, maybe_paid=True)


def is_unusable(call: Call) -> bool:
    """Tell whether the call was charged but produced nothing usable."""
    return call.state == "settled" and call.error_kind is not None


def find(session: Session, fingerprint: str) -> Call | None:
    """Return the active row of a fingerprint, if there is one."""
    return session.scalar(_active(fingerprint))


def _active(fingerprint: str) -> Select[Call]:
    """Select the active row, locked so that of two who change it at once both are counted."""
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
    """Close a row with its result. ``cost_usd`` None means that the price is not known.

    ``unusable``: it was charged, but what came cannot be used, and why.
    """
    call = _locked(session, call_id)
    call.state, call.cost_usd, call.latency_ms = "settled", cost_usd, latency_ms
    call.tokens_in, call.tokens_out, call.images = usage.tokens_in, usage.tokens_out, usage.images
    call.image_id, call.result, call.error_kind = image_id, result, unusable
    session.flush()


def fail(session: Session, call_id: int, error: ProviderError, latency_ms: int) -> None:
    """Close a row that produced nothing; it stays open as ``unknown`` if it may have been charged.

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
    """Record an administrator's decision on a call that may have been charged; either way it may be made again.

    Paid: it counts with its estimate, or as unpriced if there was none. Not paid: it counts as failed.

    Raises:
        Refused: the actor is no administrator.
        NotFound: there is no such call, or somebody has decided already.
    """
    administrator = access.require(session, actor, "decide calls")
    call = session.scalar(select(Call).where(Call.id == call_id, Call.state == "unknown").with_for_update())
    if call is None:
        raise NotFound("call.decided")
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
    """Let a call be made again whose result is gone (deleted with its story); its cost stays counted."""
    call.fingerprint = hashlib.sha256(f"{call.fingerprint}{call.id}".encode()).hexdigest()
    session.flush()


def left(session: Session, story_id: str) -> list[Call]:
    """Return a story's calls that are still ``reserved``, locked: they are under way, or a crash interrupted them."""
    return list(session.scalars(_open(Call.story_id == story_id)))


def _open(*of: ColumnElement[bool]) -> Select[Call]:
    return select(Call).where(Call.state == "reserved", *of).order_by(Call.id).with_for_update()


def give_up(session: Session, calls: Iterable[Call]) -> None:
    """Close calls that a crash left ``reserved``: those already sent may have been charged, so they become ``unknown``;
    the rest have merely failed."""
    for call in calls:
        call.state, call.error_kind = "unknown" if call.sent_at else "failed", "unreachable"
    session.flush()


def give_up_others(session: Session, ask: CallRequest) -> None:
    """Close the calls for a story's text that a crash left ``reserved``, when only the rest of it is asked for now."""
    others = Call.story_id == ask.story_id, Call.operation == ask.operation, Call.fingerprint != ask.fingerprint
    give_up(session, session.scalars(_open(*others, Call.page_number.is_(None))).all())


def accept_lost(session: Session, story_id: str, page_number: int | None = None) -> None:
    """Record that someone accepted paying again for what was lost; what it cost, or may have cost, stays counted.

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


def story_cost(session: Session, story_id: str) -> Decimal | None:
    """Return what a story's settled calls cost, in US dollars; None if a price among them is not known."""
    settled = Call.story_id == story_id, Call.state == "settled"
    usd, priced, calls = session.execute(
        select(func.sum(Call.cost_usd), func.count(Call.cost_usd), func.count()).where(*settled)
    ).one()
    return (usd or FREE) if priced == calls else None


def of_story(session: Session, story_id: str) -> list[Call]:
    """Return a story's calls, oldest first."""
    return list(session.scalars(select(Call).where(Call.story_id == story_id).order_by(Call.id)))
