"""Deliver: send what is due in a shard, and write down what came of it.

A host belongs to one shard and a shard runs once in the whole cluster, so all that is kept for
a host here (one request at a time, in order, over one connection) holds everywhere. Rows are
sent first and settled after: a crash repeats at most what was in flight, with the same id and
the same bytes (design §9).
"""

import datetime as dt
import random
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import monotonic

import structlog

from bridge.federation import remote, retry
from bridge.federation.signatures import Signer
from bridge.model import Delivery, Outcome, Task, Verdict
from bridge.pipeline import actors
from bridge.store import Connection, activities, deliveries, followers, inbounds
from bridge.store.deliveries import Result
from bridge.wiring import Bridge

Clock = Callable[[], dt.datetime]
Stop = Callable[[], bool]

HOST_ROWS = 100
"""Rows of one host that are taken at a time."""
ROWS = 2_000
"""Rows in hand at most; each settling asks which of them were called off."""
AHEAD = 4
"""Hosts in hand for each sending thread, so that none is idle between two settlings."""
SETTLE = 0.25
"""Seconds between two settlings at most: what a crash may repeat."""
REFILL = 0.05
"""Seconds between two settlings at least, once a host has got all that was in hand."""

log = structlog.get_logger(__name__)


def tick(bridge: Bridge, now: dt.datetime) -> None:
    """Wake the shards that have something due, and the inbox if anything waits there."""
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
    run = _Run(bridge=bridge, shard=shard, clock=clock, stop=stop)
    with ThreadPoolExecutor(bridge.settings.federation.concurrency) as pool:
        try:
            while True:
                for host, rows in run.take().items():
                    pool.submit(run.send, host, rows)
                if not run.in_hand:
                    return
                run.settle()
        finally:
            run.broken = True  # nothing is sent that nobody would write down


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One attempt."""

    row: Delivery
    outcome: Outcome
    verdict: Verdict


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run of a shard: the main thread takes and settles, the others send."""

    bridge: Bridge
    shard: int
    clock: Clock
    stop: Stop
    in_hand: dict[str, tuple[Delivery, ...]] = field(default_factory=dict)  # by host
    texts: dict[str, bytes] = field(default_factory=dict)  # by activity
    signers: dict[str, Signer] = field(default_factory=dict)  # by account
    called_off: frozenset[int] = frozenset()
    broken: bool = False
    sent: SimpleQueue[_Sent | str] = field(default_factory=SimpleQueue)  # a host: it is done

    def take(self) -> Mapping[str, tuple[Delivery, ...]]:
        """Take up more hosts, as many as fit, with what each is to get now."""
        taken: dict[str, tuple[Delivery, ...]] = {}
        room = AHEAD * self.bridge.settings.federation.concurrency - len(self.in_hand)
        space = ROWS - sum(map(len, self.in_hand.values()))
        if room <= 0 or space <= 0 or self.stop():
            return taken
        now = self.clock()
        with self.bridge.store.read() as connection:
            for host in deliveries.hosts_due(
                connection, self.shard, now, busy=self.in_hand, limit=room
            ):
                rows = deliveries.due(connection, host, now, limit=min(HOST_ROWS, space))
                taken[host] = rows
                space -= len(rows)
                if space <= 0:
                    break
            self._learn(connection, taken)
        for name in {row.actor for rows in taken.values() for row in rows}:
            if name not in self.signers:
                self.signers[name] = actors.signer(self.bridge, name, now)
        self.in_hand.update(taken)
        return taken

    def _learn(self, connection: Connection, taken: Mapping[str, tuple[Delivery, ...]]) -> None:
        """Read the texts that the new rows need, and let go of those nobody needs."""
        hosts = (*self.in_hand.values(), *taken.values())
        needed = {row.activity for rows in hosts for row in rows}
        self.texts = {id: text for id, text in self.texts.items() if id in needed}
        self.texts |= activities.bodies(connection, needed - self.texts.keys())

    def send(self, host: str, rows: tuple[Delivery, ...]) -> None:
        """Send a host its rows in order, in a thread of the pool."""
        try:
            stuck: set[tuple[str, str]] = set()
            for row in rows:
                pair = row.inbox, row.object
                if self.broken or self.stop():
                    break
                if row.id in self.called_off or pair in stuck:
                    continue
                sent = self._attempt(row)
                self.sent.put(sent)
                if sent.verdict.state == "pending":
                    stuck.add(pair)
                if speaks_for_host(sent.outcome) or sent.verdict.state == "gone":
                    break  # the rest is taken again, if it is still due
        finally:
            self.sent.put(host)

    def _attempt(self, row: Delivery) -> _Sent:
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
        verdict = retry.verdict(
            outcome,
            attempts=row.attempts + 1,
            created=row.created,
            now=now,
            jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
        )
        return _Sent(row=row, outcome=outcome, verdict=verdict)

    def settle(self) -> None:
        """Wait a moment for attempts and write them down in one transaction."""
        attempts, done = self._collect()
        for host in done:
            del self.in_hand[host]
        if not attempts:
            return
        open_rows = frozenset(row.id for rows in self.in_hand.values() for row in rows)
        with self.bridge.store.begin() as connection:
            deliveries.settle(connection, [_result(sent) for sent in attempts])
            for sent in attempts:
                _follow_up(connection, sent)
            if open_rows:
                wanted = deliveries.still_pending(connection, open_rows)
                self.called_off = open_rows - wanted

    def _collect(self) -> tuple[list[_Sent], list[str]]:
        attempts: list[_Sent] = []
        done: list[str] = []
        began = monotonic()
        end = began + SETTLE
        while len(done) < len(self.in_hand):
            try:
                item = self.sent.get(timeout=max(end - monotonic(), 0))
            except Empty:
                break
            if isinstance(item, _Sent):
                attempts.append(item)
            else:
                done.append(item)
                end = min(end, began + REFILL)
        return attempts, done


def speaks_for_host(outcome: Outcome) -> bool:
    """Say whether an attempt tells about the whole host: it is silent, or asks to wait."""
    if outcome.status is None:
        return outcome.transient
    return outcome.status == 429 or (outcome.status == 503 and bool(outcome.retry_after))


def _result(sent: _Sent) -> Result:
    return Result(delivery=sent.row.id, verdict=sent.verdict, status=sent.outcome.status)


def _follow_up(connection: Connection, sent: _Sent) -> None:
    """Draw the consequences of an attempt for others than its own row."""
    if sent.verdict.state == "gone":
        deliveries.close(connection, sent.row.inbox, sent.verdict.error or "gone")
        followers.lose_target(connection, sent.row.inbox)
    elif sent.verdict.state == "pending" and speaks_for_host(sent.outcome):
        deliveries.pause(connection, sent.row.host, sent.verdict.due)
