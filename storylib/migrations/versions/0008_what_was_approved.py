"""what was approved, by whom, and which words are a teacher's own."""

import json
import re
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
import textstat_rs
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
stories = sa.table("stories", *map(sa.column, "id owner_id title cover_id review approved_by approved_hash".split()))
pages = sa.table(
    "pages",
    *map(sa.column, "story_id number text alt image_id teacher_text".split()),
    sa.column("level", JSON),
    sa.column("level_before", JSON),
    sa.column("checks", JSON),
)


def upgrade() -> None:
    op.add_column("stories", sa.Column("teacher_title", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("stories", sa.Column("approved_by", sa.Integer(), nullable=True))
    op.add_column("stories", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stories", sa.Column("approved_hash", sa.String(length=64), nullable=True))
    op.add_column("pages", sa.Column("teacher_text", sa.Boolean(), nullable=False, server_default=sa.false()))
    _find_what_teachers_wrote(op.get_bind())
    _bind_approvals(op.get_bind())


def _find_what_teachers_wrote(connection: sa.Connection) -> None:
    """Pages whose level is that of another text; it goes, and so do the checks of that text."""
    measured = sa.select(pages.c.story_id, pages.c.number, pages.c.text, pages.c.level, pages.c.checks)
    rewritten = [row for row in connection.execute(measured) if row.level and _counts(row.text) != _counted(row.level)]
    for row in rewritten:
        known = [found for found in row.checks or [] if "take" in found]
        changed = {"teacher_text": sa.true(), "level": None, "level_before": None, "checks": known}
        here = pages.c.story_id == row.story_id, pages.c.number == row.number
        connection.execute(sa.update(pages).where(*here).values(**changed))


def _counts(text: str) -> tuple[int, int]:
    found = WORD.findall(text)
    syllables = [max(1, textstat_rs.syllable_count(word.lower().replace("’", "'"))) for word in found]
    return len(found), sum(syllables)


def _counted(level: dict[str, Any]) -> tuple[int | None, int | None]:
    return level.get("total_words"), level.get("syllables")


def _bind_approvals(connection: sa.Connection) -> None:
    """To the stories as they are now; only their owners could approve them."""
    for story in connection.execute(sa.select(stories).where(stories.c.review != "draft")).all():
        of_it = sa.select(pages.c.number, pages.c.text, pages.c.alt, pages.c.image_id)
        found = connection.execute(of_it.where(pages.c.story_id == story.id).order_by(pages.c.number))
        told = json.dumps([story.title, story.cover_id, [list(page) for page in found]])
        approved = {"approved_by": story.owner_id, "approved_hash": sha256(told.encode()).hexdigest()}
        connection.execute(sa.update(stories).where(stories.c.id == story.id).values(**approved))


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know what was approved.")
