"""The ledger: which activity goes to which inbox, how often it was tried and what came of it.

There are no claims in it: the engine runs a shard once in the whole cluster. Rows of one inbox
and object leave in the order of their activities; while one waits for its retry, later ones of
the pair wait with it, and every other pair goes on.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from bridge.model import Activity, Delivery, DeliveryState, Verdict
from bridge.model.social import shard_of
from bridge.model.urls import parse
from bridge.store.portable import insert
from bridge.store.schema.base import UtcDateTime
from bridge.store.schema.social import ACTIVITIES, DELIVERIES, FOLLOWERS

_LEDGER = DELIVERIES.c
_NEW = "sequence object inbox host shard direct state attempts due created".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One attempt, to be written down."""

    delivery: int  # its id
    verdict: Verdict
    status: int | None


def fan_out(connection: Connection, activity: str, now: dt.datetime) -> tuple[int, ...]:
    """Give an activity a row for every target of its account's followers; return the shards.

    Earlier activities about the same object that have no rows yet get theirs first, so that an
    Update whose task overtakes that of the Create does not leave before it. Repeating it adds
    nothing, not even for who has come to follow meanwhile.
    """
    found = connection.execute(select(ACTIVITIES).where(ACTIVITIES.c.id == activity)).first()
    if found is None:
        return ()
    waiting = (
        ACTIVITIES.c.object == found.object,
        ACTIVITIES.c.sequence <= found.sequence,
        ACTIVITIES.c.fanned_out.is_(False),
    )
    query = select(ACTIVITIES).where(*waiting).order_by(ACTIVITIES.c.sequence)
    for row in connection.execute(query).all():
        _add_rows(connection, row, now)
    connection.execute(update(ACTIVITIES).where(*waiting).values(fanned_out=True))
    touched = _LEDGER.sequence == found.sequence, _pending()
    shards = select(_LEDGER.shard).where(*touched).distinct().order_by(_LEDGER.shard)
    return tuple(connection.execute(shards).scalars())


def send(connection: Connection, activity: Activity, inbox: str, now: dt.datetime) -> int:
    """Send a stored activity to one inbox, once more if it went there before.

    Returns the shard. Raises ValueError for an inbox that is not a URL.
    """
    place = select(ACTIVITIES.c.sequence).where(ACTIVITIES.c.id == activity.id)
    host = parse(inbox).netloc
    values = {
        "sequence": connection.execute(place).scalar_one(),
        "object": activity.object,
        "inbox": inbox,
        "host": host,
        "shard": shard_of(host),
        "direct": True,
        "state": "pending",
        "attempts": 0,
        "due": now,
        "created": now,
    }
    again = {"state": "pending", "attempts": 0, "due": now}
    statement = insert(connection, DELIVERIES).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=("sequence", "inbox"), set_=again, where=_LEDGER.state != "pending"
        )
    )
    return shard_of(host)


def shards_due(connection: Connection, now: dt.datetime) -> tuple[int, ...]:
    """Return the shards that have something to send."""
    query = select(_LEDGER.shard).where(*_ready(now)).distinct().order_by(_LEDGER.shard)
    return tuple(connection.execute(query).scalars())


def hosts_due(
    connection: Connection, shard: int, now: dt.datetime, *, busy: Collection[str], limit: int
) -> tuple[str, ...]:
    """Return hosts of a shard that have something to send, those that wait longest first."""
    found = _LEDGER.shard == shard, _LEDGER.host.not_in(busy), *_ready(now)
    query = select(_LEDGER.host).where(*found).group_by(_LEDGER.host)
    query = query.order_by(func.min(_LEDGER.due), _LEDGER.host).limit(limit)
    return tuple(connection.execute(query).scalars())


def due(
    connection: Connection, host: str, now: dt.datetime, *, limit: int
) -> tuple[Delivery, ...]:
    """Return what a host is to get now, in order."""
    query = _rows().where(_LEDGER.host == host, *_ready(now)).limit(limit)
    return tuple(
        Delivery(**row._mapping)
        for row in connection.execute(query.order_by(_LEDGER.sequence, _LEDGER.id))
    )


def still_pending(connection: Connection, ids: Collection[int]) -> frozenset[int]:
    """Return those rows that nobody has called off meanwhile."""
    query = select(_LEDGER.id).where(_LEDGER.id.in_(ids), _pending())
    return frozenset(connection.execute(query).scalars())


