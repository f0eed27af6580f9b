"""One call whose answer is a text or a verdict: reserved, made once, settled; asked again, the stored answer serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter
from sqlalchemy.orm import Session

from storylib import ledger, limits
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.models import Call, User
from storylib.production.clock import Clock
from storylib.providers import Provider
from storylib.providers.base import Duty, Unusable, Usage, operation

A = TypeVar("A")
Place = tuple[int, str, int | None]  # the user, the story, and the page's number (None: the cover) it is for


def call(
    database: Database,
    maker: Provider,
    duty: Duty,
    what: BaseModel,
    place: Place,
    ask: Callable[[], tuple[A, Usage]],
    answer: type[A],
) -> A:
    """Have ``maker`` answer, or give back what it answered before.

    ``what`` names the thing (it becomes the fingerprint).

    Raises:
        ProviderError: no answer; the ledger knows.
        LimitReached: it would cross a budget; nothing was asked.
    """
    form = TypeAdapter(answer)
    user_id, story_id, number = place
    model = maker.model(duty)
    mark = ledger.fingerprint(maker.name, model, what)
    price = maker.reservation(duty)
    free = not maker.charges(duty)
    wanted = ledger.Ask(user_id, operation(duty), maker.name, model, mark, free, price, story_id, number)
    with database.write() as session:
        if not free:
            limits.allow_cost(session, session.get_one(User, user_id), price)
        row = ledger.reserve(session, wanted)
    ledger.refuse_lost(row)
    if row.state == "settled":
        return form.validate_python(row.result)
    clock = Clock()
    try:
        said, usage = ask()
    except ProviderError as error:
        with database.write() as session:
            close(session, row, maker, error, clock.ms)
        raise
    with database.write() as session:
        cost = maker.cost(duty, usage)
        ledger.settle(session, row.id, usage, cost, clock.ms, result=form.dump_python(said, mode="json"))
    return said


def close(session: Session, row: Call, maker: Provider, error: ProviderError, ms: int) -> None:
    """End a row that brought nothing: charged where the server has counted it."""
    if isinstance(error, Unusable):
        cost = maker.cost(row.operation, error.usage)
        ledger.settle(session, row.id, error.usage, cost, ms, spoilt=error.kind)
    else:
        ledger.fail(session, row.id, error, ms)
