"""The nodes of a cluster: who shares this database, and until when each counts as alive.

Moments come from the database's own clock (`clock`), since the machines' clocks may differ by
more than a node may be silent. Every join and every reaping is one at a time in the cluster
(`alone`, and inside `join`), so that nobody's work is taken over while it comes back.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, delete, select, text, update

from bridge.store.portable import upsert
from bridge.store.schema.nodes import NODES

Role = Literal["scheduler", "worker"]
Beat = Literal["kept", "late", "taken"]

_LOCK = 8_400_412_028  # any fixed number: PostgreSQL's advisory lock of joining and reaping

CLOCK = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')",
    "postgresql": "SELECT clock_timestamp()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One process that runs tasks."""

    id: str
    host: str
    role: Role
    version: str
    started: dt.datetime
    seen: dt.datetime
    until: dt.datetime  # without a sign of life it counts as dead from then on


def clock(connection: Connection) -> dt.datetime:
    """Return the moment by the database's clock, which is the same for every node."""
    found = connection.exec_driver_sql(CLOCK[connection.dialect.name]).scalar_one()
    moment = found if isinstance(found, dt.datetime) else dt.datetime.fromisoformat(found)
    return moment.astimezone(dt.UTC)


def join(connection: Connection, node: Node) -> None:
    """Enter a node, or the new process of a known one; waits while somebody reaps."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    upsert(connection, NODES, asdict(node), key=("id",))


def beat(connection: Connection, node: Node, now: dt.datetime, silence: dt.timedelta) -> Beat:
    """Give a sign of life, good for `silence`; say whether it came in time.

    `late`: the node counted as dead meanwhile, and others may have its work. `taken`: another
    process goes by the same id, and nothing was written.
    """
    mine = NODES.c.id == node.id
    row = connection.execute(select(NODES.c.started, NODES.c.until).where(mine)).first()
    if row is None:
        return "late"
    if row.started != node.started:
        return "taken"
    alive = {"seen": now, "until": now + silence}
    connection.execute(update(NODES).where(mine).values(alive))
    return "kept" if now < row.until else "late"


def leave(connection: Connection, node: Node) -> None:
    """Take a node out, unless a newer process of it has entered."""
    mine = NODES.c.id == node.id, NODES.c.started == node.started
    connection.execute(delete(NODES).where(*mine))


def alone(connection: Connection) -> bool:
    """Take the right to reap until the transaction ends; False when another node has it."""
    if connection.dialect.name != "postgresql":
        return True
    lock = text("SELECT pg_try_advisory_xact_lock(:n)")
    return bool(connection.execute(lock, {"n": _LOCK}).scalar_one())


def alive(connection: Connection, now: dt.datetime) -> frozenset[str]:
    """Return the ids of the nodes that are not silent."""
    query = select(NODES.c.id).where(NODES.c.until > now)
    return frozenset(connection.execute(query).scalars())


def everyone(connection: Connection) -> tuple[Node, ...]:
    """Return every node that is known, by id."""
    rows = connection.execute(select(NODES).order_by(NODES.c.id))
    return tuple(Node(**row._mapping) for row in rows)


def forget(connection: Connection, before: dt.datetime) -> int:
    """Drop the nodes that were dead by then; return how many."""
    return connection.execute(delete(NODES).where(NODES.c.until < before)).rowcount
