"""Quotations of our posts that we have agreed to (FEP-044f)."""

from dataclasses import asdict

from sqlalchemy import Connection, delete, select

from bridge.model import Quote
from bridge.store.portable import insert_new
from bridge.store.schema.dialogue import QUOTES


def add(connection: Connection, quote: Quote) -> bool:
    """Store an agreement; False when it stands already."""
    return insert_new(connection, QUOTES, asdict(quote))


def get(connection: Connection, name: str) -> Quote | None:
    """Return an agreement by its name; None when there is none (any more)."""
    row = connection.execute(select(QUOTES).where(QUOTES.c.name == name)).first()
    return None if row is None else Quote(**row._mapping)


def remove(connection: Connection, instrument: str, actor: str) -> tuple[Quote, ...]:
    """Let go of what was agreed for a post that its author has deleted; return it."""
    mine = QUOTES.c.instrument == instrument, QUOTES.c.actor == actor
    rows = connection.execute(delete(QUOTES).where(*mine).returning(*QUOTES.columns)).all()
    return tuple(Quote(**row._mapping) for row in rows)


def revoke(connection: Connection, key: str) -> int:
    """Let go of everything that was agreed about an article; return how much."""
    return connection.execute(delete(QUOTES).where(QUOTES.c.key == key)).rowcount
