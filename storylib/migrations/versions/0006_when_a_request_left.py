"""when a request left."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    # Nobody can tell of these whether they had left, so they count as sent.
    op.execute("UPDATE calls SET sent_at = at WHERE state = 'reserved'")


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know when a request left.")