def settle(connection: Connection, results: Sequence[Result]) -> None:
    """Write down what attempts came to.

    A row that was called off while its request was under way stays so, unless it arrived.
    """
    if not results:
        return
    statement = (
        update(DELIVERIES)
        .where(
            _LEDGER.id == bindparam("delivery"),
            or_(_LEDGER.state == "pending", bindparam("new_state") == "delivered"),
        )
        .values(
            state=bindparam("new_state"),
            attempts=_LEDGER.attempts + 1,
            due=bindparam("new_due"),
            status=bindparam("new_status"),
            error=bindparam("new_error"),
        )
    )
    connection.execute(statement, [_parameters(result) for result in results])


def pause(connection: Connection, host: str, until: dt.datetime) -> None:
    """Let everything for a host wait: it asked for that, or does not answer."""
    waiting = _LEDGER.host == host, _pending(), _LEDGER.due < until
    connection.execute(update(DELIVERIES).where(*waiting).values(due=until))


def call_off(connection: Connection, actor: str, target: str) -> int:
    """End what an account would still have sent to a target nobody of whose follows it."""
    ours = select(ACTIVITIES.c.sequence).where(ACTIVITIES.c.actor == actor)
    found = (
        _LEDGER.inbox == target,
        _pending(),
        _LEDGER.direct.is_(False),
        _LEDGER.sequence.in_(ours),
    )
    return _end(connection, found, "no longer followed from there")


def close(connection: Connection, inbox: str, error: str) -> int:
    """End everything for an inbox that is gone for good; return how many rows that was."""
    return _end(connection, (_LEDGER.inbox == inbox, _pending()), error)


def counts(connection: Connection, activity: str | None = None) -> Mapping[DeliveryState, int]:
    """Return how many rows are in each state, of one activity or of all."""
    query = select(_LEDGER.state, func.count().label("number")).group_by(_LEDGER.state)
    if activity is not None:
        place = select(ACTIVITIES.c.sequence).where(ACTIVITIES.c.id == activity)
        query = query.where(_LEDGER.sequence == place.scalar_subquery())
    return {row.state: row.number for row in connection.execute(query)}


def of(connection: Connection, activity: str) -> tuple[Delivery, ...]:
    """Return the rows of an activity, by inbox."""
    query = _rows().where(ACTIVITIES.c.id == activity).order_by(_LEDGER.inbox)
    return tuple(Delivery(**row._mapping) for row in connection.execute(query))


def newest(
    connection: Connection, limit: int, state: DeliveryState | None = None
) -> tuple[Delivery, ...]:
    """Return the rows that came last into the ledger, or the last ones in a state."""
    query = _rows() if state is None else _rows().where(_LEDGER.state == state)
    rows = connection.execute(query.order_by(_LEDGER.id.desc()).limit(limit))
    return tuple(Delivery(**row._mapping) for row in rows)


def _add_rows(
    connection: Connection, activity: Row[*tuple[Any, ...]], now: dt.datetime
) -> None:
    """Insert inside the database: the same memory for ten followers and a hundred thousand."""
    rows = select(
        literal(activity.sequence),
        literal(activity.object),
        FOLLOWERS.c.target,
        FOLLOWERS.c.host,
        FOLLOWERS.c.shard,
        literal(value=False),
        literal("pending"),
        literal(0),
        literal(now, UtcDateTime),
        literal(now, UtcDateTime),
    )
    targets = rows.where(FOLLOWERS.c.actor == activity.actor).distinct()
    statement = insert(connection, DELIVERIES).from_select(_NEW, targets)
    connection.execute(statement.on_conflict_do_nothing())


def _rows() -> Select[*tuple[Any, ...]]:
    own = (_LEDGER[field.name] for field in fields(Delivery) if field.name in _LEDGER)
    activity = ACTIVITIES.c.id.label("activity"), ACTIVITIES.c.actor
    return select(*activity, *own).join_from(DELIVERIES, ACTIVITIES)


def _pending() -> ColumnElement[bool]:
    """Spell the state out: a partial index is not used for a bound parameter."""
    return _LEDGER.state == literal("pending", literal_execute=True)


def _ready(now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    earlier = DELIVERIES.alias("earlier")
    waits = exists().where(
        earlier.c.inbox == _LEDGER.inbox,
        earlier.c.object == _LEDGER.object,
        earlier.c.sequence < _LEDGER.sequence,
        earlier.c.state == literal("pending", literal_execute=True),
        earlier.c.due > now,
    )
    return _pending(), _LEDGER.due <= now, ~waits


def _parameters(result: Result) -> dict[str, object]:
    return {
        "delivery": result.delivery,
        "new_state": result.verdict.state,
        "new_due": result.verdict.due,
        "new_status": result.status,
        "new_error": result.verdict.error,
    }


def _end(connection: Connection, found: Sequence[ColumnElement[bool]], error: str) -> int:
    statement = update(DELIVERIES).where(*found).values(state="gone", error=error)
    return connection.execute(statement).rowcount
