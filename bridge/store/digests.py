"""Digests: which articles of a section went out together in one post."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from bridge.model import Digest
from bridge.store.portable import upsert
from bridge.store.schema.posts import DIGEST_ENTRIES, DIGESTS


def put(connection: Connection, digest: Digest) -> None:
    """Store a digest with its articles as they are now.

    Raises sqlalchemy.exc.IntegrityError for an article that stands in another one.
    """
    values = {
        "key": digest.key,
        "paper": digest.paper,
        "section": digest.section,
        "date": digest.date,
        "first_seen": digest.first_seen,
        "updated": digest.updated,
        "revision": digest.revision,
    }
    upsert(connection, DIGESTS, values, key=("key",))
    mine = DIGEST_ENTRIES.c.digest == digest.key
    connection.execute(delete(DIGEST_ENTRIES).where(mine))
    rows = [
        {"article": key, "digest": digest.key, "position": position}
        for position, key in enumerate(digest.articles)
    ]
    if rows:
        connection.execute(insert(DIGEST_ENTRIES), rows)


def get(connection: Connection, key: str) -> Digest | None:
    """Return the digest with this key; None when there is none."""
    row = connection.execute(select(DIGESTS).where(DIGESTS.c.key == key)).first()
    return None if row is None else _digest(connection, row)


def holding(connection: Connection, articles: Sequence[str]) -> dict[str, str]:
    """Return which digest each of these articles stands in, of those that stand in one."""
    found = DIGEST_ENTRIES.c.article.in_(articles)
    query = select(DIGEST_ENTRIES.c.article, DIGEST_ENTRIES.c.digest).where(found)
    return {row.article: row.digest for row in connection.execute(query)}


def latest(connection: Connection, paper: str, section: str, limit: int) -> tuple[Digest, ...]:
    """Return the newest digests of a section, newest edition first."""
    query = select(DIGESTS).where(DIGESTS.c.paper == paper, DIGESTS.c.section == section)
    rows = connection.execute(query.order_by(DIGESTS.c.date.desc()).limit(limit)).all()
    return tuple(_digest(connection, row) for row in rows)


def of_edition(connection: Connection, paper: str, date: dt.date) -> tuple[Digest, ...]:
    """Return the digests of an edition, by section."""
    query = select(DIGESTS).where(DIGESTS.c.paper == paper, DIGESTS.c.date == date)
    rows = connection.execute(query.order_by(DIGESTS.c.section)).all()
    return tuple(_digest(connection, row) for row in rows)


def count(connection: Connection, paper: str, section: str) -> int:
    """Return how many digests a section has."""
    query = select(func.count()).select_from(DIGESTS)
    mine = DIGESTS.c.paper == paper, DIGESTS.c.section == section
    return connection.execute(query.where(*mine)).scalar_one()


def _digest(connection: Connection, row: Row[Any]) -> Digest:
    query = select(DIGEST_ENTRIES.c.article).where(DIGEST_ENTRIES.c.digest == row.key)
    keys = connection.execute(query.order_by(DIGEST_ENTRIES.c.position)).scalars()
    return Digest(**row._mapping, articles=tuple(keys))
