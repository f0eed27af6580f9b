"""The ledger's sums: each change of a call is added to them by the flush that writes it, whoever makes the change.

Nobody has to remember it: the mapper of ``Call`` does it, and what would go past the mapper is refused. A crash, a
rollback or a savepoint takes both back or keeps both, so the sums are those of the calls, always, to the billionth of a
dollar. ``call_hours`` answers what the site did, ``story_hours`` what a person did, ``story_costs`` what
a story cost; a year of a million calls is some ten thousand rows of the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Select,
    UpdateBase,
    bindparam,
    case,
    cast,
    delete,
    event,
    extract,
    func,
    insert,
    inspect,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, Session

from storylib.models.ledger import Call, CallHour, Measures, StoryCost, StoryHour

MEASURES = tuple(Measures.__annotations__)
CALLED = ("provider", "model", "operation")
RollUp = type[CallHour] | type[StoryHour] | type[StoryCost]
KEYS: dict[RollUp, tuple[str, ...]] = {
    CallHour: ("hour", *CALLED),
    StoryHour: ("story_id", "user_id", "hour", *CALLED),
    StoryCost: ("story_id",),
}
BILLIONTH, FREE = Decimal("1e-9"), Decimal(0)
Counted = dict[str, int | Decimal]
COUNTED = (  # the columns of a call on which its sums depend
    *("at", "story_id", "user_id", *CALLED),
    *("state", "attempts", "reused", "images", "tokens_in", "tokens_out", "cost_usd", "estimate_usd"),
)
_LOCKED = select(*(getattr(Call, name) for name in COUNTED)).where(Call.id == bindparam("locked")).with_for_update()


def hour_of(at: datetime) -> int:
    """Hours since 1970, UTC."""
    return int(at.timestamp() // 3600)


# --- kept with every change


@event.listens_for(Call, "after_insert")
def _count_new(_mapper: object, connection: Connection, call: Call) -> None:
    _add(connection, call, counts(call))


@event.listens_for(Call, "before_update")
def _count_change(_mapper: object, connection: Connection, call: Call) -> None:
    """Against the row as it is, locked: what the session has read of it may be old."""
    same = inspect(call).unmodified
    changes = {name: getattr(call, name) for name in COUNTED if name not in same}
    if not changes:
        return
    if any(isinstance(value, ClauseElement) for value in changes.values()):
        raise TypeError("What counts in the sums of the ledger is set to plain values, not to SQL.")
    row = connection.execute(_LOCKED, {"locked": call.id}).one()
    before, after = SimpleNamespace(**row._mapping), SimpleNamespace(**(dict(row._mapping) | changes))
    if _place(before) == _place(after):
        _add(connection, after, _difference(counts(before), counts(after)))
    else:
        _add(connection, before, _difference(counts(before)))
        _add(connection, after, counts(after))


@event.listens_for(Call, "before_delete")
def _count_deleted(_mapper: object, connection: Connection, call: Call) -> None:
    _add(connection, row := connection.execute(_LOCKED, {"locked": call.id}).one(), _difference(counts(row)))


@event.listens_for(Session, "do_orm_execute")
def _refuse_many_at_once(state: ORMExecuteState) -> None:
    if isinstance(state.statement, UpdateBase) and state.statement.entity_description["table"] is Call.__table__:
        raise TypeError("Calls are written one by one, through the session, so that the sums follow.")


def counts(call: Any) -> Counted:
    """How one call (or its row) counts in each measure; nothing before its first attempt.

    ``committed_usd`` is what budgets count: the cost, or the estimate while that is not known.
    """
    if not call.attempts:
        return dict.fromkeys(MEASURES, 0)
    cost, estimate = (amount.quantize(BILLIONTH) for amount in (call.cost_usd or FREE, call.estimate_usd or FREE))
    expected = estimate if call.cost_usd is None else cost
    return {
        "calls": 1,
        "settled": int(call.state == "settled"),
        "failed": int(call.state == "failed"),
        "unknown": int(call.state == "unknown"),
        "attempts": call.attempts,
        "reused": call.reused or 0,
        "unpriced": int(call.state == "settled" and call.cost_usd is None),
        "images": call.images or 0,
        "tokens_in": call.tokens_in or 0,
        "tokens_out": call.tokens_out or 0,
        "cost_usd": cost,
        "saved_usd": (call.reused or 0) * cost,
        "committed_usd": FREE if call.state == "failed" else expected,
    }


def _difference(before: Counted, after: Counted | None = None) -> Counted:
    return {name: (after[name] if after else 0) - before[name] for name in MEASURES}


def _place(call: Any) -> dict[str, Any]:
    """Where a call (or its row) is counted."""
    place = {"hour": hour_of(call.at), "story_id": call.story_id or "", "user_id": call.user_id}
    return place | {name: getattr(call, name) for name in CALLED}


def _add(connection: Connection, call: Any, change: Counted) -> None:
    if not any(change.values()):
        return
    row = change | _place(call)
    for table in KEYS:
        if call.story_id or table is not StoryCost:
            columns = table.__table__.columns.keys()
            values = {name: row[name] for name in columns if name in row}
            connection.execute(_addition(connection.dialect.name, table), values)


@cache
def _addition(dialect: str, table: RollUp) -> Executable:
    """Add to the row with this key, or begin one. Made once: making it takes ten times as long as carrying it out."""
    row = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    added = {name: getattr(table, name) + row.excluded[name] for name in MEASURES}
    if table is StoryCost:  # which begins with its first call
        added["hour"] = case((row.excluded.hour < StoryCost.hour, row.excluded.hour), else_=StoryCost.hour)
    addition: Executable = row.on_conflict_do_update(index_elements=KEYS[table], set_=added)
    return addition


# --- from the calls themselves: to repair, to fill and to check


def rebuild(session: Session) -> None:
    """Add up the whole ledger anew. On PostgreSQL writers wait meanwhile; on SQLite a write is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE calls IN SHARE MODE"))
    for table, summed in _SUMMED.items():
        session.execute(delete(table))
        session.execute(insert(table).from_select(summed.selected_columns.keys(), summed))


