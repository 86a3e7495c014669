"""Readers of a private copy: let in, noticed once a day, and shut out.

No two readers in force have the same name; a name is free again once its token is revoked.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from bridge.model import Reader
from bridge.store.portable import insert_new
from bridge.store.schema.access import READERS

_IN_FORCE = READERS.c.revoked.is_(None)


def add(connection: Connection, reader: Reader) -> bool:
    """Store a reader; False when one in force has this name."""
    return insert_new(connection, READERS, asdict(reader))


def revoke(connection: Connection, name: str, now: dt.datetime) -> bool:
    """End a reader's token; False when nobody in force has this name."""
    mine = update(READERS).where(READERS.c.name == name, _IN_FORCE)
    return connection.execute(mine.values(revoked=now)).rowcount > 0


def touch(connection: Connection, digest: str, day: dt.date) -> None:
    """Note the day of a reader's last visit; an earlier one changes nothing."""
    earlier = or_(READERS.c.used.is_(None), READERS.c.used < day)
    mine = update(READERS).where(READERS.c.digest == digest, earlier)
    connection.execute(mine.values(used=day))


def in_force(connection: Connection) -> tuple[Reader, ...]:
    """Return who may read, by name."""
    query = select(READERS).where(_IN_FORCE).order_by(READERS.c.name)
    return tuple(map(_reader, connection.execute(query)))


def everyone(connection: Connection) -> tuple[Reader, ...]:
    """Return all readers there ever were, by name and age."""
    order = READERS.c.name, READERS.c.created, READERS.c.digest
    return tuple(map(_reader, connection.execute(select(READERS).order_by(*order))))


def _reader(row: Row[*tuple[Any, ...]]) -> Reader:
    return Reader(**row._mapping)
