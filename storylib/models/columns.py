"""What columns are made of: exact money, aware times, checked documents, closed words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import BaseModel
from sqlalchemy import JSON, BigInteger, CheckConstraint, DateTime, Index, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Json = JSON().with_variant(JSONB(), "postgresql")
AnyModel = TypeVar("AnyModel", bound=BaseModel)


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random 32-digit hex id, safe in URLs."""
    return uuid4().hex


class Utc(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps none of the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are bugs."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive time {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


class Usd(TypeDecorator[Decimal]):
    """US dollars: Decimal in Python, whole billionths in the database, so sums are exact everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """ScheduledRun to the billionth."""
        return None if value is None else int((Decimal(value) * 10**9).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Back to dollars."""
        return None if value is None else Decimal(int(value)).scaleb(-9)


class Document(TypeDecorator[AnyModel]):
    """A pydantic model kept as JSON."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def __init__(self, model: type[AnyModel]):
        super().__init__()
        self.model = model

    def process_bind_param(self, value: AnyModel | None, dialect: Dialect) -> Any:
        """Only what differs from the defaults."""
        return value and value.model_dump(mode="json", exclude_defaults=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> AnyModel | None:
        """Checked again on the way out."""
        return None if value is None else self.model.model_validate(value)


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can find them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that a column holds one of the vocabulary's words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def only(name: str, *columns: str, condition: str, unique: bool = False) -> Index:
    """An index of those rows that meet a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))
