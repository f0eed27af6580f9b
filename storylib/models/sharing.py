"""Links by which stories are read without signing in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storylib.models.columns import Base, Utc, now


class ShareLink(Base):
    """A link to one story or to a shelf of several. Of its token only the SHA-256 is kept."""

    __tablename__ = "share_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(120), default="")  # of a shelf
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)  # by its owner
    views: Mapped[int] = mapped_column(default=0)  # how often it was opened; by whom is not known


class SharedStory(Base):
    """A story that a link leads to, while it is approved."""

    __tablename__ = "shared_stories"

    link_id: Mapped[int] = mapped_column(ForeignKey("share_links.id", ondelete="CASCADE"), primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]  # from 1, as it stands on the shelf
