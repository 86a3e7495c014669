"""Targets 1 and 2: what a delivery costs, by engine and ledger, and by the outgoing door alone.

The yardsticks sign and send by hand in a process of their own, with as many threads, to the
same sink. Sixty-four addresses of the loopback stand for as many servers.
"""

import datetime as dt
import itertools
import json
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from threading import Event

from bench import house, postgres
from bench.harness import Bar, Plan, Row, Worker, at_least, at_most, compare, start
from bench.invented import Writer
from bench.worker import Spent, answer, arguments
from bridge.federation import keys, remote
from bridge.federation.signatures import Signer
from bridge.http import Http
from bridge.model import Task
from bridge.model.social import SHARDS, shard_of
from bridge.store import activities, deliveries, followers
from bridge.wiring import http_policy, open_bridge
from bridge.workers import outbox, tasks
from bridge.workers.engine import Engine

HOSTS = 64
THREADS = 16
COARSE = 8
"""Shards that hold all hosts in the first comparison: each task has some hundred rows then, as
with thousands of servers. The second lets the hosts fall where they fall: one or two a task."""
ACTOR = f"{house.PAPER}_s1"


def engine(plan: Plan) -> Iterator[Row]:
    """Yield target 1: deliveries by engine and ledger against the bare loop."""
    count = plan.count(1280, 640)
    yield from _engine(plan, f"{COARSE} tasks", COARSE, count, at_least(0.80))
    if postgres.is_installed():
        with postgres.server() as url:
            name = f"{COARSE} tasks, PostgreSQL"
            yield from _engine(plan, name, COARSE, count, at_least(0.90), url)
    else:
        print("PostgreSQL is not installed: its rows are left out", file=sys.stderr)
    if not plan.quick:
        yield from _engine(plan, "a task for 1–2 hosts", SHARDS, 320, None)


def door(plan: Plan) -> Iterator[Row]:
    """Yield the first half of target 2: sign and POST over connections that are kept."""
    count = plan.count(1280, 320)
    with ExitStack() as stack:
        hosts = sink(stack, SHARDS)
        ours = start(stack, "delivery", plan.folder / "door", hosts)
        bare = start(stack, "baselines.post", hosts, THREADS)
        (pair,) = compare(plan, ours.cost("post", count=count), bare.cost("sign", count=count))
        yield pair.speed(2, "sign + POST", at_least(0.55), "signing loop")
        told = ours.ask("counts")
    yield _counter("connections", told["connections"], HOSTS, "hosts", at_most(1.1))
    yield _counter("CA bundle loads", told["ca_loads"], 1, "process", at_most(1))


def sink(stack: ExitStack, shards: int, certificate: Path | None = None) -> list[str]:
    """Start a sink whose hosts lie in the first shards; return the hosts with their port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    named = (f"127.0.{n // 250 + 1}.{n % 250 + 1}:{port}" for n in itertools.count())
    hosts = list(itertools.islice((h for h in named if shard_of(h) < shards), HOSTS))
    addresses = [host.partition(":")[0] for host in hosts]
    given = [certificate] if certificate else []
    start(stack, "baselines.sink", port, addresses, *given).ask("told")
    return hosts


def _engine(
    plan: Plan, name: str, shards: int, count: int, bar: Bar | None, database: str = ""
) -> Iterator[Row]:
    walls: dict[str, list[float]] = {"deliver": [], "adapter_send": []}

    def measure(worker: Worker, command: str) -> float:
        told = worker.ask(command, count=count)
        walls[command].append(told["wall"])
        return float(told["cpu"])

    with ExitStack() as stack:
        hosts = sink(stack, shards)
        folder = plan.folder / f"engine-{shards}-{'postgresql' if database else 'sqlite'}"
        ours = start(stack, "delivery", folder, hosts, "", database)
        bare = start(stack, "baselines.post", hosts, THREADS)
        ours.ask("befriend", count=count)
        (pair,) = compare(
            plan, lambda: measure(ours, "deliver"), lambda: measure(bare, "adapter_send")
        )
    yield pair.speed(1, f"deliver, {name}", bar, "sign + adapter.send")
    own, other = (median(found[1:]) for found in walls.values())
    yield Row(
        target=1,
        name="the same by the clock",
        ours=own,
        yardstick=other,
        unit="µs",
        ratio=other / own,
    )


def _counter(name: str, found: float, per: float, against: str, bar: Bar) -> Row:
    return Row(
        target=2,
        name=name,
        ours=found,
        yardstick=per,
        against=against,
        ratio=found / per,
        bar=bar,
    )


class Child:
    """The child process: one deployment, asked to befriend, deliver and post."""

    def __init__(self, folder: str, hosts: list[str], ca: str = "", database: str = "") -> None:
        settings = house.build(Path(folder), concurrency=THREADS, database=database)
        self.bridge = open_bridge(settings, outbox.enqueuer(settings.database))
        self.http = Http(replace(http_policy(settings), ca_file=ca or None))
        self.hosts, self.scheme = hosts, "https" if ca else "http"
        self.text, self.sent = Writer(1).paragraph(600), 0
        private = keys.generate("x", house.NOW).private
        self.signer = Signer(key_id=f"{house.BASE}/x#main-key", private=private)
        self.engine: Engine | None = None

    def befriend(self, count: int) -> dict[str, float]:
        """Give the account followers with an inbox each, and start the engine."""
        with self.bridge.store.begin() as connection:
            for number in range(count):
                inbox = f"http://{self.hosts[number % HOSTS]}/users/{number}/inbox"
                followers.put(connection, house.follower(ACTOR, inbox))
        verbs = tasks.handlers(self.bridge, Event())
        outbox.prepare(self.bridge.settings.database)
        self.engine = Engine(self.bridge.settings.database, verbs, executor="bench")
        self.engine.start()
        return {}

    def deliver(self, count: int) -> dict[str, float]:
        """Announce something to every follower and wait until all have it."""
        self.sent += 1
        found = house.activity(self.sent, ACTOR, self.text)
        task = Task(name="fan_out", args=(found.id,), id=f"fan_out-{found.id}")
        with Spent() as spent:
            with self.bridge.store.begin() as connection:
                activities.add(connection, found)
                self.bridge.enqueue(connection, (task,))
            while self._delivered(found.id) < count:
                time.sleep(0.1)
        return spent.each(count)

    def post(self, count: int) -> dict[str, float]:
        """Sign and send by the door, several hosts at a time, each host's share in order."""
        body = json.dumps(house.activity(0, ACTOR, self.text).body).encode()

        def serve(place: int) -> None:
            inbox = f"{self.scheme}://{self.hosts[place]}/inbox"
            for _ in range(place, count, HOSTS):
                now = dt.datetime.now(dt.UTC)
                outcome = remote.deliver(self.http, inbox, body, signer=self.signer, now=now)
                assert outcome.status == 202, outcome

        with Spent() as spent, ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(serve, range(HOSTS)))
        return spent.each(count)

    def counts(self) -> dict[str, float]:
        """Return what the door has counted."""
        found = self.http.counts
        return {"connections": found.connections, "ca_loads": found.ca_loads}

    def close(self) -> None:
        """Stop the engine."""
        if self.engine:
            self.engine.stop(2)

    def _delivered(self, activity: str) -> int:
        with self.bridge.store.read() as connection:
            return deliveries.counts(connection, activity).get("delivered", 0)


if __name__ == "__main__":
    child = Child(*arguments())
    answer(child)
    child.close()
