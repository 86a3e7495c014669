"""The verbs of a cluster, and a web server that is there before any daemon."""

import datetime as dt
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.model import Activity, KeyPair
from bridge.store import activities, keys, nodes, open_store
from bridge.workers import lock, outbox, record

NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
CONFIG = """\
mode = "publisher"
base_url = "http://127.0.0.1:{port}"

[server]
port = {port}
"""
PAPER = """\
[paper]
id = "tidewater"
title = "潮声晚报"
language = "zh-Hans"
timezone = "Asia/Shanghai"
authority = "tidewater.example"
default_section = "chengshi"

[source.incoming]
kind = "folder"
path = "incoming"

[[section]]
slug = "chengshi"
title = "城事"
"""
KEYS = KeyPair(actor="tidewater", private="secret", public="public", created=NOW)
SENT = Activity(
    id="https://news.example/ap/activities/1",
    actor="tidewater_chengshi",
    type="Create",
    object="https://news.example/ap/o/1",
    body={"type": "Create"},
    created=NOW,
)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A deployment on SQLite."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "config/papers").mkdir(parents=True)
    (tmp_path / "config/bridge.toml").write_text(CONFIG.format(port=port), "utf-8")
    (tmp_path / "config/papers/tidewater.toml").write_text(PAPER, "utf-8")
    return tmp_path


@pytest.fixture
def broadsheet(home: Path) -> Run:
    def run(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bridge", "-c", str(home / "config/bridge.toml"), *words],
            capture_output=True,
            text=True,
            timeout=60,
            **options,  # type: ignore[call-overload]
        )

    return run


@pytest.fixture
def filled(home: Path) -> Path:
    store = open_store(f"sqlite:///{home / 'data/broadsheet.db'}")
    with store.begin() as connection:
        keys.add(connection, KEYS)
        activities.add(connection, SENT)
    store.close()
    return home


def test_a_worker_without_a_shared_database_is_refused(broadsheet: Run) -> None:
    refused = broadsheet("worker")
    assert refused.returncode == 1
    assert "a worker needs a database that machines can share" in refused.stderr
    assert "set `database` in [data]" in refused.stderr


def test_migrate_store_moves_everything_and_the_work_that_waits(
    filled: Path, broadsheet: Run, database: str
) -> None:
    done = broadsheet("migrate-store", "-", input=f"{database}\n")
    assert done.returncode == 0, done.stderr
    assert "actor_keys" in done.stdout
    assert "secret" not in done.stdout + done.stderr
    target = open_store(database)
    with target.read() as connection:
        assert keys.get(connection, "tidewater") == KEYS
        assert activities.bodies(connection, [SENT.id])
    target.close()
    client = outbox.client(database)
    waiting = client.list_workflows(status="ENQUEUED")
    client.destroy()
    assert {task.workflow_id for task in waiting} >= {f"fan_out-{SENT.id}"}
    assert record.unfinished(database) == 2

    again = broadsheet("migrate-store", "-", input=f"{database}\n")
    assert again.returncode == 1
    assert "the target database is not empty" in again.stderr
    assert (filled / "data/broadsheet.db").exists()


def test_migrate_store_waits_for_no_daemon(
    filled: Path, broadsheet: Run, database: str
) -> None:
    with lock.held(filled / "data", NOW):
        refused = broadsheet("migrate-store", "-", input=database)
    assert refused.returncode == 11
    assert f"process {os.getpid()}" in refused.stderr
    with socket.create_server(("127.0.0.1", int(port_of(filled)))):
        refused = broadsheet("migrate-store", "-", input=database)
    assert refused.returncode == 1
    assert "the web server must be stopped first" in refused.stderr


def port_of(home: Path) -> str:
    return (home / "config/bridge.toml").read_text().rpartition("= ")[2].strip()


def test_migrate_store_goes_to_postgresql_only(broadsheet: Run) -> None:
    refused = broadsheet("migrate-store", "sqlite:///other.db")
    assert refused.returncode == 2
    assert "must be the URL of a PostgreSQL database" in refused.stderr


def test_nodes_are_listed_and_a_silent_one_is_told(
    home: Path, broadsheet: Run, database: str
) -> None:
    store = open_store(database)
    with store.begin() as connection:
        now = nodes.clock(connection)
        node = nodes.Node(
            id="press-room/1", host="press-room", role="worker", version="1.0",
            started=now, seen=now, until=now + dt.timedelta(hours=1),
        )  # fmt: skip
        nodes.join(connection, node)
    (home / "database").write_text(database)
    (home / "database").chmod(0o600)
    config = home / "config/bridge.toml"
    config.write_text(config.read_text() + '\n[data]\ndatabase_file = "database"\n')
    shown = broadsheet("nodes")
    assert (shown.returncode, "press-room/1" in shown.stdout) == (0, True)
    with store.begin() as connection:
        nodes.beat(connection, node, now, dt.timedelta(seconds=-1))
    store.close()
    shown = broadsheet("nodes")
    assert shown.returncode == 3
    assert "silent" in shown.stdout


def test_a_web_server_of_another_make_needs_no_daemon_before_it(home: Path) -> None:
    """What comes in at once must find the engine's tables; later starts do not pay for it."""
    code = (
        "import sys; from bridge.cli.server import application; application();"
        "print('dbos' in sys.modules)"
    )
    environment = {**os.environ, "BROADSHEET_CONFIG": str(home / "config/bridge.toml")}
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        told.append(done.stdout.decode().strip())
    assert told == ["True", "False"]
    assert record.unfinished(f"sqlite:///{home / 'data/broadsheet.db'}") == 0
