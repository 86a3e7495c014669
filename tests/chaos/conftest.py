"""A deployment in a folder, its daemon as a real process, and other servers on real sockets."""

import datetime as dt
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bridge import edition_json
from bridge.config import load
from bridge.federation import keys
from bridge.model import (
    Article,
    Edition,
    Follower,
    KeyPair,
    Page,
    Paragraph,
    Provenance,
    Title,
)
from bridge.store import followers, open_store
from bridge.store import keys as stored_keys

BRIDGE = """\
mode = "publisher"
base_url = "https://paper.example"
title = "The Lock Keeper"
[data]
database = "{database}"
[http]
timeout = "{timeout}s"
allow_networks = ["127.0.0.0/8"]
[federation]
concurrency = 8
"""

PAPER = """\
[paper]
id = "lock"
title = "The Lock Keeper"
language = "en"
timezone = "UTC"
authority = "paper.example"
hour = "00:00"
[accounts]
spread = "0s"
daily = 0
late = "31d"
[source.daily]
kind = "folder"
path = "incoming/lock"
every = "1s"
settle = "0s"
[[section]]
slug = "city"
title = "City"
"""

ACTOR = "lock_city"
ENGINE = "dbos.workflow_status"
PEER = Path(__file__).with_name("peer.py")
Sent = dict[str, Any]


@lru_cache
def key_pair(actor: str) -> KeyPair:
    return keys.generate(actor, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@dataclass
class House:
    """A deployment with one account, and the journal of the servers around it."""

    root: Path
    port: int
    journal: Path
    url: str  # of the database
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def build(self, timeout: int = 5) -> None:
        (self.root / "config/papers").mkdir(parents=True)
        (self.root / "incoming/lock").mkdir(parents=True)
        (self.root / "data").mkdir(parents=True)
        text = BRIDGE.format(database=self.url, timeout=timeout)
        (self.root / "config/bridge.toml").write_text(text, "utf-8")
        (self.root / "config/papers/lock.toml").write_text(PAPER, "utf-8")
        load(self.root / "config/bridge.toml", {})
        store = open_store(self.url)
        with store.begin() as connection:
            for name in (ACTOR, "instance"):
                stored_keys.add(connection, key_pair(name))
        store.close()

    def befriend(self, address: str, count: int = 1, *, shared: bool = False) -> list[str]:
        """Let so many at an address follow; gives the inboxes that activities go to."""
        place = f"http://{address}:{self.port}"
        store = open_store(self.url)
        with store.begin() as connection:
            for number in range(count):
                id = f"{place}/users/{number}"
                one = Follower(
                    actor=ACTOR,
                    id=id,
                    inbox=f"{id}/inbox",
                    shared_inbox=f"{place}/inbox" if shared else None,
                    follow=f"{id}#follow",
                    since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
                )
                followers.put(connection, one)
        store.close()
        own = [f"{place}/users/{number}/inbox" for number in range(count)]
        return [f"{place}/inbox"] if shared else own

    def print_page(self, number: int, articles: int, edit: int = 0, days_ago: int = 0) -> None:
        """Put a page into the watched folder; `edit` makes its articles say something else."""
        date = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days_ago)
        label = f"A{number:02}"
        title = Title(id="lock", title="The Lock Keeper", title_latin=None, language="en")
        edition = Edition(
            paper=title,
            date=date,
            pages=(Page(label=label),),
            articles=tuple(article(number, n, edit, label) for n in range(1, articles + 1)),
        )
        folder = self.root / "incoming/lock" / date.isoformat()
        folder.mkdir(exist_ok=True)
        draft = folder / f".{label}.part"
        draft.write_text(edition_json.dump(edition), "utf-8")
        draft.replace(folder / f"{label}.json")

    def start(self, *words: str, shifted: bool = False) -> subprocess.Popen[bytes]:
        """Start the daemon; `shifted` gives it a clock that `shift` can put."""
        program = ("-c", SHIFTED.format(file=self._shift)) if shifted else ("-m", "bridge")
        config = str(self.root / "config/bridge.toml")
        with (self.root / "daemon.log").open("ab") as log:
            daemon = subprocess.Popen(
                [sys.executable, *program, "--config", config, *(words or ("run",))],
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
                stdout=log,
                stderr=log,
            )
        self.daemons.append(daemon)
        return daemon

    def shift(self, seconds: int) -> None:
        """Put the clock of shifted daemons, those that run included, off by so much."""
        draft = self._shift.with_suffix(".part")
        draft.write_text(str(seconds))
        draft.replace(self._shift)

    @property
    def _shift(self) -> Path:
        return self.root / "shift"

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database as it is now; nothing when it is not to be read."""
        try:
            with closing(self._look()) as found:
                if not self.on_sqlite:
                    query = query.replace("?", "%s").replace("workflow_status", ENGINE)
                return found.execute(query, values).fetchall()
        except (sqlite3.OperationalError, psycopg.OperationalError):
            return []

    def _look(self) -> Any:
        if self.on_sqlite:
            return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def database(self) -> Path:
        """The file, where the database is one."""
        return Path(self.url.removeprefix("sqlite:///"))

    def number(self, query: str, *values: object) -> int:
        rows = self.ask(query, *values)
        return int(rows[0][0]) if rows else 0

    def read_since(self, moment: float) -> bool:
        """Say whether all that lay in the watched folder at a moment was read later."""
        done = (
            "SELECT count(*) FROM workflow_status WHERE name = 'ingest' AND status = 'SUCCESS'"
        )
        return self.number(f"{done} AND created_at > ?", int(moment * 1000)) > 0

    def told(self, names: Sequence[str] = ()) -> bool:
        """Say whether nothing waits to be sent, to these hosts or to any."""
        waiting = "SELECT count(*) FROM deliveries WHERE state = 'pending'"
        if names:
            waiting += f" AND host IN ({','.join('?' * len(names))})"
        fresh = "SELECT count(*) FROM activities WHERE NOT fanned_out"
        return not self.number(fresh) and not self.number(waiting, *names)

    def took(self) -> list[Sent]:
        """What the other servers got, in order; a line in the making is left out."""
        text = self.journal.read_text("utf-8") if self.journal.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]

    def log(self) -> str:
        return (self.root / "daemon.log").read_text("utf-8", "replace")


SHIFTED = """\
import datetime, runpy, sys, time
real, seconds = datetime.datetime, time.time
def ahead():
    with open("{file}") as file:
        return int(file.read())
