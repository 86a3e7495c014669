"""Pings: the feeds that changed and the hubs which have not been told yet."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from bridge.model import Ping
from bridge.store.schema.hubs import PINGS

AT_ONCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When a ping is due that was never tried."""


def put(connection: Connection, hubs: Sequence[str], topics: Collection[str]) -> None:
    """Note that feeds changed; a ping that waits already is due at once again."""
    for hub in hubs:
        for topic in topics:
            again = update(PINGS).where(PINGS.c.hub == hub, PINGS.c.topic == topic)
            fresh = {"attempts": 0, "due": AT_ONCE}
            raised = again.values(number=PINGS.c.number + 1, **fresh)
            if connection.execute(raised).rowcount == 0:
                row = {"hub": hub, "topic": topic, "number": 1, **fresh}
                connection.execute(insert(PINGS).values(row))


def due(connection: Connection, now: dt.datetime) -> tuple[Ping, ...]:
    """Return the pings that are due by now, in the order of hubs and topics."""
    query = select(PINGS).where(PINGS.c.due <= now).order_by(PINGS.c.hub, PINGS.c.topic)
    return tuple(
        Ping(hub=row.hub, topic=row.topic, number=row.number, attempts=row.attempts)
        for row in connection.execute(query)
    )


def close(connection: Connection, pings: Sequence[Ping]) -> None:
    """Forget pings that were told, or given up; a feed that changed since stays."""
    for ping in pings:
        connection.execute(delete(PINGS).where(*_same(ping)))


def retry(connection: Connection, pings: Sequence[Ping], due: dt.datetime) -> None:
    """Note an attempt that failed, and when the next one is due."""
    for ping in pings:
        later = {"attempts": ping.attempts + 1, "due": due}
        connection.execute(update(PINGS).where(*_same(ping)).values(later))


def _same(ping: Ping) -> tuple[ColumnElement[bool], ...]:
    key = (PINGS.c.hub == ping.hub, PINGS.c.topic == ping.topic)
    return (*key, PINGS.c.number == ping.number)
