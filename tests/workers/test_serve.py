"""The web server as real processes: started, refused, stopped, orphaned."""

import socket
import sys
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import BridgeError
from bridge.workers.serve import check_address

Until = Callable[[Callable[[], bool]], None]
Start = Callable[..., Any]

PAGE = """
import os
def build():
    def page(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [os.environ["BROADSHEET_CONFIG"].encode()]
    return page
def broken():
    raise ValueError("no such paper")
"""


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def target(tmp_path: Path) -> str:
    (tmp_path / "page.py").write_text(PAGE)
    (tmp_path / "data").mkdir()
    return f"{tmp_path / 'page.py'}:build"


def answers(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_serves_what_its_processes_build_and_ends_on_sigterm(
    tmp_path: Path, node: Start, until: Until, port: int, target: str
) -> None:
    server = node("--serve", target, "--port", str(port))
    until(lambda: answers(port) != "")
    assert answers(port) == str(tmp_path / "bridge.toml")
    assert server.terminate() < 10
    assert server.process.returncode == 0
    assert f"http://127.0.0.1:{port}" in server.output()
    assert (tmp_path / "data" / "broadsheet.db").exists()


def test_application_that_cannot_be_built_ends_the_server_with_its_reason(
    node: Start, port: int, target: str
) -> None:
    server = node("--serve", target.replace(":build", ":broken"), "--port", str(port))
    assert server.process.wait(60) == 1
    assert "ValueError: no such paper" in server.output()


def test_port_in_use_is_told_at_once(node: Start, target: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        server = node("--serve", target, "--port", str(port))
        assert server.process.wait(60) == 1
        assert f"127.0.0.1:{port}: another program listens at this address" in server.output()


def test_address_of_another_machine_is_told() -> None:
    with pytest.raises(BridgeError, match=r"192\.0\.2\.1:8400: this machine has no such"):
        check_address("192.0.2.1", 8400)


def test_server_of_a_killed_daemon_ends_by_itself(
    tmp_path: Path, node: Start, until: Until, port: int, target: str
) -> None:
    """It must not go on holding the port when `up` is started again."""
    server = f"{sys.executable} {Path(__file__).with_name('node.py')} {tmp_path}"
    daemon = node("--web", f"{server} --serve {target} --port {port}")
    until(lambda: answers(port) != "")
    daemon.kill()
    until(lambda: answers(port) == "")
    check_address("127.0.0.1", port)
