"""the first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("plan", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("budget_usd", sa.BigInteger(), nullable=True),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("plan IN ('free', 'basic', 'pro')", name=op.f("ck_users_plan")),
        sa.CheckConstraint("role IN ('educator', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "auth_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_auth_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_auth_sessions")),
    )
    op.create_index(op.f("ix_auth_sessions_expires_at"), "auth_sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_auth_sessions_user_id"), "auth_sessions", ["user_id"], unique=False)

    op.create_table(
        "characters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("pronouns", sa.String(length=8), nullable=False),
        sa.Column("traits", JSON, nullable=False),
        sa.Column("look", JSON, nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("portrait_id", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('child', 'fox', 'rabbit', 'bear', 'cat', 'dog', 'mouse', 'owl', 'penguin', 'duck', 'frog', 'turtle', 'hedgehog', 'squirrel', 'panda', 'koala', 'lion', 'tiger', 'elephant', 'monkey', 'giraffe', 'zebra', 'hippo', 'crocodile', 'wolf', 'deer', 'raccoon', 'otter', 'pig', 'cow', 'sheep', 'horse', 'chicken', 'parrot', 'unicorn', 'dragon', 'dinosaur', 'robot')",
            name=op.f("ck_characters_kind"),
        ),
        sa.CheckConstraint("pronouns IN ('she', 'he', 'they')", name=op.f("ck_characters_pronouns")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_characters_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_characters")),
    )
    op.create_index("uq_characters_owner_id_name_key", "characters", ["owner_id", "name_key"], unique=True)

    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("age_band", sa.String(length=8), nullable=False),
        sa.Column("tone", sa.String(length=16), nullable=False),
        sa.Column("moral", sa.String(length=80), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("brief", JSON, nullable=False),
        sa.Column("supporting", JSON, nullable=False),
        sa.Column("cover_scene", JSON, nullable=True),
        sa.Column("cover_id", sa.String(length=32), nullable=True),
        sa.Column("cover_stand_in", sa.Boolean(), nullable=False),
        sa.Column("extras", JSON, nullable=True),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("age_band IN ('1-2', '3-5', '6-8', '9-12')", name=op.f("ck_stories_age_band")),
        sa.CheckConstraint("review IN ('draft', 'approved', 'shared')", name=op.f("ck_stories_review")),
        sa.CheckConstraint(
            "state IN ('queued', 'writing', 'illustrating', 'ready', 'failed', 'cancelled')",
            name=op.f("ck_stories_state"),
        ),
        sa.CheckConstraint(
            "tone IN ('whimsical', 'educational', 'adventurous', 'calming')", name=op.f("ck_stories_tone")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_stories_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index("ix_stories_gallery", "stories", ["owner_id", "deleted_at", "created_at", "id"], unique=False)
    op.create_index("ix_stories_state", "stories", ["state", "created_at"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.String(length=300), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tickets_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_expires_at"), "tickets", ["expires_at"], unique=False)
    op.create_index(op.f("ix_tickets_user_id"), "tickets", ["user_id"], unique=False)

    op.create_table(
        "images",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=True),
        sa.Column("character_id", sa.Integer(), nullable=True),
        sa.Column("page_number", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('portrait', 'page', 'cover')", name=op.f("ck_images_role")),
        sa.CheckConstraint("candidate BETWEEN 0 AND 3", name=op.f("ck_images_candidate")),
        sa.ForeignKeyConstraint(
            ["character_id"], ["characters.id"], name=op.f("fk_images_character_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_images_owner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_images_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
    )
    op.create_index("ix_images_character_id", "images", ["character_id", "version"], unique=False)
    op.create_index(op.f("ix_images_owner_id"), "images", ["owner_id"], unique=False)
    op.create_index("ix_images_story_id_page", "images", ["story_id", "page_number", "version"], unique=False)

    op.create_table(
        "story_characters",
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("character_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["character_id"], ["characters.id"], name=op.f("fk_story_characters_character_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_characters_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "character_id", name=op.f("pk_story_characters")),
    )
    op.create_index(op.f("ix_story_characters_character_id"), "story_characters", ["character_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("story_id", sa.String(length=32), nullable=True),
        sa.Column("page_number", sa.Integer(), nullable=True),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("estimate_usd", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.BigInteger(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("error_kind", sa.String(length=16), nullable=True),
        sa.Column("reused", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.String(length=32), nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.CheckConstraint("operation IN ('write', 'draw', 'check', 'read')", name=op.f("ck_calls_operation")),
        sa.CheckConstraint("state IN ('reserved', 'settled', 'failed', 'unknown')", name=op.f("ck_calls_state")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_calls_image_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calls_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_at", "calls", ["at"], unique=False)
    op.create_index(op.f("ix_calls_image_id"), "calls", ["image_id"], unique=False)
    op.create_index("ix_calls_story_id", "calls", ["story_id"], unique=False)
    op.create_index("ix_calls_user_id_at", "calls", ["user_id", "at"], unique=False)
    op.create_index(
        "uq_calls_fingerprint_alive",
        "calls",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("state <> 'failed'"),
        postgresql_where=sa.text("state <> 'failed'"),
    )

    op.create_table(
        "image_bytes",
        sa.Column("image_id", sa.String(length=32), nullable=False),
        sa.Column("size", sa.String(length=8), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("size IN ('full', '512', '256')", name=op.f("ck_image_bytes_size")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_image_bytes_image_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image_id", "size", name=op.f("pk_image_bytes")),
    )
    op.create_table(
        "pages",
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alt", sa.String(length=400), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("scene", JSON, nullable=False),
        sa.Column("image_id", sa.String(length=32), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("level", JSON, nullable=True),
        sa.Column("level_before", JSON, nullable=True),
        sa.Column("checks", JSON, nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("stand_in", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('written', 'drawing', 'ready', 'failed')", name=op.f("ck_pages_state")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_pages_image_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_pages_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "number", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_image_id"), "pages", ["image_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("There is nothing before the first tables.")
