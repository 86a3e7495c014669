"""The table of hubs (WebSub): which feeds they are still to be told of."""

from sqlalchemy import Column, Index, Integer, String, Table

from bridge.store.schema.base import METADATA, UtcDateTime

PINGS = Table(
    "pings",
    METADATA,
    Column("hub", String, primary_key=True),
    Column("topic", String, primary_key=True),  # URL of the feed that changed
    Column("number", Integer, nullable=False),  # of changes, so that none is taken for told
    Column("attempts", Integer, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Index("ix_pings_due", "due"),
)
"""A row lives until its hub has taken it, or was tried often enough."""
