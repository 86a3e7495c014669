"""Open the database: make it, bring it up to date, or refuse it; never replace it.

A new SQLite database is built beside its place and linked there when it is whole, so that an
empty file in its place is always somebody's loss and never ours (security no. 100, 106).
"""

import os
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text

from bridge.errors import BridgeError, UpgradeError
from bridge.store.database import (
    MIGRATION,
    Store,
    build_engine,
    explained,
    is_sqlite,
    location,
)
from bridge.store.migrations import REVISIONS

SCRIPTS = Path(__file__).with_name("migrations")
"""Where Alembic finds the steps."""

_LOCK = 8_400_412_027  # any fixed number: PostgreSQL's advisory lock of our migrations


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, making or upgrading it first where needed.

    Raises UpgradeError for a database newer than this program, BridgeError for one that is
    damaged, empty by accident, or cannot be reached or written.
    """
    parsed = make_url(url)
    if is_sqlite(parsed):
        _provide_file(parsed)
    store = Store(url)
    try:
        with store.read() as connection:
            found = _revision(connection)
        _refuse_newer(found, location(parsed))
        if found != REVISIONS[-1]:
            _migrate(parsed)
    except BaseException:
        store.close()
        raise
    return store


def is_current(connection: Connection) -> bool:
    """Tell whether the database is what this program works with, neither older nor newer."""
    return _revision(connection) == REVISIONS[-1]


def _provide_file(url: URL) -> None:
    if url.database in (None, "", ":memory:"):
        raise BridgeError("a database in memory keeps nothing", hint="give the path of a file")
    path = Path(url.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = path.with_name(path.name + "-wal")
    if not path.exists():
        if log.exists() and log.stat().st_size:
            raise BridgeError(
                "the database file is gone, yet its log is here",
                where=str(path),
                why=f"{log.name} holds changes that belong to it",
                hint="put the file back, or move the log away to begin anew",
            )
        _create(url, path)
    elif path.stat().st_size == 0:
        raise BridgeError(
            "the database file is empty",
            where=str(path),
            hint="restore a backup, or delete the file to begin anew",
        )


def _create(url: URL, path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    try:
        _migrate(url.set(database=str(draft)))
        _move_into_place(draft, path)
    finally:
        for leftover in (draft, draft.with_name(draft.name + "-wal")):
            leftover.unlink(missing_ok=True)


def _move_into_place(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first, with the same content
    except OSError:
        draft.rename(path)  # a file system without hard links
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_newer(found: str | None, where: str) -> None:
    if found is not None and found not in REVISIONS:
        raise UpgradeError(
            "the database is newer than this program",
            where=where,
            why=f"it has revision {found}, this program knows up to {REVISIONS[-1]}",
            hint="install that Broadsheet again, or restore the copy made before the upgrade",
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(url: URL) -> None:
    engine = build_engine(url, MIGRATION, begin="BEGIN IMMEDIATE")
    try:
        with explained(location(url)), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            found = _revision(connection)  # another process may have been here meanwhile
            if found == REVISIONS[-1]:
                return
            if found is not None and is_sqlite(url):
                _copy_aside(Path(url.database or ""), found)
            _run_steps(connection)
    finally:
        engine.dispose()


def _copy_aside(path: Path, revision: str) -> None:
    """Copy the database before it is upgraded; the open transaction keeps writers away."""
    target = path.with_name(f"{path.name}.before-upgrade-from-{revision}")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    source, copy = sqlite3.connect(path), sqlite3.connect(draft)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    draft.replace(target)


def _run_steps(connection: Connection) -> None:
    # Alembic is slow to import and needed only here.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise BridgeError("the upgrade would break a reference", why=str(tuple(broken)))
