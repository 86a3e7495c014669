"""Making, upgrading and refusing a database; its file is never replaced (security no. 106)."""

import datetime as dt
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from bridge.errors import BridgeError, UpgradeError
from bridge.store import Store, open_store, runs, upgrade
from bridge.store.migrations import REVISIONS
from bridge.store.schema import METADATA

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bridge.db"


@pytest.fixture
def sqlite(path: Path) -> str:
    return f"sqlite:///{path}"


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda item, name, kind, reflected, other: (
                    not (kind == "table" and reflected and name not in METADATA.tables)
                ),
            },
        )
        assert compare_metadata(context, METADATA) == []
        inspector = inspect(connection)
        for table in METADATA.tables.values():
            made = {check["name"] for check in inspector.get_check_constraints(table.name)}
            said = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            assert made == said


def test_the_list_of_revisions_is_what_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrade.SCRIPTS))
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(step.revision for step in steps)[::-1] == REVISIONS


def test_tables_of_others_are_left_alone(sqlite: str, path: Path) -> None:
    """The engine may have been in the file first."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE workflow_status (id)")
        connection.execute("INSERT INTO workflow_status VALUES (7)")
    connection.close()
    store = open_store(sqlite)
    with store.begin() as ours:
        runs.start(ours, "river/folder", NOW)
        assert ours.execute(text("SELECT id FROM workflow_status")).scalar() == 7
    store.close()


def test_a_newer_database_is_refused(store: Store, url: str) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(UpgradeError, match="newer than this program") as told:
        open_store(url)
    assert told.value.exit_code == 12
    assert "9999" in str(told.value)


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(BridgeError, match="does not answer") as told:
        open_store("postgresql+psycopg://me:secret-word@127.0.0.1:1/none?connect_timeout=1")
    assert "secret-word" not in str(told.value)
    assert "127.0.0.1" in told.value.where


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"This is no database, but a letter. " * 200,
        lambda data: data[:100] + b"\xff" * 4000 + data[4100:],
        lambda data: data[:50] + bytes(4000) + data[4050:],
        lambda data: data[:1500],
    ],
    ids=["letter", "schema", "header", "cut"],
)
def test_a_damaged_file_is_told_and_left_as_it_is(sqlite: str, path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    open_store(sqlite).close()
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(BridgeError, match=r"damaged|not a database") as told:
        open_store(sqlite)
    assert "restore a backup" in told.value.hint
    assert path.read_bytes() == before


def test_damage_deep_in_the_file_is_told_when_it_is_met(sqlite: str, path: Path) -> None:
    store = open_store(sqlite)
    with store.begin() as connection:
        for number in range(2000):
            runs.start(connection, f"river/{number}", NOW)
    store.close()
    data = bytearray(path.read_bytes())
    data[-40_000:] = b"\xff" * 40_000
    path.write_bytes(data)
    store = open_store(sqlite)
    with pytest.raises(BridgeError, match="damaged"), store.read() as connection:
        runs.latest(connection, 5000)
    store.close()


def test_an_empty_file_is_somebody_s_loss_and_not_a_new_database(
    sqlite: str, path: Path
) -> None:
    path.touch()
    with pytest.raises(BridgeError, match="is empty"):
        open_store(sqlite)
    assert path.stat().st_size == 0


def test_a_log_without_its_database_is_not_thrown_away(sqlite: str, path: Path) -> None:
    log = path.with_name("bridge.db-wal")
    log.write_bytes(b"changes")
    with pytest.raises(BridgeError, match="file is gone"):
        open_store(sqlite)
    assert log.read_bytes() == b"changes"
    assert not path.exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(BridgeError, match="keeps nothing"):
        open_store(url)


def test_a_folder_in_the_way_is_told(sqlite: str, path: Path) -> None:
    path.mkdir()
    with pytest.raises(BridgeError, match="cannot be opened"):
        open_store(sqlite)


def test_many_processes_may_make_the_same_database_at_once(sqlite: str, path: Path) -> None:
    script = (
        "import datetime, sys\n"
        "from bridge.store import open_store, runs\n"
        "store = open_store(sys.argv[1])\n"
        "with store.begin() as connection:\n"
        "    runs.start(connection, 'x', datetime.datetime.now(datetime.timezone.utc))\n"
    )
    crowd = [subprocess.Popen([sys.executable, "-c", script, sqlite]) for _ in range(4)]
    assert [process.wait(timeout=120) for process in crowd] == [0] * 4
    store = open_store(sqlite)
    with store.read() as connection:
        assert len(runs.latest(connection, 9)) == 4
    store.close()
    assert [item.name for item in path.parent.iterdir()] == ["bridge.db"]


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Pretend that this program is one revision further; gives the new step's file."""
    scripts = tmp_path / "migrations"
    shutil.copytree(upgrade.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    step = scripts / "versions" / "9001_next.py"
    step.write_text(
        "from alembic import op\n"
        "import sqlalchemy as sa\n"
        "revision = '9001'\n"
        f"down_revision = '{REVISIONS[-1]}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('editions') as table:\n"
        "        table.add_column(sa.Column('mood', sa.String))\n"
        "        table.alter_column('number', new_column_name='issue')\n"
    )
    monkeypatch.setattr(upgrade, "SCRIPTS", scripts)
    monkeypatch.setattr(upgrade, "REVISIONS", (*REVISIONS, "9001"))
    return step


FILL = (
    "INSERT INTO editions (paper, date, number, masthead, first_seen, updated) VALUES "
    "('river', '2026-03-02', '7', '{}', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z')",
    "INSERT INTO pages (paper, date, label, rank) VALUES ('river', '2026-03-02', 'A1', 0)",
)


@pytest.fixture
def older(url: str) -> str:
    """The URL of a filled database of this version, for the next one to open."""
    store = open_store(url)
    with store.begin() as connection:
        for statement in FILL:
            connection.execute(text(statement))
    store.close()
    return url


def test_an_older_database_is_upgraded_and_keeps_its_rows(
    older: str, next_version: Path
) -> None:
    """Also the rows that point at a table which SQLite has to build anew."""
    store = open_store(older)
    with store.read() as connection:
        assert connection.execute(text("SELECT issue, mood FROM editions")).all() == [
            ("7", None)
        ]
        assert connection.execute(text("SELECT label FROM pages")).scalar() == "A1"
    store.close()
    open_store(older).close()


def test_an_older_file_is_copied_before_its_upgrade(
    sqlite: str, path: Path, request: pytest.FixtureRequest
) -> None:
    store = open_store(sqlite)
    with store.begin() as connection:
        for statement in FILL:
            connection.execute(text(statement))
    request.getfixturevalue("next_version")
    open_store(sqlite).close()  # the other process still has it open, its log is not merged
    store.close()
    copy = path.with_name(f"bridge.db.before-upgrade-from-{REVISIONS[-1]}")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT number FROM editions").fetchall() == [("7",)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (REVISIONS[-1],)
        ]
    connection.close()
    assert not list(path.parent.glob(".bridge.db*"))


@pytest.mark.parametrize(
    ("spoiled", "complaint"),
    [
        ("    op.execute('SELECT * FROM nowhere')\n", "nowhere"),
        ('    op.execute("DELETE FROM editions")\n', "would break a reference|foreign key"),
    ],
)
def test_a_failed_upgrade_leaves_the_old_database(
    older: str,
    next_version: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoiled: str,
    complaint: str,
) -> None:
    next_version.write_text(next_version.read_text() + spoiled)
    with pytest.raises(Exception, match=complaint):
        open_store(older)
    monkeypatch.undo()
    store = open_store(older)
    with store.read() as connection:
        assert connection.execute(text("SELECT number FROM editions")).scalar() == "7"
    store.close()
