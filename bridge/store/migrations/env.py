"""Alembic's entry: runs the migrations on the connection that `bridge.store.upgrade` opened."""

from alembic import context

from bridge.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by building it anew
)
with context.begin_transaction():
    context.run_migrations()
