"""Who may read a private copy."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "readers",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("used", sa.Date()),
        sa.Column("revoked", UtcDateTime()),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_readers")),
    )
    in_force = sa.text("revoked IS NULL")
    op.create_index(
        "ix_readers_in_force",
        "readers",
        ["name"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
