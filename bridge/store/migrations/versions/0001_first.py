"""The first tables: the news and the fediverse."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import Json, UtcDateTime

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_editions()
    _create_pages()
    _create_page_origins()
    _index_page_origins()
    _create_documents()
    _index_documents()
    _create_articles()
    _index_articles()
    _create_revisions()
    _create_runs()
    _index_runs()
    _create_activities()
    _index_activities()
    _create_actor_keys()
    _create_followers()
    _index_followers()
    _create_inbounds()
    _index_inbounds()
    _create_key_reads()
    _index_key_reads()
    _create_remotes()
    _create_deliveries()
    _index_deliveries()


def _create_editions() -> None:
    op.create_table(
        "editions",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("number", sa.String()),
        sa.Column("pages_total", sa.Integer()),
        sa.Column("masthead", Json(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("paper", "date", name=op.f("pk_editions")),
    )


def _create_pages() -> None:
    op.create_table(
        "pages",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper", "date"],
            ["editions.paper", "editions.date"],
            name=op.f("fk_pages_editions"),
        ),
        sa.PrimaryKeyConstraint("paper", "date", "label", name=op.f("pk_pages")),
    )


def _create_page_origins() -> None:
    op.create_table(
        "page_origins",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper", "date", "label"],
            ["pages.paper", "pages.date", "pages.label"],
            name=op.f("fk_page_origins_pages"),
        ),
        sa.PrimaryKeyConstraint(
            "paper", "date", "label", "source", "path", name=op.f("pk_page_origins")
        ),
    )


def _index_page_origins() -> None:
    op.create_index("ix_page_origins_source_path", "page_origins", ["source", "path"])


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("code", sa.String()),
        sa.Column("reason", sa.Text()),
        sa.Column("date", sa.Date()),
        sa.Column("problems", Json(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'ingested', 'unchanged', 'skipped', 'quarantined')",
            name=op.f("ck_documents_state"),
        ),
        sa.PrimaryKeyConstraint("source", "path", name=op.f("pk_documents")),
    )


def _index_documents() -> None:
    op.create_index("ix_documents_state_changed", "documents", ["state", "changed"])


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("published", UtcDateTime(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('live', 'suspected', 'withdrawn')", name=op.f("ck_articles_state")
        ),
        sa.ForeignKeyConstraint(
            ["paper", "date"],
            ["editions.paper", "editions.date"],
            name=op.f("fk_articles_editions"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
    )


def _index_articles() -> None:
    op.create_index(
        "ix_articles_paper_date_position", "articles", ["paper", "date", "position"]
    )
    op.create_index(
        "ix_articles_paper_section_date_position",
        "articles",
        ["paper", "section", "date", "position"],
    )


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["articles.key"], name=op.f("fk_revisions_articles")),
        sa.PrimaryKeyConstraint("key", "number", name=op.f("pk_revisions")),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started", UtcDateTime(), nullable=False),
        sa.Column("finished", UtcDateTime()),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.CheckConstraint(
            "outcome IN ('running', 'done', 'partly', 'failed', 'interrupted')",
            name=op.f("ck_runs_outcome"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )


def _index_runs() -> None:
    op.create_index("ix_runs_source_id", "runs", ["source", "id"])


def _create_activities() -> None:
    op.create_table(
        "activities",
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("fanned_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_activities")),
        sa.UniqueConstraint("id", name=op.f("uq_activities_id")),
        sqlite_autoincrement=True,
    )


def _index_activities() -> None:
    op.create_index("ix_activities_object", "activities", ["object"])


def _create_actor_keys() -> None:
    op.create_table(
        "actor_keys",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_actor_keys")),
    )


def _create_followers() -> None:
    op.create_table(
        "followers",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("inbox", sa.String(), nullable=False),
        sa.Column("shared_inbox", sa.String()),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("follow", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "id", name=op.f("pk_followers")),
    )


def _index_followers() -> None:
    op.create_index(
        "ix_followers_actor_target_host_shard",
        "followers",
        ["actor", "target", "host", "shard"],
    )
    op.create_index("ix_followers_id", "followers", ["id"])
    op.create_index("ix_followers_target", "followers", ["target"])


def _create_inbounds() -> None:
    op.create_table(
        "inbounds",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("request", Json()),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint(
            "state IN ('unverified', 'pending', 'handled', 'ignored', 'refused', 'failed')",
            name=op.f("ck_inbounds_state"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_inbounds")),
        sqlite_autoincrement=True,
    )


def _index_inbounds() -> None:
    op.create_index("ix_inbounds_received", "inbounds", ["received"])
    op.create_index(
        "ix_inbounds_verified_id", "inbounds", ["id"], unique=True, **_where("verified")
    )
    op.create_index(
        "ix_inbounds_waiting",
        "inbounds",
        ["state", "due"],
        **_where("state IN ('unverified', 'pending')"),
    )


def _create_key_reads() -> None:
    op.create_table(
        "key_reads",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("again", UtcDateTime(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('read', 'failed', 'refused', 'gone')",
            name=op.f("ck_key_reads_outcome"),
        ),
        sa.PrimaryKeyConstraint("actor", "key_id", name=op.f("pk_key_reads")),
    )


def _index_key_reads() -> None:
    op.create_index("ix_key_reads_again", "key_reads", ["again"])
    op.create_index("ix_key_reads_host_at", "key_reads", ["host", "at"])


def _create_remotes() -> None:
    op.create_table(
        "remotes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("inbox", sa.String(), nullable=False),
        sa.Column("shared_inbox", sa.String()),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fetched", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remotes")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("inbox", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'failed', 'gone')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["sequence"], ["activities.sequence"], name=op.f("fk_deliveries_activities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )


def _index_deliveries() -> None:
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["shard", "due", "host"],
        **_where("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_host", "deliveries", ["host", "sequence"], **_where("state = 'pending'")
    )
    op.create_index(
        "ix_deliveries_pair",
        "deliveries",
        ["inbox", "object", "sequence"],
        **_where("state = 'pending'"),
    )
    op.create_index("ix_deliveries_progress", "deliveries", ["sequence", "state"])
    op.create_index(
        "uq_deliveries_sequence_inbox", "deliveries", ["sequence", "inbox"], unique=True
    )


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
