"""Targets 5 and 6: what an answer costs the server, beside a bare Flask route and nginx.

CPU of the server's processes for each request, under the load of one process with sixteen
connections. Both Python servers are granian with one worker and one thread.
"""

import base64
import hashlib
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bench import house
from bench.harness import (
    Measure,
    Plan,
    Row,
    Worker,
    at_least,
    compare,
    cpu_of,
    pair,
    start,
    take_turns,
)
from bench.invented import Writer
from bridge.config import Settings
from bridge.model import Channel, RemoteActor
from bridge.publish import feeds
from bridge.store import remotes
from bridge.wiring import Bridge, open_bridge

CONNECTIONS = 16
CRLF = "\r\n"
FEED = f"{house.PAPER}/s1/rss.xml"
ENTRIES = 20
"""Articles in the feed, which has about sixty kilobytes then."""
SENDER = "https://sender.example/users/mei"

NGINX = """\
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; etag on; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types {{ application/rss+xml xml; }}
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server under measurement."""

    pid: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests sent to a server as fast as it answers: by wrk, or without it by our own."""

    worker: Worker
    count: int
    quick: bool = False  # wrk runs for whole seconds

    def cost(self, server: Server, status: int, path: str, header: str = "") -> Measure:
        """Return a measurement: CPU microseconds of the server for each GET."""
        request = f"GET {path} HTTP/1.1\r\nHost: {house.HOST}\r\n{header and header + CRLF}\r\n"
        checked = replace(self, count=CONNECTIONS)

        def measure() -> float:
            checked.send(server, status, request=request)
            if self.quick or not shutil.which("wrk"):
                return self.send(server, status, request=request)
            before = cpu_of(server.pid)
            done = _wrk(f"http://127.0.0.1:{server.port}{path}", header, self.count)
            return (cpu_of(server.pid) - before) / done * 1e6

        return measure

    def send(self, server: Server, status: int, *, request: str = "", file: str = "") -> float:
        """Send one request many times, or those of a file, and return what each cost."""
        before = cpu_of(server.pid)
        self.worker.ask(
            "ask",
            port=server.port,
            status=status,
            count=self.count,
            connections=CONNECTIONS,
            request=request,
            file=file,
        )
        return (cpu_of(server.pid) - before) / self.count * 1e6


def _wrk(url: str, header: str, count: int) -> int:
    """Run wrk for about as long as `count` quick requests take; return how many it made."""
    seconds = max(1, round(count / 6000))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Host: {house.HOST}"]
    command += ["-H", header] if header else []
    told = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"wrk: {told}")
    return int(re.findall(r"(\d+) requests in", told)[0])


def reading(plan: Plan) -> Iterator[Row]:
    """Yield target 5: a feed that is known, a feed as a whole, and an account's document."""
    with ExitStack() as stack:
        ours, settings = stack.enter_context(_ours(plan.folder))
        flask = stack.enter_context(_flask())
        worker = start(stack, "baselines.load")
        load = Load(worker=worker, count=plan.count(6000), quick=plan.quick)
        known = f"If-None-Match: {_tag(settings.feeds_dir / FEED)}"
        not_modified = load.cost(ours, 304, f"/{FEED}", known)
        whole = load.cost(ours, 200, f"/{FEED}")
        hello = load.cost(flask, 200, "/")
        document = load.cost(ours, 200, f"/ap/actors/{house.PAPER}_s1")
        sides = [not_modified, whole, document, hello]
        if shutil.which("nginx"):
            nginx = stack.enter_context(_nginx(plan.folder, settings.feeds_dir))
            theirs = f"If-None-Match: {_asked_tag(nginx.port)}"
            sides.append(load.cost(nginx, 304, f"/{FEED}", theirs))
            sides.append(load.cost(nginx, 200, f"/{FEED}"))
        else:
            print("nginx is not installed: its rows are left out", file=sys.stderr)
        known_cost, whole_cost, document_cost, bare, *nginx_costs = take_turns(plan, *sides)
    flask_route = "bare Flask route"
    yield pair(known_cost, bare).speed(5, "feed 304", at_least(4), flask_route)
    yield pair(whole_cost, bare).speed(5, "feed 200", at_least(2.5), flask_route)
    yield pair(document_cost, bare).speed(5, "actor document", at_least(0.9), flask_route)
    for own, other, name in zip(
        (known_cost, whole_cost), nginx_costs, ("feed 304", "feed 200"), strict=False
    ):
        yield pair(own, other).speed(5, name, at_least(0.7), "nginx")


