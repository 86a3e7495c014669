"""The keys of our accounts: made at first use, replaced when somebody says so.

An account has one key in use of each kind. One that was replaced is shown for a while, so that
what it signed can still be checked; then its private half is erased and its row alone stays,
since no two keys of an account may ever share a name, and an account is as old as its first.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from bridge.model import KeyKind, KeyPair
from bridge.store.portable import insert_new
from bridge.store.schema.social import ACTOR_KEYS

_IN_USE = ACTOR_KEYS.c.retires.is_(None)


def get(connection: Connection, actor: str, kind: KeyKind = "rsa") -> KeyPair | None:
    """Return the key in use of the account with this name; None before its first use."""
    found = and_(ACTOR_KEYS.c.actor == actor, ACTOR_KEYS.c.kind == kind, _IN_USE)
    row = connection.execute(select(ACTOR_KEYS).where(found)).first()
    return None if row is None else _pair(row)


def shown(connection: Connection, actor: str, now: dt.datetime) -> tuple[KeyPair, ...]:
    """Return the keys an account's document lists: those in use, then replaced ones by age."""
    wanted = ACTOR_KEYS.c.actor == actor, or_(_IN_USE, ACTOR_KEYS.c.retires > now)
    order = ACTOR_KEYS.c.retires.is_not(None), ACTOR_KEYS.c.created, ACTOR_KEYS.c.name
    return tuple(
        map(_pair, connection.execute(select(ACTOR_KEYS).where(*wanted).order_by(*order)))
    )


def add(connection: Connection, pair: KeyPair) -> KeyPair:
    """Store a key unless the account has one of its kind, and return the one that it has now.

    Two processes may make a key for the same account at once: the first one stays.
    """
    found = get(connection, pair.actor, pair.kind)
    if found is None:
        insert_new(connection, ACTOR_KEYS, asdict(pair))
        found = get(connection, pair.actor, pair.kind)
    assert found is not None  # noqa: S101 - a name is taken by a key in use or by none
    return found


def count(connection: Connection, actor: str, kind: KeyKind) -> int:
    """Return how many keys of a kind an account has had: the next one's name is made of it."""
    had = and_(ACTOR_KEYS.c.actor == actor, ACTOR_KEYS.c.kind == kind)
    query = select(func.count()).select_from(ACTOR_KEYS).where(had)
    return connection.execute(query).scalar_one()


def replace(connection: Connection, pair: KeyPair, retires: dt.datetime) -> bool:
    """Put a key in place of the one in use; False when somebody was faster.

    The old one is shown until `retires`; earlier ones are dropped at once.
    """
    of_kind = and_(ACTOR_KEYS.c.actor == pair.actor, ACTOR_KEYS.c.kind == pair.kind)
    if not insert_new(connection, ACTOR_KEYS, asdict(pair)):
        return False
    earlier = update(ACTOR_KEYS).where(of_kind, ACTOR_KEYS.c.retires > pair.created)
    connection.execute(earlier.values(retires=pair.created))
    old = update(ACTOR_KEYS).where(of_kind, _IN_USE, ACTOR_KEYS.c.name != pair.name)
    connection.execute(old.values(retires=retires))
    return True


def erase(connection: Connection, now: dt.datetime) -> int:
    """Erase the private halves of keys that are shown no more; return how many."""
    over = and_(ACTOR_KEYS.c.retires <= now, ACTOR_KEYS.c.private != "")
    return connection.execute(update(ACTOR_KEYS).where(over).values(private="")).rowcount


def created(connection: Connection) -> Mapping[str, dt.datetime]:
    """Return when each account got its first key: the account is as old as that."""
    first = func.min(ACTOR_KEYS.c.created, type_=ACTOR_KEYS.c.created.type)
    query = select(ACTOR_KEYS.c.actor, first.label("first")).group_by(ACTOR_KEYS.c.actor)
    return {row.actor: row.first for row in connection.execute(query)}


def _pair(row: Row[*tuple[Any, ...]]) -> KeyPair:
    return KeyPair(**row._mapping)
