"""What readers on other servers say to us, and whom we do not hear."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from bridge.store.schema.base import METADATA, Json, UtcDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

INTERACTIONS = Table(
    "interactions",
    METADATA,
    Column("digest", String(64), primary_key=True),  # of kind, actor and article
    Column("activity", String(64), nullable=False, index=True),  # digest of its id
    Column("key", String, nullable=False),
    Column("kind", String(5), nullable=False),
    CheckConstraint("kind IN ('like', 'boost', 'quote')", "kind"),
    Index(None, "key", "kind"),
)
"""Likes, boosts and quotes to be counted: nobody's name and no time is kept."""

REPLIES = Table(
    "replies",
    METADATA,
    Column("id", String, primary_key=True),
    Column("key", String),  # of the article; none for a mention of an account
    Column("account", String, nullable=False),  # ours, that was spoken to
    Column("actor", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("url", String, nullable=False),
    Column("content", Text, nullable=False),  # sanitised HTML
    Column("language", String),
    Column("published", UtcDateTime, nullable=False),
    Column("received", UtcDateTime, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("changed", UtcDateTime, nullable=False),  # what is shown of it, last
    CheckConstraint("state IN ('held', 'approved', 'rejected')", "state"),
    Index(None, "key", "state"),
    Index(None, "state", "received"),
    Index(None, "changed"),
)
"""What was said in answer to our posts; shown only when approved."""

REPORTS = Table(
    "reports",
    METADATA,
    Column("number", _NUMBER, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("actor", String, nullable=False),
    Column("objects", Json, nullable=False),  # what is complained of: ids of ours
    Column("content", Text, nullable=False),
    Column("received", UtcDateTime, nullable=False),
    Column("state", String(6), nullable=False),
    Column("note", Text),
    CheckConstraint("state IN ('open', 'closed')", "state"),
    Index(None, "state", "received"),
    sqlite_autoincrement=True,
)
"""Complaints of other servers' users about our posts."""

QUOTES = Table(
    "quotes",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("key", String, nullable=False, index=True),
    Column("instrument", String, nullable=False, index=True),  # the post that quotes
    Column("actor", String, nullable=False),
    Column("account", String, nullable=False),  # ours, whose post is quoted
)
"""Quotations we have agreed to; each can be read back (FEP-044f)."""

BLOCKS = Table(
    "blocks",
    METADATA,
    Column("kind", String(6), primary_key=True),
    Column("name", String, primary_key=True),  # a host name, or an actor's id
    Column("severity", String(7), nullable=False),
    Column("comment", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    CheckConstraint("kind IN ('domain', 'actor')", "kind"),
    CheckConstraint("severity IN ('suspend', 'silence', 'allow')", "severity"),
)
"""Whom we do not hear, whom only with care, and whom alone where a list says so."""
