"""What search looks through: the folded words of every article that is not withdrawn.

The index itself, `search_index`, differs with the database, stands in the migration alone and
is kept by triggers of this table: an FTS5 table on SQLite, on PostgreSQL a table of grams.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from bridge.store.schema.base import METADATA

SEARCH_ENTRIES = Table(
    "search_entries",
    METADATA,
    Column(  # greater is shown first: newest edition, reading order inside
        "place",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("key", String, ForeignKey("articles.key"), nullable=False, unique=True),
    Column("terms", Text, nullable=False),  # a space between each two and at both ends
)
