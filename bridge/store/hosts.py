"""What is known of the servers that we deliver to: who rests and why, who spoke to us last.

A host gets a row when something is the matter with it, or when somebody there follows; a row
says little and expires, so that no number of dead servers fills the database (security no. 94).
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from bridge.model import Host
from bridge.store.portable import insert, upsert
from bridge.store.schema.social import ABSENCES, DELIVERIES, FOLLOWERS, HOSTS

HEARD = dt.timedelta(hours=1)
"""So fine is `heard` kept: not every activity that comes in shall cost a write."""

_BY_NAME = select(HOSTS).where(HOSTS.c.name.in_(bindparam("names", expanding=True)))
_ONE = select(HOSTS).where(HOSTS.c.name == bindparam("name"))
_ABSENT = select(ABSENCES.c.inbox).where(
    ABSENCES.c.inbox.in_(bindparam("inboxes", expanding=True))
)


def get(connection: Connection, names: Collection[str]) -> Mapping[str, Host]:
    """Return what is known of these hosts, by name; of a host that is well, that is nothing."""
    rows = connection.execute(_BY_NAME, {"names": list(names)})
    return {row.name: _host(row) for row in rows}


def find(connection: Connection, name: str) -> Host | None:
    """Return what is known of one host; None when that is nothing."""
    row = connection.execute(_ONE, {"name": name}).first()
    return None if row is None else _host(row)


def put(connection: Connection, host: Host) -> None:
    """Store what is known of a host now."""
    upsert(connection, HOSTS, asdict(host), key=("name",))


def meet(connection: Connection, name: str, now: dt.datetime) -> None:
    """Note that somebody at a host follows: from now on it is remembered when it speaks."""
    put(connection, find(connection, name) or Host(name=name, heard=now, changed=now))


def hear(connection: Connection, name: str, now: dt.datetime) -> Host | None:
    """Note that a verified activity came from a host; return what was known of it before."""
    known = find(connection, name)
    if known is not None and (known.heard is None or abs(now - known.heard) >= HEARD):
        change = update(HOSTS).where(HOSTS.c.name == name).values(heard=now, changed=now)
        connection.execute(change)
    return known


def troubled(connection: Connection, now: dt.datetime, limit: int) -> tuple[Host, ...]:
    """Return hosts that fail, rest or refuse our signature, the longest failing first."""
    found = or_(HOSTS.c.failures > 0, HOSTS.c.until > now, HOSTS.c.refused.is_not(None))
    order = HOSTS.c.failing.is_(None), HOSTS.c.failing, HOSTS.c.name
    rows = connection.execute(select(HOSTS).where(found).order_by(*order).limit(limit))
    return tuple(map(_host, rows))


def census(connection: Connection, now: dt.datetime) -> Mapping[str, int]:
    """Count the hosts that are `failing`, `resting` (get nothing now) or `refusing` us."""
    marks = {
        "failing": HOSTS.c.failures > 0,
        "resting": HOSTS.c.until > now,
        "refusing": HOSTS.c.refused.is_not(None),
    }
    counts = (func.count().filter(mark).label(name) for name, mark in marks.items())
    return dict(connection.execute(select(*counts).select_from(HOSTS)).one()._mapping)


def absent(connection: Connection, inboxes: Collection[str]) -> frozenset[str]:
    """Return those inboxes that have answered 404 since they last took something."""
    return frozenset(connection.execute(_ABSENT, {"inboxes": list(inboxes)}).scalars())


def miss(connection: Connection, inbox: str, day: dt.date) -> int:
    """Note that an inbox answered 404; return on how many different days it has."""
    statement = insert(connection, ABSENCES).values(inbox=inbox, days=1, last=day)
    again = {"days": ABSENCES.c.days + 1, "last": day}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=("inbox",), set_=again, where=ABSENCES.c.last < day
        )
    )
    days = select(ABSENCES.c.days).where(ABSENCES.c.inbox == inbox)
    found: int = connection.execute(days).scalar_one()
    return found


def forgive(connection: Connection, inbox: str) -> None:
    """Forget the 404s of an inbox: it took something, or is gone for good."""
    connection.execute(delete(ABSENCES).where(ABSENCES.c.inbox == inbox))


def rewind(connection: Connection, now: dt.datetime) -> None:
    """Let nobody rest on account of a clock that ran ahead and was put back."""
    ahead = or_(HOSTS.c.changed > now, HOSTS.c.failing > now)
    connection.execute(
        update(HOSTS).where(ahead).values(until=None, failing=None, failures=0, changed=now)
    )


def purge(connection: Connection, before: dt.datetime) -> int:
    """Drop what was last touched before this moment and holds nothing back; return how many."""
    pending = DELIVERIES.c.state == literal("pending", literal_execute=True)
    waits = exists().where(DELIVERIES.c.host == HOSTS.c.name, pending)
    followed = exists().where(FOLLOWERS.c.target == ABSENCES.c.inbox)
    old = delete(HOSTS).where(HOSTS.c.changed < before, ~waits)
    stale = delete(ABSENCES).where(or_(ABSENCES.c.last < before.date(), ~followed))
    return connection.execute(old).rowcount + connection.execute(stale).rowcount


def count(connection: Connection) -> int:
    """Return how many hosts are remembered."""
    return connection.execute(select(func.count()).select_from(HOSTS)).scalar_one()


def _host(row: Row[*tuple[Any, ...]]) -> Host:
    return Host(**row._mapping)
