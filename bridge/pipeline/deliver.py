"""Deliver: send what is due in a shard, and write down what came of it.

A host belongs to one shard and a shard runs once in the whole cluster, so all that is kept for
a host here (one request at a time, in order, over one connection) holds everywhere. Rows are
sent first and settled after: a crash repeats at most what was in flight, with the same id and
the same bytes (design §9).
"""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from time import monotonic

import structlog

from bridge.federation import remote, retry
from bridge.federation.signatures import Signer
from bridge.model import Delivery, Host, Outcome, Task
from bridge.pipeline import actors, aftermath
from bridge.pipeline.aftermath import Sent
from bridge.pipeline.senders import Senders, senders
from bridge.store import Connection, activities, deliveries, hosts, inbounds
from bridge.wiring import Bridge

Clock = Callable[[], dt.datetime]
Stop = Callable[[], bool]

HOST_ROWS = 100
"""Rows of one host that are taken at a time."""
HOST_SECONDS = 5.0
"""A host gives its thread back after so long: others wait for one."""
ROWS = 1_000
"""Rows in hand at most, which bounds memory."""
AHEAD = 4
"""Hosts in hand for each sending thread, so that none is idle between two settlings."""
SETTLE = 0.15
"""Seconds between two settlings at most: what a crash may repeat."""
REFILL = 0.05
"""Seconds between two settlings at least, once a host has got all that was in hand."""
LOOK = 1.0
"""Seconds between two looks for hosts that came meanwhile, while none in hand is done."""
LAG = 1.0
"""Seconds that a settling may take before nothing more is sent: the database may be locked."""

log = structlog.get_logger(__name__)


def tick(bridge: Bridge, now: dt.datetime) -> None:
    """Wake the shards that have something due, and the inbox if anything waits there."""
    with bridge.store.read() as connection:
        ahead = deliveries.ahead(connection, now)
    if ahead:
        with bridge.store.begin() as connection:
            rows = deliveries.rewind(connection, now)
        log.warning("the clock was put back; what waited for it is due now", rows=rows)
    with bridge.store.read() as connection:
        tasks = shard_tasks(deliveries.shards_due(connection, now))
        if inbounds.waits(connection, now):
            tasks += (inbox_task(),)
    if tasks:
        with bridge.store.begin() as connection:
            bridge.enqueue(connection, tasks)


def shard_tasks(shards: Collection[int]) -> tuple[Task, ...]:
    """Return the tasks that send what is due in these shards."""
    return tuple(
        Task(name="deliver_shard", args=(shard,), partition=str(shard), fold=True)
        for shard in shards
    )


def inbox_task() -> Task:
    """Return the task that works off what came in."""
    return Task(name="process_inbox", fold=True)


