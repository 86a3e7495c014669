"""The examples for a private copy: everything goes to the program, and no log holds a token."""

import base64
import http.client
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

DEPLOY = Path(__file__).parents[2] / "deploy"
TOKEN = "rd_abcdefghijklmnopqrstuvwxyz234567"
WRAPPER = """
daemon off;
error_log stderr warn;
pid {tmp}/nginx.pid;
{user}
events {{ }}
http {{
    client_body_temp_path {tmp}/body;
    proxy_temp_path {tmp}/proxy;
    fastcgi_temp_path {tmp}/fastcgi;
    uwsgi_temp_path {tmp}/uwsgi;
    scgi_temp_path {tmp}/scgi;
    include {tmp}/broadsheet.conf;
}}
"""
Start = Callable[[list[str], int], None]


def program(request: Request) -> Response:
    """Answer as the program may: with the token in headers."""
    where = {"Location": f"/r/{TOKEN}/linzhou/", "Set-Cookie": f"broadsheet={TOKEN}"}
    return Response(request.environ["REQUEST_URI"], 301, where)


def replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(tmp: Path, behind: int, ports: tuple[int, int], start: Start) -> bool:
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x"
    files = ["-keyout", str(tmp / "privkey.pem"), "-out", str(tmp / "fullchain.pem")]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    changes = {
        "listen 80;": f"listen 127.0.0.1:{ports[1]};",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports[0]} ssl;",
        "/etc/letsencrypt/live/feeds.example.org": str(tmp),
        "/var/log/nginx": str(tmp),
        "127.0.0.1:8400": f"127.0.0.1:{behind}",
    }
    config = (DEPLOY / "nginx/broadsheet-reader.conf").read_text("utf-8")
    (tmp / "broadsheet.conf").write_text(replaced(config, changes), "utf-8")
    user = "" if os.geteuid() else "user root;"
    (tmp / "nginx.conf").write_text(WRAPPER.format(tmp=tmp, user=user), "utf-8")
    start(["nginx", "-e", "stderr", "-c", str(tmp / "nginx.conf")], ports[0])
    return True


def caddy(tmp: Path, behind: int, ports: tuple[int, int], start: Start) -> bool:
    if not shutil.which("caddy"):
        pytest.skip("caddy is not installed")
    changes = {
        "{\n\t# Errors": "{\n\tadmin off\n\tauto_https off\n\t# Errors",
        "feeds.example.org {": f":{ports[0]} {{",
        "127.0.0.1:8400": f"127.0.0.1:{behind}",
    }
    config = (DEPLOY / "caddy/Caddyfile.reader").read_text("utf-8")
    (tmp / "Caddyfile").write_text(replaced(config, changes), "utf-8")
    start(["caddy", "run", "--config", str(tmp / "Caddyfile")], ports[0])
    return False


def ask(port: int, path: str, *, tls: bool) -> tuple[int, bytes]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
        if tls
        else http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    )
    coded = base64.b64encode(f"{TOKEN}:{TOKEN}".encode()).decode()
    headers = {
        "Host": "feeds.example.org",
        "Referer": f"https://feeds.example.org/r/{TOKEN}/",
        "Authorization": f"Basic {coded}",
        "Cookie": f"broadsheet={TOKEN}",
    }
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.fixture
def behind() -> Iterator[HTTPServer]:
    """A program of its own, since it is stopped on the way."""
    with HTTPServer() as server:
        yield server


@pytest.mark.parametrize("server", [nginx, caddy])
def test_no_log_holds_a_token(
    server: Callable[..., bool],
    tmp_path: Path,
    behind: HTTPServer,
    free_port: Callable[[], int],
    started: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Security no. 86: what is asked for, what is redirected, and what fails."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):  # where Caddy keeps its own files
        monkeypatch.setenv(name, str(tmp_path / "caddy"))
    ports = (free_port(), free_port())
    behind.expect_request(re.compile(".*")).respond_with_handler(program)
    tls = server(tmp_path, behind.port, ports, started)
    paths = (f"/r/{TOKEN}/linzhou/rss.xml", f"/%72/{TOKEN}/a?q=1", f"/r/{TOKEN}")
    for path in paths:
        assert ask(ports[0], path, tls=tls) == (301, path.encode())
    assert ask(ports[0], "/metrics", tls=tls)[0] == 404
    if tls:
        assert ask(ports[1], paths[0], tls=False)[0] == 301
    behind.stop()
    assert ask(ports[0], paths[0], tls=tls)[0] == 502
    logs = "".join(file.read_text("utf-8") for file in tmp_path.glob("*.log"))
    assert "/r/***/linzhou/rss.xml" in logs
    assert "502" in logs
    assert TOKEN not in logs
    assert base64.b64encode(TOKEN.encode()).decode()[:30] not in logs
