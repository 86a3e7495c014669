"""The few statements that SQLite and PostgreSQL spell alike, but SQLAlchemy twice."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert(connection: Connection, table: Table) -> Insert:
    """Return an INSERT of the connection's own dialect, which knows `ON CONFLICT`."""
    return _insert(connection.dialect.name, table)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique one of it stands already; say whether it was inserted."""
    statement = _insert_new(connection.dialect.name, table)
    # as parameters: values inside the statement would be a part of its cache key
    return connection.execute(statement, values).first() is not None


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


def _insert(dialect: str, table: Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@lru_cache
def _insert_new(dialect: str, table: Table) -> Executable:
    """Return the statement once for all: building it costs more than running it."""
    statement = _insert(dialect, table).on_conflict_do_nothing()
    return statement.returning(*table.primary_key)
