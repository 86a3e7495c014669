"""Activities of ours: the text that is sent is stored once and never made again.

One that is held back until its release may still be rewritten or dropped; what followers have
their rows of stays as it is.
"""

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, text, update

from bridge.model import Activity
from bridge.store.database import dump_json
from bridge.store.portable import insert_new
from bridge.store.schema.social import ACTIVITIES

_FIELDS = (
    ACTIVITIES.c.id,
    ACTIVITIES.c.actor,
    ACTIVITIES.c.type,
    ACTIVITIES.c.object,
    ACTIVITIES.c.body,
    ACTIVITIES.c.created,
    ACTIVITIES.c.release_at,
    ACTIVITIES.c.also,
)
_UNSENT = text("NOT activities.fanned_out")
"""As its partial index has it: SQLite takes no other spelling for the same."""

PERSONAL = ("Accept", "Reject")
"""Types that answer one actor, whatever an older release noted of them."""


def add(connection: Connection, activity: Activity, *, personal: bool = False) -> bool:
    """Store an activity and give it its place in the order; False when its id stands already.

    An id that stands keeps its text: what was sent once is sent the same again. A `personal`
    one goes to one receiver (`deliveries.send`) and never to the followers.
    """
    values = {
        "id": activity.id,
        "actor": activity.actor,
        "type": activity.type,
        "object": activity.object,
        "body": dump_json(activity.body),
        "created": activity.created,
        "fanned_out": personal,
        "release_at": activity.release_at,
        "also": activity.also,
    }
    return insert_new(connection, ACTIVITIES, values)


def rewrite(connection: Connection, activity: Activity, now: dt.datetime) -> bool:
    """Give an activity another text while it is held back; False when it is not (any more)."""
    mine = ACTIVITIES.c.id == activity.id, _UNSENT, ACTIVITIES.c.release_at > now
    said = {"body": dump_json(activity.body), "also": activity.also}
    return connection.execute(update(ACTIVITIES).where(*mine).values(said)).rowcount == 1


def drop(connection: Connection, object: str) -> int:
    """Take back what nobody has yet about an object; return how many activities."""
    mine = ACTIVITIES.c.object == object, _UNSENT
    return connection.execute(delete(ACTIVITIES).where(*mine)).rowcount


def released(connection: Connection, now: dt.datetime) -> tuple[str, ...]:
    """Return the ids of what was held back and is due, in the order of sending."""
    due = _UNSENT, ACTIVITIES.c.release_at <= now
    query = select(ACTIVITIES.c.id).where(*due).order_by(ACTIVITIES.c.sequence)
    return tuple(connection.execute(query).scalars())


def overdue(connection: Connection, before: dt.datetime) -> tuple[str, ...]:
    """Return the ids of what should have had its rows before this moment, in order."""
    at_once = ACTIVITIES.c.release_at.is_(None)
    due = _UNSENT, or_(at_once, ACTIVITIES.c.release_at <= before)
    query = select(ACTIVITIES.c.sequence, ACTIVITIES.c.id).where(*due)
    wanted = ACTIVITIES.c.created <= before, ACTIVITIES.c.type.not_in(PERSONAL)
    found = connection.execute(query.where(*wanted))  # ordered here: else all would be read
    return tuple(row.id for row in sorted(found))


def rewind(connection: Connection, now: dt.datetime) -> None:
    """Let nothing be held back, or be planned behind, for a clock that was put back since."""
    ahead = update(ACTIVITIES).where(ACTIVITIES.c.created > now)
    planned = ACTIVITIES.c.release_at.is_not(None)
    connection.execute(ahead.where(planned).values(release_at=now))
    connection.execute(ahead.values(created=now))


def held(connection: Connection, now: dt.datetime) -> tuple[Activity, ...]:
    """Return what is held back, by the moment of its release."""
    query = select(*_FIELDS).where(_UNSENT, ACTIVITIES.c.release_at > now)
    order = ACTIVITIES.c.release_at, ACTIVITIES.c.sequence
    return tuple(map(_activity, connection.execute(query.order_by(*order))))


def releases(connection: Connection, wanted: Collection[str]) -> Mapping[str, dt.datetime]:
    """Return the moments of release, by activity id, of those that have one."""
    query = select(ACTIVITIES.c.id, ACTIVITIES.c.release_at).where(
        ACTIVITIES.c.id.in_(wanted), ACTIVITIES.c.release_at.is_not(None)
    )
    return {row.id: row.release_at for row in connection.execute(query)}


def boosts(
    connection: Connection, actor: str, now: dt.datetime, start: int, limit: int
) -> tuple[Activity, ...]:
    """Return what an account has boosted until now, newest first, after the first `start`."""
    mine = ACTIVITIES.c.actor == actor, ACTIVITIES.c.type == "Announce"
    query = select(*_FIELDS).where(*mine, ACTIVITIES.c.release_at <= now)
    order = ACTIVITIES.c.release_at.desc(), ACTIVITIES.c.sequence.desc()
    rows = connection.execute(query.order_by(*order).offset(start).limit(limit))
    return tuple(map(_activity, rows))


def count_boosts(connection: Connection, actor: str, now: dt.datetime) -> int:
    """Return how much an account has boosted until now."""
    mine = ACTIVITIES.c.actor == actor, ACTIVITIES.c.type == "Announce"
    query = select(func.count()).select_from(ACTIVITIES)
    return connection.execute(query.where(*mine, ACTIVITIES.c.release_at <= now)).scalar_one()


def posted(
    connection: Connection, actor: str, since: dt.datetime, until: dt.datetime
) -> tuple[int, dt.datetime | None]:
    """Return how many posts of an account are released in a span, and when the last one is."""
    span = ACTIVITIES.c.release_at >= since, ACTIVITIES.c.release_at < until
    query = select(func.count(), func.max(ACTIVITIES.c.release_at)).where(
        ACTIVITIES.c.actor == actor, *span, ACTIVITIES.c.type == "Create"
    )
    count, last = connection.execute(query).one()
    return count, last


def get(connection: Connection, activity: str) -> Activity | None:
    """Return an activity by its id; None when there is none."""
    row = connection.execute(select(*_FIELDS).where(ACTIVITIES.c.id == activity)).first()
    return None if row is None else _activity(row)


def about(connection: Connection, object: str) -> Activity | None:
    """Return the newest activity about an object; None when there is none."""
    query = select(*_FIELDS).where(ACTIVITIES.c.object == object)
    row = connection.execute(query.order_by(ACTIVITIES.c.sequence.desc()).limit(1)).first()
    return None if row is None else _activity(row)


def bodies(connection: Connection, wanted: Collection[str]) -> Mapping[str, bytes]:
    """Return the bytes to send, by activity id."""
    query = select(ACTIVITIES.c.id, ACTIVITIES.c.body).where(ACTIVITIES.c.id.in_(wanted))
    return {row.id: row.body.encode() for row in connection.execute(query)}


def _activity(row: Row[*tuple[Any, ...]]) -> Activity:
    fields = dict(row._mapping)
    return Activity(**{**fields, "body": json.loads(fields["body"])})
