"""The table of readers: who may read a private copy, by the digest of a token."""

from sqlalchemy import Column, Date, Index, String, Table, text

from bridge.store.schema.base import METADATA, UtcDateTime

_IN_FORCE = text("revoked IS NULL")

READERS = Table(
    "readers",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("name", String, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("used", Date),
    Column("revoked", UtcDateTime),
    Index(
        "ix_readers_in_force",
        "name",
        unique=True,
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    ),
)
"""Revoked rows stay, so that it can be said since when a token is void."""
