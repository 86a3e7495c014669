"""A published folder, a program behind, and real web servers in front of both."""

import gzip
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

FILES = {
    "index.html": "<!doctype html><title>临洲日报</title>",
    "opml.xml": "<opml/>",
    "linzhou/opds.xml": "<feed/>",
    "linzhou/index.html": "<!doctype html><title>今日</title>",
    "linzhou/all/rss.xml": "<rss>" + "报" * 500 + "</rss>",
    "linzhou/all/atom.xml": "<feed/>",
    "linzhou/all/feed.json": "{}",
    "linzhou/e/2026-03-04/archive.atom": "<feed/>",
    "linzhou/a/linzhou-20260304-abcdef.html": "<!doctype html><title>文</title>",
    "assets/site.css": "body {}",
    "robots.txt": "User-agent: *",
    "media/00.webp": "image",
    ".manifest/files.jsonl": "{}",
}


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    """A folder as `broadsheet publish` leaves it, with a twin for the largest feed."""
    tmp_path.chmod(0o755)
    root = tmp_path / "feeds"
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        os.utime(file, (1772582400, 1772582400))
    twin = root / "linzhou/all/rss.xml.gz"
    twin.write_bytes(gzip.compress(FILES["linzhou/all/rss.xml"].encode(), mtime=0))
    os.utime(twin, (1772582400, 1772582400))
    return root


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Return ports nobody listens on."""

    def port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            number = probe.getsockname()[1]
            assert isinstance(number, int)
            return number

    return port


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[list[str], int], None]]:
    """Start a server in the foreground, wait for its port, stop it after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], port: int) -> None:
        with (tmp_path / "server.log").open("wb") as log:
            running.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and running[-1].poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        pytest.fail((tmp_path / "server.log").read_text("utf-8"))

    yield start
    for server in running:
        server.terminate()
        server.wait(10)
