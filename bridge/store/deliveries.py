"""The ledger: which activity goes to which inbox, how often it was tried and what came of it.

There are no claims in it: the engine runs a shard once in the whole cluster. Rows of one inbox
and object leave in the order of their activities; while one waits for its retry, later ones of
the pair wait with it, and every other pair goes on. Rows for a host that rests are due when
its rest is over, so that finding work never looks at them.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
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
from bridge.store import hosts
from bridge.store.portable import insert
from bridge.store.schema.base import UtcDateTime
from bridge.store.schema.social import ACTIVITIES, DELIVERIES, FOLLOWERS, HOSTS, RECALLS

UNREACHED = (502, 503, 504)
"""Answers of a proxy that did not reach its server: with none at all, a reason to try anew."""

AHEAD = dt.timedelta(minutes=1)
"""A row may be made so far in the future: the clocks of two nodes differ."""

_LEDGER = DELIVERIES.c
_EARLIER = DELIVERIES.alias("earlier").c
_NEW = "sequence object inbox host shard direct state attempts due created".split()
_OWN = tuple(_LEDGER[field.name] for field in fields(Delivery) if field.name in _LEDGER)

# The statements of the sender are built once: building them costs more than running them.
_NOW = bindparam("now", type_=UtcDateTime)
_PENDING = _LEDGER.state == literal("pending", literal_execute=True)
"""Spelled out: a partial index is not used for a bound parameter."""
_READY = and_(
    _PENDING,
    _LEDGER.due <= _NOW,
    ~exists().where(
        _EARLIER.inbox == _LEDGER.inbox,
        _EARLIER.object == _LEDGER.object,
        _EARLIER.sequence < _LEDGER.sequence,
        _EARLIER.state == literal("pending", literal_execute=True),
        _EARLIER.due > _NOW,
    ),
)
_ROWS = select(ACTIVITIES.c.id.label("activity"), ACTIVITIES.c.actor, *_OWN).join_from(
    DELIVERIES, ACTIVITIES
)
_SHARDS_DUE = select(_LEDGER.shard).where(_READY).distinct().order_by(_LEDGER.shard)
_HOSTS_DUE = (
    select(_LEDGER.host, func.coalesce(func.max(HOSTS.c.failures), 0).label("failures"))
    .join_from(DELIVERIES, HOSTS, HOSTS.c.name == _LEDGER.host, isouter=True)
    .where(
        _LEDGER.shard == bindparam("shard"),
        _LEDGER.host.not_in(bindparam("busy", expanding=True)),
        _READY,
    )
    .group_by(_LEDGER.host)
    .order_by(
        case((func.coalesce(func.max(HOSTS.c.failures), 0) > 0, 1), else_=0),
        func.min(_LEDGER.due),
        _LEDGER.host,
    )
    .limit(bindparam("limit", type_=Integer))
)
_DUE = (
    _ROWS.where(_LEDGER.host == bindparam("host"), _READY)
    .order_by(_LEDGER.sequence, _LEDGER.id)
    .limit(bindparam("limit", type_=Integer))
)
_STILL_PENDING = select(_LEDGER.id).where(
    _LEDGER.id.in_(bindparam("ids", expanding=True)), _PENDING
)
_COUNTS = select(_LEDGER.state, func.count().label("number")).group_by(_LEDGER.state)
_COUNTS_OF = _COUNTS.where(
    _LEDGER.sequence
    == select(ACTIVITIES.c.sequence)
    .where(ACTIVITIES.c.id == bindparam("activity"))
    .scalar_subquery()
)
_RECALLS = select(RECALLS.c.number).where(RECALLS.c.shard == bindparam("shard"))
_SETTLE = (
    update(DELIVERIES)
    .where(
        _LEDGER.id == bindparam("delivery"),
        or_(_LEDGER.state == "pending", bindparam("new_state") == "delivered"),
    )
    .values(
        state=bindparam("new_state"),
        attempts=_LEDGER.attempts + 1,
        due=bindparam("new_due"),
        failing=bindparam("new_failing"),
        status=bindparam("new_status"),
        error=bindparam("new_error"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One attempt, to be written down."""

    delivery: int  # its id
    verdict: Verdict
    status: int | None
    failing: dt.datetime | None = None  # since when it fails, this attempt included


def fan_out(connection: Connection, activity: str, now: dt.datetime) -> tuple[int, ...]:
    """Give an activity a row for every target of its account's followers; return the shards.

    Earlier activities about the same object that have no rows yet get theirs first, so that an
    Update whose task overtakes that of the Create does not leave before it. Repeating it adds
    nothing, not even for who has come to follow meanwhile. One that is held back stays so.
    """
    found = connection.execute(select(ACTIVITIES).where(ACTIVITIES.c.id == activity)).first()
    if found is None or (found.release_at and found.release_at > now):
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
    touched = _LEDGER.sequence == found.sequence, _PENDING
    shards = select(_LEDGER.shard).where(*touched).distinct().order_by(_LEDGER.shard)
    return tuple(connection.execute(shards).scalars())


