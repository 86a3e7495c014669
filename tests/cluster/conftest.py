"""A cluster on one machine, started by the scripts and configs of `deploy/cluster`."""

import atexit
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from bridge.store import open_store

RECIPE = Path(__file__).parents[2] / "deploy/cluster"
NGINX = Path(__file__).parents[2] / "deploy/nginx/broadsheet.conf"

PAPER = """\
[paper]
id = "tidewater"
title = "潮声晚报"
language = "zh-Hans"
timezone = "Asia/Shanghai"
authority = "tidewater.example"
default_section = "chengshi"

[accounts]
spread = "0s"

[source.incoming]
kind = "folder"
path = "{shared}/incoming"
every = "2s"
settle = "1s"

[[section]]
slug = "chengshi"
title = "城事"
"""

WRAPPER = """
daemon off;
error_log stderr warn;
pid {tmp}/nginx.pid;
{user}
events {{ }}
http {{
    access_log off;
    client_body_temp_path {tmp}/body;
    proxy_temp_path {tmp}/proxy;
    fastcgi_temp_path {tmp}/fastcgi;
    uwsgi_temp_path {tmp}/uwsgi;
    scgi_temp_path {tmp}/scgi;
    include {tmp}/broadsheet.conf;
}}
"""

BYTECODE: dict[str, str] = {}
"""Where no bytecode is kept, every process would compile every library again."""

if sys.dont_write_bytecode:
    kept = tempfile.mkdtemp(prefix="broadsheet-bytecode-")
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": kept}


