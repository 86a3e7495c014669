"""The open database: who may write, who reads, and what its failures mean.

One SQLite file (WAL) or one PostgreSQL database holds our tables and the engine's, so that an
article and the task that announces it are committed together. Nothing here knows a table.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError

from bridge.errors import BridgeError, StoreError

WRITER = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
READER = ("busy_timeout=30000", "query_only=ON")
MIGRATION = ("busy_timeout=30000", "journal_mode=WAL", "foreign_keys=OFF")
"""SQLite pragmas of each connection; a rebuilt table must not cascade into its children."""

IDLE = "SET idle_in_transaction_session_timeout = 60000"
"""A process that is frozen, or whose machine is gone, must not hold its locks for ever."""

FAILURES = {
    "SQLITE_NOTADB": (
        "the database file is not a database",
        "restore a backup; the file is left as it is",
    ),
    "SQLITE_CORRUPT": (
        "the database file is damaged",
        "stop all of Broadsheet and restore a backup; the file is left as it is",
    ),
    "SQLITE_BUSY": (
        "the database stayed locked for 30 seconds",
        "see which other program holds it; nothing was written",
    ),
    "SQLITE_FULL": ("the disk is full", "make room; nothing was written"),
    "SQLITE_READONLY": (
        "the database may not be written",
        "check owner and mode of file and folder",
    ),
    "SQLITE_CANTOPEN": (
        "the database cannot be opened",
        "check owner and mode of file and folder",
    ),
    "SQLITE_IOERR": (
        "the disk failed under the database",
        "check the disk; nothing was written",
    ),
}
"""What SQLite's result codes mean to the operator: (what happened, what to do next)."""

PASSING = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR")
"""What ends without anybody touching the database."""


class Store:
    """An open database; may be shared by all threads of a process, never across a fork."""

    def __init__(self, url: str) -> None:
        """Take a database that exists and is up to date; `open_store` sees to both."""
        self.url = url
        self._where = location(make_url(url))
        self._writer = build_engine(url, WRITER, begin="BEGIN IMMEDIATE")
        if self._writer.dialect.name == "sqlite":
            self._reader = build_engine(url, READER, begin="BEGIN")
        else:
            self._reader = self._writer.execution_options(
                postgresql_readonly=True, isolation_level="REPEATABLE READ"
            )
        self.guard: Callable[[], None] | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a write transaction, committed at the end of the block, undone by an exception.

        On SQLite it is the only one: another writer waits up to 30 seconds for its turn.
        Raises BridgeError when the database stays locked, is damaged, or the disk is full,
        and whatever `guard`, if there is one, raises to refuse it.
        """
        if self.guard:
            self.guard()
        with explained(self._where), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read transaction: one unchanging view, and any write in it is refused."""
        with explained(self._where), self._reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._reader.dispose()
        self._writer.dispose()


def build_engine(url: str | URL, pragmas: tuple[str, ...], *, begin: str) -> Engine:
    """Return an engine whose SQLite connections have these pragmas and begin like this.

    Threads in excess of the pool get a connection of their own instead of waiting for one:
    they wait for the database anyway.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = create_engine(
            parsed,
            json_serializer=dump_json,
            max_overflow=-1,
            pool_pre_ping=not is_sqlite(parsed),
        )
    except ModuleNotFoundError as error:
        raise BridgeError(
            "the driver of the database is not installed",
            where=location(parsed),
            why=str(error),
            hint='install Broadsheet with its extra: pip install "broadsheet[postgres]"',
        ) from error
    if engine.dialect.name == "sqlite":
        _take_over_transactions(engine, pragmas, begin)
    else:
        event.listen(engine, "connect", _limit_idleness)
    return engine


def _limit_idleness(connection: Any, _record: object) -> None:
    """Set our limit, unless the URL's own `options` speak of it."""
    if "idle_in_transaction_session_timeout" not in str(connection.info.get_parameters()):
        connection.execute(IDLE)
        connection.commit()  # a rollback would take it back


def _take_over_transactions(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    # Python's driver would begin on its own, late and deferred; SQLAlchemy's documented remedy
    # ("Serializable isolation / Savepoints / Transactional DDL") is to send BEGIN ourselves.
    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        # to the driver itself: by way of SQLAlchemy it costs half of an empty transaction
        connection.connection.driver_connection.execute(begin)  # type: ignore[union-attr]


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what a database says into what the operator should do; other errors pass."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        name = getattr(origin, "sqlite_errorname", "")
        for code, (what, hint) in FAILURES.items():
            if name.startswith(code):
                kind = StoreError if code in PASSING else BridgeError
                raise kind(what, where=where, why=str(origin), hint=hint) from error
        if not name and _is_trouble(error):
            raise StoreError(
                "the database server does not answer or refused",
                where=where,
                why=" ".join(str(origin).split()),
                hint="see that it runs and that the URL is right; nothing was written",
            ) from error
        raise


def _is_trouble(error: Exception) -> bool:
    """Tell whether a server's error is about its state and not about the statement."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError)


def is_sqlite(url: URL) -> bool:
    """Tell whether the database is a file of ours."""
    return url.get_backend_name() == "sqlite"


def location(url: URL) -> str:
    """Name the database for messages: the file's path, or the URL without its password."""
    return str(Path(url.database or "")) if is_sqlite(url) else url.render_as_string()


def dump_json(value: Any) -> str:
    """Write JSON compactly, Chinese as it is.

    Text from outside may hold half a surrogate pair, which no encoding can store: then
    everything beyond ASCII is escaped.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text
