"""A whole Broadsheet, and a server of the fediverse that others have written, beside it."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FEDIFY = Path(__file__).parent / "fedify"
PATIENCE = 90.0
"""Seconds until something must have happened; on a busy machine it takes its time."""

CONFIG = """\
mode = "publisher"
base_url = "http://127.0.0.1:{port}"
[server]
port = {port}
workers = 1
blocking_threads = 2
[http]
allow_networks = ["127.0.0.0/8"]
[federation]
authorized_fetch = {guarded}
"""

PAPER = """\
[paper]
id = "tidewater"
title = "潮声晚报"
language = "zh-Hans"
timezone = "Asia/Shanghai"
authority = "tidewater.example"

[accounts]
spread = "0s"

[source.incoming]
kind = "folder"
path = "incoming/tidewater"
every = "2s"
settle = "1s"

[[section]]
slug = "chengshi"
title = "城事"
"""


def until(ask: Callable[[], Any]) -> Any:
    """Ask until the answer is something; the test fails when it never is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.2)
    pytest.fail(f"not within {PATIENCE:.0f} seconds: {ask.__doc__ or ask.__name__}")


class House:
    """One deployment in a folder of its own, run as its operator runs it."""

    def __init__(self, root: Path, *, guarded: bool = False) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.root, self.url = root, f"http://127.0.0.1:{self.port}"
        self.log = root / "log"
        (root / "config/papers").mkdir(parents=True)
        config = CONFIG.format(port=self.port, guarded=str(guarded).lower())
        (root / "config/bridge.toml").write_text(config, "utf-8")
        (root / "config/papers/tidewater.toml").write_text(PAPER, "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def account(self) -> str:
        return f"{self.url}/ap/actors/tidewater_chengshi"

    def followers(self) -> int:
        """Return how many follow, as other servers are told."""
        with urllib.request.urlopen(f"{self.account}/followers", timeout=30) as answer:
            told: int = json.load(answer)["totalItems"]
        return told

    def run(self, *words: str) -> str:
        done = subprocess.run(
            self._command(*words), capture_output=True, text=True, timeout=90, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command("up"), stdout=log, stderr=log)
        until(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def drop(self, name: str, text: str) -> None:
        folder = self.root / "incoming/tidewater"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f".{name}").write_text(text, "utf-8")
        (folder / f".{name}").replace(folder / name)

    def _command(self, *words: str) -> list[str]:
        config = str(self.root / "config/bridge.toml")
        return [sys.executable, "-m", "bridge", "-c", config, *words]

    def _answers(self) -> bool:
        """Tell whether the web server is ready."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text("utf-8")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Fedify:
    """An account on Fedify, told what to do over HTTP; each start makes new keys."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self, scheme: str) -> None:
        """Start with the scheme that it signs with first; again on the same port."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["node", "peer.mjs", scheme, str(self.port)],
                cwd=FEDIFY,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.log.read_text("utf-8")
        self.port = json.loads(line)["port"]

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    @property
    def received(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.do("log")
        return found

    def of_type(self, type: str) -> list[dict[str, Any]]:
        return [activity for activity in self.received if activity["type"] == type]

    def do(self, what: str, **given: Any) -> Any:
        url = f"http://127.0.0.1:{self.port}/control/{what}"
        data = json.dumps(given).encode() if given else None
        try:
            with urllib.request.urlopen(url, data=data, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            pytest.fail(f"{what}: {error.read().decode()}")


@pytest.fixture(name="until")
def _until() -> Callable[[Callable[[], Any]], Any]:
    return until


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Make a deployment that runs; `guarded` shows accounts to signed requests only."""
    made: list[House] = []

    def start(*, guarded: bool = False) -> House:
        made.append(House(tmp_path / "house", guarded=guarded))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def fedify(tmp_path: Path) -> Iterator[Fedify]:
    if shutil.which("node") is None:
        pytest.skip("node is missing")
    if not (FEDIFY / "node_modules").is_dir():
        pytest.skip("npm ci was not run in tests/peers/fedify")
    peer = Fedify(tmp_path / "fedify.log")
    yield peer
    peer.stop()