def deliver_shard(bridge: Bridge, shard: int, clock: Clock, stop: Stop = bool) -> None:
    """Send all that is due in a shard and becomes due meanwhile; return when nothing is.

    Once `stop()` is true no new request begins; those under way are finished and settled.
    """
    run = _Run(bridge=bridge, shard=shard, clock=clock, stop=stop, senders=senders(bridge))
    try:
        while True:
            run.take()
            if not run.in_hand:
                return
            run.settle()
    finally:
        run.leave()


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run of a shard: its own thread takes and settles, those of the pool send."""

    bridge: Bridge
    shard: int
    clock: Clock
    stop: Stop
    senders: Senders
    in_hand: dict[str, tuple[Delivery, ...]] = field(default_factory=dict)  # by host
    jobs: dict[str, Future[None]] = field(default_factory=dict)  # by host
    known: dict[str, Host] = field(default_factory=dict)  # those of which anything is known
    absent: frozenset[str] = frozenset()  # inboxes that answered 404 lately
    texts: dict[str, bytes] = field(default_factory=dict)  # by activity
    signers: dict[str, Signer] = field(default_factory=dict)  # by account
    recalls: int = -1
    called_off: frozenset[int] = frozenset()
    probes: set[str] = field(default_factory=set)  # admitted, not begun
    broken: bool = False
    next_look: float = 0.0  # for more to take, in monotonic time
    settling: float | None = None  # since when, in monotonic time
    settled: Event = field(default_factory=Event)
    sent: SimpleQueue[Sent | str] = field(default_factory=SimpleQueue)  # a host: it is done

    def take(self) -> None:
        """Take up more hosts, as many as fit, with what each is to get now, and begin."""
        if self.in_hand and monotonic() < self.next_look:
            return
        self.next_look = monotonic() + LOOK
        room = AHEAD * self.senders.size - len(self.in_hand)
        space = ROWS - sum(map(len, self.in_hand.values()))
        if room <= 0 or space <= 0 or self.stop():
            return
        now = self.clock()
        with self.bridge.store.read() as connection:
            taken = self._choose(connection, now, room, space)
            if not taken:
                return
            self._learn(connection, taken)
        for name in {row.actor for rows in taken.values() for row in rows}:
            if name not in self.signers:
                self.signers[name] = actors.signer(self.bridge, name, now)
        self.in_hand.update(taken)
        for host, rows in taken.items():
            work = functools.partial(self.send, host, rows)
            self.jobs[host] = self.senders.submit(work, probe=host in self.probes)
            self.probes.discard(host)

    def _choose(
        self, connection: Connection, now: dt.datetime, room: int, space: int
    ) -> dict[str, tuple[Delivery, ...]]:
        """Return hosts with their rows; a host that was failing needs a place for its probe."""
        taken: dict[str, tuple[Delivery, ...]] = {}
        found = deliveries.hosts_due(connection, self.shard, now, busy=self.in_hand, limit=room)
        self._remember(hosts.get(connection, found), found)
        for host in found:
            if space <= 0 or not self._admitted(host):
                break
            rows = deliveries.due(connection, host, now, limit=min(HOST_ROWS, space))
            taken[host] = rows
            space -= len(rows)
        return taken

    def _remember(self, found: Mapping[str, Host], asked: Collection[str]) -> None:
        self.known = {name: host for name, host in self.known.items() if name in self.in_hand}
        self.known |= {name: found[name] for name in asked if name in found}

    def _admitted(self, host: str) -> bool:
        """Say whether a host may be asked now; one that was failing needs a free place."""
        if host not in self.known or not self.known[host].failures:
            return True
        if not self.senders.admit_probe():
            return False
        self.probes.add(host)
        return True

    def _learn(self, connection: Connection, taken: Mapping[str, tuple[Delivery, ...]]) -> None:
        """Read what the new rows need, and let go of what nobody needs."""
        rows = [row for some in (*self.in_hand.values(), *taken.values()) for row in some]
        needed = {row.activity for row in rows}
        self.texts = {id: text for id, text in self.texts.items() if id in needed}
        self.texts |= activities.bodies(connection, needed - self.texts.keys())
        self.absent = hosts.absent(connection, {row.inbox for row in rows})
        if self.recalls < 0:
            self.recalls = deliveries.recalls(connection, self.shard)

    def send(self, host: str, rows: tuple[Delivery, ...]) -> None:
        """Send a host its rows in order, in a thread of the pool."""
        end = monotonic() + HOST_SECONDS
        try:
            stuck: set[tuple[str, str]] = set()
            failures, known = 0, self.known.get(host)
            for row in rows:
                pair = row.inbox, row.object
                if row.id in self.called_off or pair in stuck:
                    continue
                if not self._may_send() or monotonic() > end:
                    break
                sent = self._attempt(row, known, failures)
                self.sent.put(sent)
                if retry.fails(sent.outcome):
                    failures += 1
                else:
                    failures, known = 0, None  # it answers: no longer on probation
                if sent.verdict.state == "pending":
                    stuck.add(pair)
                if sent.speaks or sent.verdict.state == "gone":
                    break  # the rest is taken again, if it is still due
        finally:
            self.sent.put(host)

    def _may_send(self) -> bool:
        """Say whether the next request may begin; wait while results cannot be written."""
        while not self.broken and not self.stop():
            since = self.settling
            if since is None or monotonic() - since < LAG:
                return True
            self.settled.wait(REFILL)
        return False

    def _attempt(self, row: Delivery, known: Host | None, failures: int) -> Sent:
        now = self.clock()
        try:
            outcome = remote.deliver(
                self.bridge.http,
                row.inbox,
                self.texts[row.activity],
                signer=self.signers[row.actor],
                now=now,
            )
        except Exception as error:
            # one row that cannot be sent must not hold up its host for ever
            log.exception("delivery broke", activity=row.activity, inbox=row.inbox)
            outcome = Outcome(status=None, error=repr(error), retry_after=None)
        return aftermath.judge(row, outcome, known, failures, now)

    def settle(self) -> None:
        """Wait a moment for attempts and write them down in one transaction."""
        attempts, done = self._collect()
        if attempts:
            self.settled.clear()
            self.settling = monotonic()
            with self.bridge.store.begin() as connection:
                aftermath.write_down(connection, attempts, self.known, self.absent)
                self._look_out(connection, done)
            self.settling = None
            self.settled.set()
        else:
            with self.bridge.store.read() as connection:
                self._look_out(connection, done)
        for host in done:
            del self.in_hand[host], self.jobs[host]
            self.next_look = 0.0

    def _look_out(self, connection: Connection, done: Collection[str]) -> None:
        """See whether rows in hand were called off: asked one by one only if any were."""
        recalls = deliveries.recalls(connection, self.shard)
        if recalls != self.recalls:
            self.recalls = recalls
            rows = frozenset(
                row.id
                for host, some in self.in_hand.items()
                if host not in done
                for row in some
            )
            self.called_off = rows - deliveries.still_pending(connection, rows)

    def _collect(self) -> tuple[list[Sent], list[str]]:
        attempts: list[Sent] = []
        done: list[str] = []
        began = monotonic()
        end = began + SETTLE
        while len(done) < len(self.in_hand):
            try:
                item = self.sent.get(timeout=max(end - monotonic(), 0))
            except Empty:
                break
            if isinstance(item, Sent):
                attempts.append(item)
            else:
                done.append(item)
                end = min(end, began + REFILL)
        return attempts, done

    def leave(self) -> None:
        """Send nothing more that nobody would write down, and wait for what is under way."""
        self.broken = True
        self.settled.set()
        for _ in self.probes:
            self.senders.release_probe()
        wait(self.jobs.values())
