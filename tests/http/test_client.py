"""Requests against servers that drip, lie, flood and mislead (security nos. 49 to 60, 96)."""

import gzip
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from bridge.errors import AddressError, RemoteError
from bridge.http import Allowance, Guard, Http

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def test_get_returns_status_headers_body(peer: Any, http: Http) -> None:
    server = peer(OK)
    answer = http.get(f"{server.url}/a%20b?q=1", accept="text/plain")
    assert (answer.status, answer.body, answer.content_type) == (200, b"hello", "text/plain")
    assert answer.url == f"{server.url}/a%20b?q=1"
    assert server.heads[0].startswith("GET /a%20b?q=1 HTTP/1.1")
    assert f"Host: 127.0.0.1:{server.port}" in server.heads[0]
    assert "Accept: text/plain" in server.heads[0]
    assert "User-Agent: Broadsheet/test" in server.heads[0]


@pytest.mark.parametrize("status", [304, 404, 410, 429, 500])
def test_a_status_is_an_answer_not_a_failure(peer: Any, http: Http, status: int) -> None:
    server = peer(
        f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nRetry-After: 9\r\n\r\n".encode()
    )
    answer = http.get(server.url)
    assert (answer.status, answer.header("retry-after")) == (status, "9")


@pytest.mark.parametrize(
    "url",
    """ftp://paper.example/ file:///etc/passwd data:text/plain,x gopher://paper.example/
    //paper.example/ paper.example http:///x http://u:p@paper.example/ http://u@paper.example/
    http://paper.example\\@evil.example/ http://paper.example/a\r\nX:y http://paper.example/\x00
    http://paper.example:0/ http://paper.example:99999/ http://paper.example:x/
    http://[::1%25eth0]/ http://[zz]/ http://-/ http://a..b/""".split(" "),
)
def test_52_urls_that_are_refused_at_once(http: Http, url: str) -> None:
    with pytest.raises(AddressError):
        http.get(url.strip("\n"))


@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
def test_48_the_exception_for_one_address_opens_no_other(http: Http, host: str) -> None:
    with pytest.raises(AddressError, match="not public"):
        http.get(f"http://{host}:8080/")


def test_49_a_name_is_resolved_once_and_that_address_is_used(peer: Any, client: Any) -> None:
    server = peer(OK)
    asked: list[str] = []

    def rebind(host: str, port: int) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    http = client(guard=Guard((Allowance.parse("127.0.0.1/32"),), rebind))
    assert http.get(f"http://paper.example:{server.port}/").status == 200
    assert asked == ["paper.example"]
    assert f"Host: paper.example:{server.port}" in server.heads[0]


def _drip(prefix: bytes) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        connection.sendall(prefix)
        for _ in range(200):
            sleep(0.05)
            connection.sendall(b"a")

    return drip


@pytest.mark.parametrize(
    "prefix",
    [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"],
    ids=["status", "headers", "body"],
)
def test_54_dripped_answers_end_at_the_deadline(peer: Any, client: Any, prefix: bytes) -> None:
    server, started = peer(_drip(prefix)), monotonic()
    with pytest.raises(RemoteError) as caught:
        client(timeout=0.4).get(server.url)
    assert caught.value.transient
    assert monotonic() - started < 5  # the drip itself would take 10 s


def test_54_a_server_that_says_nothing_ends_at_the_deadline(peer: Any, client: Any) -> None:
    server, started = peer(lambda connection: sleep(8)), monotonic()
    with pytest.raises(RemoteError):
        client(timeout=0.3).get(server.url)
    assert monotonic() - started < 5


def test_54_redirects_share_one_deadline(peer: Any, client: Any) -> None:
    def slow(connection: socket.socket) -> None:
        sleep(0.4)
        connection.sendall(redirect("/again"))

    server = peer(slow)
    with pytest.raises(RemoteError):
        client(timeout=0.6, redirects=10).get(server.url)
    assert len(server.heads) <= 2


def _bomb(status: str, encoding: str, layers: int, extra: str = "") -> bytes:
    body = bytes(30_000_000)
    for _ in range(layers):
        body = gzip.compress(body)
    head = (
        f"HTTP/1.1 {status}\r\nContent-Encoding: {encoding}\r\n{extra}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@pytest.mark.parametrize(
    "answer",
    [
        _bomb("200 OK", "gzip", 1),
        _bomb("200 OK", "gzip, gzip", 2),
        _bomb("500 Oops", "gzip", 1),
        _bomb("302 Found", "gzip", 1, "Location: ftp://paper.example/\r\n"),
    ],
    ids=["plain", "layered", "error", "redirect"],
)
def test_55_bombs_stop_at_the_limit(peer: Any, http: Http, answer: bytes) -> None:
    server = peer(answer)
    tracemalloc.start()
    with pytest.raises(RemoteError) as caught:
        http.get(server.url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not caught.value.transient
    assert peak < 8_000_000


def test_55_the_limit_itself_is_allowed(peer: Any, http: Http) -> None:
    server = peer(OK)
    assert http.get(server.url, limit=5).body == b"hello"
    with pytest.raises(RemoteError, match="larger than 4 bytes"):
        http.get(server.url, limit=4)


def test_compressed_answers_are_read(peer: Any, http: Http) -> None:
    body = gzip.compress("今日头版".encode())
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    assert http.get(peer(head.encode() + body).url).body.decode() == "今日头版"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff garbage\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    ],
    ids="empty garbage status short chunk cut-chunk gzip 200000-headers 2MB-header 1xx".split(),
)
def test_59_broken_answers_are_one_failure(peer: Any, http: Http, answer: bytes) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)  # until the client has given up

    with pytest.raises(RemoteError) as caught:
        http.get(peer(send).url)
    assert caught.value.transient


