"""What is known of other servers, and since when a delivery fails."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import UtcDateTime

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("failing", UtcDateTime()))
    _create_hosts()
    op.create_table(
        "recalls",
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_recalls")),
    )
    op.create_table(
        "absences",
        sa.Column("inbox", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("inbox", name=op.f("pk_absences")),
    )
    withdrawn = sa.text("state = 'withdrawn'")
    op.create_index(
        "ix_articles_withdrawn",
        "articles",
        ["paper", "section"],
        sqlite_where=withdrawn,
        postgresql_where=withdrawn,
    )


def _create_hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing", UtcDateTime()),
        sa.Column("until", UtcDateTime()),
        sa.Column("scheme", sa.String(8)),
        sa.Column("refused", sa.String(8)),
        sa.Column("heard", UtcDateTime()),
        sa.Column("error", sa.Text()),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.CheckConstraint("scheme IN ('cavage', 'rfc9421')", name=op.f("ck_hosts_scheme")),
        sa.CheckConstraint("refused IN ('cavage', 'rfc9421')", name=op.f("ck_hosts_refused")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
    )
    op.create_index("ix_hosts_changed", "hosts", ["changed"])
