"""Search: the words of every article, and the index over them, filled with what is there.

The triggers belong to `search_entries`: a step that builds that table anew on SQLite has to
make them again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bridge.edition_json import article_from_json
from bridge.errors import BridgeError
from bridge.model import StoredArticle
from bridge.store import search_index
from bridge.store.schema.base import Json, UtcDateTime

revision = "0009"
down_revision = "0008"

BATCH = 200

SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(terms, content='search_entries',"
    " content_rowid='place', columnsize=0, tokenize=\"ascii tokenchars '-/'\")",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN"
    " INSERT INTO search_index (rowid, terms) VALUES (new.place, new.terms); END",
    "CREATE TRIGGER search_entries_dropped AFTER DELETE ON search_entries BEGIN"
    " INSERT INTO search_index (search_index, rowid, terms)"
    " VALUES ('delete', old.place, old.terms); END",
)

POSTGRESQL = (
    "CREATE TABLE search_index (place bigint PRIMARY KEY"
    " REFERENCES search_entries (place) ON DELETE CASCADE, grams text[] NOT NULL)",
    "CREATE INDEX ix_search_index_grams ON search_index USING gin (grams)",
    "CREATE FUNCTION search_grams(terms text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$"
    ' SELECT array_agg(DISTINCT gram COLLATE "C") FROM ('
    " SELECT unnest(ARRAY[token, token || ' ' || following]) AS gram FROM ("
    " SELECT token, lead(token) OVER (ORDER BY number) AS following"
    " FROM unnest(string_to_array(btrim(terms, ' '), ' '))"
    " WITH ORDINALITY AS listed (token, number)) AS pairs) AS every"
    " WHERE strpos(gram, E'\\uE000') = 0 $$",  # `search_index.BREAK`
    "CREATE FUNCTION search_entries_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " INSERT INTO search_index (place, grams) VALUES (NEW.place, search_grams(NEW.terms));"
    " RETURN NEW; END $$",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries"
    " FOR EACH ROW EXECUTE FUNCTION search_entries_added()",
)

ARTICLES = sa.table(
    "articles",
    sa.column("key", sa.String()),
    sa.column("paper", sa.String()),
    sa.column("date", sa.Date()),
    sa.column("section", sa.String()),
    sa.column("state", sa.String()),
    sa.column("content", Json()),
    sa.column("summary", sa.Text()),
    sa.column("published", UtcDateTime()),
)


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key"], ["articles.key"], name=op.f("fk_search_entries_articles")
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_search_entries_key")),
    )
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        _require_fts5(connection)
    for statement in SQLITE if sqlite else POSTGRESQL:
        connection.exec_driver_sql(statement)
    _fill(connection)


def _require_fts5(connection: sa.Connection) -> None:
    options = connection.exec_driver_sql("PRAGMA compile_options").scalars().all()
    if "ENABLE_FTS5" not in options:
        raise BridgeError(
            "this Python's SQLite cannot search",
            why="it was built without FTS5",
            hint="take a Python whose SQLite has it, as those of Debian and python.org do",
        )


def _fill(connection: sa.Connection) -> None:
    last = ""
    while True:
        wanted = ARTICLES.c.key > last, ARTICLES.c.state != "withdrawn"
        query = sa.select(ARTICLES).where(*wanted).order_by(ARTICLES.c.key).limit(BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return
        search_index.put(connection, [_stored(row) for row in rows])
        last = rows[-1].key


def _stored(row: sa.Row[Any]) -> StoredArticle:
    """Return an article with what search reads of it; the rest stands for itself."""
    return StoredArticle(
        key=row.key,
        paper=row.paper,
        date=row.date,
        section=row.section,
        article=article_from_json(row.content),
        summary=row.summary,
        published=row.published,
        updated=row.published,
        first_seen=row.published,
        revision=1,
        state="live",
    )