def inbox(plan: Plan) -> Iterator[Row]:
    """Yield target 6: a signed Follow of a known sender, verified and stored."""
    count = plan.count(800, 100)
    with ExitStack() as stack:
        ours, _ = stack.enter_context(_ours(plan.folder))
        flask = stack.enter_context(_flask())
        load = Load(worker=start(stack, "baselines.load"), count=count)
        files = [_follows(plan.folder, number, count) for number in range(plan.pairs + 1)]
        fresh, again = iter(files), iter(files)
        (pair,) = compare(
            plan,
            lambda: load.send(ours, 202, file=next(fresh)[0]),
            lambda: load.send(flask, 202, file=next(again)[1]),
        )
    yield pair.speed(6, "inbox: verify and store", at_least(0.5), "bare POST route")


@contextmanager
def _ours(folder: Path) -> Iterator[tuple[Server, Settings]]:
    """Serve a paper with one section's feed and a sender whose key is known."""
    port = _free_port()
    settings = house.build(folder / "ours", port=port)
    with open_bridge(settings, lambda connection, tasks: None) as bridge:
        _provide(bridge)
    command = [sys.executable, "-m", "bridge", "--config", str(settings.path), "serve"]
    with _running(command, port) as server:
        yield server, settings


def _provide(bridge: Bridge) -> None:
    paper, writer = bridge.site.papers[0], Writer(5)
    made = [
        house.stored(n, house.FIRST, "s1", writer.headline(), writer.body(900))
        for n in range(ENTRIES)
    ]
    sender = RemoteActor(
        id=SENDER,
        inbox=f"{SENDER}/inbox",
        shared_inbox=None,
        key_id=f"{SENDER}#main-key",
        key=_public(),
        name="mei",
        fetched=house.NOW,
    )
    house.store(bridge, house.FIRST, made)
    with bridge.store.begin() as connection:
        remotes.put(connection, sender)
    channel = Channel(
        site=bridge.site,
        paper=paper,
        section=paper.sections[0],
        issue=None,
        entries=tuple(made),
    )
    bridge.output.write(FEED, feeds.rss(channel), house.NOW)


def _flask() -> AbstractContextManager[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", "1", "--port", str(port), "--log-level", "warning"]
    return _running([*command, "bench.baselines.flask_app:app"], port)


def _nginx(folder: Path, root: Path) -> AbstractContextManager[Server]:
    port = _free_port()
    config = folder / "nginx.conf"
    # nginx gives up root for a user who may not enter a private folder
    user = f"user {pwd.getpwuid(0).pw_name};\n" if os.geteuid() == 0 else ""
    config.write_text(
        user + NGINX.format(folder=folder, port=port, root=root), encoding="utf-8"
    )
    return _running(["nginx", "-p", str(folder), "-c", str(config)], port)


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[Server]:
    """Run a server until the block ends; it has ten seconds to begin and as many to end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(pid=process.pid, port=port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tag(file: Path) -> str:
    return f'"{hashlib.sha256(file.read_bytes()).hexdigest()[:32]}"'


def _asked_tag(port: int) -> str:
    """Return the entity tag that a server gives the feed."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"GET /{FEED} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = connection.recv(4096).decode("latin-1")
    line = next(line for line in head.split("\r\n") if line.lower().startswith("etag:"))
    return line.partition(":")[2].strip()


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public() -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return KEY.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def _follows(folder: Path, batch: int, count: int) -> tuple[str, str]:
    """Write signed Follows, and the same bodies for the bare route; return both files."""
    made = [_follow(f"{SENDER}/follows/{batch}-{number}") for number in range(count)]
    signed, bare = folder / f"signed-{batch}.json", folder / f"bare-{batch}.json"
    signed.write_text(json.dumps(made), encoding="utf-8")
    other = [one.replace("POST /ap/inbox", "POST /", 1) for one in made]
    bare.write_text(json.dumps(other), encoding="utf-8")
    return str(signed), str(bare)


def _follow(id: str) -> str:
    actor = f"{house.BASE}/ap/actors/{house.PAPER}_s1"
    follow = {"id": id, "type": "Follow", "actor": SENDER, "object": actor}
    body = json.dumps({**follow, "@context": "https://www.w3.org/ns/activitystreams"})
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    headers = {
        "Host": house.HOST,
        "Date": formatdate(usegmt=True),
        "Digest": f"SHA-256={digest}",
        "Content-Type": "application/activity+json",
    }
    lines = ["(request-target): post /ap/inbox"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    made = KEY.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    headers["Signature"] = (
        f'keyId="{SENDER}#main-key",algorithm="rsa-sha256",'
        'headers="(request-target) host date digest content-type",'
        f'signature="{base64.b64encode(made).decode()}"'
    )
    headers["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /ap/inbox HTTP/1.1\r\n{head}\r\n{body}"
