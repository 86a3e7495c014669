"""Move a whole store into an empty database, every row as it was, or not at all.

Everything is written in one transaction of the target, and counted and compared there before
it is committed. Numbers go on where they ended, also past those of rows that are gone.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bridge.errors import BridgeError
from bridge.store.schema import METADATA
from bridge.store.schema.nodes import NODES

BATCH = 1000
"""Rows in memory at a time."""

TABLES = tuple(table for table in METADATA.sorted_tables if table is not NODES)
"""What is moved, each table after those it points at; nodes are processes and stay behind."""

ENGINE = "SELECT count(*) FROM dbos.workflow_status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One table that arrived."""

    table: str
    rows: int
    digest: str  # SHA-256, of all its rows in any order


def move(
    source: Connection,
    target: Connection,
    told: Callable[[str, int], None] = lambda _table, _rows: None,
) -> tuple[Moved, ...]:
    """Copy every table; `told` hears the table and the rows so far after each batch.

    Raises BridgeError when the target holds anything, a row cannot be stored there, or what
    arrived is not what was sent; then nothing may be committed.
    """
    require_empty(target)
    moved = tuple(_copy(table, source, target, told) for table in TABLES)
    for sent in moved:
        arrived = examine(target, METADATA.tables[sent.table])
        if arrived != sent:
            raise BridgeError(
                f"the table {sent.table} did not arrive as it was sent",
                why=f"{sent.rows} rows were sent and {arrived.rows} are there, or they differ",
                hint="nothing was kept; please report this",
            )
    for name, last in _numbers(source).items():
        _go_on(target, METADATA.tables[name], last)
    return moved


def require_empty(target: Connection) -> None:
    """Raise BridgeError when a table of ours, or the engine's, holds anything."""
    filled = [table.name for table in METADATA.sorted_tables if _count(target, table)]
    if inspect(target).has_table("workflow_status", schema="dbos"):
        filled += ["workflow_status"] if target.exec_driver_sql(ENGINE).scalar() else []
    if filled:
        raise BridgeError(
            "the target database is not empty",
            why=f"there are rows in {', '.join(filled)}",
            hint="give a new database; nothing was written",
        )


def examine(connection: Connection, table: Table) -> Moved:
    """Return how many rows a table has, and the digest of their values.

    It is the sum of the rows' own digests, so that the order in which two makes of database
    give them does not matter.
    """
    total, rows = 0, 0
    for batch in _batches(connection, table):
        total += sum(map(_digest, batch))
        rows += len(batch)
    return _moved(table, rows, total)


def _copy(
    table: Table, source: Connection, target: Connection, told: Callable[[str, int], None]
) -> Moved:
    total, rows = 0, 0
    told(table.name, 0)
    for batch in _batches(source, table):
        try:
            target.execute(table.insert(), batch)
        except (DBAPIError, ValueError) as error:
            origin = error.orig if isinstance(error, DBAPIError) else error
            raise BridgeError(
                "a row cannot be stored there",
                where=f"table {table.name}, within {BATCH} rows from the {rows + 1}th",
                why=" ".join(str(origin).split()),
                hint="nothing was kept",
            ) from error
        total += sum(map(_digest, batch))
        rows += len(batch)
        told(table.name, rows)
    return _moved(table, rows, total)


def _moved(table: Table, rows: int, total: int) -> Moved:
    return Moved(table=table.name, rows=rows, digest=f"{total % (1 << 256):064x}")


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH)
    for part in connection.execute(query).partitions():
        yield [dict(row._mapping) for row in part]


def _digest(row: Mapping[str, Any]) -> int:
    written = json.dumps(list(row.values()), default=_plain)
    return int.from_bytes(hashlib.sha256(written.encode()).digest())


def _plain(value: dt.date) -> str:
    return value.isoformat()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _numbers(source: Connection) -> Mapping[str, int]:
    """Return the last number ever given in each table that counts for itself."""
    last = {}
    for table in TABLES:
        column = table.autoincrement_column
        if column is not None:
            last[table.name] = source.execute(select(func.max(column))).scalar() or 0
    if inspect(source).has_table("sqlite_sequence"):
        given = source.execute(text("SELECT name, seq FROM sqlite_sequence"))
        last |= {row.name: max(row.seq, last[row.name]) for row in given if row.name in last}
    return last


def _go_on(target: Connection, table: Table, last: int) -> None:
    """Let the table's next row get the number after `last`."""
    column = table.autoincrement_column
    if column is None or not last or target.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    target.execute(select(func.setval(sequence, last)))
