"""Deliver: send what is due in a shard, and write down what came of it.

A host belongs to one shard and a shard runs once in the whole cluster, so all that is kept for
a host here (one request at a time, in order, over one connection) holds everywhere. Rows are
sent first and settled after: a crash repeats at most what was in flight, with the same id and
the same bytes (design §9).
"""

import datetime as dt
import functools
from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from threading import Event
from time import monotonic, sleep

import structlog

from bridge.errors import StoreError
from bridge.federation import remote, retry
from bridge.federation.signatures import BOTH, Schemes, order
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
SETTLE = 0.03
"""Seconds for which results are gathered, before they wait for those of other shards
(`settling.PACE`); both end at once when it presses (`backlog`)."""
QUIET = 0.25
"""Seconds without any result after which a run looks whether its rows were called off."""
REFILL = 0.02
"""Seconds for which they are gathered once a host has got all that was in hand."""
LOOK = 1.0
"""Seconds between two looks for hosts that came meanwhile, while none in hand is done."""
RETRY = 1.0
"""Seconds between two attempts to write down results that the database refused."""
KEPT = 3_600.0
"""Seconds for which that is tried; then the task fails, and its run begins anew."""
LATE = dt.timedelta(minutes=2)
"""An activity that has no rows by then has lost the task that would have made them."""

log = structlog.get_logger(__name__)


def tick(bridge: Bridge, now: dt.datetime) -> None:
    """Wake the shards that have something due, and the inbox if anything waits there.

    An activity whose own task is lost gets another, under an id that was not used up by it.
    """
    with bridge.store.read() as connection:
        ahead = deliveries.ahead(connection, now)
    if ahead:
        with bridge.store.begin() as connection:
            rows = deliveries.rewind(connection, now)
            activities.rewind(connection, now)
        log.warning("the clock was put back; what waited for it is due now", rows=rows)
    with bridge.store.read() as connection:
        tasks = shard_tasks(deliveries.shards_due(connection, now))
        if inbounds.waits(connection, now):
            tasks += (inbox_task(),)
        lost = activities.overdue(connection, now - LATE)
    if lost:
        log.warning("activities had lost their task", count=len(lost))
        tasks += tuple(Task(name="fan_out", args=(id,), partition=id, fold=True) for id in lost)
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
                break
            run.settle()
    finally:
        run.leave()
    if stop():
        _hand_over(bridge, shard, clock())


