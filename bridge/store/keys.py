"""The keys of our accounts: made at first use, kept for ever."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from bridge.model import KeyPair
from bridge.store.portable import insert_new
from bridge.store.schema.social import ACTOR_KEYS


def get(connection: Connection, actor: str) -> KeyPair | None:
    """Return the key of the account with this name; None before its first use."""
    row = connection.execute(select(ACTOR_KEYS).where(ACTOR_KEYS.c.actor == actor)).first()
    return None if row is None else _pair(row)


def add(connection: Connection, pair: KeyPair) -> KeyPair:
    """Store a key unless the account has one, and return the one that it has now.

    Two processes may make a key for the same account at once: the first one stays.
    """
    values = {
        "actor": pair.actor,
        "private": pair.private,
        "public": pair.public,
        "created": pair.created,
    }
    insert_new(connection, ACTOR_KEYS, values)
    row = connection.execute(select(ACTOR_KEYS).where(ACTOR_KEYS.c.actor == pair.actor)).one()
    return _pair(row)


def created(connection: Connection) -> Mapping[str, dt.datetime]:
    """Return when each account's key was made: the account is as old as its key."""
    query = select(ACTOR_KEYS.c.actor, ACTOR_KEYS.c.created)
    return {row.actor: row.created for row in connection.execute(query)}


def _pair(row: Row[*tuple[Any, ...]]) -> KeyPair:
    return KeyPair(**row._mapping)
