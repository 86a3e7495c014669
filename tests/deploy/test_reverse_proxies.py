"""The reverse-proxy examples, run by the real servers in front of a real program."""

import datetime as dt
import http.client
import json
import os
import re
import shutil
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bridge.publish.filetypes import FEEDS, file_type
from bridge.web.headers import SECURITY

DEPLOY = Path(__file__).parents[2] / "deploy"
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
SIGNED = {
    "Host": "feeds.example.org",
    "Date": "Wed, 04 Mar 2026 00:00:00 GMT",
    "Digest": "SHA-256=AAAA",
    "Content-Digest": "sha-256=:AAAA:",
    "Signature": 'keyId="https://example.org/k#main-key",signature="AAAA"',
    "Signature-Input": 'sig1=("@method")',
    "Accept": "application/activity+json",
    "Content-Type": "application/activity+json",
}
PROGRAM = (
    "/.well-known/webfinger?resource=acct:linzhou@feeds.example.org",
    "/nodeinfo/2.1",
    "/ap/actors/linzhou",
    "/ap/inbox",
    "/ap/o/linzhou-20260304-abcdef",
    "/hub",
    "/search?q=%E6%8A%A5",
    "/admin",
    "/admin/deliveries",
    "/livez",
    "/readyz",
    "/linzhou/a/linzhou-20260304-zzzzzz.html",
    "/linzhou/a/",
    "/linzhou/none",
)
SHOWN = (
    "/",
    "/linzhou/",
    "/linzhou/a/linzhou-20260304-abcdef.html",
    "/linzhou/all/rss.xml",
    "/linzhou/all/atom.xml",
    "/linzhou/all/feed.json",
    "/linzhou/e/2026-03-04/archive.atom",
    "/linzhou/opds.xml",
    "/opml.xml",
    "/assets/site.css",
    "/robots.txt",
    "/media/00.webp",
)
Start = Callable[[list[str], int], None]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Front:
    """A web server in front, as a client sees it."""

    port: int
    tls: bool

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, path, body, {"Host": "feeds.example.org", **named})

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)
            if self.tls
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        )
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer


