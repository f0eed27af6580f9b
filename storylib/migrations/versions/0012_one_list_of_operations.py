"""one list of operations: portraits and inspections have a name of their own in the ledger; older rows keep theirs."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPERATION = "operation IN ('write', 'draw', 'portrait', 'check', 'inspect', 'read')"
STATE = "state IN ('reserved', 'settled', 'failed', 'unknown')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_calls_operation"), "calls", type_="check")
        op.create_check_constraint(op.f("ck_calls_operation"), "calls", OPERATION)
        return
    # SQLite changes no constraint in place; a table that is made anew brings along everything but its checks.
    with op.batch_alter_table("calls", recreate="always") as calls:
        calls.create_check_constraint(op.f("ck_calls_operation"), OPERATION)
        calls.create_check_constraint(op.f("ck_calls_state"), STATE)


def downgrade() -> None:
    raise NotImplementedError("Older Storylibs do not know these operations.")
