"""the order of pages: each keeps its number, and stands where its position says; who changed a story, and how."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
EDITS = "'made', 'copied', 'title', 'text', 'move', 'insert', 'delete', 'duplicate', 'split', 'join', 'restore'"


def upgrade() -> None:
    op.add_column("pages", sa.Column("position", sa.Integer(), nullable=True))
    op.execute("UPDATE pages SET position = number")
    op.add_column("stories", sa.Column("revision_id", sa.Integer(), nullable=True))
    op.create_table(
        "story_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("pages", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"act IN ({EDITS})", name=op.f("ck_story_revisions_act")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_revisions_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_revisions")),
    )
    op.create_index("ix_story_revisions_story_id", "story_revisions", ["story_id", "id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know positions.")
