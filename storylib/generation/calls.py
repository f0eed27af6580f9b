"""The ledger around every call: room and a row before it, a mark when it leaves, the row closed when it has failed.

``call`` is the whole of it for an answer that is a text or a verdict: made once, and asked for again, the stored answer
serves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter
from sqlalchemy.orm import Session

from storylib.billing import ledger, quotas
from storylib.billing.money import Usage
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.generation.registry import PricedProvider
from storylib.generation.stopwatch import Clock
from storylib.models import Call, User
from storylib.providers.contract import Unusable, watch
from storylib.vocabulary import Operation

TOO_SLOW = "The AI service did not answer in time. Nothing was charged; please try again later."

A = TypeVar("A")
Subject = tuple[int, str | None, int | None]  # the user; of a picture in a story, which, and the page (None: the cover)


def ask_of(
    provider: PricedProvider, operation: Operation, subject: Subject, mark: str, pages: int = 1, references: int = 0
) -> ledger.CallRequest:
    """What the ledger is told before a call; ``mark`` is the thing's fingerprint, ``references`` the portraits that
    are sent along."""
    user_id, story_id, number = subject
    price = provider.reservation(operation, pages, references)
    return ledger.CallRequest(
        user_id, operation, provider.name, provider.model(operation), mark, price, story_id, number
    )


def admit(
    session: Session, provider: PricedProvider, operation: Operation, ask: ledger.CallRequest, images: int = 0
) -> Call:
    """The row of a call: the one that is there, or, where there is room in the budget, a new one.

    Raises:
        LimitReached: it would cross a budget.
    """

    def allow() -> None:
        if provider.charges(operation):
            quotas.allow_cost(session, session.get_one(User, ask.user_id), ask.estimate_usd, images)

    return ledger.reserve(session, ask, allow)


@contextmanager
def watched(database: Database, provider: PricedProvider, operation: Operation, row: Call) -> Iterator[None]:
    """Inside, the row learns when a request leaves, if it may be charged."""
    if not provider.charges(operation):
        try:
            yield
        except ProviderError as error:
            raise _uncharged(error) from None
        return
    before = watch.set(_Marks(database, row.id))
    try:
        yield
    finally:
        watch.reset(before)


def _uncharged(error: ProviderError) -> ProviderError:
    """The same of a call that cannot be charged: nobody is asked whether it may be repeated."""
    if isinstance(error, Unusable):
        return error
    if error.kind == "timeout":
        return ProviderError(TOO_SLOW, "timeout", detail=error.detail)
    error.maybe_paid = False
    return error


@dataclass(frozen=True)
class _Marks:
    """Fulfils ``providers.contract.Watch``."""

    database: Database
    row_id: int

    def leaves(self) -> None:
        with self.database.write() as session:
            ledger.send(session, self.row_id)

    def returns(self) -> None:
        with self.database.write() as session:
            ledger.unsend(session, self.row_id)


def call(
    database: Database,
    provider: PricedProvider,
    operation: Operation,
    what: BaseModel,
    subject: Subject,
    ask: Callable[[], tuple[A, Usage]],
    answer: type[A],
) -> A:
    """Have ``provider`` answer, or give back what it answered before.

    ``what`` names the thing (it becomes the fingerprint).

    Raises:
        ProviderError: no answer; the ledger knows.
        LimitReached: it would cross a budget; nothing was asked.
    """
    form = TypeAdapter(answer)
    mark = ledger.fingerprint(provider.name, provider.model(operation), what)
    with database.write() as session:
        row = admit(session, provider, operation, ask_of(provider, operation, subject, mark))
    ledger.refuse_lost(row)
    if row.state == "settled":
        return form.validate_python(row.result)
    clock = Clock()
    try:
        with watched(database, provider, operation, row):
            said, usage = ask()
    except ProviderError as error:
        with database.write() as session:
            close(session, row, provider, error, clock.ms)
        raise
    with database.write() as session:
        cost = provider.cost(operation, usage)
        ledger.settle(session, row.id, usage, cost, clock.ms, result=form.dump_python(said, mode="json"))
    return said


def close(session: Session, row: Call, provider: PricedProvider, error: ProviderError, ms: int) -> None:
    """End a row that brought nothing: charged where the server has counted it."""
    if isinstance(error, Unusable):
        cost = provider.cost(row.operation, error.usage)
        ledger.settle(session, row.id, error.usage, cost, ms, unusable=error.kind)
    else:
        ledger.fail(session, row.id, error, ms)
