"""Replies to our posts, and mentions of our accounts: held, approved or rejected."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from bridge.model import Letter, Reply, ReplyState
from bridge.store import articles
from bridge.store.portable import insert_new
from bridge.store.schema.dialogue import REPLIES
from bridge.store.schema.news import ARTICLES

_FIELDS = tuple(column for column in REPLIES.columns if column.name != "changed")
_SAID = REPLIES.c.content != ""


def add(connection: Connection, reply: Reply) -> bool:
    """Store a reply; False when its id is known already, also that of one that was deleted."""
    values = {column.name: getattr(reply, column.name) for column in _FIELDS}
    return insert_new(connection, REPLIES, {**values, "changed": reply.received})


def get(connection: Connection, id: str) -> Reply | None:
    """Return a reply by its id; None when there is none."""
    row = connection.execute(select(*_FIELDS).where(REPLIES.c.id == id)).first()
    return None if row is None else _reply(row)


def change(connection: Connection, reply: Reply, now: dt.datetime) -> None:
    """Give a reply other words, and the state that these have."""
    words = {"content": reply.content, "language": reply.language, "public": reply.public}
    mine = update(REPLIES).where(REPLIES.c.id == reply.id)
    connection.execute(mine.values(**words, state=reply.state, changed=now))


def decide(connection: Connection, id: str, state: ReplyState, now: dt.datetime) -> None:
    """Approve or reject a reply."""
    new = {"state": state, "changed": now}
    connection.execute(update(REPLIES).where(REPLIES.c.id == id).values(new))


def remove(connection: Connection, id: str, actor: str, now: dt.datetime) -> bool:
    """Let go of the words of a reply of this actor; False when there is none.

    For a while it is still known that there was one, so that what shows it is made anew.
    """
    return _empty(connection, now, REPLIES.c.id == id, REPLIES.c.actor == actor) > 0


def remove_all(connection: Connection, actor: str, now: dt.datetime) -> int:
    """Let go of everything that an actor said; return how many replies that were."""
    return _empty(connection, now, REPLIES.c.actor == actor)


def of_actor(connection: Connection, actor: str) -> tuple[Reply, ...]:
    """Return everything that an actor said."""
    query = select(*_FIELDS).where(REPLIES.c.actor == actor).order_by(REPLIES.c.id)
    return tuple(map(_reply, connection.execute(query)))


def actors(connection: Connection) -> tuple[str, ...]:
    """Return everybody of whom something is kept."""
    return tuple(connection.execute(select(REPLIES.c.actor).distinct()).scalars())


def standing(connection: Connection, actor: str) -> Mapping[ReplyState, int]:
    """Return how many replies of an actor are in each state."""
    query = select(REPLIES.c.state, func.count()).where(REPLIES.c.actor == actor)
    return {row[0]: row[1] for row in connection.execute(query.group_by(REPLIES.c.state))}


def of_article(
    connection: Connection, key: str, state: ReplyState = "approved"
) -> tuple[Reply, ...]:
    """Return the replies to an article in a state, oldest first."""
    query = select(*_FIELDS).where(REPLIES.c.key == key, REPLIES.c.state == state)
    rows = connection.execute(query.order_by(REPLIES.c.published, REPLIES.c.id))
    return tuple(map(_reply, rows))


def of_articles(connection: Connection, keys: Sequence[str]) -> Mapping[str, tuple[Reply, ...]]:
    """Return the approved replies to each of these articles that has any, oldest first."""
    query = select(*_FIELDS).where(REPLIES.c.key.in_(keys), REPLIES.c.state == "approved")
    found: dict[str, list[Reply]] = {}
    for row in connection.execute(query.order_by(REPLIES.c.published, REPLIES.c.id)):
        found.setdefault(row.key, []).append(_reply(row))
    return {key: tuple(said) for key, said in found.items()}


def letters(connection: Connection, paper: str, limit: int) -> tuple[Letter, ...]:
    """Return the approved replies to a paper's articles that came in last, newest first."""
    own = ARTICLES.c.paper == paper, ARTICLES.c.state != "withdrawn"
    query = select(*_FIELDS).join(ARTICLES, ARTICLES.c.key == REPLIES.c.key)
    query = query.where(REPLIES.c.state == "approved", *own)
    order = REPLIES.c.received.desc(), REPLIES.c.id
    found = tuple(map(_reply, connection.execute(query.order_by(*order).limit(limit))))
    entries = {
        key: articles.get(connection, key) for key in {one.key for one in found if one.key}
    }
    return tuple(
        Letter(reply=one, stored=entry)
        for one in found
        if (entry := entries.get(one.key or ""))
    )


def lately(connection: Connection, paper: str, since: dt.datetime) -> frozenset[dt.date]:
    """Return the editions of a paper of which a reply has come, changed or gone since."""
    query = select(ARTICLES.c.date).join(REPLIES, ARTICLES.c.key == REPLIES.c.key).distinct()
    changed = REPLIES.c.changed >= since, REPLIES.c.state != "held"
    return frozenset(
        connection.execute(query.where(ARTICLES.c.paper == paper, *changed)).scalars()
    )


def newest(
    connection: Connection, limit: int, state: ReplyState | None = None
) -> tuple[Reply, ...]:
    """Return what came in last, in one state or in any, newest first."""
    query = select(*_FIELDS).order_by(REPLIES.c.received.desc(), REPLIES.c.id)
    if state is not None:
        query = query.where(REPLIES.c.state == state)
    return tuple(map(_reply, connection.execute(query.limit(limit))))


def counts(connection: Connection) -> Mapping[ReplyState, int]:
    """Return how many replies are in each state."""
    query = select(REPLIES.c.state, func.count()).group_by(REPLIES.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def purge(connection: Connection, before: dt.datetime) -> int:
    """Drop what was rejected and came in before this moment; return how many."""
    old = REPLIES.c.state == "rejected", REPLIES.c.changed < before
    return connection.execute(delete(REPLIES).where(*old)).rowcount


def _empty(connection: Connection, now: dt.datetime, *found: ColumnElement[bool]) -> int:
    nothing = {"content": "", "name": "", "state": "rejected", "changed": now}
    return connection.execute(update(REPLIES).where(*found, _SAID).values(nothing)).rowcount


def _reply(row: Row[*tuple[Any, ...]]) -> Reply:
    return Reply(**row._mapping)
