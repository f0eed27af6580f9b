"""Every call to a provider, and its sums."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from storylib import vocabulary as v
from storylib.models.columns import Base, Json, Usd, Utc, now, one_of, only


class Call(Base):
    """One provider's call: the ledger that limits, budgets and the dashboard all read."""

    __tablename__ = "calls"
    __table_args__ = (
        one_of("operation", v.OPERATIONS),
        one_of("state", v.CALL_STATES),
        # Only one living row for one thing: what makes "nothing is paid twice" a constraint.
        only("uq_calls_fingerprint_alive", "fingerprint", condition="state <> 'failed'", unique=True),
        Index("ix_calls_user_id_at", "user_id", "at"),
        Index("ix_calls_at", "at", "operation", "provider", "latency_ms"),  # percentiles read nothing else
        Index("ix_calls_story_id", "story_id"),
        only("ix_calls_error_kind", "at", "error_kind", condition="error_kind IS NOT NULL"),
        only("ix_calls_open", "state", "at", condition="state IN ('reserved', 'unknown')"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    story_id: Mapped[str | None] = mapped_column(String(32))  # kept when the story is gone: money was spent
    page_number: Mapped[int | None]
    operation: Mapped[v.Operation] = mapped_column(String(8))
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[v.CallState] = mapped_column(String(16), default="reserved")
    attempts: Mapped[int] = mapped_column(default=1)
    estimate_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))
    cost_usd: Mapped[Decimal | None] = mapped_column(Usd)  # None: settled without a known price
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    images: Mapped[int] = mapped_column(default=0)
    latency_ms: Mapped[int | None]
    error_kind: Mapped[str | None] = mapped_column(String(16))
    reused: Mapped[int] = mapped_column(default=0)  # how often the result served again, unpaid
    image_id: Mapped[str | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    # A written text, so that it is never paid for again; of a call that failed, what the server ``said``.
    result: Mapped[Any | None] = mapped_column(Json)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)  # when the request left; None: none did that may be charged


class Measures:
    """What the roll-ups of the ledger add up. ``storylib.models.sums`` says how a call counts."""

    calls: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    reused: Mapped[int] = mapped_column(default=0)
    unpriced: Mapped[int] = mapped_column(default=0)
    images: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens_out: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))
    saved_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))
    committed_usd: Mapped[Decimal] = mapped_column(Usd, default=Decimal(0))


class CallHour(Measures, Base):
    """The ledger by the hour and by what was called. ``hour`` counts hours since 1970, UTC."""

    __tablename__ = "call_hours"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    model: Mapped[str] = mapped_column(String(80), primary_key=True)
    operation: Mapped[v.Operation] = mapped_column(String(8), primary_key=True)


class StoryHour(Measures, Base):
    """The same for each story and person; ``story_id`` is empty for what belongs to no story."""

    __tablename__ = "story_hours"
    __table_args__ = (
        Index("uq_story_hours", "story_id", "user_id", "hour", "provider", "model", "operation", unique=True),
        Index("ix_story_hours_user_id", "user_id", "hour", "cost_usd"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    hour: Mapped[int]
    story_id: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    operation: Mapped[v.Operation] = mapped_column(String(8))


class StoryCost(Measures, Base):
    """Everything that was called for one story; ``hour`` is that of the first call."""

    __tablename__ = "story_costs"
    __table_args__ = (
        Index("ix_story_costs_hour", "hour", "cost_usd"),
        Index("ix_story_costs_user_id", "user_id", "hour", "cost_usd"),
    )

    story_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    hour: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
