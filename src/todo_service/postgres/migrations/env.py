"""What Alembic runs to migrate: on the connection that `migrate` gives it, one node at a time."""

from alembic import context
from sqlalchemy import text

LOCK = int.from_bytes(b"todo", "big")
"""The advisory lock that whoever migrates holds."""

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table="todo_migration", transactional_ddl=True)
with context.begin_transaction():
    # What is made here belongs to one schema, and its functions see no other.
    connection.execute(
        text("SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)")
    )
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    # Whoever waits for a table has nodes wait behind it: give up before they do.
    connection.execute(text("SET LOCAL lock_timeout = 500"))
    context.run_migrations()
