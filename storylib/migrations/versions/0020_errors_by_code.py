"""errors are kept as a code with its parameters; a sentence of an older release is the parameter of the code "text"."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
CHECKS = (("pages", "image_checks", ("story_id", "number")), ("page_revisions", "checks", ("id",)))


def upgrade() -> None:
    for table in ("stories", "pages", "candidates", "alert_messages"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN error TO sentence")
        op.add_column(table, sa.Column("error", JSON, nullable=True))
        _keep(op.get_bind(), table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN sentence")
    for table, column, key in CHECKS:
        _keep_skipped(op.get_bind(), table, column, key)


def _said(sentence: str) -> dict[str, object]:
    return {"code": "text", "params": {"text": sentence}}


def _keep(connection: sa.Connection, table: str) -> None:
    rows = sa.table(table, sa.column("sentence"), sa.column("error", JSON))
    for sentence in connection.scalars(sa.select(rows.c.sentence).where(rows.c.sentence != "").distinct()).all():
        connection.execute(sa.update(rows).where(rows.c.sentence == sentence).values(error=_said(sentence)))


def _keep_skipped(connection: sa.Connection, table: str, column: str, key: tuple[str, ...]) -> None:
    """Why a check could not be made is kept with what was found."""
    rows = sa.table(table, *map(sa.column, key), sa.column(column, JSON))
    holds = sa.cast(rows.c[column], sa.Text).contains('"skipped"')
    for row in connection.execute(sa.select(rows).where(holds)).mappings().all():
        kept = [{**one, "skipped": _said(one["skipped"])} if "skipped" in one else one for one in row[column]]
        same = (rows.c[name] == row[name] for name in key)
        connection.execute(sa.update(rows).where(*same).values({column: kept}))


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs keep sentences.")
