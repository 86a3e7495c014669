"""The table of the cluster: which daemons and workers share this database."""

from sqlalchemy import CheckConstraint, Column, String, Table

from bridge.store.schema.base import METADATA, UtcDateTime

NODES = Table(
    "nodes",
    METADATA,
    Column("id", String, primary_key=True),  # what the engine calls its executor
    Column("host", String, nullable=False),
    Column("role", String(9), nullable=False),
    Column("version", String, nullable=False),  # of the program
    Column("started", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),  # from then on it counts as dead
    CheckConstraint("role IN ('scheduler', 'worker')", "role"),
)
"""A row lives as long as its process gives signs of life, and a day longer for the eye."""
