"""What came in: stored before it has any effect, and never given effect twice.

An activity whose signature still has to be checked waits in a bounded queue and owns nothing;
a verified one owns its id, so that a repeat is known for a repeat (security nos. 23 and 24).
"""

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, literal, or_, select, update

from bridge.model import Inbound, InboundState, Json, Request
from bridge.model.urls import parse
from bridge.store.portable import insert_new
from bridge.store.schema.social import INBOUNDS

Arrival = Literal["new", "repeat", "other"]
"""`other`: the id was seen before with other content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An activity that waits to be verified or handled."""

    number: int  # its place in the store
    digest: str
    host: str  # of the sender
    inbound: Inbound


def add(connection: Connection, inbound: Inbound, raw: bytes) -> Arrival:
    """Store a verified activity with the bytes it came in; a repeat changes nothing."""
    values = {**_values(inbound, raw), "verified": True, "request": None}
    if insert_new(connection, INBOUNDS, values):
        return "new"
    return _seen(connection, inbound.id, values["digest"]) or "other"


def hold(connection: Connection, inbound: Inbound, request: Request) -> None:
    """Store an activity together with the request whose signature is still to be checked."""
    values = _values(inbound, request.body)
    kept = {
        "method": request.method,
        "path": request.path,
        "headers": [list(header) for header in request.headers],
        "body": request.body.decode(),
    }
    insert_new(connection, INBOUNDS, {**values, "verified": False, "request": kept})


def held(connection: Connection, host: str | None = None) -> int:
    """Return how many wait to be verified, from one host or from all."""
    query = select(func.count()).select_from(INBOUNDS).where(_in_state("unverified"))
    if host is not None:
        query = query.where(INBOUNDS.c.host == host)
    return connection.execute(query).scalar_one()


def waits(connection: Connection, now: dt.datetime) -> bool:
    """Say whether anything is to be verified or handled now."""
    states = _in_state("unverified"), _in_state("pending")
    query = select(INBOUNDS.c.number).where(or_(*states), INBOUNDS.c.due <= now).limit(1)
    return connection.execute(query).first() is not None


def pending(connection: Connection, now: dt.datetime, *, limit: int) -> tuple[Waiting, ...]:
    """Return verified activities that are due to be handled, oldest first."""
    query = select(INBOUNDS).where(_in_state("pending"), INBOUNDS.c.due <= now)
    rows = connection.execute(query.order_by(INBOUNDS.c.number).limit(limit))
    return tuple(map(_waiting, rows))


def unverified(connection: Connection, now: dt.datetime, *, hosts: int) -> tuple[Waiting, ...]:
    """Return the oldest activity of each host that is due to be verified, for so many hosts."""
    oldest = func.min(INBOUNDS.c.number)
    heads = select(oldest).where(_in_state("unverified"), INBOUNDS.c.due <= now)
    heads = heads.group_by(INBOUNDS.c.host).order_by(oldest).limit(hosts)
    query = select(INBOUNDS).where(INBOUNDS.c.number.in_(heads.scalar_subquery()))
    return tuple(map(_waiting, connection.execute(query.order_by(INBOUNDS.c.number))))


def claim(connection: Connection, number: int, state: InboundState) -> bool:
    """Say whether an activity still is in a state, and keep it there for the transaction.

    A node that is taken for dead may only be slow: two may have read the same row.
    """
    row = select(INBOUNDS.c.state).where(INBOUNDS.c.number == number).with_for_update()
    return connection.execute(row).scalar() == state


def accept(connection: Connection, waiting: Waiting) -> Arrival:
    """Take a held activity for verified, unless its id has been taken by another."""
    arrival = _seen(connection, waiting.inbound.id, waiting.digest)
    if arrival is None:
        new = {"verified": True, "state": "pending", "request": None, "attempts": 0}
        connection.execute(_the(waiting.number).values(new))
        return "new"
    finish(connection, waiting.number, "ignored", "its id was seen before")
    return arrival


def finish(connection: Connection, number: int, state: InboundState, note: str) -> None:
    """Write down what an activity led to; the request is dropped."""
    values = {"state": state, "error": note or None, "request": None}
    connection.execute(_the(number).values(values))


def empty(connection: Connection, number: int) -> None:
    """Drop what an activity said; its id and digest still tell a repeat."""
    connection.execute(_the(number).values(body={}))


def postpone(connection: Connection, number: int, due: dt.datetime, error: str) -> None:
    """Note a failed attempt and wait with the next one."""
    values = {"attempts": INBOUNDS.c.attempts + 1, "due": due, "error": error}
    connection.execute(_the(number).values(values))


def get(connection: Connection, activity: str) -> Inbound | None:
    """Return the verified activity with this id, else the newest unverified one, else None."""
    query = select(INBOUNDS).where(INBOUNDS.c.id == activity)
    query = query.order_by(INBOUNDS.c.verified.desc(), INBOUNDS.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _waiting(row).inbound


def purge(connection: Connection, before: dt.datetime) -> int:
    """Drop what was received before this moment and waits no more; return how many."""
    done = INBOUNDS.c.state.not_in(("unverified", "pending"))
    return connection.execute(
        delete(INBOUNDS).where(done, INBOUNDS.c.received < before)
    ).rowcount


def _seen(connection: Connection, activity: str, digest: str) -> Arrival | None:
    known = INBOUNDS.c.id == activity, INBOUNDS.c.verified
    found = connection.execute(select(INBOUNDS.c.digest).where(*known)).scalar()
    if found is None:
        return None
    return "repeat" if found == digest else "other"


def _in_state(state: InboundState) -> Any:
    """Spell the state out: a partial index is not used for a bound parameter."""
    return INBOUNDS.c.state == literal(state, literal_execute=True)


def _the(number: int) -> Any:
    return update(INBOUNDS).where(INBOUNDS.c.number == number)


def _values(inbound: Inbound, raw: bytes) -> dict[str, Any]:
    return {
        "id": inbound.id,
        "digest": sha256(raw).hexdigest(),
        "host": parse(inbound.actor).netloc,
        "actor": inbound.actor,
        "type": inbound.type,
        "body": inbound.body,
        "received": inbound.received,
        "due": inbound.received,
        "state": inbound.state,
        "attempts": inbound.attempts,
        "error": inbound.error,
    }


def _waiting(row: Row[*tuple[Any, ...]]) -> Waiting:
    inbound = Inbound(
        id=row.id,
        actor=row.actor,
        type=row.type,
        body=row.body,
        received=row.received,
        state=row.state,
        request=None if row.request is None else _request(row.request),
        attempts=row.attempts,
        error=row.error,
    )
    return Waiting(number=row.number, digest=row.digest, host=row.host, inbound=inbound)


def _request(kept: Json) -> Request:
    return Request(
        method=kept["method"],
        path=kept["path"],
        headers=tuple((name, value) for name, value in kept["headers"]),
        body=kept["body"].encode(),
    )
