"""People, where they are signed in, and their one-time links."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storylib import vocabulary as v
from storylib.models.columns import Base, Usd, Utc, now, one_of


class User(Base):
    """A person who can sign in."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", v.ROLES), one_of("plan", v.PLANS))

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)  # lower case
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(80), default="")
    password_hash: Mapped[str] = mapped_column(String(100))
    role: Mapped[v.Role] = mapped_column(String(16), default="educator")
    plan: Mapped[v.PlanName] = mapped_column(String(16), default="free")
    active: Mapped[bool] = mapped_column(default=True)
    budget_usd: Mapped[Decimal | None] = mapped_column(Usd)  # instead of the plan's
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    signed_in_at: Mapped[datetime | None] = mapped_column(Utc)


class AuthSession(Base):
    """One signed-in browser. Only the token's SHA-256 is kept."""

    __tablename__ = "auth_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)
    user: Mapped[User] = relationship()


class OneTimeToken(Base):
    """A one-time permission (set a cookie, make the first administrator …). Only its SHA-256 is kept."""

    __tablename__ = "one_time_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    payload: Mapped[str] = mapped_column(String(300), default="")
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)
