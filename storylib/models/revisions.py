"""What a page tells and shows, as it was each time that somebody wrote it: revisions are added and never changed.

The mapper of ``PageRevision`` holds it, and what would go past the mapper is refused. The one thing that is written
into a revision later is what was measured and found of exactly its text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Delete, ForeignKey, Index, String, Text, Update, event, inspect
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.orm.attributes import History

from storylib import vocabulary as v
from storylib.models.columns import Base, Document, Json, Utc, now, one_of
from storylib.story import Scene


class PageRevision(Base):
    """The text, alt text and scene of a page, by one author: a provider or a teacher."""

    __tablename__ = "page_revisions"
    __table_args__ = (
        CheckConstraint("(provider IS NULL) <> (teacher_id IS NULL)", name="author"),
        Index("ix_page_revisions_page", "story_id", "page_number", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    page_number: Mapped[int]
    provider: Mapped[str | None] = mapped_column(String(40))  # who wrote the text …
    teacher_id: Mapped[int | None]  # … if it was not this person; no key: they may be deleted
    text: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(String(400))
    description: Mapped[str] = mapped_column(Text, default="")
    scene: Mapped[Scene] = mapped_column(Document(Scene))
    level: Mapped[dict[str, Any] | None] = mapped_column(Json, active_history=True)  # what reading_level measured
    level_before: Mapped[dict[str, Any] | None] = mapped_column(Json)  # … of the text that it replaced
    checks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, active_history=True)  # in order
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)


class StoryRevision(Base):
    """A story's title, and its pages in their order, each with what it tells: as it was after a teacher's change."""

    __tablename__ = "story_revisions"
    __table_args__ = (one_of("act", v.EDITS), Index("ix_story_revisions_story_id", "story_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None]  # what it changed, where an undo leads; None: nothing is before it
    teacher_id: Mapped[int | None]  # who changed it; None: it is as it was made. No key: they may be deleted
    act: Mapped[v.Edit] = mapped_column(String(16))
    position: Mapped[int | None]  # of the page that was changed, as the teacher saw it
    title: Mapped[str] = mapped_column(String(120))
    pages: Mapped[list[list[int]]] = mapped_column(Json)  # [number, page revision] each, in order
    created_at: Mapped[datetime] = mapped_column(Utc, default=now)


@event.listens_for(StoryRevision, "before_update")
def _refuse_rewriting_history(_mapper: object, _connection: object, _revision: StoryRevision) -> None:
    raise TypeError("A revision of a story is never changed: another order is another revision.")


@event.listens_for(PageRevision, "before_update")
def _refuse_change(_mapper: object, _connection: object, revision: PageRevision) -> None:
    for attribute in inspect(revision).attrs:
        if attribute.history.has_changes() and not _adds(attribute.key, attribute.history):
            raise TypeError(f"The {attribute.key} of a revision is never changed: another text is another revision.")


def _adds(name: str, history: History) -> bool:
    """Whether a change only fills what was empty: a level for none, more checks behind those that are there."""
    if name not in ("level", "checks"):
        return False
    after, before = history.sum()
    return before is None if name == "level" else after[: len(before)] == before


@event.listens_for(PageRevision, "before_delete")
def _refuse_deletion(_mapper: object, _connection: object, _revision: PageRevision) -> None:
    raise TypeError("A revision lasts as long as its story.")


@event.listens_for(Session, "do_orm_execute")
def _refuse_many_at_once(state: ORMExecuteState) -> None:
    statement = state.statement
    if isinstance(statement, Update | Delete) and statement.entity_description["table"] is PageRevision.__table__:
        raise TypeError("Revisions are neither changed nor deleted; they go with their story.")
