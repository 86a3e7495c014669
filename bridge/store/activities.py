"""Activities of ours: the text that is sent is stored once and never made again."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

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
)


def add(connection: Connection, activity: Activity) -> bool:
    """Store an activity and give it its place in the order; False when its id stands already.

    An id that stands keeps its text: what was sent once is sent the same again.
    """
    values = {
        "id": activity.id,
        "actor": activity.actor,
        "type": activity.type,
        "object": activity.object,
        "body": dump_json(activity.body),
        "created": activity.created,
        "fanned_out": False,
    }
    return insert_new(connection, ACTIVITIES, values)


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