def send(connection: Connection, activity: Activity, inbox: str, now: dt.datetime) -> int:
    """Send a stored activity to one inbox, once more if it went there before.

    Returns the shard. Raises ValueError for an inbox that is not a URL.
    """
    place = select(ACTIVITIES.c.sequence).where(ACTIVITIES.c.id == activity.id)
    host = parse(inbox).netloc
    known = hosts.find(connection, host)
    due = max(now, known.until or now) if known else now
    values = {
        "sequence": connection.execute(place).scalar_one(),
        "object": activity.object,
        "inbox": inbox,
        "host": host,
        "shard": shard_of(host),
        "direct": True,
        "state": "pending",
        "attempts": 0,
        "due": due,
        "created": now,
    }
    again = {"state": "pending", "attempts": 0, "due": due, "failing": None}
    statement = insert(connection, DELIVERIES).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=("sequence", "inbox"), set_=again, where=_LEDGER.state != "pending"
        )
    )
    return shard_of(host)


def shards_due(connection: Connection, now: dt.datetime) -> tuple[int, ...]:
    """Return the shards that have something to send."""
    return tuple(connection.execute(_SHARDS_DUE, {"now": now}).scalars())


def hosts_due(
    connection: Connection, shard: int, now: dt.datetime, *, busy: Collection[str], limit: int
) -> Mapping[str, int]:
    """Return hosts of a shard that have something to send, each with its failures in a row.

    Those that are well come first, and among them those that wait longest.
    """
    found = {"shard": shard, "now": now, "busy": list(busy), "limit": limit}
    return {row.host: row.failures for row in connection.execute(_HOSTS_DUE, found)}


def due(
    connection: Connection, host: str, now: dt.datetime, *, limit: int
) -> tuple[Delivery, ...]:
    """Return what a host is to get now, in order."""
    rows = connection.execute(_DUE, {"host": host, "now": now, "limit": limit})
    return tuple(Delivery(**row._asdict()) for row in rows)


def still_pending(connection: Connection, ids: Collection[int]) -> frozenset[int]:
    """Return those rows that nobody has called off meanwhile."""
    return frozenset(connection.execute(_STILL_PENDING, {"ids": list(ids)}).scalars())


def recalls(connection: Connection, shard: int) -> int:
    """Return a number that grows whenever rows of a shard are ended from elsewhere."""
    return connection.execute(_RECALLS, {"shard": shard}).scalar() or 0


def settle(connection: Connection, results: Sequence[Result]) -> None:
    """Write down what attempts came to.

    A row that was called off while its request was under way stays so, unless it arrived.
    """
    if results:
        connection.execute(_SETTLE, [_parameters(result) for result in results])


def pause(connection: Connection, host: str, until: dt.datetime) -> None:
    """Let everything for a host wait: it asked for that, or does not answer."""
    waiting = _LEDGER.host == host, _PENDING, _LEDGER.due < until
    connection.execute(update(DELIVERIES).where(*waiting).values(due=until))


def wake(connection: Connection, host: str, now: dt.datetime) -> int:
    """Send now what waited only because a host did not answer; return how many rows."""
    silent = or_(_LEDGER.attempts == 0, _LEDGER.status.is_(None), _LEDGER.status.in_(UNREACHED))
    waiting = _LEDGER.host == host, _PENDING, _LEDGER.due > now, silent
    return connection.execute(update(DELIVERIES).where(*waiting).values(due=now)).rowcount


def expire(connection: Connection, host: str, before: dt.datetime, error: str) -> int:
    """Give up what has waited for a dead host since before this moment."""
    old = _LEDGER.host == host, _PENDING, _LEDGER.created <= before
    statement = update(DELIVERIES).where(*old).values(state="failed", error=error)
    return connection.execute(statement).rowcount


def redirect(
    connection: Connection, inbox: str, now: dt.datetime, *, also: int | None = None
) -> None:
    """Give what waits for a shared inbox that is gone to the own inboxes of its followers.

    They must have been moved before (`followers.lose_target`); `also` is a row that does not
    wait any more, the one that found the inbox gone. Who followed later gets nothing older.
    """
    waiting = or_(_PENDING, _LEDGER.id == also) if also is not None else _PENDING
    rows = (
        select(
            _LEDGER.sequence,
            _LEDGER.object,
            FOLLOWERS.c.target,
            FOLLOWERS.c.host,
            FOLLOWERS.c.shard,
            *_fresh(now),
        )
        .join_from(DELIVERIES, ACTIVITIES)
        .join(
            FOLLOWERS,
            and_(
                FOLLOWERS.c.actor == ACTIVITIES.c.actor,
                FOLLOWERS.c.host == _LEDGER.host,
                FOLLOWERS.c.target != inbox,
                FOLLOWERS.c.since <= _LEDGER.created,
            ),
        )
        .where(_LEDGER.inbox == inbox, waiting, _LEDGER.direct.is_(False))
        .distinct()
    )
    statement = insert(connection, DELIVERIES).from_select(_NEW, rows)
    connection.execute(statement.on_conflict_do_nothing())


