"""What the API keeps: people's access tokens, and the answers it gave under a key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storylib.models.columns import Base, Json, Utc, now


class ApiToken(Base):
    """A person's token for programs. Only its SHA-256 is kept; a token that was ended has no row."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
    minute: Mapped[int] = mapped_column(default=0)  # the latest in which it was used, since 1970
    requests: Mapped[int] = mapped_column(default=0)  # in that minute


class IdempotentAnswer(Base):
    """What a request with an Idempotency-Key was answered, written in the transaction that did the work."""

    __tablename__ = "idempotent_answers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))  # of the method, the path and the body
    answer: Mapped[Any | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Utc, default=now, index=True)