class Shifted(real):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + datetime.timedelta(seconds=ahead())
datetime.datetime = Shifted
time.time = lambda: seconds() + ahead()
sys.argv[0] = "broadsheet"
runpy.run_module("bridge", run_name="__main__")
"""
"""Starts the program under a clock that is put by a file, for its code and the libraries."""


def article(page: int, number: int, edit: int, label: str) -> Article:
    words = f"Gate {number} of page {page} opened for the {1000 + page * 7 + number}th barge"
    text = f"{words}. The keeper wrote {page * 31 + number} names into the book that evening."
    more = f" Later he struck out {edit} of them." if edit else ""
    return Article(
        order=number,
        pages=(label,),
        section="city",
        kind="news",
        headline=words,
        body=(Paragraph(kind="paragraph", text=text + more),),
        language="en",
        source=Provenance(file=f"{label}.json"),
    )


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A new deployment on SQLite, or on what `request.param` says."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = tmp_path / "house"
    url = f"sqlite:///{root}/data/broadsheet.db"
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    house = House(root=root, port=port, journal=tmp_path / "journal", url=url)
    house.build()
    yield house
    for daemon in house.daemons:
        if daemon.poll() is None:
            daemon.send_signal(signal.SIGCONT)
            daemon.kill()
        daemon.wait()
    shutil.rmtree(house.root, ignore_errors=True)


@pytest.fixture
def servers(house: House) -> Iterator[Callable[..., list[str]]]:
    """Start other servers: `servers(good=3, hang=1)` gives an address for each, in order."""
    started: list[subprocess.Popen[str]] = []

    def start(**wanted: int) -> list[str]:
        behaviours = [name for name, count in wanted.items() for _ in range(count)]
        addresses = [f"127.0.{n // 200 + 1}.{n % 200 + 1}" for n in range(len(behaviours))]
        pairs = [f"{a}={b}" for a, b in zip(addresses, behaviours, strict=True)]
        peer = subprocess.Popen(
            [sys.executable, str(PEER), str(house.port), str(house.journal), *pairs],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(peer)
        assert peer.stdout
        assert peer.stdout.readline() == "ready\n"
        return addresses

    yield start
    for peer in started:
        peer.kill()
        peer.wait()
        if peer.stdout:
            peer.stdout.close()


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait for what other processes bring about."""

    def wait(reached: Callable[[], bool], seconds: float = 90, pause: float = 0.05) -> None:
        end = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < end, "did not happen in time"
            time.sleep(pause)

    return wait


@dataclass(frozen=True)
class Report:
    """What a comparison of the ledger's activities with the servers' journal found."""

    due: int
    taken: int
    repeats: int

    @property
    def share(self) -> float:
        return self.repeats / max(self.due, 1)


@pytest.fixture
def audit() -> Callable[..., Report]:
    """Compare what was announced with what healthy inboxes took: all, in order, unaltered."""
    return check


def check(house: House, inboxes: Sequence[str]) -> Report:
    told = house.ask("SELECT sequence, id, object FROM activities WHERE actor = ?", ACTOR)
    sequence = {id: number for number, id, _ in told}
    healthy = set(inboxes)
    by_inbox: dict[str, list[Sent]] = defaultdict(list)
    digests: dict[str, set[str]] = defaultdict(set)
    for sent in house.took():
        inbox = f"http://{sent['address']}:{house.port}{sent['path']}"
        if inbox in healthy and sent["status"] == 202:
            by_inbox[inbox].append(sent)
            digests[sent["id"]].add(sent["digest"])
    repeats = 0
    for inbox in inboxes:
        got = by_inbox[inbox]
        first = list(dict.fromkeys(sent["id"] for sent in got))
        missing = sequence.keys() - set(first)
        assert not missing, f"{inbox} never got {sorted(missing)[:3]}"
        assert set(first) <= sequence.keys(), "an activity that the ledger does not know"
        repeats += len(got) - len(first)
        pairs: dict[str, list[int]] = defaultdict(list)
        for id in first:
            pairs[next(s["object"] for s in got if s["id"] == id)].append(sequence[id])
        assert all(order == sorted(order) for order in pairs.values()), f"{inbox}: overtaken"
    assert all(len(kinds) == 1 for kinds in digests.values()), "the same id with other bytes"
    taken = sum(map(len, by_inbox.values()))
    return Report(due=len(sequence) * len(inboxes), taken=taken, repeats=repeats)
