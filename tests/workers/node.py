"""A daemon with tasks that only write into a journal; started by the tests as a process.

node.py HOME [--once] [--slow SECONDS] [--sources a,b] [--every SECONDS] [--web COMMAND…]
             [--database URL --data NAME [--worker] [--silence SECONDS] [--release VERSION]]
"""

import argparse
import datetime as dt
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bridge.config import Federation, Feeds, Log, Outgoing, Server, Settings
from bridge.errors import BridgeError
from bridge.model import Newspaper, Section, Site, Source, TaskName
from bridge.wiring import Bridge
from bridge.workers import daemon, heart, serve
from bridge.workers.engine import Engine, Handlers
from bridge.workers.lease import Watch
from bridge.workers.log import configure

LONG = dt.timedelta(days=1000)
PAPER = Newspaper(
    id="linzhou",
    title="临洲晚报",
    title_latin=None,
    language="zh-Hans",
    timezone=ZoneInfo("Asia/Shanghai"),
    hour=dt.time(6),
    authority="news.example",
    description="",
    sections=(Section(slug="news", title="要闻"),),
    default_section="news",
    window=7,
)

SITE = Site(
    base_url="http://news.example",
    title="临洲",
    mode="publisher",
    contact="desk@news.example",
    papers=(PAPER,),
)


def settings(asked: argparse.Namespace) -> Settings:
    home: Path = asked.home
    return Settings(
        path=home / "bridge.toml",
        root=home,
        site=SITE,
        sources=tuple(source(name, asked.every) for name in asked.sources.split(",") if name),
        data_dir=home / asked.data,
        database=asked.database or f"sqlite:///{home / 'data' / 'broadsheet.db'}",
        feeds=Feeds(place=home / "feeds", max_bytes=1 << 20, ttl=dt.timedelta(hours=1)),
        server=Server(
            host="127.0.0.1", port=asked.port, workers=1, blocking_threads=1, trusted_proxies=()
        ),
        http=Outgoing(
            timeout=dt.timedelta(seconds=5),
            max_bytes=1 << 20,
            user_agent="x",
            allow_networks=(),
        ),
        federation=Federation(
            enabled=False,
            clock_window=dt.timedelta(hours=1),
            inbox_max_bytes=1 << 20,
            inbox_rate=60,
            inbox_queue=100,
            concurrency=8,
            authorized_fetch=False,
            follower_counts=True,
        ),
        log=Log(level="info", format="console"),
    )


def source(name: str, every: float) -> Source:
    """A source that is due at the first start, and then, unless asked, not for years."""
    return Source(
        id=name,
        paper="linzhou",
        kind="folder",
        path="incoming",
        settle=dt.timedelta(0),
        ignore=(),
        max_bytes=1 << 20,
        cron=None,
        every=dt.timedelta(seconds=every) if every else LONG,
        jitter=dt.timedelta(0),
        misfire_grace=dt.timedelta(hours=1),
    )


def journal(home: Path, slow: float) -> daemon.MakeHandlers:
    def note(line: str) -> None:
        with (home / "journal").open("a") as file:
            file.write(line + "\n")

    def make(bridge: Bridge, stop: threading.Event, _watch: Watch) -> Handlers:
        def ingest(name: str) -> None:
            note(f"begin {name}")
            if name.endswith("bad"):
                raise BridgeError("the folder is gone", where=name)
            time.sleep(slow)
            with bridge.store.begin():  # the last thing that any task does
                note(f"end {name}")

        def deliver(shard: int) -> None:
            note(f"begin shard {shard}")
            stop.wait(60)
            note(f"left off shard {shard}")

        return {
            "ingest": ingest,
            "deliver_shard": deliver,
            "publish": lambda _: None,
            "process_inbox": lambda: None,
            "tick": lambda: None,
            "purge": lambda: None,
        }

    return make


def become(release: str) -> None:
    """Be another release: with another version, and other code in every task."""
    written = Engine._body

    def body(self: Engine, task: TaskName, handler: Callable[..., object]) -> Any:
        inner = written(self, task, handler)

        def newer(*args: str | int) -> None:
            inner(*args)

        return newer

    heart.__version__ = release
    Engine._body = body  # type: ignore[method-assign]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--slow", type=float, default=0)
    parser.add_argument("--sources", default="")
    parser.add_argument("--every", type=float, default=0)
    parser.add_argument("--database", default="")
    parser.add_argument("--data", default="data")
    parser.add_argument("--worker", action="store_true")
    parser.add_argument("--silence", type=float, default=60)
    parser.add_argument("--release", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--web", default="")
    parser.add_argument("--serve", default="")
    asked = parser.parse_args()
    if asked.release:
        become(asked.release)
    made = settings(asked)
    configure(made.log, sys.stdout)
    try:
        if asked.serve:
            return serve.serve(made, target=asked.serve)
        return daemon.run(
            made,
            once=asked.once,
            role="worker" if asked.worker else "scheduler",
            silence=dt.timedelta(seconds=asked.silence),
            web=shlex.split(asked.web),
            handlers=journal(asked.home, asked.slow),
        )
    except BridgeError as error:
        print(f"node: {error}")
        return error.exit_code


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
