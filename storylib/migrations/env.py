"""Runs migrations on the connection that ``db.migrate`` hands over."""

from alembic import context

from storylib.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    if connection.dialect.name == "postgresql":  # two processes may start at once; SQLite's write lock does the same
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261122)")
    context.run_migrations()
