"""Who follows which of our accounts; host and shard are settled when the follower comes.

A *target* is where a follower's activities go: the shared inbox of the server, or else the
follower's own inbox.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select, update

from bridge.model import Follower
from bridge.model.social import shard_of
from bridge.model.urls import parse
from bridge.store.portable import upsert
from bridge.store.schema.social import FOLLOWERS

_FIELDS = (
    FOLLOWERS.c.actor,
    FOLLOWERS.c.id,
    FOLLOWERS.c.inbox,
    FOLLOWERS.c.shared_inbox,
    FOLLOWERS.c.follow,
    FOLLOWERS.c.since,
)


def put(connection: Connection, follower: Follower) -> None:
    """Add a follower; for one who follows already, keep `since` and take all else anew.

    Raises ValueError for an inbox that is not a URL.
    """
    target = follower.shared_inbox or follower.inbox
    host = parse(target).netloc
    values = {
        "actor": follower.actor,
        "id": follower.id,
        "inbox": follower.inbox,
        "shared_inbox": follower.shared_inbox,
        "target": target,
        "host": host,
        "shard": shard_of(host),
        "follow": follower.follow,
        "since": follower.since,
    }
    upsert(connection, FOLLOWERS, values, key=("actor", "id"), keep=("since",))


def get(connection: Connection, actor: str, follower: str) -> Follower | None:
    """Return a follower of the account with this name; None when there is no such."""
    found = and_(FOLLOWERS.c.actor == actor, FOLLOWERS.c.id == follower)
    row = connection.execute(select(*_FIELDS).where(found)).first()
    return None if row is None else _follower(row)


def of(connection: Connection, follower: str) -> tuple[Follower, ...]:
    """Return every follow of one remote actor, by account name."""
    query = select(*_FIELDS).where(FOLLOWERS.c.id == follower).order_by(FOLLOWERS.c.actor)
    return tuple(map(_follower, connection.execute(query)))


def by_follow(connection: Connection, follow: str) -> tuple[Follower, ...]:
    """Return the followers whose Follow has this id: an Undo may name nothing else."""
    query = select(*_FIELDS).where(FOLLOWERS.c.follow == follow)
    return tuple(map(_follower, connection.execute(query)))


def remove(connection: Connection, actor: str, follower: str) -> str | None:
    """Take one follower away; return the target, None when there was no such follower."""
    found = and_(FOLLOWERS.c.actor == actor, FOLLOWERS.c.id == follower)
    return connection.execute(
        delete(FOLLOWERS).where(found).returning(FOLLOWERS.c.target)
    ).scalar()


def count(connection: Connection, actor: str) -> int:
    """Return how many follow an account."""
    query = select(func.count()).select_from(FOLLOWERS).where(FOLLOWERS.c.actor == actor)
    return connection.execute(query).scalar_one()


def counts(connection: Connection) -> Mapping[str, int]:
    """Return how many follow each account that anybody follows."""
    query = select(FOLLOWERS.c.actor, func.count()).group_by(FOLLOWERS.c.actor)
    return {row.actor: row[1] for row in connection.execute(query)}


def of_account(connection: Connection, actor: str) -> Iterator[Follower]:
    """Yield the followers of the account with this name, by id; they may be many."""
    query = select(*_FIELDS).where(FOLLOWERS.c.actor == actor).order_by(FOLLOWERS.c.id)
    return map(_follower, connection.execute(query).yield_per(500))


def any_of(connection: Connection, actor: str) -> bool:
    """Say whether anybody follows the account with this name."""
    query = select(FOLLOWERS.c.id).where(FOLLOWERS.c.actor == actor).limit(1)
    return connection.execute(query).first() is not None


def people(connection: Connection) -> tuple[str, ...]:
    """Return everybody who follows any account."""
    return tuple(connection.execute(select(FOLLOWERS.c.id).distinct()).scalars())


def reach(connection: Connection, actors: Sequence[str]) -> tuple[int, int]:
    """Return how many follow any of these accounts, and how many inboxes that is."""
    mine = FOLLOWERS.c.actor.in_(actors)
    counts = func.count(FOLLOWERS.c.id.distinct()), func.count(FOLLOWERS.c.target.distinct())
    people, inboxes = connection.execute(select(*counts).where(mine)).one()
    return people, inboxes


def reaches(connection: Connection, actor: str, target: str) -> bool:
    """Say whether anybody who follows the account is served by this target."""
    found = and_(FOLLOWERS.c.actor == actor, FOLLOWERS.c.target == target)
    return connection.execute(select(FOLLOWERS.c.id).where(found).limit(1)).first() is not None


def lose_target(connection: Connection, target: str) -> int:
    """Act on a target that is gone for good (410), and return how many followers it had.

    Who was reached by a shared inbox is reached by the own inbox from now on; who has no
    other address is taken away.
    """
    gone = FOLLOWERS.c.target == target
    own = delete(FOLLOWERS).where(gone, FOLLOWERS.c.inbox == target)
    lost = connection.execute(own).rowcount
    rows = connection.execute(select(FOLLOWERS.c.inbox).where(gone).distinct()).scalars().all()
    for inbox in rows:
        host = parse(inbox).netloc
        values = {
            "shared_inbox": None,
            "target": inbox,
            "host": host,
            "shard": shard_of(host),
        }
        moved = update(FOLLOWERS).where(gone, FOLLOWERS.c.inbox == inbox).values(values)
        lost += connection.execute(moved).rowcount
    return lost


def _follower(row: Row[*tuple[Any, ...]]) -> Follower:
    return Follower(**row._mapping)
