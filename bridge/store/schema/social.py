"""The fediverse's tables: our keys, who follows, what came in, what goes out.

The ledger (`deliveries`) is a business record without claims, leases or locks: queueing and
one-runner-at-a-time belong to the engine (design §8). What is denormalised in it (host, shard,
object) is there so that finding the next row to send touches one partial index, however many
rows were delivered before.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from bridge.store.schema.base import METADATA, Json, UtcDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

ACTOR_KEYS = Table(
    "actor_keys",
    METADATA,
    Column("actor", String, primary_key=True),
    Column("name", String, primary_key=True),  # the fragment of the key's id
    Column("kind", String(7), nullable=False),
    Column("private", Text, nullable=False),  # empty once it is retired
    Column("public", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("retires", UtcDateTime),  # none while it is in use
    CheckConstraint("kind IN ('rsa', 'ed25519')", "kind"),
)
"""The keys of our accounts: one in use of each kind, and those that were replaced."""

FOLLOWERS = Table(
    "followers",
    METADATA,
    Column("actor", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("inbox", String, nullable=False),
    Column("shared_inbox", String),
    Column("target", String, nullable=False),  # the shared inbox, or else the inbox
    Column("host", String, nullable=False),  # of the target
    Column("shard", Integer, nullable=False),  # of the host
    Column("follow", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Index(None, "actor", "target", "host", "shard"),  # a fan-out reads only this and `hosts`
    Index(None, "id"),
    Index(None, "target"),
)
"""Who follows which of our accounts, and where their activities go."""

REMOTES = Table(
    "remotes",
    METADATA,
    Column("id", String, primary_key=True),
    Column("inbox", String, nullable=False),
    Column("shared_inbox", String),
    Column("key_id", String, nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("name", String, nullable=False),
    Column("fetched", UtcDateTime, nullable=False),
    Column("others", Json, nullable=False, server_default="{}"),  # keys: id → PEM
)
"""Actors of other servers as their own documents say."""

KEY_READS = Table(
    "key_reads",
    METADATA,
    Column("actor", String, primary_key=True),
    Column("key_id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("again", UtcDateTime, nullable=False, index=True),
    Column("error", Text, nullable=False),
    CheckConstraint("outcome IN ('read', 'failed', 'refused', 'gone')", "outcome"),
    Index(None, "host", "at"),
)
"""The last attempt to read a key from its owner's document, and when the next is allowed."""

INBOUNDS = Table(
    "inbounds",
    METADATA,
    Column("number", _NUMBER, primary_key=True),
    Column("id", String, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the body as sent
    Column("host", String, nullable=False),  # of the sender's id
    Column("actor", String, nullable=False),
    Column("type", String, nullable=False),
    Column("body", Json, nullable=False),
    Column("request", Json),  # only while its signature is still to be checked
    Column("received", UtcDateTime, nullable=False, index=True),
    Column("due", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    CheckConstraint(
        "state IN ('unverified', 'pending', 'handled', 'ignored', 'refused', 'failed')", "state"
    ),
    # Only a verified activity owns its id: else anyone could take the id of another's first.
    Index(
        "ix_inbounds_verified_id",
        "id",
        unique=True,
        sqlite_where=text("verified"),
        postgresql_where=text("verified"),
    ),
    Index(
        "ix_inbounds_waiting",
        "state",
        "due",
        sqlite_where=text("state IN ('unverified', 'pending')"),
        postgresql_where=text("state IN ('unverified', 'pending')"),
    ),
    sqlite_autoincrement=True,
)
"""Activities of others, stored before they have any effect."""

ACTIVITIES = Table(
    "activities",
    METADATA,
    Column("sequence", _NUMBER, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("actor", String, nullable=False),
    Column("type", String, nullable=False),
    Column("object", String, nullable=False, index=True),
    Column("body", Text, nullable=False),  # the very text that is sent, each time again
    Column("created", UtcDateTime, nullable=False),
    Column("fanned_out", Boolean, nullable=False),  # its followers have their rows
    Column("release_at", UtcDateTime),  # not fanned out before
    Column("also", String),  # another account of ours whose followers get it too
    Index(
        "ix_activities_waiting",
        "release_at",
        sqlite_where=text("NOT fanned_out"),
        postgresql_where=text("NOT fanned_out"),
    ),
    Index(None, "actor", "release_at"),
    sqlite_autoincrement=True,  # a number is never given twice: it is the order of sending
)
"""Activities of ours; deliveries point at them by their sequence."""

_PENDING = text("state = 'pending'")

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", _NUMBER, primary_key=True),
    Column("sequence", _NUMBER, ForeignKey("activities.sequence"), nullable=False),
    Column("object", String, nullable=False),
    Column("inbox", String, nullable=False),
    Column("host", String, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("direct", Boolean, nullable=False),  # an answer to one actor, not to followers
    Column("state", String(9), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("failing", UtcDateTime),  # since its first failed attempt
    Column("status", Integer),
    Column("error", Text),
    CheckConstraint("state IN ('pending', 'delivered', 'failed', 'gone')", "state"),
    Index("uq_deliveries_sequence_inbox", "sequence", "inbox", unique=True),
    Index("ix_deliveries_progress", "sequence", "state"),
    Index(
        "ix_deliveries_due",
        "shard",
        "due",
        "host",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    Index(
        "ix_deliveries_host",
        "host",
        "sequence",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    Index(
        "ix_deliveries_pair",
        "inbox",
        "object",
        "sequence",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    sqlite_autoincrement=True,
)
"""The ledger: one row for an activity and an inbox."""

RECALLS = Table(
    "recalls",
    METADATA,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("number", _NUMBER, nullable=False),
)
"""How often rows of a shard were ended by others than its sender: a run that sends notices."""

HOSTS = Table(
    "hosts",
    METADATA,
    Column("name", String, primary_key=True),  # with its port, as in `deliveries.host`
    Column("failures", Integer, nullable=False),
    Column("failing", UtcDateTime),
    Column("until", UtcDateTime),
    Column("scheme", String(8)),
    Column("refused", String(8)),
    Column("heard", UtcDateTime),
    Column("error", Text),
    Column("changed", UtcDateTime, nullable=False, index=True),
    CheckConstraint("scheme IN ('cavage', 'rfc9421')", "scheme"),
    CheckConstraint("refused IN ('cavage', 'rfc9421')", "refused"),
)
"""Servers with which something is, was or may be the matter; see `model.Host`.

Only those we deliver to have a row, each of bounded size, and it expires (security no. 94).
"""

ABSENCES = Table(
    "absences",
    METADATA,
    Column("inbox", String, primary_key=True),
    Column("days", Integer, nullable=False),
    Column("last", Date, nullable=False),
)
"""Inboxes that answered 404, and on how many days."""
