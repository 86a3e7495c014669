"""How a page looks in print."""

import sqlalchemy as sa
from alembic import op

from bridge.store.schema.base import Json

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("pages", sa.Column("image", Json()))
