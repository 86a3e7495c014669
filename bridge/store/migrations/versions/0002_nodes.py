"""The nodes of a cluster and their signs of life."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=9), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started", UtcDateTime(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('scheduler', 'worker')", name=op.f("ck_nodes_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
