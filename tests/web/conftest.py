"""A whole bridge on disk with a few published files, and clients for its web face."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from bridge.config import load
from bridge.federation import keys
from bridge.model import KeyPair
from bridge.pipeline import actors
from bridge.web import create_app
from bridge.web.wsgi import application
from bridge.wiring import Bridge, open_bridge

CONFIG = """
mode = "{mode}"
base_url = "http://127.0.0.1:8400"
title = "云汀报业"

[federation]
enabled = {enabled}
"""

PAPER = """
[paper]
id = "yunting"
title = "云汀日报"
language = "zh-Hans"
timezone = "Asia/Shanghai"
hour = "05:30"
authority = "feeds.example.org"

[source.daily]
kind = "folder"
path = "incoming"

[[section]]
slug = "yaowen"
title = "要闻"
"""

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
FEED = b"<?xml version='1.0'?><rss>" + "两岸十二个渡口同步改造。".encode() * 200 + b"</rss>"
FILES = {
    "index.html": b"<!doctype html><title>front</title>",
    "404.html": b"<!doctype html><title>missing</title>",
    "opml.xml": b"<opml/>",
    "robots.txt": b"User-agent: *\n",
    "assets/style.css": b"p{}",
    "yunting/index.html": b"<!doctype html><title>today</title>",
    "yunting/yaowen/rss.xml": FEED,
    "yunting/yaowen/atom.xml": FEED.replace(b"rss", b"feed"),
    "yunting/yaowen/feed.json": b'{"version":"https://jsonfeed.org/version/1.1"}',
    "media/" + "ab" * 32 + ".jpg": b"\xff\xd8" + b"x" * 2000,
}

Open = Callable[..., Bridge]


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a deployment once, database and published files included; tests copy it."""
    root = tmp_path_factory.mktemp("deployment")
    (root / "config" / "papers").mkdir(parents=True)
    (root / "config" / "papers" / "yunting.toml").write_text(PAPER, "utf-8")
    _configure(root, "publisher", "true")
    with open_bridge(load(root / "config" / "bridge.toml", {}), _enqueue_nothing) as bridge:
        for path, data in FILES.items():
            bridge.output.write(path, data, CHANGED)
    return root


@pytest.fixture
def open_at(tmp_path: Path, deployment: Path) -> Iterator[Open]:
    """Open a bridge in a folder of its own; `mode` and `enabled` are the config's."""
    with ExitStack() as stack:

        def build(mode: str = "publisher", enabled: str = "true") -> Bridge:
            root = tmp_path / mode
            shutil.copytree(deployment, root)
            _configure(root, mode, enabled)
            settings = load(root / "config" / "bridge.toml", {})
            return stack.enter_context(open_bridge(settings, _enqueue_nothing))

        yield build


def _configure(root: Path, mode: str, enabled: str) -> None:
    text = CONFIG.format(mode=mode, enabled=enabled)
    (root / "config" / "bridge.toml").write_text(text, "utf-8")


def _enqueue_nothing(connection: object, tasks: object) -> None:
    """Stand in for the engine, which no test of this room needs."""


@pytest.fixture
def bridge(open_at: Open) -> Bridge:
    return open_at()


@pytest.fixture
def app(bridge: Bridge) -> Flask:
    return create_app(bridge)


@pytest.fixture
def feed() -> bytes:
    return FEED


@pytest.fixture(params=["middleware", "view"])
def client(request: pytest.FixtureRequest, bridge: Bridge) -> Client:
    """Ask through the middleware, and once more through the Flask view alone."""
    return Client(application(bridge) if request.param == "middleware" else create_app(bridge))


HERALD = """\
[paper]
id = "herald"
title = "The Harbour Herald"
language = "en"
timezone = "UTC"
authority = "paper.example"
description = "A paper for the quays."
{accounts}
[source.daily]
kind = "folder"
path = "incoming/herald"
[[section]]
slug = "city"
title = "City"
replies = "off"
[[section]]
slug = "sport"
title = "Sport"
{sport}
"""

_keys: dict[str, KeyPair] = {}


def key_of(name: str) -> KeyPair:
    """Make each key once for all tests: it takes long."""
    if name not in _keys:
        make = keys.generate_ed25519 if name == "ed25519" else keys.generate
        _keys[name] = make(name, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return _keys[name]


@pytest.fixture(name="key_of")
def _key_of() -> Callable[[str], KeyPair]:
    return key_of


@pytest.fixture
def open_herald(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_database: None
) -> Iterator[Open]:
    """Open a paper on a public host; `extra` is more of bridge.toml, the others of its own."""
    shared = key_of("shared")
    monkeypatch.setattr(
        actors, "generate", lambda actor, now: replace(shared, actor=actor, created=now)
    )
    config = tmp_path / "config"
    (config / "papers").mkdir(parents=True)
    with ExitStack() as stack:

        def build(extra: str = "", accounts: str = "", sport: str = "") -> Bridge:
            text = 'mode = "publisher"\nbase_url = "https://paper.example"\n'
            text += 'contact = "desk@paper.example"\n' + extra
            (config / "bridge.toml").write_text(text, encoding="utf-8")
            paper = HERALD.format(accounts=accounts, sport=sport)
            (config / "papers/herald.toml").write_text(paper, encoding="utf-8")
            settings = load(config / "bridge.toml", {})
            return stack.enter_context(open_bridge(settings, _enqueue_nothing))

        yield build
