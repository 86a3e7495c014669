"""The tables of the news: editions, pages, articles, their versions, documents and runs.

Indexes serve the window queries: newest edition first, in reading order inside, per paper
and per section; every one starts with what the query names, so cost does not grow with the
archive.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from bridge.store.schema.base import METADATA, Json, UtcDateTime

EDITIONS = Table(
    "editions",
    METADATA,
    Column("paper", String, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("number", String),
    Column("pages_total", Integer),
    Column("masthead", Json, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
)

PAGES = Table(
    "pages",
    METADATA,
    Column("paper", String, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("label", String, primary_key=True),
    Column("name", Text),
    Column("rank", Integer, nullable=False),  # bridge.model.order.page_rank
    Column("image", Json),  # bridge.model.PageImage
    ForeignKeyConstraint(["paper", "date"], ["editions.paper", "editions.date"]),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("source", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("sha256", String(64)),
    Column("state", String(16), nullable=False),
    Column("code", String),
    Column("reason", Text),
    Column("date", Date),
    Column("problems", Json, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("changed", UtcDateTime, nullable=False),
    CheckConstraint(
        "state IN ('waiting', 'ingested', 'unchanged', 'skipped', 'quarantined')", "state"
    ),
    Index("ix_documents_state_changed", "state", "changed"),
)

ORIGINS = Table(  # which document gave which page
    "page_origins",
    METADATA,
    Column("paper", String, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("label", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("path", String, primary_key=True),
    ForeignKeyConstraint(
        ["paper", "date", "label"], ["pages.paper", "pages.date", "pages.label"]
    ),
    Index("ix_page_origins_source_path", "source", "path"),
)

ARTICLES = Table(
    "articles",
    METADATA,
    Column("key", String, primary_key=True),
    Column("paper", String, nullable=False),
    Column("date", Date, nullable=False),
    Column("section", String, nullable=False),
    Column("position", Integer, nullable=False),  # reading order inside the edition
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content", Json, nullable=False),  # bridge.edition_json.article_to_json
    Column("digest", String(64), nullable=False),  # of content and summary
    Column("summary", Text, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("reason", Text),  # of a withdrawal, for readers
    ForeignKeyConstraint(["paper", "date"], ["editions.paper", "editions.date"]),
    CheckConstraint("state IN ('live', 'suspected', 'withdrawn')", "state"),
    Index("ix_articles_paper_date_position", "paper", "date", "position"),
    Index("ix_articles_paper_section_date_position", "paper", "section", "date", "position"),
    Index(
        "ix_articles_withdrawn",
        "paper",
        "section",
        sqlite_where=text("state = 'withdrawn'"),
        postgresql_where=text("state = 'withdrawn'"),
    ),
)

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("key", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("content", Json, nullable=False),
    Column("remark", Text),  # for readers
    Column("paper", String),  # as in articles, for the index
    ForeignKeyConstraint(["key"], ["articles.key"]),
    Index(
        "ix_revisions_later",
        "paper",
        "at",
        "key",
        "number",
        sqlite_where=text("number > 1"),
        postgresql_where=text("number > 1"),
    ),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    Column("outcome", String(16), nullable=False),
    Column("counts", Json, nullable=False),
    Column("message", Text),
    CheckConstraint(
        "outcome IN ('running', 'done', 'partly', 'failed', 'interrupted')", "outcome"
    ),
    Index("ix_runs_source_id", "source", "id"),
)
