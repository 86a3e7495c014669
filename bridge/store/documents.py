"""Documents: what became of every file of every source, and why.

A file is judged once for its size and time of modification: a refused one is left alone
until it changes, a mended one of the same name is taken again.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, tuple_

from bridge.model import DocumentRecord, DocumentState, Problem
from bridge.store import portable
from bridge.store.schema.news import DOCUMENTS, ORIGINS

BATCH = 200
"""Rows in one statement."""


def of_source(connection: Connection, source: str) -> dict[str, DocumentRecord]:
    """Return every document of a source by its path."""
    query = select(DOCUMENTS).where(DOCUMENTS.c.source == source)
    return {row.path: _record(row) for row in connection.execute(query)}


def of_edition(connection: Connection, paper: str, date: dt.date) -> tuple[DocumentRecord, ...]:
    """Return the documents that gave an edition's pages, by source and path."""
    gave = exists().where(
        ORIGINS.c.paper == paper,
        ORIGINS.c.date == date,
        ORIGINS.c.source == DOCUMENTS.c.source,
        ORIGINS.c.path == DOCUMENTS.c.path,
    )
    query = select(DOCUMENTS).where(gave).order_by(DOCUMENTS.c.source, DOCUMENTS.c.path)
    return tuple(_record(row) for row in connection.execute(query))


def in_state(
    connection: Connection, states: Sequence[DocumentState], limit: int
) -> tuple[DocumentRecord, ...]:
    """Return the documents in any of these states, the latest change first."""
    query = select(DOCUMENTS).where(DOCUMENTS.c.state.in_(states))
    order = (DOCUMENTS.c.changed.desc(), DOCUMENTS.c.source, DOCUMENTS.c.path)
    return tuple(
        _record(row) for row in connection.execute(query.order_by(*order).limit(limit))
    )


def counts(connection: Connection) -> Mapping[str, Mapping[DocumentState, int]]:
    """Return how many documents each source has in each state."""
    query = select(DOCUMENTS.c.source, DOCUMENTS.c.state, func.count())
    found: dict[str, dict[DocumentState, int]] = defaultdict(dict)
    for source, state, number in connection.execute(
        query.group_by(DOCUMENTS.c.source, DOCUMENTS.c.state)
    ):
        found[source][state] = number
    return dict(found)


def save(connection: Connection, records: Sequence[DocumentRecord]) -> int:
    """Store what is not stored like this already; returns how many records that were.

    All three moments may be given as now: `first_seen` is kept as first stored, `since` while
    size and time stay the same, `changed` while state and reason stay the same.
    """
    written = 0
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        stored = _stored(connection, batch)
        rows = []
        for record in batch:
            before = stored.get((record.source, record.path))
            after = _aged(record, before) if before else record
            if after != before:
                rows.append(asdict(after))
        if rows:
            connection.execute(_upsert(connection), rows)
        written += len(rows)
    return written


def forget(connection: Connection, source: str, paths: Sequence[str]) -> int:
    """Drop documents that are no longer in their source; the pages they gave stay.

    A page whose document is forgotten may be given, and judged, by another one.
    """
    forgotten = 0
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        gave = (ORIGINS.c.source == source, ORIGINS.c.path.in_(batch))
        connection.execute(delete(ORIGINS).where(*gave))
        gone = (DOCUMENTS.c.source == source, DOCUMENTS.c.path.in_(batch))
        forgotten += connection.execute(delete(DOCUMENTS).where(*gone)).rowcount
    return forgotten


def _stored(
    connection: Connection, records: Sequence[DocumentRecord]
) -> dict[tuple[str, str], DocumentRecord]:
    wanted = tuple_(DOCUMENTS.c.source, DOCUMENTS.c.path)
    names = [(record.source, record.path) for record in records]
    rows = connection.execute(select(DOCUMENTS).where(wanted.in_(names)))
    return {(row.source, row.path): _record(row) for row in rows}


def _aged(record: DocumentRecord, before: DocumentRecord) -> DocumentRecord:
    def same(*names: str) -> bool:
        return all(getattr(record, name) == getattr(before, name) for name in names)

    return replace(
        record,
        first_seen=before.first_seen,
        since=before.since if same("size", "mtime_ns") else record.since,
        changed=before.changed if same("state", "code", "reason") else record.changed,
    )


def _upsert(connection: Connection) -> portable.Insert:
    statement = portable.insert(connection, DOCUMENTS)
    new = {column.name: column for column in statement.excluded if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["source", "path"], set_=new)


def _record(row: Row[Any]) -> DocumentRecord:
    problems = tuple(Problem(**problem) for problem in row.problems)
    return DocumentRecord(**{**row._mapping, "problems": problems})
