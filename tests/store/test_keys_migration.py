"""The keys of an older database: each stays the one in use, under its old name."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from bridge.store import keys, open_store, upgrade
from bridge.store.migrations import REVISIONS

BEFORE = REVISIONS[: REVISIONS.index("0006")]


def test_a_key_keeps_its_name_and_its_age(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url.startswith("postgresql"):
        _empty(url)
    else:
        (tmp_path / "bridge.db").unlink()
    scripts = tmp_path / "older"
    shutil.copytree(upgrade.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for step in (scripts / "versions").glob("0*.py"):
        if step.name[:4] not in BEFORE:
            step.unlink()
    with monkeypatch.context() as older:
        older.setattr(upgrade, "SCRIPTS", scripts)
        older.setattr(upgrade, "REVISIONS", BEFORE)
        store = open_store(url)
    row = {"a": "daily_city", "k": "private", "p": "public", "c": "2026-03-01T04:00:00.000000Z"}
    with store.begin() as connection:
        statement = "INSERT INTO actor_keys (actor, private, public, created)"
        connection.execute(text(f"{statement} VALUES (:a, :k, :p, :c)"), row)
    store.close()
    store = open_store(url)
    made = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
    with store.read() as connection:
        found = keys.get(connection, "daily_city")
        assert keys.created(connection) == {"daily_city": made}
    store.close()
    assert found is not None
    assert (found.name, found.kind, found.private, found.created) == (
        "main-key",
        "rsa",
        "private",
        made,
    )


def _empty(url: str) -> None:
    """Take away the tables that the database was given."""
    store = open_store(url)
    with store.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    store.close()
