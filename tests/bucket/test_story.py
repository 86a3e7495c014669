"""One daemon publishes into a bucket; two web servers, which share nothing else, serve it."""

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.config import Bucket as Address
from bridge.config import load
from bridge.pipeline import publish as press
from bridge.wiring import open_bridge

CONFIG = """\
mode = "publisher"
base_url = "http://127.0.0.1:8400"

[feeds]
directory = "{url}"

[bucket]
endpoint = "{endpoint}"
region = "here-1"
access_key = "{access}"
secret_key_file = "key"

[server]
workers = 1

[federation]
enabled = false
"""

PAPER = """\
[paper]
id = "tidewater"
title = "潮声晚报"
language = "zh-Hans"
timezone = "Asia/Shanghai"
authority = "tidewater.example"
default_section = "chengshi"

[source.incoming]
kind = "folder"
path = "incoming/tidewater"
every = "1s"
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
    include {tmp}/site.conf;
}}
"""

SITE = Path(__file__).parents[2] / "deploy/nginx/broadsheet-bucket.conf"

PAGE = """潮声晚报
{today:%Y年%m月%d日}
{label} 城事

{headline}
本报讯（记者 顾晚舟）停了两年的渡口，下个月初重新开航。
渡船比从前少了三条，每一班都要先过安全检查。
"""

FEED = "/tidewater/chengshi/rss.xml"


