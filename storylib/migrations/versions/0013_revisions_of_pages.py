"""revisions of pages: who wrote which words, and what was found of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WRITTEN = "text, alt, description, scene, level, level_before"
MOVED = (*WRITTEN.split(", "), "teacher_text")


def upgrade() -> None:
    _create()
    # Only its owner could rewrite a page; when that was is not known.
    op.execute(
        f"INSERT INTO page_revisions (story_id, page_number, provider, teacher_id, {WRITTEN}, checks, created_at) "
        "SELECT pages.story_id, pages.number, CASE WHEN teacher_text THEN NULL ELSE stories.provider END, "
        f"CASE WHEN teacher_text THEN stories.owner_id END, {WRITTEN}, checks, stories.created_at "
        "FROM pages JOIN stories ON stories.id = pages.story_id ORDER BY stories.created_at, stories.id, pages.number"
    )
    _part_checks(op.get_bind())
    _point_to_them()


def _create() -> None:
    op.create_table(
        "page_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alt", sa.String(length=400), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("scene", JSON, nullable=False),
        sa.Column("level", JSON, nullable=True),
        sa.Column("level_before", JSON, nullable=True),
        sa.Column("checks", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(provider IS NULL) <> (teacher_id IS NULL)", name=op.f("ck_page_revisions_author")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_page_revisions_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_revisions")),
    )
    op.create_index("ix_page_revisions_page", "page_revisions", ["story_id", "page_number", "id"], unique=False)


def _part_checks(connection: sa.Connection) -> None:
    """What was found of a text goes with the text; of a picture (it names the attempt), it stays with the page."""
    pages = sa.table("pages", sa.column("story_id"), sa.column("number"), sa.column("checks", JSON))
    written = sa.table("page_revisions", sa.column("story_id"), sa.column("page_number"), sa.column("checks", JSON))
    for story_id, number, checks in connection.execute(sa.select(pages)).all():
        if not checks:
            continue
        page = (pages.c.story_id == story_id) & (pages.c.number == number)
        text = (written.c.story_id == story_id) & (written.c.page_number == number)
        of_pictures = [found for found in checks if "attempt" in found]
        of_text = [found for found in checks if "attempt" not in found]
        connection.execute(sa.update(pages).where(page).values(checks=of_pictures))
        connection.execute(sa.update(written).where(text).values(checks=of_text))


def _point_to_them() -> None:
    op.add_column("pages", sa.Column("revision_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE pages SET revision_id = (SELECT page_revisions.id FROM page_revisions WHERE "
        "page_revisions.story_id = pages.story_id AND page_revisions.page_number = pages.number)"
    )
    with op.batch_alter_table("pages") as pages:
        pages.alter_column("revision_id", existing_type=sa.Integer(), nullable=False)
        pages.alter_column("checks", new_column_name="image_checks", existing_type=JSON, existing_nullable=False)
        pages.create_foreign_key(op.f("fk_pages_revision_id"), "page_revisions", ["revision_id"], ["id"])
        for column in MOVED:
            pages.drop_column(column)
    op.create_index(op.f("ix_pages_revision_id"), "pages", ["revision_id"], unique=True)


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know revisions.")