@pytest.mark.parametrize(
    "flood",
    [
        b"HTTP/1.1 200 OK\r\n"
        + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 10_000) for i in range(90)),
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000 + b"HTTP/1.1 200 OK\r\n",
    ],
    ids=["long headers", "endless 1xx"],
)
def test_59_a_head_has_a_limit_in_bytes(peer: Any, http: Http, flood: bytes) -> None:
    server = peer(flood + b"Content-Length: 0\r\n\r\n")
    with pytest.raises(RemoteError, match="headers larger than"):
        http.get(server.url)


def test_nobody_listens(http: Http) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RemoteError, match="refused") as caught:
        http.get(f"http://127.0.0.1:{port}/")
    assert caught.value.transient


def test_58_nothing_ambient_is_sent(
    peer: Any, http: Http, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    cookie = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n")
    server = peer(cookie)
    http.get(server.url)
    http.get(server.url)
    assert "cookie" not in "".join(server.heads).lower()
    assert "authorization" not in "".join(server.heads).lower()
    assert "proxy" not in "".join(server.heads).lower()


def test_a_header_with_a_line_break_is_never_sent(peer: Any, http: Http) -> None:
    server = peer(OK)
    with pytest.raises(RemoteError):
        http.get(server.url, headers=(("If-None-Match", "x\r\nEvil: 1"),))
    assert server.heads == []


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 100\r\n\r\nshort",
        b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"Content-Type: image/png\r\nContent-Length: 1\r\n\r\n\x00",
        b"Transfer-Encoding: chunked\r\n\r\nzz",
        b"Content-Length: 300000\r\n\r\n" + b"a" * 300_000,
    ],
    ids=["short", "gzip", "type", "chunk", "huge"],
)
def test_96_a_post_that_got_its_status_succeeded(peer: Any, http: Http, rest: bytes) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\n" + rest)
        connection.shutdown(socket.SHUT_WR)

    answer = http.post(peer(send).url, headers=(), body=b"{}")
    assert answer.status == 202
    assert len(answer.body) <= 4096


def test_96_a_post_does_not_wait_for_a_dripped_answer(peer: Any, client: Any) -> None:
    server = peer(_drip(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9999\r\n\r\n"))
    started = monotonic()
    assert client(timeout=30.0).post(server.url, headers=(), body=b"{}").status == 202
    assert monotonic() - started < 8


def test_a_reason_in_the_answer_is_kept(peer: Any, http: Http) -> None:
    server = peer(b"HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\nbad date\n")
    assert http.post(server.url, headers=(), body=b"{}").body == b"bad date\n"


def test_a_server_that_does_not_read_ends_at_the_deadline(client: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started, url = monotonic(), f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(RemoteError):
            client(timeout=0.4).post(url, headers=(), body=bytes(20_000_000))
    assert monotonic() - started < 5
