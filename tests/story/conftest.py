"""A whole Broadsheet as its operator runs it, and a follower on a server of their own."""

import base64
import datetime as dt
import hashlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CONFIG = """\
mode = "publisher"
base_url = "http://127.0.0.1:{port}"

[server]
port = {port}
workers = 1

[http]
allow_networks = ["127.0.0.0/8"]
"""

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
path = "incoming/tidewater"
every = "2s"
settle = "1s"

[[section]]
slug = "chengshi"
title = "城事"
"""


def wait_for(what: Callable[[], Any], seconds: float = 60) -> Any:
    """Ask until the answer is something; the story fails when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.2)
    pytest.fail(f"not within {seconds} seconds: {what.__doc__ or what.__name__}")


class House:
    """One deployment in a folder of its own; its processes are real ones."""

    def __init__(self, root: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.root, self.url = root, f"http://127.0.0.1:{self.port}"
        self.log = root / "log"
        (root / "config/papers").mkdir(parents=True)
        (root / "config/bridge.toml").write_text(CONFIG.format(port=self.port), "utf-8")
        (root / "config/papers/tidewater.toml").write_text(PAPER, "utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "bridge",
            "-c",
            str(self.root / "config/bridge.toml"),
            *words,
        ]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=60, check=False
        )

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command("up"), stdout=log, stderr=log)
        wait_for(self.answers)

    def answers(self) -> bool:
        """Tell whether the web server is ready."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text("utf-8")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> int:
        """End everything the way a service manager does; at most ten seconds."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(12)
        self.process = None
        return code

    def drop(self, name: str, text: str) -> None:
        folder = self.root / "incoming/tidewater"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f".{name}").write_text(text, "utf-8")
        (folder / f".{name}").replace(folder / name)


@pytest.fixture(name="wait_for")
def _wait_for() -> Callable[..., Any]:
    return wait_for


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    if house.process is not None:
        house.process.kill()
        house.process.wait()


class Reader:
    """A person on another server: their account, their key, and all that reaches them."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.inbox: list[dict[str, Any]] = []
        self.forged: list[str] = []
        self.trusted: dict[str, str] = {}  # key id → PEM
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.id = f"{self.url}/users/wanqiu"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def received(self, kind: str) -> list[dict[str, Any]]:
        return [activity for activity in self.inbox if activity["type"] == kind]

    def document(self) -> dict[str, Any]:
        public = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "@context": [
                "https://www.w3.org/ns/activitystreams",
                "https://w3id.org/security/v1",
            ],
            "id": self.id,
            "type": "Person",
            "preferredUsername": "wanqiu",
            "inbox": f"{self.id}/inbox",
            "publicKey": {
                "id": f"{self.id}#main-key",
                "owner": self.id,
                "publicKeyPem": public.decode(),
            },
        }

    def signed(
        self, activity: dict[str, Any], host: str, path: str
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a POST, signed the way most servers sign."""
        body = json.dumps(activity).encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {
            "Host": host,
            "Date": format_datetime(dt.datetime.now(dt.UTC), usegmt=True),
            "Digest": f"SHA-256={digest}",
            "Content-Type": "application/activity+json",
        }
        lines = [f"(request-target): post {path}"]
        lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
        made = self.private.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
        headers["Signature"] = (
            f'keyId="{self.id}#main-key",algorithm="rsa-sha256",'
            'headers="(request-target) host date digest content-type",'
            f'signature="{base64.b64encode(made).decode()}"'
        )
        return body, headers

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        reader = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(reader.document()).encode()
                self.send_response(200 if self.path == "/users/wanqiu" else 404)
                self.send_header("Content-Type", "application/activity+json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    reader._verify(self.path, self.headers, body)
                    reader.inbox.append(json.loads(body))
                    self.send_response(202)
                except Exception as error:
                    reader.forged.append(repr(error))
                    self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _verify(self, path: str, headers: Any, body: bytes) -> None:
        parts = dict(part.split("=", 1) for part in headers["Signature"].split(","))
        values = {name: value.strip('"') for name, value in parts.items()}
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        assert headers["Digest"] == f"SHA-256={digest}"
        named = values["headers"].split()
        assert {"(request-target)", "host", "date", "digest"} <= set(named)
        special = {"(request-target)": f"post {path}"}
        text = "\n".join(f"{name}: {special.get(name) or headers[name]}" for name in named)
        public = serialization.load_pem_public_key(self.trusted[values["keyId"]].encode())
        assert isinstance(public, rsa.RSAPublicKey)
        signature = base64.b64decode(values["signature"])
        public.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()
