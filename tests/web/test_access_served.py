"""A private copy behind the real web server: two processes, their log, and a token revoked."""

import base64
import datetime as dt
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.pipeline.access import admit, revoke
from bridge.wiring import Bridge

NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
SERVER = """
import functools, os, sys
import granian
from pathlib import Path
from bridge import config
from bridge.cli.operate import WEB
from bridge.workers import log, serve

if __name__ == "__main__":
    granian.Granian = functools.partial(granian.Granian, log_access=True)
    settings = config.load(Path(sys.argv[1]), os.environ)
    log.configure(settings.log)
    sys.exit(serve.serve(settings, target=WEB))
"""
FEED = "/yunting/yaowen/rss.xml"


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def private(open_at: Callable[..., Bridge], port: int) -> Bridge:
    bridge = open_at("reader", "false")
    with bridge.settings.path.open("a", encoding="utf-8") as file:
        file.write(f"\n[server]\nport = {port}\nworkers = 2\n")
    return bridge


@pytest.fixture
def output(private: Bridge, port: int, tmp_path: Path) -> Iterator[Path]:
    """Serve it, with the server's log of requests; the path is what it writes."""
    script, written = tmp_path / "server.py", tmp_path / "server.log"
    script.write_text(SERVER, "utf-8")
    with written.open("wb") as file:
        command = [sys.executable, str(script), str(private.settings.path)]
        server = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    until(lambda: server.poll() is not None or status(port, "/livez") == 200)
    assert server.poll() is None, written.read_text("utf-8")
    yield written
    server.terminate()
    server.wait(30)


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)


def status(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_no_log_holds_a_token_and_a_revoked_one_works_in_no_process(
    private: Bridge, output: Path, port: int
) -> None:
    """Security no. 86."""
    token, other = admit(private, "林", NOW), admit(private, "沈", NOW)
    until(lambda: [status(port, f"/r/{token}{FEED}") for _ in range(12)] == [200] * 12)
    coded = base64.b64encode(f"any:{token}".encode()).decode()
    assert status(port, FEED, Authorization=f"Basic {coded}") == 200
    assert status(port, "/yunting/", Cookie=f"broadsheet={token}") == 200
    assert status(port, f"/r/{token}/nothing") == 404
    assert status(port, f"/%72/{token}{FEED}", Referer=f"http://x/r/{token}/") == 200
    revoke(private, "林", NOW)
    until(lambda: [status(port, f"/r/{token}{FEED}") for _ in range(12)] == [401] * 12)
    assert status(port, f"/r/{other}{FEED}") == 200
    until(lambda: " 401 " in output.read_text("utf-8"))
    written = output.read_text("utf-8")
    assert f"GET /r/…{FEED} HTTP/1.1" in written
    assert token not in written
    assert other not in written