def echo(request: Request) -> Response:
    told = {"path": request.full_path.rstrip("?"), "raw": request.environ["REQUEST_URI"]}
    told |= {"headers": dict(request.headers), "body": request.get_data().decode()}
    return Response(
        json.dumps(told), content_type="application/json", headers={"Vary": "Accept"}
    )


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "feeds.example.org")])
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + dt.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def replaced(text: str, changes: dict[str, str]) -> str:
    """Replace what a machine must name for itself; each of it must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(tmp: Path, feeds: Path, program: int, ports: tuple[int, int], start: Start) -> Front:
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    certificate(tmp)
    changes = {
        "listen 80;": f"listen 127.0.0.1:{ports[1]};",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports[0]} ssl;",
        "/etc/letsencrypt/live/feeds.example.org": str(tmp),
        "/var/lib/broadsheet/feeds": str(feeds),
        "127.0.0.1:8400": f"127.0.0.1:{program}",
    }
    config = (DEPLOY / "nginx/broadsheet.conf").read_text("utf-8")
    (tmp / "broadsheet.conf").write_text(replaced(config, changes), "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp / "nginx.conf").write_text(WRAPPER.format(tmp=tmp, user=user), "utf-8")
    start(["nginx", "-e", "stderr", "-c", str(tmp / "nginx.conf")], ports[0])
    return Front(ports[0], tls=True)


def caddy(tmp: Path, feeds: Path, program: int, ports: tuple[int, int], start: Start) -> Front:
    if not shutil.which("caddy"):
        pytest.skip("caddy is not installed")
    changes = {
        "feeds.example.org {": f":{ports[0]} {{",
        "/var/lib/broadsheet/feeds": str(feeds),
        "127.0.0.1:8400": f"127.0.0.1:{program}",
    }
    config = replaced((DEPLOY / "caddy/Caddyfile").read_text("utf-8"), changes)
    options = "{\n\tadmin off\n\tauto_https off\n}\n"
    (tmp / "Caddyfile").write_text(options + config, "utf-8")
    start(["caddy", "run", "--config", str(tmp / "Caddyfile")], ports[0])
    return Front(ports[0], tls=False)


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    feeds: Path,
    httpserver: HTTPServer,
    free_port: Callable[[], int],
    started: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> Front:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):  # where Caddy keeps its own files
        monkeypatch.setenv(name, str(tmp_path / "caddy"))
    httpserver.expect_request(re.compile(".*")).respond_with_handler(echo)
    server = request.param(
        tmp_path, feeds, httpserver.port, (free_port(), free_port()), started
    )
    assert isinstance(server, Front)
    return server


def test_files_are_served_as_the_program_serves_them(front: Front) -> None:
    """Security no. 85."""
    for path in SHOWN:
        answer, kind = front.ask(path), file_type(f"{path}index.html")
        kind = file_type(path) or kind
        assert kind is not None
        assert (path, answer.status) == (path, 200)
        assert (path, answer.headers["Content-Type"]) == (path, kind.type)
        age = f"max-age={900 if kind.max_age is None else kind.max_age}"
        kept = f"public, {age}{', immutable' if kind.immutable else ''}"
        assert (path, answer.headers.get_all("Cache-Control")) == (path, [kept])
        for name, value in SECURITY:
            assert (path, answer.headers.get_all(name)) == (path, [value])


def test_a_browser_that_opens_a_feed_is_answered_by_the_program(front: Front) -> None:
    for path in filter(lambda path: file_type(path) in FEEDS.values(), SHOWN):
        assert "Sec-Fetch-Dest" in ", ".join(front.ask(path).headers.get_all("Vary") or ())
        answer = front.ask(path, Sec_Fetch_Dest="document")
        assert json.loads(answer.body)["raw"] == path


def test_a_feed_that_did_not_change_is_not_sent_again(front: Front) -> None:
    first = front.ask("/linzhou/all/atom.xml")
    assert not first.headers["ETag"].startswith("W/")
    again = front.ask("/linzhou/all/atom.xml", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    modified = first.headers["Last-Modified"]
    assert front.ask("/linzhou/all/atom.xml", If_Modified_Since=modified).status == 304
    head = front.ask("/linzhou/all/atom.xml", method="HEAD")
    assert (head.headers["ETag"], head.body) == (first.headers["ETag"], b"")


def test_the_compressed_twin_is_sent_with_a_tag_of_its_own(front: Front, feeds: Path) -> None:
    plain = front.ask("/linzhou/all/rss.xml")
    packed = front.ask("/linzhou/all/rss.xml", Accept_Encoding="gzip")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.body == (feeds / "linzhou/all/rss.xml.gz").read_bytes()
    assert plain.body == (feeds / "linzhou/all/rss.xml").read_bytes()
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in ", ".join(answer.headers.get_all("Vary") or ())


def test_the_program_gets_what_signatures_cover_as_it_came(front: Front) -> None:
    """Security nos. 2 and 5: host, date, digest, the path as sent, the very bytes."""
    body = '{"type": "Follow", "content": "报"}'.encode()
    answer = front.send("POST", "/ap/actors/linzhou/inbox?a=%2F", body, SIGNED)
    told = json.loads(answer.body)
    assert {name: told["headers"].get(name) for name in SIGNED} == SIGNED
    assert told["raw"] == "/ap/actors/linzhou/inbox?a=%2F"
    assert told["body"].encode() == body
    assert told["headers"]["X-Forwarded-For"] == "127.0.0.1"


def test_a_client_cannot_give_itself_another_address(front: Front) -> None:
    """Security no. 5."""
    told = json.loads(front.ask("/livez", X_Forwarded_For="203.0.113.9").body)
    assert told["headers"]["X-Forwarded-For"].rpartition(",")[2].strip() == "127.0.0.1"


def test_what_is_no_file_the_program_answers(front: Front) -> None:
    for path in PROGRAM:
        answer = front.ask(path)
        assert json.loads(answer.body)["raw"] == path
        assert answer.headers["Vary"] == "Accept", path
        assert answer.headers["Cache-Control"] is None, path


def test_an_inbox_takes_a_megabyte(front: Front) -> None:
    answer = front.send("POST", "/ap/inbox", b"x" * 1_048_576, SIGNED)
    assert (answer.status, len(json.loads(answer.body)["body"])) == (200, 1_048_576)


@pytest.mark.parametrize(
    "path", ["/metrics", "/.manifest/files.jsonl", "/linzhou/.rss.xml.tmp"]
)
def test_nobody_sees_measurements_and_hidden_files(front: Front, path: str) -> None:
    assert front.ask(path).status == 404


def test_a_folder_is_named_with_its_slash(front: Front) -> None:
    answer = front.ask("/linzhou")
    assert answer.status in (301, 302, 308)
    assert answer.headers["Location"] in ("/linzhou/", "linzhou/")
