"""What posts are made of beside the articles: digests, measured pictures, profiles told."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from bridge.store.schema.base import METADATA, Json, UtcDateTime

DIGESTS = Table(
    "digests",
    METADATA,
    Column("key", String, primary_key=True),
    Column("paper", String, nullable=False),
    Column("section", String, nullable=False),
    Column("date", Date, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Index(None, "paper", "section", "date"),
)
"""One post for many articles of a section in an edition."""

DIGEST_ENTRIES = Table(
    "digest_entries",
    METADATA,
    Column("article", String, primary_key=True),  # it stands in one digest at most
    Column("digest", String, ForeignKey("digests.key"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
)
"""The articles of a digest, in its order."""

PICTURES = Table(
    "pictures",
    METADATA,
    Column("path", String, primary_key=True),  # its name is its hash: it never changes
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("blurhash", String, nullable=False),
    Column("focus", Json, nullable=False),  # [x, y]
)
"""What was measured of the pictures that posts show, once for each."""

PROFILES = Table(
    "profiles",
    METADATA,
    Column("actor", String, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("told", UtcDateTime, nullable=False),
)
"""Digests of our accounts' documents as their followers know them."""