def _hand_over(bridge: Bridge, shard: int, now: dt.datetime) -> None:
    """Let another node, or the next start, go on at once with what is left of a shard."""
    with bridge.store.begin() as connection:
        if deliveries.hosts_due(connection, shard, now, busy=(), limit=1):
            bridge.enqueue(connection, shard_tasks((shard,)))


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
    signers: Mapping[str, actors.Signers] = field(default_factory=dict)  # by account
    schemes: dict[str, Schemes] = field(default_factory=dict)  # by host; else BOTH
    recalls: int = -1
    called_off: frozenset[int] = frozenset()
    probes: set[str] = field(default_factory=set)  # admitted, not begun
    broken: bool = False
    next_look: float = 0.0  # for more to take, in monotonic time
    unwritten: list[Sent] = field(default_factory=list)
    sent: deque[Sent | str] = field(default_factory=deque)  # a host: it is done
    bell: Event = field(default_factory=Event)  # something was sent
    hurry: Event = field(default_factory=Event)  # a host is done

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
        names = {row.actor for rows in taken.values() for row in rows}
        self.signers = {**self.signers, **actors.signers(self.bridge, names, now)}
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
        kept = {name: way for name, way in tuple(self.schemes.items()) if name in self.in_hand}
        self.schemes = kept | {
            name: order(host.scheme) for name, host in found.items() if host.scheme
        }

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
                if monotonic() > end or not self._may_send():
                    break
                sent = self._begun(row, known, failures)
                self._tell(sent)
                if retry.fails(sent.outcome):
                    failures += 1
                else:
                    failures, known = 0, None  # it answers: no longer on probation
                if sent.verdict.state == "pending":
                    stuck.add(pair)
                if sent.speaks or sent.verdict.state == "gone":
                    break  # the rest is taken again, if it is still due
        finally:
            self._tell(host)

    def _may_send(self) -> bool:
        """Take a place for the next request; wait for one while much is not written down."""
        while not self.broken and not self.stop():
            if self.senders.backlog.enter(REFILL):
                return True
        return False

    def _begun(self, row: Delivery, known: Host | None, failures: int) -> Sent:
        """Attempt a delivery that has a place; without a result it gives the place back."""
        try:
            return self._attempt(row, known, failures)
        except BaseException:
            self.senders.backlog.leave(1)
            raise

    def _attempt(self, row: Delivery, known: Host | None, failures: int) -> Sent:
        now = self.clock()
        try:
            outcome = remote.deliver(
                self.bridge.http,
                row.inbox,
                self.texts[row.activity],
                signer=self.signers[row.actor].of(row),
                now=now,
                schemes=self.schemes.get(row.host, BOTH),
            )
            self.schemes[row.host] = remote.later_schemes(
                self.schemes.get(row.host, BOTH), outcome
            )
        except Exception as error:
            # one row that cannot be sent must not hold up its host for ever
            log.exception("delivery broke", activity=row.activity, inbox=row.inbox)
            outcome = Outcome(status=None, error=repr(error), retry_after=None)
        return aftermath.judge(row, outcome, known, failures, now)

    def settle(self) -> None:
        """Wait a moment for attempts and write them down in one transaction."""
        done = self._collect()
        if self.unwritten:
            self._write(functools.partial(self._write_down, done=done))
            self.senders.backlog.leave(len(self.unwritten))
            self.unwritten.clear()
        else:
            with self.bridge.store.read() as connection:
                self._look_out(connection, done)
        for host in done:
            del self.in_hand[host], self.jobs[host]
            self.next_look = 0.0

    def _write(self, work: Callable[[Connection], None]) -> None:
        """Write results down, however often the database refuses: else they were sent again."""
        begun, told = monotonic(), False
        while True:
            try:
                self.senders.settling.write(work)
                return
            except StoreError as error:
                if self.stop() or monotonic() - begun > KEPT:
                    raise
                if not told:
                    log.warning("results wait for the database", reason=str(error))
                told = True
                sleep(RETRY)

    def _write_down(self, connection: Connection, done: Collection[str]) -> None:
        aftermath.write_down(connection, self.unwritten, self.known, self.absent)
        self._look_out(connection, done)

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

    def _collect(self) -> list[str]:
        """Gather a batch of what came since the last time; return the hosts that are done."""
        done: list[str] = []
        if self.bell.wait(QUIET) and self.hurry.wait(SETTLE):
            sleep(0 if self.senders.backlog.is_pressed else REFILL)
        self.bell.clear()
        self.hurry.clear()
        while self.sent:
            item = self.sent.popleft()
            if isinstance(item, Sent):
                self.unwritten.append(item)
            else:
                done.append(item)
        return done

    def _tell(self, item: Sent | str) -> None:
        """Hand over an attempt, or a host that is done."""
        self.sent.append(item)
        if not self.bell.is_set():
            self.bell.set()
        if self.senders.backlog.is_pressed:
            self.senders.settling.press()
            self.hurry.set()
        elif isinstance(item, str):
            self.hurry.set()

    def leave(self) -> None:
        """Send nothing more that nobody would write down, and wait for what is under way."""
        self.broken = True
        for _ in self.probes:
            self.senders.release_probe()
        wait(self.jobs.values())
        lost = sum(isinstance(item, Sent) for item in self.sent)
        self.senders.backlog.leave(len(self.unwritten) + lost)
