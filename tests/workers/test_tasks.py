"""Each task reaches its verb, and the daemon's log tells what came of it."""

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from structlog.testing import capture_logs

from bridge import config
from bridge.model import Activity, Task, TaskName
from bridge.store import activities, runs
from bridge.wiring import Bridge, open_bridge
from bridge.workers import outbox, tasks

PAPER = """
[paper]
id = "linzhou"
title = "临洲晚报"
language = "zh-Hans"
timezone = "Asia/Shanghai"
authority = "linzhou.example"
default_section = "bendi"

[source.pages]
kind = "folder"
path = "incoming"
settle = "0s"

[[section]]
slug = "bendi"
title = "本地"
"""

PAGE = """临洲晚报
2026年3月1日 星期日
A1 本地

老码头夜市下月重开
本报讯（记者 顾晚舟）停了两年的老码头夜市，下个月初重新开张。
摊位比从前少了三成，每一家都要先过卫生检查。
"""


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    (tmp_path / "config" / "papers").mkdir(parents=True)
    (tmp_path / "incoming").mkdir()
    (tmp_path / "config" / "papers" / "linzhou.toml").write_text(PAPER)
    main = tmp_path / "config" / "bridge.toml"
    main.write_text('mode = "publisher"\nbase_url = "https://news.example"\n')
    settings = config.load(main, {})
    with open_bridge(settings, outbox.enqueuer(settings.database)) as opened:
        outbox.prepare(settings.database)
        yield opened


def test_every_task_has_a_handler(bridge: Bridge) -> None:
    table = tasks.handlers(bridge, threading.Event())
    assert set(table) == set(get_args(TaskName))


def test_handlers_reach_their_verbs(bridge: Bridge) -> None:
    table = tasks.handlers(bridge, threading.Event())
    (bridge.settings.root / "incoming" / "2026-03-01-A1.txt").write_text(PAGE)
    (bridge.settings.root / "incoming" / "2026-03-01-A2.txt").write_bytes(b"")
    with capture_logs() as told:
        for _ in range(2):  # a file is taken once it was seen unchanged
            table["ingest"]("linzhou/pages")
        table["publish"]("linzhou")
        table["tick"]()
        table["process_inbox"]()
        table["deliver_shard"](7)
    events = [entry["event"] for entry in told]
    assert sorted(events) == ["file set aside", "published", "source read"]
    aside = next(entry for entry in told if entry["event"] == "file set aside")
    assert aside["file"] == "2026-03-01-A2.txt"
    assert aside["log_level"] == "warning"
    feed = bridge.settings.feeds_dir / "linzhou" / "bendi" / "rss.xml"
    assert "老码头夜市下月重开" in feed.read_text()


def test_quiet_look_is_not_told(bridge: Bridge) -> None:
    with capture_logs() as told:
        tasks.handlers(bridge, threading.Event())["ingest"]("linzhou/pages")
    assert told == []


def test_purge_forgets_old_runs_but_the_last_of_each_source(bridge: Bridge) -> None:
    now = dt.datetime.now(dt.UTC)
    with bridge.store.begin() as connection:
        for age in (200, 100, 1):
            at = now - dt.timedelta(days=age)
            run = runs.start(connection, "linzhou/pages", at)
            runs.finish(connection, run, "done", {}, None, at)
    tasks.handlers(bridge, threading.Event())["purge"]()
    with bridge.store.read() as connection:
        left = runs.latest(connection, 10)
    assert [(now - run.started).days for run in left] == [1]


def test_the_tick_sends_what_was_held_back(bridge: Bridge) -> None:
    now = dt.datetime.now(dt.UTC)
    held = Activity(
        id="https://news.example/ap/activities/1",
        actor="linzhou_bendi",
        type="Create",
        object="https://news.example/ap/o/1",
        body={},
        created=now,
        release_at=now - dt.timedelta(seconds=1),
    )
    sent: list[Task] = []
    listening = replace(bridge, enqueue=lambda connection, tasks: sent.extend(tasks))
    with bridge.store.begin() as connection:
        activities.add(connection, held)
        later = replace(held, id=f"{held.id}-2", release_at=now + dt.timedelta(hours=1))
        activities.add(connection, later)
    tasks.handlers(listening, threading.Event())["tick"]()
    assert [(task.name, task.args) for task in sent] == [("fan_out", (held.id,))]
