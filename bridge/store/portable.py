"""The few statements that SQLite and PostgreSQL spell alike, but SQLAlchemy twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert(connection: Connection, table: Table) -> Insert:
    """Return an INSERT of the connection's own dialect, which knows `ON CONFLICT`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique one of it stands already; say whether it was inserted."""
    statement = insert(connection, table).on_conflict_do_nothing()
    # as parameters: values inside the statement would be a part of its cache key
    inserted = connection.execute(statement.returning(*table.primary_key), values)
    return inserted.first() is not None


def upsert(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any],
    *,
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert a row, or give the one with the same key these values, except those in `keep`."""
    new = {name: value for name, value in values.items() if name not in (*key, *keep)}
    statement = insert(connection, table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=new))
