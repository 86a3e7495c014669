"""The engine on a real database: one task per partition, failures contained."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from bridge.errors import BridgeError
from bridge.model import Task
from bridge.store import Store
from bridge.workers import outbox, record
from bridge.workers.engine import Engine, Handlers

Start = Callable[[Handlers], Engine]
Until = Callable[[Callable[[], bool]], None]


def enqueue(store: Store, *tasks: Task) -> None:
    with store.begin() as connection:
        outbox.enqueuer(store.url)(connection, tasks)


def test_partition_runs_one_at_a_time_and_others_beside_it(
    store: Store, engine: Start, until: Until
) -> None:
    lock = threading.Lock()
    inside: dict[str, int] = {}
    peak: dict[str, int] = {}
    together = threading.Barrier(2)

    def publish(paper: str) -> None:
        with lock:
            inside[paper] = inside.get(paper, 0) + 1
            peak[paper] = max(peak.get(paper, 0), inside[paper])
        if paper == "meets":
            together.wait(20)  # passes only while its like of the other partition runs
        else:
            time.sleep(0.1)
        with lock:
            inside[paper] -= 1

    serial = (Task(name="publish", args=("serial",), partition="serial"),) * 3
    beside = tuple(
        Task(name="publish", args=("meets",), partition=f"meets-{n}") for n in range(2)
    )
    enqueue(store, *serial, *beside)
    node = engine({"publish": publish})
    until(node.idle)
    assert peak == {"serial": 1, "meets": 2}
    assert (node.done, node.failed) == (5, 0)


def test_failed_task_is_told_once_kept_and_does_not_block_its_partition(
    store: Store, engine: Start, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def ingest(source: str, attempt: int) -> None:
        ran.append(f"{source} {attempt}")
        if attempt == 1:
            raise BridgeError("the folder is gone", where="incoming/linzhou", hint="make it")

    enqueue(store, *(Task(name="ingest", args=("a", n), partition="a") for n in (1, 2)))
    with caplog.at_level(logging.WARNING):
        node = engine({"ingest": ingest})
        until(node.idle)
    assert sorted(ran) == ["a 1", "a 2"]
    assert (node.done, node.failed) == (1, 1)
    (failure,) = record.failures(store.url)
    assert failure.task == "ingest/a/1"
    assert failure.reason == "incoming/linzhou: the folder is gone; make it"
    engine_lines = [entry for entry in caplog.records if entry.name == "dbos"]
    assert engine_lines == []


def test_deliveries_cannot_take_the_news_queue(
    store: Store, engine: Start, until: Until
) -> None:
    """Security no. 92: hanging hosts fill their own queue only."""
    hang, ran = threading.Event(), threading.Event()
    shards = tuple(
        Task(name="deliver_shard", args=(n,), partition=str(n), fold=True)
        for n in range(outbox.AT_ONCE[outbox.DELIVERY] + 4)
    )
    enqueue(store, *shards)
    node = engine({"deliver_shard": lambda _: hang.wait(30), "ingest": lambda _: ran.set()})
    until(lambda: len(node.running()) >= outbox.AT_ONCE[outbox.DELIVERY])
    enqueue(store, Task(name="ingest", args=("a",), partition="a", fold=True))
    assert ran.wait(20)
    assert len(node.running()) == outbox.AT_ONCE[outbox.DELIVERY]
    hang.set()
    until(node.idle)


def test_stop_waits_for_the_task_in_hand_and_starts_no_other(
    store: Store, engine: Start
) -> None:
    """Security no. 108."""
    begun = threading.Event()
    ended: list[int] = []

    def slow(number: int) -> None:
        begun.set()
        time.sleep(1.2)
        ended.append(number)

    enqueue(store, *(Task(name="publish", args=(n,), partition="p") for n in (1, 2)))
    node = engine({"publish": slow})
    assert begun.wait(20)
    assert node.stop(patience=5) == ()
    assert len(ended) == 1
    assert record.unfinished(store.url) == 1


def test_tasks_are_marked_with_a_version_that_no_release_changes(
    store: Store, rows: Callable[[str], list[tuple[object, ...]]]
) -> None:
    """The engine's own version is a hash of the code: after an upgrade nothing would run."""
    enqueue(store, Task(name="tick", fold=True))
    assert rows("SELECT application_version FROM TASKS") == [("1",)]
