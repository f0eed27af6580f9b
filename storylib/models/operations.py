"""What keeps the house running: working processes and how they do, administrators' acts, alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storylib import vocabulary as v
from storylib.errors.messages import Message
from storylib.models.columns import Base, Document, Json, Utc, now, one_of, only


class Worker(Base):
    """A process that makes stories, and when it was last heard of."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(Utc, default=now)
    taken_by: Mapped[str | None] = mapped_column(String(80))


class Audit(Base):
    """One administrative act on one person. Triggers refuse to change or remove a row, and names outlive people."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_person", "person", "id"), Index("ix_audit_at", "at"))

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc, default=now)
    actor: Mapped[str] = mapped_column(String(64))  # a username
    act: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(64))  # a username
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Alert(Base):
    """Something that an administrator should know; one row from its beginning to its end."""

    __tablename__ = "alerts"
    __table_args__ = (
        one_of("rule", v.ALERT_RULES),
        one_of("state", v.ALERT_STATES),
        # Only one living row for one thing, however many processes look.
        only("uq_alerts_active", "rule", "subject", condition="state <> 'closed'", unique=True),
        Index("ix_alerts_opened_at", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[v.AlertRule] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(80), default="")  # which provider, machine or percentage
    message: Mapped[str] = mapped_column(Text)  # as it was when last seen
    state: Mapped[v.AlertState] = mapped_column(String(16), default="open")
    opened_at: Mapped[datetime] = mapped_column(Utc, default=now)
    seen_at: Mapped[datetime] = mapped_column(Utc, default=now)  # when its reason was last there
    acknowledged_at: Mapped[datetime | None] = mapped_column(Utc)
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))  # a username
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    messages: Mapped[list[AlertMessage]] = relationship(order_by="AlertMessage.id", passive_deletes=True)


class AlertMessage(Base):
    """What one channel has to be told of an alert, and whether it was."""

    __tablename__ = "alert_messages"
    __table_args__ = (
        one_of("channel", v.CHANNELS),
        one_of("news", v.ALERT_STATES),
        only("ix_alert_messages_due", "due_at", condition="due_at IS NOT NULL"),
        Index("ix_alert_messages_alert_id", "alert_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    channel: Mapped[v.Channel] = mapped_column(String(8))
    news: Mapped[v.AlertState] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Utc)  # None: it was sent, or given up
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    error: Mapped[Message | None] = mapped_column(Document(Message))  # why the latest attempt failed


class ScheduledRun(Base):
    """Something that is done regularly by one of all processes, and when it was last begun."""

    __tablename__ = "scheduled_runs"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(Utc)


class Sample(Base):
    """How one process and its machine did at one moment."""

    __tablename__ = "samples"
    __table_args__ = (Index("ix_samples_at", "at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc, default=now)
    process: Mapped[str] = mapped_column(String(80))  # as in ``workers``: machine, number and something random
    cpu: Mapped[float]  # percent of one core since the sample before
    memory: Mapped[float]  # megabytes, as the other sizes
    threads: Mapped[int]
    sessions: Mapped[int | None]  # open tabs; None where no screens are served
    disk_free: Mapped[float]
    database: Mapped[float | None]  # None while it does not answer
