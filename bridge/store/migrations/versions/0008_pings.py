"""Which feeds hubs are still to be told of."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "pings",
        sa.Column("hub", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hub", "topic", name=op.f("pk_pings")),
    )
    op.create_index("ix_pings_due", "pings", ["due"])
