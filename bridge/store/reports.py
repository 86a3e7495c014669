"""Complaints of other servers' users about our posts, until an editor has closed them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bridge.model import Report, ReportState
from bridge.store.portable import insert_new
from bridge.store.schema.dialogue import REPORTS


def add(connection: Connection, report: Report) -> bool:
    """Store a complaint; False when its id is known already."""
    values = {
        "id": report.id,
        "actor": report.actor,
        "objects": list(report.objects),
        "content": report.content,
        "received": report.received,
        "state": report.state,
        "note": report.note,
    }
    return insert_new(connection, REPORTS, values)


def newest(
    connection: Connection, limit: int, state: ReportState | None = None
) -> tuple[Report, ...]:
    """Return the complaints that came in last, in one state or in any, newest first."""
    query = select(REPORTS).order_by(REPORTS.c.received.desc(), REPORTS.c.number.desc())
    if state is not None:
        query = query.where(REPORTS.c.state == state)
    return tuple(map(_report, connection.execute(query.limit(limit))))


def opened(connection: Connection, actor: str) -> int:
    """Return how many complaints of an actor are open."""
    mine = REPORTS.c.actor == actor, REPORTS.c.state == "open"
    query = select(func.count()).select_from(REPORTS).where(*mine)
    return connection.execute(query).scalar_one()


def close(connection: Connection, number: int, note: str | None) -> Report | None:
    """Close a complaint; return it, None when none has this number."""
    mine = update(REPORTS).where(REPORTS.c.number == number)
    closed = mine.values(state="closed", note=note).returning(*REPORTS.columns)
    row = connection.execute(closed).first()
    return None if row is None else _report(row)


def _report(row: Row[*tuple[Any, ...]]) -> Report:
    found = Report(**row._mapping)
    return replace(found, objects=tuple(found.objects))
