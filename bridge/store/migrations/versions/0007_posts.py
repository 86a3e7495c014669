"""Posts held back, digests and pictures; replies, counts, reports and blocks."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import Json, UtcDateTime

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _hold_activities()
    _create_digests()
    _create_pictures_and_profiles()
    _create_replies()
    _create_counts()
    _create_moderation()


def _hold_activities() -> None:
    op.add_column("activities", sa.Column("release_at", UtcDateTime()))
    op.add_column("activities", sa.Column("also", sa.String()))
    waiting = sa.text("NOT fanned_out")
    op.create_index(
        "ix_activities_waiting",
        "activities",
        ["release_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_activities_actor_release_at", "activities", ["actor", "release_at"])


def _create_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_digests")),
    )
    op.create_index("ix_digests_paper_section_date", "digests", ["paper", "section", "date"])
    op.create_table(
        "digest_entries",
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["digests.key"], name=op.f("fk_digest_entries_digests")
        ),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_digest_entries")),
    )
    op.create_index("ix_digest_entries_digest", "digest_entries", ["digest"])


def _create_pictures_and_profiles() -> None:
    op.create_table(
        "pictures",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("blurhash", sa.String(), nullable=False),
        sa.Column("focus", Json(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_pictures")),
    )
    op.create_table(
        "profiles",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("told", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_profiles")),
    )


def _create_replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String()),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("language", sa.String()),
        sa.Column("published", UtcDateTime(), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('held', 'approved', 'rejected')", name=op.f("ck_replies_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    op.create_index("ix_replies_actor", "replies", ["actor"])
    op.create_index("ix_replies_key_state", "replies", ["key", "state"])
    op.create_index("ix_replies_state_received", "replies", ["state", "received"])
    op.create_index("ix_replies_changed", "replies", ["changed"])


def _create_counts() -> None:
    op.create_table(
        "interactions",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("activity", sa.String(64), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(5), nullable=False),
        sa.CheckConstraint(
            "kind IN ('like', 'boost', 'quote')", name=op.f("ck_interactions_kind")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_interactions")),
    )
    op.create_index("ix_interactions_activity", "interactions", ["activity"])
    op.create_index("ix_interactions_key_kind", "interactions", ["key", "kind"])
    op.create_table(
        "quotes",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_quotes")),
    )
    op.create_index("ix_quotes_key", "quotes", ["key"])
    op.create_index("ix_quotes_instrument", "quotes", ["instrument"])


def _create_moderation() -> None:
    op.create_table(
        "reports",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("objects", Json(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_reports_state")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reports")),
        sa.UniqueConstraint("id", name=op.f("uq_reports_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_state_received", "reports", ["state", "received"])
    op.create_table(
        "blocks",
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("severity", sa.String(7), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('domain', 'actor')", name=op.f("ck_blocks_kind")),
        sa.CheckConstraint(
            "severity IN ('suspend', 'silence', 'allow')", name=op.f("ck_blocks_severity")
        ),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_blocks")),
    )
