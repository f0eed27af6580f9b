"""the ledger by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBERS = "calls settled failed unknown attempts reused unpriced images".split()
BIG_NUMBERS = "tokens_in tokens_out cost_usd saved_usd committed_usd".split()
SUMS = """
    count(*),
    sum(CASE WHEN state = 'settled' THEN 1 ELSE 0 END),
    sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END),
    sum(CASE WHEN state = 'unknown' THEN 1 ELSE 0 END),
    sum(attempts),
    sum(reused),
    sum(CASE WHEN state = 'settled' AND cost_usd IS NULL THEN 1 ELSE 0 END),
    sum(images),
    sum(tokens_in),
    sum(tokens_out),
    sum(coalesce(cost_usd, 0)),
    sum(reused * coalesce(cost_usd, 0)),
    sum(CASE WHEN state = 'failed' THEN 0 ELSE coalesce(cost_usd, estimate_usd) END)
"""


def measures() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS] + [
        sa.Column(name, sa.BigInteger(), nullable=False) for name in BIG_NUMBERS
    ]


def upgrade() -> None:
    op.drop_index("ix_calls_at", "calls")
    op.create_index("ix_calls_at", "calls", ["at", "operation", "provider", "latency_ms"], unique=False)
    partial_index("ix_calls_error_kind", ["at", "error_kind"], "error_kind IS NOT NULL")
    partial_index("ix_calls_open", ["state", "at"], "state IN ('reserved', 'unknown')")
    op.create_table(
        "call_hours",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        *measures(),
        sa.PrimaryKeyConstraint("hour", "provider", "model", "operation", name=op.f("pk_call_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        *measures(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_story_hours_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_hours")),
    )
    op.create_table(
        "story_costs",
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        *measures(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_story_costs_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_costs")),
    )
    add_up_what_is_there()
    key = ["story_id", "user_id", "hour", "provider", "model", "operation"]
    op.create_index("uq_story_hours", "story_hours", key, unique=True)
    op.create_index("ix_story_hours_user_id", "story_hours", ["user_id", "hour", "cost_usd"], unique=False)
    op.create_index("ix_story_costs_hour", "story_costs", ["hour", "cost_usd"], unique=False)
    op.create_index("ix_story_costs_user_id", "story_costs", ["user_id", "hour", "cost_usd"], unique=False)


def partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "calls", columns, unique=False, sqlite_where=where, postgresql_where=where)


def add_up_what_is_there() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    hour = "(strftime('%s', at) / 3600)" if sqlite else "floor(extract(epoch FROM at) / 3600)::int"
    sums = ", ".join(NUMBERS + BIG_NUMBERS)
    op.execute(
        f"INSERT INTO call_hours (hour, provider, model, operation, {sums}) "
        f"SELECT {hour}, provider, model, operation, {SUMS} FROM calls GROUP BY {hour}, provider, model, operation"
    )
    op.execute(
        f"INSERT INTO story_hours (hour, story_id, user_id, provider, model, operation, {sums}) "
        f"SELECT {hour}, coalesce(story_id, ''), user_id, provider, model, operation, {SUMS} FROM calls "
        f"GROUP BY {hour}, coalesce(story_id, ''), user_id, provider, model, operation"
    )
    op.execute(
        f"INSERT INTO story_costs (story_id, hour, user_id, {sums}) "
        f"SELECT story_id, min({hour}), max(user_id), {SUMS} FROM calls WHERE story_id IS NOT NULL GROUP BY story_id"
    )


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know the roll-ups.")
