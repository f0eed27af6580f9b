"""the field's words: one-time tokens, scheduled runs, attempts, batches."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
COLUMNS = (
    ("pages", "take", "attempt"),
    ("candidates", "round", "batch"),
    ("candidates", "sheet", "spec"),
    ("alerts", "thing", "subject"),
    ("alerts", "sentence", "message"),
)


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_index()
    _one_time_tokens()
    _scheduled_runs()
    _checks()


def _rename_index() -> None:
    op.drop_index("uq_alerts_alive", "alerts")
    where = sa.text("state <> 'closed'")
    op.create_index(
        "uq_alerts_active", "alerts", ["rule", "subject"], unique=True, sqlite_where=where, postgresql_where=where
    )


def _one_time_tokens() -> None:
    """A new table, so that its constraints are named after it as well."""
    op.create_table(
        "one_time_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.String(length=300), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_one_time_tokens_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_tokens")),
    )
    op.execute(
        "INSERT INTO one_time_tokens (token_hash, purpose, user_id, payload, expires_at) "
        "SELECT ticket_hash, purpose, user_id, payload, expires_at FROM tickets"
    )
    op.drop_table("tickets")
    op.create_index(op.f("ix_one_time_tokens_expires_at"), "one_time_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_one_time_tokens_user_id"), "one_time_tokens", ["user_id"], unique=False)


def _scheduled_runs() -> None:
    op.create_table(
        "scheduled_runs",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_runs")),
    )
    op.execute("INSERT INTO scheduled_runs (name, begun_at) SELECT name, begun_at FROM rounds")
    op.drop_table("rounds")


def _checks() -> None:
    """What a check of a picture said names the attempt that it was about."""
    connection = op.get_bind()
    pages = sa.table("pages", sa.column("story_id"), sa.column("number"), sa.column("checks", sa.JSON))
    written = "CAST(checks AS TEXT) LIKE '%\"take\"%'"
    for story_id, number, checks in connection.execute(sa.select(pages).where(sa.text(written))).all():
        found = json.loads(checks) if isinstance(checks, str) else checks
        renamed = [{"attempt" if name == "take" else name: value for name, value in one.items()} for one in found]
        key = (pages.c.story_id == story_id) & (pages.c.number == number)
        connection.execute(sa.update(pages).where(key).values(checks=renamed))


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know these names.")
