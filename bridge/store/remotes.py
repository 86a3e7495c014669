"""Actors of other servers as last read, and when a key may be read again.

Reading is bounded (security no. 19), so every attempt is noted, good or bad. It is noted for
actor and key together: else a forged pair could bar the way to an honest one.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, delete, func, select

from bridge.model import RemoteActor
from bridge.store.portable import upsert
from bridge.store.schema.social import KEY_READS, REMOTES

Outcome = Literal["read", "failed", "refused", "gone"]
"""`failed` passes with time, `refused` is no usable document, `gone` is a 410."""


_OF_KEY = select(REMOTES).where(REMOTES.c.key_id == bindparam("key")).limit(1)
_ONE = select(REMOTES).where(REMOTES.c.id == bindparam("actor"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The last attempt to read a key from its owner's document."""

    actor: str
    key_id: str
    host: str
    outcome: Outcome
    tries: int  # since the last time that the limit was lifted
    at: dt.datetime
    again: dt.datetime  # when the limit is lifted
    error: str  # empty when it was read


def get(connection: Connection, actor: str) -> RemoteActor | None:
    """Return an actor as last read; None when it never was."""
    return _remote(connection.execute(_ONE, {"actor": actor}).first())


def of_key(connection: Connection, key_id: str) -> RemoteActor | None:
    """Return the actor whose key has this id, as last read; None when none is known."""
    likely = get(connection, key_id.partition("#")[0])
    if likely is not None and likely.pem(key_id) is not None:
        return likely
    return _remote(connection.execute(_OF_KEY, {"key": key_id}).first())


def put(connection: Connection, remote: RemoteActor) -> None:
    """Store what an actor's document says now."""
    upsert(connection, REMOTES, asdict(remote), key=("id",))


def forget(connection: Connection, actor: str) -> None:
    """Drop the document of an actor that is gone."""
    connection.execute(delete(REMOTES).where(REMOTES.c.id == actor))


def reading(connection: Connection, actor: str, key_id: str) -> Reading | None:
    """Return the last attempt to read an actor's key; None when there was none."""
    wanted = KEY_READS.c.actor == actor, KEY_READS.c.key_id == key_id
    row = connection.execute(select(KEY_READS).where(*wanted)).first()
    return None if row is None else Reading(**row._mapping)


def note(connection: Connection, reading: Reading) -> None:
    """Remember an attempt."""
    upsert(connection, KEY_READS, asdict(reading), key=("actor", "key_id"))


def readings(connection: Connection, host: str, since: dt.datetime) -> int:
    """Return how many keys were last read from a host after this moment."""
    found = KEY_READS.c.host == host, KEY_READS.c.at > since
    query = select(func.count()).select_from(KEY_READS).where(*found)
    return connection.execute(query).scalar_one()


def purge(connection: Connection, before: dt.datetime) -> int:
    """Drop the attempts that no longer hold anything back; return how many."""
    return connection.execute(delete(KEY_READS).where(KEY_READS.c.again < before)).rowcount


def _remote(row: Row[*tuple[Any, ...]] | None) -> RemoteActor | None:
    return None if row is None else RemoteActor(**row._mapping)
