"""What readers are told of a correction or a withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("articles", sa.Column("reason", sa.Text()))
    op.add_column("revisions", sa.Column("remark", sa.Text()))
    op.add_column("revisions", sa.Column("paper", sa.String()))
    op.execute(
        "UPDATE revisions SET paper ="
        " (SELECT paper FROM articles WHERE articles.key = revisions.key)"
    )
    later = sa.text("number > 1")
    op.create_index(
        "ix_revisions_later",
        "revisions",
        ["paper", "at", "key", "number"],
        sqlite_where=later,
        postgresql_where=later,
    )