def call_off(connection: Connection, actor: str, target: str) -> int:
    """End what an account would still have sent to a target nobody of whose follows it."""
    ours = select(ACTIVITIES.c.sequence).where(ACTIVITIES.c.actor == actor)
    found = (
        _LEDGER.inbox == target,
        _PENDING,
        _LEDGER.direct.is_(False),
        _LEDGER.sequence.in_(ours),
    )
    return end(connection, found, "no longer followed from there")


def close(connection: Connection, inbox: str, error: str) -> int:
    """End everything for an inbox that is gone for good; return how many rows that was."""
    return end(connection, (_LEDGER.inbox == inbox, _PENDING), error)


def end(connection: Connection, found: Sequence[ColumnElement[bool]], error: str) -> int:
    """End rows and let the runs that may have them in hand know; return how many."""
    statement = update(DELIVERIES).where(*found).values(state="gone", error=error)
    ended = connection.execute(statement.returning(_LEDGER.shard)).scalars().all()
    for shard in sorted(set(ended)):
        first = insert(connection, RECALLS).values(shard=shard, number=1)
        more = first.on_conflict_do_update(
            index_elements=("shard",), set_={"number": RECALLS.c.number + 1}
        )
        connection.execute(more)
    return len(ended)


def ahead(connection: Connection, now: dt.datetime) -> bool:
    """Say whether the newest row was made in the future: the clock was put back since."""
    newest = select(_LEDGER.created).order_by(_LEDGER.id.desc()).limit(1)
    made = connection.execute(newest).scalar()
    return made is not None and made > now + AHEAD


def rewind(connection: Connection, now: dt.datetime) -> int:
    """Let nothing wait for a moment that a clock which ran ahead has named; return how many."""
    early = or_(_LEDGER.created > now, _LEDGER.failing > now)
    waiting = update(DELIVERIES).where(_PENDING, early)
    rows = connection.execute(waiting.values(due=now, created=now, failing=None)).rowcount
    connection.execute(update(DELIVERIES).where(_LEDGER.created > now).values(created=now))
    hosts.rewind(connection, now)
    return rows


def counts(connection: Connection, activity: str | None = None) -> Mapping[DeliveryState, int]:
    """Return how many rows are in each state, of one activity or of all."""
    query = _COUNTS if activity is None else _COUNTS_OF
    rows = connection.execute(query, {"activity": activity} if activity else {})
    return {row.state: row.number for row in rows}


def of(connection: Connection, activity: str) -> tuple[Delivery, ...]:
    """Return the rows of an activity, by inbox."""
    query = _ROWS.where(ACTIVITIES.c.id == activity).order_by(_LEDGER.inbox)
    return tuple(Delivery(**row._asdict()) for row in connection.execute(query))


def newest(
    connection: Connection, limit: int, state: DeliveryState | None = None
) -> tuple[Delivery, ...]:
    """Return the rows that came last into the ledger, or the last ones in a state."""
    query = _ROWS if state is None else _ROWS.where(_LEDGER.state == state)
    return select_rows(connection, query.order_by(_LEDGER.id.desc()).limit(limit))


def rows_where(*found: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the query of the rows to which all of this applies."""
    return _ROWS.where(*found)


def select_rows(
    connection: Connection, query: Select[*tuple[Any, ...]]
) -> tuple[Delivery, ...]:
    """Return the rows that a query made of `rows_where` finds."""
    return tuple(Delivery(**row._asdict()) for row in connection.execute(query))


def _add_rows(
    connection: Connection, activity: Row[*tuple[Any, ...]], now: dt.datetime
) -> None:
    """Insert inside the database: the same memory for ten followers and a hundred thousand."""
    moment = literal(now, UtcDateTime)
    due = case((HOSTS.c.until > moment, HOSTS.c.until), else_=moment)
    direct, state, attempts, _, created = _fresh(now)
    targets = (
        select(
            literal(activity.sequence),
            literal(activity.object),
            FOLLOWERS.c.target,
            FOLLOWERS.c.host,
            FOLLOWERS.c.shard,
            *(direct, state, attempts, due, created),
        )
        .join_from(FOLLOWERS, HOSTS, HOSTS.c.name == FOLLOWERS.c.host, isouter=True)
        .where(FOLLOWERS.c.actor.in_((activity.actor, activity.also or activity.actor)))
        .distinct()
    )
    statement = insert(connection, DELIVERIES).from_select(_NEW, targets)
    connection.execute(statement.on_conflict_do_nothing())


def _fresh(now: dt.datetime) -> tuple[ColumnElement[Any], ...]:
    """Return the values of a new row, from `direct` on."""
    moment = literal(now, UtcDateTime)
    return literal(value=False), literal("pending"), literal(0), moment, moment


def _parameters(result: Result) -> dict[str, object]:
    return {
        "delivery": result.delivery,
        "new_state": result.verdict.state,
        "new_due": result.verdict.due,
        "new_failing": result.failing,
        "new_status": result.status,
        "new_error": result.verdict.error,
    }
