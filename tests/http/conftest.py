"""Servers that misbehave on real sockets, and a client that may talk to them."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridge.http import Allowance, Http, HttpPolicy

Handler = Callable[[socket.socket], None]


class Peer:
    """A server that runs `handler` for each connection and remembers the request heads."""

    def __init__(self, handler: Handler, context: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        self._handler, self._context = handler, context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with contextlib.closing(connection):
                while head := self._read_head(connection):
                    self.heads.append(head)
                    self._handler(connection)

    def _read_head(self, connection: socket.socket) -> str:
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return ""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        text = head.decode("latin-1")
        for line in text.lower().split("\r\n"):
            if line.startswith("content-length:"):
                missing = int(line.split(":")[1]) - len(body)
                while missing > 0:
                    missing -= len(connection.recv(65536))
        return text

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """Start a peer from a handler, or from the bytes it always answers."""
    peers: list[Peer] = []

    def start(answer: Handler | bytes, context: ssl.SSLContext | None = None) -> Peer:
        def send(connection: socket.socket) -> None:
            assert isinstance(answer, bytes)
            connection.sendall(answer)
            if b"content-length" not in answer.lower():
                connection.shutdown(socket.SHUT_RDWR)

        made = Peer(send if isinstance(answer, bytes) else answer, context)
        peers.append(made)
        return made

    yield start
    for made in peers:
        made.close()


@pytest.fixture
def client() -> Iterator[Callable[..., Http]]:
    """Build a client that may reach 127.0.0.1 and nothing else that is not public."""
    clients: list[Http] = []

    def build(**changes: object) -> Http:
        values: dict[str, object] = {
            "user_agent": "Broadsheet/test",
            "allow": (Allowance.parse("127.0.0.1/32"),),
            "timeout": 5.0,
        }
        guard = changes.pop("guard", None)
        made = Http(HttpPolicy(**(values | changes)), guard)  # type: ignore[arg-type]
        clients.append(made)
        return made

    yield build
    for made in clients:
        made.close()


@pytest.fixture
def http(client: Callable[..., Http]) -> Http:
    return client()


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str], Path]:
    """Write a self-signed certificate and its key for a host name into one file."""

    def make(host: str) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = tmp_path / f"{host}.pem"
        path.write_bytes(_self_signed(host, key).public_bytes(serialization.Encoding.PEM) + pem)
        return path

    return make


def _self_signed(host: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    alternative: x509.GeneralName = x509.DNSName(host)
    with contextlib.suppress(ValueError):
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