class House:
    """A deployment whose output is in a bucket, and its processes."""

    def __init__(self, root: Path, address: Any, environment: dict[str, str]) -> None:
        self.root, self.environment = root, environment
        self.processes: list[subprocess.Popen[bytes]] = []
        (root / "config/papers").mkdir(parents=True)
        (root / "incoming/tidewater").mkdir(parents=True)
        text = CONFIG.format(
            url=address.url, endpoint=address.endpoint, access=address.access_key
        )
        (root / "config/bridge.toml").write_text(text, "utf-8")
        (root / "config/papers/tidewater.toml").write_text(PAPER, "utf-8")
        self.put_key(address.secret_key)

    def put_key(self, key: str) -> None:
        path = self.root / "key"
        path.touch(0o600)
        path.write_text(f"{key}\n")

    def command(self, *words: str) -> list[str]:
        config = str(self.root / "config/bridge.toml")
        return [sys.executable, "-m", "bridge", "-c", config, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def start(self, *words: str, port: int = 8400) -> None:
        environment = {**self.environment, "BROADSHEET_SERVER__PORT": str(port)}
        with (self.root / "log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(self.command(*words), env=environment, stdout=log, stderr=log)
            )

    def start_nginx(self, port: int, plain: int, web: list[int]) -> None:
        """Start nginx as deploy/nginx has it for a bucket, without TLS."""
        servers = "".join(f"server 127.0.0.1:{one}; " for one in web)
        site = re.sub(r"^\s*ssl_.*\n", "", SITE.read_text("utf-8"), flags=re.M)
        for old, new in {
            "server 127.0.0.1:8400;": servers,
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        }.items():
            assert old in site
            site = site.replace(old, new)
        (self.root / "site.conf").write_text(site, "utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (self.root / "nginx.conf").write_text(WRAPPER.format(tmp=self.root, user=user), "utf-8")
        command = ["nginx", "-e", "stderr", "-c", str(self.root / "nginx.conf")]
        with (self.root / "log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))

    def log(self) -> str:
        return (self.root / "log").read_text("utf-8")

    def drop(self, label: str, headline: str) -> None:
        """Put a page of today's edition into the incoming folder, whole at once."""
        today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
        text = PAGE.format(today=today, label=label, headline=headline)
        (self.root / "new").write_text(text, "utf-8")
        (self.root / "new").replace(self.root / f"incoming/tidewater/{today}-{label}.txt")

    def end(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def house(tmp_path: Path, address: Any, environment: dict[str, str]) -> Iterator[House]:
    made = House(tmp_path, address, environment)
    yield made
    made.end()


def get(port: int, path: str) -> tuple[int, str]:
    """Return status and body; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=15) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, ""
    except OSError:
        return 0, ""


def publish_all(house: House) -> None:
    settings = load(house.root / "config/bridge.toml", {})
    with open_bridge(settings, lambda connection, tasks: None) as bridge:
        press.publish(bridge, "tidewater", whole=True)


def test_check_tries_to_write(house: House, address: Any) -> None:
    good = house.run("check")
    assert good.returncode == 0, good.stderr
    assert f"feeds: {address.url}, can be written" in good.stdout
    house.put_key("mislaid")
    bad = house.run("check")
    assert bad.returncode == 1
    assert "the bucket does not know our key" in bad.stderr
    assert "mislaid" not in bad.stdout + bad.stderr + house.run("config", "show").stdout


def test_an_empty_bucket_gets_the_same_bytes_as_a_folder(
    house: House, bucket_place: Any
) -> None:
    """Design §2, no. 6: feeds and pages are derived, wherever they stand."""
    house.drop("A1", "老渡口下月复航")
    page = next((house.root / "incoming/tidewater").iterdir())
    assert house.run("ingest", str(page)).returncode == 0
    before = {name: bucket_place.read(name) for name in bucket_place.names()}
    assert FEED[1:] in before
    bucket_place.lose("")
    publish_all(house)
    assert {name: bucket_place.read(name) for name in bucket_place.names()} == before

    config = house.root / "config/bridge.toml"
    text = config.read_text("utf-8")
    start, end = text.index("[feeds]"), text.index("[server]")
    config.write_text(text[:start] + text[end:], "utf-8")
    publish_all(house)
    folder = house.root / "feeds"
    for name, data in before.items():
        assert (folder / name).read_bytes() == data
    local = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {name for name in local if not name.startswith(".")} == before.keys()


def test_the_recipe_is_a_configuration(house: House) -> None:
    """deploy/cluster/bucket.toml, but for where the secret is."""
    recipe = SITE.parents[1] / "cluster/bucket.toml"
    text = recipe.read_text("utf-8").replace("/etc/broadsheet/bucket", "key")
    (house.root / "config/bridge.toml").write_text(f'mode = "publisher"\n{text}', "utf-8")
    place = load(house.root / "config/bridge.toml", {}).feeds.place
    assert isinstance(place, Address)
    assert (place.url, place.secret_key) == ("s3://example-feeds/paper", "ink-and-paper")
    assert "ink-and-paper" not in repr(place)


@pytest.mark.timeout(400)
def test_two_web_servers_serve_what_one_daemon_published(
    house: House,
    object_server: Any,
    free_ports: Callable[[int], list[int]],
    wait_for: Callable[..., None],
) -> None:
    if not shutil.which("nginx"):
        pytest.skip("needs nginx")
    front, plain, *ports = free_ports(4)
    house.start("run")
    wait_for(lambda: "ready" in house.log())
    for port in ports:
        house.start("serve", port=port)
    for port in ports:
        wait_for(lambda port=port: get(port, "/readyz")[0] == 200)

    house.drop("A1", "老渡口下月复航")
    for port in ports:
        wait_for(lambda port=port: "老渡口下月复航" in get(port, FEED)[1])
    assert get(ports[0], FEED) == get(ports[1], FEED)
    assert get(ports[0], "/tidewater/nothing.html")[0] == 404
    house.start_nginx(front, plain, ports)
    wait_for(lambda: get(front, FEED)[0] == 200)
    assert get(front, FEED) == get(ports[0], FEED)
    assert get(front, "/metrics")[0] == 404

    # The store goes away: what was published is still served, and what comes in is not lost.
    object_server.kill()
    try:
        house.drop("A2", "渡船添了夜班")
        wait_for(lambda: "task waits" in house.log())
        assert "the bucket cannot be reached" in house.log()
        for port in ports:
            assert "老渡口下月复航" in get(port, FEED)[1]
            assert get(port, "/livez")[0] == 200
            assert get(port, "/tidewater/never-asked.html")[0] == 503
    finally:
        object_server.start()
    for port in ports:
        wait_for(lambda port=port: "渡船添了夜班" in get(port, FEED)[1])
    assert get(ports[0], FEED) == get(ports[1], FEED)
    assert not (house.root / "feeds").exists()


def test_the_stores_own_variables_will_do(house: House, address: Any) -> None:
    """Without a key in the config the environment's is taken, as the store's tools do."""
    config = house.root / "config/bridge.toml"
    lines = config.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("access_key", "secret_key"))]
    config.write_text("\n".join(kept), "utf-8")
    own = {"AWS_ACCESS_KEY_ID": address.access_key, "AWS_SECRET_ACCESS_KEY": address.secret_key}
    house.environment = {**house.environment, **own}
    assert house.run("check").returncode == 0
    house.environment = {**own, "AWS_SECRET_ACCESS_KEY": "guessed", **_path()}
    assert house.run("check").returncode == 1


def _path() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "")}
