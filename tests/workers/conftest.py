"""A real database with the engine's tables, engines in this process, and nodes in others."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.store import Store, open_store
from bridge.workers import outbox
from bridge.workers.engine import Engine, Handlers

NODE = Path(__file__).with_name("node.py")

BYTECODE: dict[str, str] = {}
"""Where no bytecode is kept, every process would compile every library again."""

if sys.dont_write_bytecode:
    kept = tempfile.mkdtemp(prefix="broadsheet-bytecode-")
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": kept}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of its own, on each backend in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'broadsheet.db'}"
    made: str = request.getfixturevalue("postgresql_url")
    return made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    outbox.prepare(opened.url)
    yield opened
    opened.close()


@pytest.fixture
def rows(store: Store) -> Callable[[str], list[tuple[object, ...]]]:
    """Ask the engine's table of tasks: `rows("SELECT count(*) FROM TASKS")`."""
    table = "workflow_status" if store.url.startswith("sqlite") else "dbos.workflow_status"

    def ask(query: str) -> list[tuple[object, ...]]:
        with store.read() as connection:
            asked = connection.exec_driver_sql(query.replace("TASKS", table))
            return [tuple(row) for row in asked]

    return ask


@pytest.fixture
def engine(store: Store) -> Iterator[Callable[[Handlers], Engine]]:
    """Start an engine on the store's database; it is stopped after the test."""
    started: list[Engine] = []

    def start(handlers: Handlers) -> Engine:
        made = Engine(store.url, handlers, executor="test", poll=0.05)
        started.append(made)
        made.start()
        return made

    yield start
    for made in started:
        made.stop(patience=0)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait for something that another thread or process brings about."""

    def wait(reached: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < end, "did not happen in time"
            time.sleep(0.02)

    return wait


class Node:
    """A daemon in a process of its own (see node.py)."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        self.journal = home / "journal"
        self.process = subprocess.Popen(
            [sys.executable, str(NODE), str(home), *arguments],
            env={**os.environ, **BYTECODE, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def lines(self) -> list[str]:
        """What its tasks have written so far."""
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def terminate(self) -> float:
        """Send SIGTERM and return after how many seconds it was gone."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - begun

    def output(self) -> str:
        return self.process.communicate(timeout=30)[0]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Callable[..., Node]]:
    """Start a daemon on `tmp_path`; whatever is left of it is killed after the test."""
    nodes: list[Node] = []

    def start(*arguments: str, **environment: str) -> Node:
        nodes.append(Node(tmp_path, *arguments, **environment))
        return nodes[-1]

    yield start
    for each in nodes:
        if each.process.poll() is None:
            each.kill()
        each.process.communicate()
