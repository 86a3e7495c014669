"""Daemons as real processes on a real database: stopped, killed, doubled, run once."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Task
from bridge.store import open_store
from bridge.workers import outbox
from bridge.workers.daemon import notify

Until = Callable[[Callable[[], bool]], None]
Start = Callable[..., Any]


def enqueue(home: Path, *tasks: Task) -> None:
    store = open_store(f"sqlite:///{home / 'data' / 'broadsheet.db'}")
    outbox.prepare(store.url)
    with store.begin() as connection:
        outbox.enqueuer(store.url)(connection, tasks)
    store.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


def test_killed_in_mid_task_resumes_after_restart(
    home: Path, node: Start, until: Until
) -> None:
    """Security no. 100: `kill -9`, and the next start does what was begun."""
    first = node("--sources", "a", "--slow", "60")
    until(lambda: first.lines() == ["begin a"])
    first.kill()
    second = node("--sources", "a")
    until(lambda: second.lines() == ["begin a", "begin a", "end a"])
    second.terminate()
    assert second.process.returncode == 0


def test_sigterm_in_a_long_task_leaves_within_ten_seconds(
    home: Path, node: Start, until: Until
) -> None:
    """Security no. 108: what does not end in time is left to the next start, exit 0."""
    daemon = node("--sources", "a", "--slow", "60")
    until(lambda: daemon.lines() == ["begin a"])
    assert daemon.terminate() < 10
    assert daemon.process.returncode == 0
    assert "left unfinished" in daemon.output()
    again = node("--once", "--sources", "a")
    assert again.process.wait(60) in (0, 3)
    assert again.lines()[-1] == "end a"


def test_sigterm_lets_a_cooperative_task_leave_off(
    home: Path, node: Start, until: Until
) -> None:
    """Security no. 108: an orderly stop repeats nothing."""
    enqueue(home, Task(name="deliver_shard", args=(7,), partition="7", fold=True))
    daemon = node()
    until(lambda: daemon.lines() == ["begin shard 7"])
    assert daemon.terminate() < 10
    assert daemon.process.returncode == 0
    assert daemon.lines() == ["begin shard 7", "left off shard 7"]
    assert "left unfinished" not in daemon.output()


def test_second_signal_leaves_at_once(home: Path, node: Start, until: Until) -> None:
    daemon = node("--sources", "a", "--slow", "60")
    until(lambda: daemon.lines() == ["begin a"])
    daemon.process.terminate()
    time.sleep(0.5)
    assert daemon.terminate() < 2
    assert daemon.process.returncode == 0


def test_second_daemon_refuses_and_names_the_first(
    home: Path, node: Start, until: Until
) -> None:
    """Security no. 107: the second one ends with 11 and touches nothing."""
    first = node("--sources", "a", "--slow", "60")
    until(lambda: first.lines() == ["begin a"])
    second = node("--sources", "a")
    assert second.process.wait(60) == 11
    assert f"process {first.process.pid}" in second.output()
    once = node("--once", "--sources", "a")
    assert once.process.wait(60) == 11
    first.kill()
    third = node("--once", "--sources", "a")  # what kill -9 leaves behind blocks nobody
    assert third.process.wait(60) == 0
    assert third.lines() == ["begin a", "begin a", "end a"]


def test_once_reads_every_source_drains_what_waited_and_ends(home: Path, node: Start) -> None:
    enqueue(home, Task(name="ingest", args=("waited",), partition="waited"))
    single = node("--once", "--sources", "a,b")
    assert single.process.wait(60) == 0
    assert {line for line in single.lines() if line.startswith("end")} == {
        "end a",
        "end b",
        "end waited",
    }


def test_once_ends_with_3_when_a_source_fails(home: Path, node: Start) -> None:
    single = node("--once", "--sources", "a,bad")
    assert single.process.wait(60) == 3
    assert sorted(single.lines()) == ["begin a", "begin bad", "end a"]
    assert "bad: the folder is gone" in single.output()


def test_nothing_is_sent_to_the_makers_of_the_engine(
    home: Path, node: Start, until: Until
) -> None:
    """The engine's hosted service stays off even when the environment turns it on."""
    single = node(
        "--once",
        "--sources",
        "a",
        DBOS__CLOUD="true",
        DBOS_APP_NAME="other",
        DBOS__CONDUCTOR_KEY="key",
        DBOS__CONDUCTOR_URL="ws://127.0.0.1:9/",
        DBOS_SYSTEM_DATABASE_URL="sqlite:///elsewhere.db",
    )
    assert single.process.wait(60) == 0
    assert single.lines() == ["begin a", "end a"]
    said = single.output()
    assert "dbos" not in said.lower()
    assert "conductor" not in said.lower()


def test_daemon_ends_when_its_web_server_does(home: Path, node: Start) -> None:
    daemon = node("--web", f"{sys.executable} -c 'import sys; sys.exit(5)'")
    assert daemon.process.wait(60) == 1
    assert "the web server ended" in daemon.output()


def test_web_server_ends_with_the_daemon(home: Path, node: Start, until: Until) -> None:
    mark = home / "web"
    code = f"import os,time; open({str(mark)!r},'w').write(str(os.getpid())); time.sleep(600)"
    daemon = node("--web", f'{sys.executable} -c "{code}"')
    until(lambda: mark.exists() and mark.read_text() != "")
    daemon.terminate()
    assert daemon.process.returncode == 0
    assert not Path(f"/proc/{mark.read_text()}").exists()


def test_service_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """sd_notify(3): one datagram per state; silence where nobody asked."""
    import socket

    notify("READY=1")
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"
