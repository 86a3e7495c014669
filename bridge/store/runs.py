"""Runs: when each source was read, and what came of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bridge.model import Run, RunOutcome
from bridge.store.schema.news import RUNS


def start(connection: Connection, source: str, at: dt.datetime) -> int:
    """Note that a run begins; returns its id."""
    row = {"source": source, "started": at, "outcome": "running", "counts": {}}
    run: int = connection.execute(insert(RUNS).values(row).returning(RUNS.c.id)).scalar_one()
    return run


def finish(
    connection: Connection,
    run: int,
    outcome: RunOutcome,
    counts: Mapping[str, int],
    message: str | None,
    at: dt.datetime,
) -> None:
    """Note how a run ended."""
    end = {"finished": at, "outcome": outcome, "counts": dict(counts), "message": message}
    connection.execute(update(RUNS).where(RUNS.c.id == run).values(end))


def interrupt(connection: Connection, source: str, at: dt.datetime) -> int:
    """Close the runs of a source that a dead process left open; returns how many.

    One source runs once at a time, so whoever starts its next run knows that they are dead.
    """
    dead = (RUNS.c.source == source, RUNS.c.outcome == "running")
    end = update(RUNS).where(*dead).values(finished=at, outcome="interrupted")
    return connection.execute(end).rowcount


def latest(connection: Connection, limit: int, source: str | None = None) -> tuple[Run, ...]:
    """Return the latest runs, of one source or of all, newest first."""
    query = select(RUNS) if source is None else select(RUNS).where(RUNS.c.source == source)
    rows = connection.execute(query.order_by(RUNS.c.id.desc()).limit(limit))
    return tuple(_run(row) for row in rows)


def last(connection: Connection) -> Mapping[str, Run]:
    """Return the latest run of every source."""
    newest = select(func.max(RUNS.c.id)).group_by(RUNS.c.source)
    rows = connection.execute(select(RUNS).where(RUNS.c.id.in_(newest)))
    return {row.source: _run(row) for row in rows}


def purge(connection: Connection, before: dt.datetime) -> int:
    """Drop finished runs that began before a moment, but each source's latest; how many."""
    newest = select(func.max(RUNS.c.id)).group_by(RUNS.c.source)
    old = (RUNS.c.started < before, RUNS.c.outcome != "running", RUNS.c.id.not_in(newest))
    return connection.execute(delete(RUNS).where(*old)).rowcount


def _run(row: Row[Any]) -> Run:
    return Run(**row._mapping)
