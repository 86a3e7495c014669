"""What every table of ours is made with: one MetaData, UTC moments and JSON.

The types give the same Python values on SQLite and on PostgreSQL; the names of constraints are
fixed here so that a migration can speak of each of them on both.
"""

import datetime as dt

from sqlalchemy import JSON, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of ours and no other: the engine keeps its own tables in the same database."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: aware datetimes go in, aware UTC datetimes come out, exact to the microsecond.

    SQLite keeps ISO 8601 text of one width (`2026-03-01T04:00:00.000000Z`), so that text order
    is the order of time; PostgreSQL keeps `timestamp with time zone`.
    """

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[dt.datetime] | TypeEngine[str]:
        """Choose the column's type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> object:
        """Write a moment; ValueError for a naive one, whose meaning would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without time zone: {value!r}")
        utc = value.astimezone(dt.UTC)
        if dialect.name == "postgresql":
            return utc
        return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: object, dialect: Dialect) -> dt.datetime | None:
        """Read a moment as UTC, whatever zone the server's session is in."""
        if value is None:
            return None
        moment = (
            value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
        )
        return moment.astimezone(dt.UTC)


class Json(JSON):
    """A JSON value kept as text in the order it was written; None is SQL NULL.

    Deliberately not JSONB, which reorders keys: a stored activity is sent again with the
    same bytes.
    """

    def __init__(self) -> None:
        super().__init__(none_as_null=True)
