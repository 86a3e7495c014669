"""Likes, boosts and quotes, counted without a list of people.

What is kept is a digest of who, what and which article: enough to count nobody twice and to
take a like back, too little to read off who it was. No time is kept.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Connection, delete, func, select

from bridge.model import Interaction, InteractionKind
from bridge.store.portable import insert_new
from bridge.store.schema.dialogue import INTERACTIONS


def add(connection: Connection, found: Interaction) -> bool:
    """Count an interaction; False when it is counted already."""
    values = {
        "digest": _digest(found),
        "activity": _sha256(found.activity),
        "key": found.key,
        "kind": found.kind,
    }
    return insert_new(connection, INTERACTIONS, values)


def remove(connection: Connection, found: Interaction) -> bool:
    """Take an interaction back; False when it was not counted."""
    mine = INTERACTIONS.c.digest == _digest(found)
    return connection.execute(delete(INTERACTIONS).where(mine)).rowcount > 0


def remove_activity(connection: Connection, activity: str) -> bool:
    """Take back what came with the activity of this id; False when nothing did."""
    mine = INTERACTIONS.c.activity == _sha256(activity)
    return connection.execute(delete(INTERACTIONS).where(mine)).rowcount > 0


def counts(
    connection: Connection, keys: Sequence[str]
) -> Mapping[str, Mapping[InteractionKind, int]]:
    """Return how often each of these articles was liked, boosted and quoted, if at all."""
    query = select(INTERACTIONS.c.key, INTERACTIONS.c.kind, func.count())
    query = query.where(INTERACTIONS.c.key.in_(keys))
    found: dict[str, dict[InteractionKind, int]] = {}
    for key, kind, number in connection.execute(
        query.group_by(INTERACTIONS.c.key, INTERACTIONS.c.kind)
    ):
        found.setdefault(key, {})[kind] = number
    return found


def _digest(found: Interaction) -> str:
    return _sha256(f"{found.kind}\n{found.actor}\n{found.key}")


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
