"""Connections and certificates: kept, counted, checked (security nos. 54 and 60)."""

import socket
import ssl
import threading
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from bridge.errors import RemoteError
from bridge.http import Allowance, Guard, Http

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


def test_connections_are_kept_and_counted(peer: Any, http: Http) -> None:
    one, two = peer(ACCEPTED), peer(OK)
    for _ in range(5):
        http.post(one.url, headers=(("Content-Type", "text/plain"),), body=b"x")
        http.get(two.url)
    assert http.counts.connections == 2
    assert http.counts.lookups == 2


def test_one_connection_for_each_thread_and_host(peer: Any, client: Any) -> None:
    servers, http = [peer(ACCEPTED) for _ in range(6)], client(pool_hosts=6, pool_size=4)

    def send() -> None:
        for server in servers:
            for _ in range(5):
                http.post(server.url, headers=(), body=b"x")

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(server.heads) for server in servers) == 120
    assert http.counts.connections <= 24


def _tls(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_60_an_unknown_certificate_is_refused(peer: Any, http: Http, certificate: Any) -> None:
    server = peer(OK, _tls(certificate("127.0.0.1")))
    with pytest.raises(RemoteError, match="certificate") as caught:
        http.get(server.url)
    assert caught.value.transient
    assert server.heads == []


def test_60_the_name_in_the_certificate_must_be_the_hosts(
    peer: Any, client: Any, certificate: Any
) -> None:
    path = certificate("other.example")
    server = peer(OK, _tls(path))
    with pytest.raises(RemoteError, match="certificate"):
        client(ca_file=str(path)).get(server.url)


def test_54_handshake_and_sending_share_one_deadline(client: Any, certificate: Any) -> None:
    path, done = certificate("127.0.0.1"), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            sleep(1.6)
            with _tls(path).wrap_socket(connection, server_side=True):
                done.wait(20)  # and reads nothing

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        started, url = monotonic(), f"https://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(RemoteError):
            client(timeout=2.0, ca_file=str(path)).post(url, headers=(), body=bytes(20_000_000))
        took = monotonic() - started
        done.set()
        thread.join()
    assert took < 3.4  # with a limit of its own for sending it would be 3.6


def test_certificates_are_loaded_once_whatever_is_sent(
    peer: Any, client: Any, certificate: Any
) -> None:
    path = certificate("paper.example")
    servers = [peer(OK, _tls(path)) for _ in range(3)]
    allow = (Allowance.parse("127.0.0.1/32"),)

    def resolve(host: str, port: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    http = client(ca_file=str(path), guard=Guard(allow, resolve))
    for _ in range(3):
        for server in servers:
            assert http.get(f"https://paper.example:{server.port}/").status == 200
    assert (http.counts.ca_loads, http.counts.connections) == (2, 3)
