"""Several keys for one account, the old one while it is still shown; whose a key is."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import Json, UtcDateTime

revision = "0006"
down_revision = "0005"

_KEPT = sa.table(
    "actor_keys",
    sa.column("actor", sa.String()),
    sa.column("private", sa.Text()),
    sa.column("public", sa.Text()),
    sa.column("created", UtcDateTime()),
)


def upgrade() -> None:
    rows = [dict(row._mapping) for row in op.get_bind().execute(sa.select(_KEPT))]
    op.drop_table("actor_keys")
    table = op.create_table(
        "actor_keys",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(7), nullable=False),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("retires", UtcDateTime()),
        sa.CheckConstraint("kind IN ('rsa', 'ed25519')", name=op.f("ck_actor_keys_kind")),
        sa.PrimaryKeyConstraint("actor", "name", name=op.f("pk_actor_keys")),
    )
    if rows:
        op.bulk_insert(table, [{**row, "name": "main-key", "kind": "rsa"} for row in rows])
    op.create_index("ix_remotes_key_id", "remotes", ["key_id"])
    others = sa.Column("others", Json(), nullable=False, server_default="{}")
    op.add_column("remotes", others)
