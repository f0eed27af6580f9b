"""One call whose answer is a text or a verdict: reserved, made once, settled; asked again, the stored answer serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter

from storylib import ledger, limits
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.models import User
from storylib.production.clock import Clock
from storylib.providers import Provider
from storylib.providers.base import Usage
from storylib.vocabulary import Operation

A = TypeVar("A")


def call(
    database: Database,
    maker: Provider,
    operation: Operation,
    what: BaseModel,
    place: tuple[int, str | None, int | None],
    ask: Callable[[], tuple[A, Usage]],
    answer: type[A],
) -> A:
    """Have ``maker`` answer, or give back what it answered before.

    ``what`` names the thing (it becomes the fingerprint); ``place`` is the user, the story and the page it is for.

    Raises:
        ProviderError: no answer; the ledger knows.
        LimitReached: it would cross a budget; nothing was asked.
    """
    form = TypeAdapter(answer)
    user_id, story_id, number = place
    model = maker.model(operation)
    mark = ledger.fingerprint(maker.name, model, what)
    price = maker.reservation(operation)
    free = not maker.charges(operation)
    wanted = ledger.Ask(user_id, operation, maker.name, model, mark, free, price, story_id, number)
    with database.write() as session:
        if not free:
            limits.allow_cost(session, session.get_one(User, user_id), price)
        row = ledger.reserve(session, wanted)
    if row.state == "settled":
        return form.validate_python(row.result)
    clock = Clock()
    try:
        ledger.refuse_unknown(row)
        said, usage = ask()
    except ProviderError as error:
        with database.write() as session:
            ledger.fail(session, row.id, error, clock.ms)
        raise
    with database.write() as session:
        cost = maker.cost(operation, usage)
        ledger.settle(session, row.id, usage, cost, clock.ms, result=form.dump_python(said, mode="json"))
    return said