def differing(session: Session) -> int:
    """How many sums are not what the calls add up to, or are missing: 0, unless somebody else wrote to the tables."""
    found = 0
    for table, summed in _SUMMED.items():
        kept = _kept(table, summed)
        for one, other in ((kept, summed), (summed, kept)):
            found += session.scalar(select(func.count()).select_from(one.except_(other).subquery())) or 0
    return found


def _kept(table: type[Measures], summed: Select[Any]) -> Select[Any]:
    """The rows of a roll-up. What several people had who are deleted now is one person's, as with the calls."""
    key = [getattr(table, name) for name in summed.selected_columns.keys() if name not in MEASURES]  # noqa: SIM118
    totals = [func.sum(getattr(table, name)) for name in MEASURES]
    return select(*key, *totals).group_by(*key).having(_anything(totals))


def _anything(totals: Iterable[ColumnElement[Any]]) -> ColumnElement[bool]:
    """A row that has come back to nothing says as much as none."""
    return or_(*(total != 0 for total in totals))


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, literal_column("1")), else_=literal_column("0"))


_EPOCH = extract("epoch", Call.at)
_COST = func.coalesce(Call.cost_usd, literal_column("0"))
_COMMITTED = func.coalesce(Call.cost_usd, Call.estimate_usd)
_COUNTS: dict[str, Any] = {  # says in SQL what ``counts`` says of one call
    "calls": literal_column("1"),
    "settled": _one_if(Call.state == "settled"),
    "failed": _one_if(Call.state == "failed"),
    "unknown": _one_if(Call.state == "unknown"),
    "attempts": Call.attempts,
    "reused": Call.reused,
    "unpriced": _one_if((Call.state == "settled") & Call.cost_usd.is_(None)),
    "images": Call.images,
    "tokens_in": Call.tokens_in,
    "tokens_out": Call.tokens_out,
    "cost_usd": _COST,
    "saved_usd": Call.reused * _COST,
    "committed_usd": case((Call.state == "failed", literal_column("0")), else_=_COMMITTED),
}


def _sums(key: dict[str, Any], counts: dict[str, Any], **others: Any) -> Select[Any]:
    sums = {name: func.sum(counted) for name, counted in counts.items()}
    columns = (column.label(name) for name, column in (key | others | sums).items())
    return select(*columns).group_by(*key.values()).having(_anything(sums.values()))


def _same(*names: str) -> dict[str, Any]:
    return {name: getattr(StoryHour, name) for name in names}


HOUR_OF_CALL = cast((_EPOCH - _EPOCH % 3600) / 3600, Integer)  # in SQL, as ``hour_of`` in Python
_CALL = {name: getattr(Call, name) for name in CALLED}
_WHOSE = {"story_id": func.coalesce(Call.story_id, literal_column("''")), "user_id": Call.user_id}
_FIRST: dict[str, Any] = {"hour": func.min(StoryHour.hour), "user_id": func.max(StoryHour.user_id)}
_SUMMED: dict[type[Measures], Select[Any]] = {  # the first from the calls, and the others from the first
    StoryHour: _sums({"hour": HOUR_OF_CALL} | _CALL | _WHOSE, _COUNTS).where(Call.attempts > 0),
    CallHour: _sums(_same("hour", *CALLED), _same(*MEASURES)),
    StoryCost: _sums(_same("story_id"), _same(*MEASURES), **_FIRST).where(StoryHour.story_id != ""),
}
