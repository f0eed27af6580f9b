"""Queries answered as frames, with exact sums: money is in billionths of a dollar."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, type_coerce
from sqlalchemy.orm import Session

from storylib.models import Measures
from storylib.models.sums import MEASURES

Rows = Select[*tuple[Any, ...]]


def dollars(billionths: int) -> Decimal:
    """Return an exact amount in US dollars from billionths."""
    return Decimal(int(billionths)).scaleb(-9)


def frame(session: Session, query: Rows) -> pd.DataFrame:
    """Return the rows of a query as a frame, with its columns even when there are no rows."""
    result = session.execute(query)
    return pd.DataFrame.from_records(result.fetchall(), columns=list(result.keys()))


def clock(hours: Any, zone: str | None = None) -> Any:
    """Return hours since 1970 as times: on the clock of a zone, or unchanged when they are local already."""
    times = pd.to_datetime(hours.astype("int64") * 3600, unit="s", utc=zone is not None)
    return times.dt.tz_convert(zone) if zone else times


def sums(table: type[Measures], names: tuple[str, ...] = MEASURES) -> list[Any]:
    """Select the sums of a roll-up's measures, under their names."""
    return [total(getattr(table, name)).label(name) for name in names]


def total(column: Any) -> ColumnElement[int]:
    """Select a sum as a plain integer on both databases; a sum of nothing is 0."""
    return cast(func.coalesce(func.sum(type_coerce(column, BigInteger)), 0), BigInteger)
