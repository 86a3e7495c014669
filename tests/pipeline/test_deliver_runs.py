"""Deliver: how a run of a shard goes, with hosts side by side and after trouble of our own."""

import datetime as dt
import itertools
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from bridge.errors import BridgeError, StoreError
from bridge.model import Delivery, Follower, Outcome, Task
from bridge.model.social import SHARDS, shard_of
from bridge.pipeline import deliver
from bridge.pipeline.senders import senders
from bridge.pipeline.verify import end_follow
from bridge.store import deliveries, followers
from bridge.store.schema.social import DELIVERIES
from bridge.wiring import Bridge

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def keep_alive():
    """A server that keeps connections open, as real ones do."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(bridge: Bridge, moment: dt.datetime, stop: Callable[[], bool] = bool) -> None:
    """Send whatever is due in any shard at this moment."""
    with bridge.store.read() as connection:
        shards = deliveries.shards_due(connection, moment)
    for shard in shards:
        deliver.deliver_shard(bridge, shard, lambda: moment, stop)


def ledger(bridge: Bridge, activity: str) -> tuple[Delivery, ...]:
    with bridge.store.read() as connection:
        return deliveries.of(connection, activity)


def test_an_undo_while_the_host_is_served_stops_what_is_left(
    federated, peer, befriend, send, now, monkeypatch
):
    """Security no. 98."""
    monkeypatch.setattr(deliver, "SETTLE", 0.01)
    befriend(peer)
    for number in range(1, 7):
        send(number)

    def undo(activity):
        if len(peer.received) == 1:
            with federated.store.begin() as connection:
                end_follow(connection, "herald_city", peer.id)
        time.sleep(0.1)

    peer.before = undo
    run(federated, now)
    assert len(peer.received) <= 3
    with federated.store.read() as connection:
        counts = deliveries.counts(connection)
    assert counts == {"delivered": len(peer.received), "gone": 6 - len(peer.received)}


def test_a_host_gets_one_request_at_a_time(federated, peer, befriend, send, now):
    """Security no. 93."""
    befriend(peer)
    befriend(peer, who="lin", shared=False)
    for number in range(1, 11):
        send(number)
    run(federated, now)
    assert len(peer.received) == 20
    assert peer.most_at_once == 1


def test_all_of_a_host_goes_over_one_connection(federated, send, now, keep_alive):
    place = f"http://127.0.0.1:{keep_alive.server_port}"
    follower = Follower(
        actor="herald_city",
        id=f"{place}/mei",
        inbox=f"{place}/inbox",
        shared_inbox=None,
        follow=f"{place}/f",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, follower)
    for number in range(1, 8):
        send(number)
    run(federated, now)
    with federated.store.read() as connection:
        assert deliveries.counts(connection) == {"delivered": 7}
    assert federated.http.counts.connections == 1
    assert federated.http.counts.ca_loads <= 1


def test_a_hanging_host_does_not_hold_up_another_in_its_shard(
    federated, peers, befriend, send, now, monkeypatch
):
    """Security no. 92: both are put in one shard; the hanging one is asked once."""
    monkeypatch.setattr("bridge.store.followers.shard_of", lambda host: 7)
    hanging, quick = peers(), peers()
    arrived = []
    hanging.before = lambda activity: time.sleep(3)
    quick.before = lambda activity: arrived.append(time.monotonic())
    befriend(hanging)
    befriend(quick)
    for number in range(1, 31):
        send(number)
    began = time.monotonic()
    run(federated, now)
    assert len(quick.received) == 30
    assert arrived[-1] - began < 1.9  # the hanging one is waited for 2 s
    assert hanging.most_at_once == 1
    with federated.store.read() as connection:
        rows = connection.execute(select(DELIVERIES).where(DELIVERIES.c.state == "pending"))
        waiting = rows.all()
    assert len(waiting) == 30
    assert sum(row.attempts for row in waiting) == 1


def test_asked_to_stop_it_finishes_what_is_under_way_and_settles_it(
    federated, peer, befriend, send, tasks, now
):
    """Security no. 108: after an orderly stop nothing is sent twice (no. 88)."""
    befriend(peer)
    for number in range(1, 6):
        send(number)
    del tasks[:]
    run(federated, now, lambda: len(peer.received) >= 2)
    assert len(peer.received) == 2
    assert tasks == [*deliver.shard_tasks([shard_of(peer.host)])]  # the next start goes on
    run(federated, now)
    assert len(peer.received) == 5
    assert len({activity["id"] for activity in peer.received}) == 5


def test_what_becomes_due_while_it_runs_is_sent_too(federated, peer, befriend, send, now):
    befriend(peer)
    send(1)
    peer.answers.append(500)
    moments = itertools.chain([now, now], itertools.repeat(now + HOUR))
    shard = shard_of(peer.host)
    deliver.deliver_shard(federated, shard, lambda: next(moments))
    assert peer.types == ["Create"]


def test_many_hosts_are_served_in_one_run(federated, peers, befriend, send, now, monkeypatch):
    monkeypatch.setattr("bridge.store.followers.shard_of", lambda host: 3)
    servers = [peers() for _ in range(12)]
    for peer in servers:
        befriend(peer)
    for number in (1, 2):
        send(number)
    deliver.deliver_shard(federated, 3, lambda: now)
    assert [peer.types for peer in servers] == [["Create", "Create"]] * 12


def test_the_tick_wakes_the_shards_with_due_rows_only(
    federated, peer, befriend, send, tasks, now
):
    befriend(peer)
    deliver.tick(federated, now)
    assert tasks == []
    send()
    del tasks[:]
    deliver.tick(federated, now)
    shard = shard_of(peer.host)
    assert 0 <= shard < SHARDS
    expected = Task(name="deliver_shard", args=(shard,), partition=str(shard), fold=True)
    assert tasks == [expected]


def test_however_little_is_taken_at_a_time_all_of_it_is_sent(
    federated, peers, befriend, send, now, monkeypatch
):
    """What is in hand is bounded (in memory, and in what an Undo must be checked against)."""
    monkeypatch.setattr("bridge.store.followers.shard_of", lambda host: 3)
    monkeypatch.setattr(deliver, "ROWS", 3)
    monkeypatch.setattr(deliver, "HOST_ROWS", 2)
    servers = [peers() for _ in range(3)]
    for peer in servers:
        befriend(peer)
    for number in range(1, 6):
        send(number)
    deliver.deliver_shard(federated, 3, lambda: now)
    assert [len(peer.received) for peer in servers] == [5] * 3


def test_a_defect_of_ours_is_a_failed_attempt_and_no_standstill(
    federated, peer, befriend, send, now, monkeypatch
):
    def break_down(*_: object, **__: object) -> Outcome:
        raise ZeroDivisionError("defect")

    befriend(peer)
    id = send()
    with monkeypatch.context() as patch:
        patch.setattr(deliver.remote, "deliver", break_down)
        run(federated, now)
    (row,) = ledger(federated, id)
    assert (row.state, row.attempts) == ("pending", 1)
    assert "defect" in (row.error or "")
    run(federated, now + HOUR)
    assert peer.types == ["Create"]


def test_when_results_cannot_be_written_nothing_more_is_sent(
    federated, peer, befriend, send, now, monkeypatch
):
    """Security no. 103: at most what is in flight may be repeated."""

    def break_down(*_: object) -> None:
        raise BridgeError("the disk is full")

    monkeypatch.setattr(deliver, "SETTLE", 0.01)
    befriend(peer)
    for number in range(1, 30):
        send(number)
    peer.before = lambda activity: time.sleep(0.05)
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "settle", break_down)
        with pytest.raises(BridgeError, match="disk is full"):
            run(federated, now)
    assert len(peer.received) < 10
    peer.before = lambda activity: None
    run(federated, now)
    assert len({activity["id"] for activity in peer.received}) == 29


def test_hosts_are_counted_for_the_process_not_for_each_shard(
    federated, peers, befriend, send, now, monkeypatch
):
    """Security no. 93: `federation.concurrency` is what a node asks at a time."""
    settings = replace(federated.settings.federation, concurrency=2)
    node = replace(federated, settings=replace(federated.settings, federation=settings))
    at_once, most, lock = [0], [0], threading.Lock()

    def count(activity):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.1)
        with lock:
            at_once[0] -= 1

    shards = iter(range(8))
    monkeypatch.setattr("bridge.store.followers.shard_of", lambda host: next(shards))
    for peer in [peers() for _ in range(8)]:
        peer.before = count
        befriend(peer)
    send(1)
    runs = [
        threading.Thread(target=deliver.deliver_shard, args=(node, shard, lambda: now))
        for shard in range(8)
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    with federated.store.read() as connection:
        assert deliveries.counts(connection) == {"delivered": 8}
    assert most[0] == 2


def test_hosts_that_were_failing_get_half_of_the_threads(federated, now):
    """Security no. 92: probes that hang leave room for who is well."""
    pool = senders(federated)
    assert senders(federated) is pool
    half = pool.size // 2
    assert [pool.admit_probe() for _ in range(half + 1)] == [True] * half + [False]
    pool.submit(lambda: None, probe=True).result()
    assert pool.admit_probe()


def test_while_the_database_is_locked_nothing_is_sent_unwritten(
    federated, peer, befriend, send, now, monkeypatch
):
    """Security no. 105."""
    monkeypatch.setattr("bridge.pipeline.senders.UNWRITTEN", 2)
    befriend(peer)
    for number in range(1, 31):
        send(number)
    peer.before = lambda activity: time.sleep(0.02)
    lock = sqlite3.connect(federated.settings.database.removeprefix("sqlite:///"))
    lock.isolation_level = None
    sender = threading.Thread(target=run, args=(federated, now))

    def hold(activity):
        if len(peer.received) == 3:
            lock_now.set()
        time.sleep(0.02)

    lock_now = threading.Event()
    peer.before = hold
    sender.start()
    assert lock_now.wait(10)
    lock.execute("BEGIN IMMEDIATE")
    before = len(peer.received)
    time.sleep(1.5)
    sent = len(peer.received)
    lock.execute("ROLLBACK")
    sender.join()
    lock.close()
    assert sent - before <= senders(federated).size + 2
    assert len(peer.received) == 30


def test_results_that_the_database_refuses_are_kept_and_nothing_is_sent_again(
    federated, peer, befriend, send, now, monkeypatch
):
    """Security nos. 103 and 105: trouble that passes costs time, and no repeats."""
    monkeypatch.setattr(deliver, "RETRY", 0.05)
    befriend(peer)
    for number in range(1, 10):
        send(number)
    refusals = iter(range(5))
    settle = deliveries.settle

    def refuse(connection, results):
        if next(refusals, None) is not None:
            raise StoreError("the disk is full")
        settle(connection, results)

    monkeypatch.setattr(deliveries, "settle", refuse)
    run(federated, now)
    assert next(refusals, None) is None
    assert len(peer.received) == len({activity["id"] for activity in peer.received}) == 9
    assert senders(federated).backlog.enter(0)  # every place was given back


def test_the_tick_makes_up_for_a_task_that_was_lost(
    federated, peer, befriend, send, tasks, now, monkeypatch
):
    """An activity without rows gets a task under a new id: the engine takes none twice."""
    befriend(peer)
    with monkeypatch.context() as patch:
        patch.setattr("bridge.store.deliveries.fan_out", lambda *_: ())
        id = send()
    del tasks[:]
    deliver.tick(federated, now + deliver.LATE / 2)
    assert tasks == []  # its own may still be on its way
    deliver.tick(federated, now + deliver.LATE)
    assert tasks == [Task(name="fan_out", args=(id,), partition=id, fold=True)]