def wait_for(what: Callable[[], Any], seconds: float = 60) -> Any:
    """Ask until the answer is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} seconds: {what.__doc__ or what.__name__}")


@pytest.fixture(name="wait_for")
def _wait_for() -> Callable[..., Any]:
    return wait_for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def replaced(text: str, changes: dict[str, str]) -> str:
    """Replace what a machine must name for itself; each of it must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start PostgreSQL as the recipe does; gives the URL that the recipe wrote."""
    if not shutil.which("initdb") and not list(
        Path("/usr/lib/postgresql").glob("*/bin/initdb")
    ):
        pytest.skip("needs PostgreSQL (initdb, pg_ctl)")
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = None if os.getuid() else "postgres" if "postgres" in names else "nobody"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    script = shutil.copy(RECIPE / "postgresql.sh", folder)
    if user:
        shutil.chown(folder, user)
        folder.chmod(0o755)

    def recipe(*words: str) -> None:
        command = [script, words[0], str(folder / "cluster"), *words[1:]]
        subprocess.run(command, user=user, cwd=folder, check=True, timeout=60)

    try:
        recipe("make", "127.0.0.1", str(free_port()))
        yield (folder / "cluster/url").read_text().strip()
    finally:
        recipe("stop")
        shutil.rmtree(folder)


@pytest.fixture
def database(server: str) -> str:
    """The URL of the database, with nothing in it."""
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS dbos CASCADE")
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return server


class Cluster:
    """Every process of a cluster, each with its data folder, on one machine."""

    def __init__(self, root: Path, database: str) -> None:
        if not shutil.which("nginx"):
            pytest.skip("needs nginx")
        self.root, self.shared, self.database = root, root / "shared", database
        self.port, self.web = free_port(), (free_port(), free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self.store = open_store(database)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        root.chmod(0o755)
        (root / "config/papers").mkdir(parents=True)
        (self.shared / "incoming").mkdir(parents=True)
        paper = PAPER.format(shared=self.shared)
        (root / "config/papers/tidewater.toml").write_text(paper, "utf-8")
        (root / "database").write_text(database + "\n")
        (root / "database").chmod(0o600)
        changes = {
            "https://feeds.example.org": self.url,
            "/etc/broadsheet/database": str(root / "database"),
            "/srv/broadsheet": str(self.shared),
            '"0.0.0.0"': '"127.0.0.1"',
            '"10.0.0.10"': '"127.0.0.1"',
        }
        config = replaced((RECIPE / "bridge.toml").read_text("utf-8"), changes)
        config += '\n[http]\nallow_networks = ["127.0.0.0/8"]\n'
        (root / "config/bridge.toml").write_text(config, "utf-8")

    def start(self, role: str, name: str, *options: str) -> None:
        """Start one process as the recipe does."""
        environment = {
            **os.environ,
            **BYTECODE,
            "BROADSHEET": f"{sys.executable} -m bridge",
            "NODES": str(self.root / "nodes"),
        }
        self._run(f"{role}-{name}", [RECIPE / "node.sh", role, name, *options], environment)

    def start_nginx(self) -> None:
        upstream = (RECIPE / "upstream.conf").read_text("utf-8")
        changes = {
            f"10.0.0.1{n}:8400": f"127.0.0.1:{port}" for n, port in enumerate(self.web, 1)
        }
        site, blocks = re.subn(
            r"^upstream broadsheet \{.*?^\}", lambda _: replaced(upstream, changes),
            NGINX.read_text("utf-8"), flags=re.S | re.M,
        )  # fmt: skip
        assert blocks == 1
        site = re.sub(r"^\s*ssl_.*\n", "", site, flags=re.M)
        changes = {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port};",
            "/var/lib/broadsheet/feeds": str(self.shared / "feeds"),
        }
        (self.root / "broadsheet.conf").write_text(replaced(site, changes), "utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        wrapper = WRAPPER.format(tmp=self.root, user=user)
        (self.root / "nginx.conf").write_text(wrapper, "utf-8")
        command = ["nginx", "-e", "stderr", "-c", str(self.root / "nginx.conf")]
        self._run("nginx", command, dict(os.environ))

    def _run(self, name: str, command: list[Any], environment: dict[str, str]) -> None:
        with (self.root / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=environment, cwd=self.root, stdout=log, stderr=log
            )

    def log(self, name: str) -> str:
        return (self.root / f"{name}.log").read_text("utf-8")

    def node(self, name: str) -> str:
        """The id under which a process goes in the database; empty before its first start."""
        path = self.root / "nodes" / name / "node"
        return f"{socket.gethostname()}/{path.read_text().strip()}" if path.exists() else ""

    def send(self, name: str, number: int) -> None:
        self.processes[name].send_signal(number)
        if number == signal.SIGKILL:
            self.processes[name].wait()

    def drop(self, name: str, text: str) -> None:
        """Put a page into the incoming folder, whole at once."""
        (self.shared / "incoming" / f".{name}").write_text(text, "utf-8")
        (self.shared / "incoming" / f".{name}").replace(self.shared / "incoming" / name)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        config = str(self.root / "config/bridge.toml")
        return subprocess.run(
            [sys.executable, "-m", "bridge", "-c", config, *words],
            env={**os.environ, **BYTECODE},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def end(self) -> None:
        self.store.close()
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def cluster(tmp_path: Path, database: str) -> Iterator[Cluster]:
    made = Cluster(tmp_path, database)
    yield made
    made.end()


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: clients are killed here."""


class Peers:
    """Servers of others, each on a port of its own; they take `delay` seconds for a request."""

    def __init__(self, number: int) -> None:
        self.delay = 0.0
        self.got: list[tuple[str, bytes]] = []  # inbox, body
        self.servers: list[ThreadingHTTPServer] = []
        for _ in range(number):
            server = Server(("127.0.0.1", 0), self._handler())
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.servers.append(server)

    def inboxes(self, each: int) -> list[str]:
        return [
            f"http://127.0.0.1:{server.server_port}/users/{n}/inbox"
            for server in self.servers
            for n in range(each)
        ]

    def count(self, word: str) -> Counter[str]:
        """How often each inbox got what holds a word."""
        return Counter(inbox for inbox, body in self.got if word in body.decode())

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        peers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(peers.delay)
                peers.got.append((f"http://{self.headers['Host']}{self.path}", body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def peers() -> Iterator[Peers]:
    made = Peers(40)
    yield made
    made.close()
