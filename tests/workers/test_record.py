"""What the engine remembers is shown, and forgotten in time."""

import datetime as dt
from collections.abc import Callable

import pytest

from bridge.model import Task
from bridge.store import Store
from bridge.workers import outbox, record
from bridge.workers.engine import Engine, Handlers

Start = Callable[[Handlers], Engine]
Until = Callable[[Callable[[], bool]], None]

HOUR = dt.timedelta(hours=1)


def test_purge_forgets_what_ended_and_keeps_what_waits(
    store: Store, engine: Start, until: Until
) -> None:
    def publish(paper: str) -> None:
        if paper == "bad":
            raise ValueError("no such paper")

    def enqueue(*tasks: Task) -> None:
        with store.begin() as connection:
            outbox.enqueuer(store.url)(connection, tasks)

    enqueue(*(Task(name="publish", args=(paper,)) for paper in ("good", "fine", "bad")))
    node = engine({"publish": publish})
    until(node.idle)
    node.stop(patience=1)
    enqueue(Task(name="publish", args=("waits",)))

    now = dt.datetime.now(dt.UTC)
    assert record.purge(store.url, now, keep=HOUR, keep_failed=HOUR) == 0
    later = now + 2 * HOUR
    assert record.purge(store.url, later, keep=HOUR, keep_failed=3 * HOUR) == 2
    assert [failure.task for failure in record.failures(store.url)] == ["publish/bad"]
    assert record.purge(store.url, later, keep=HOUR, keep_failed=HOUR) == 1
    assert record.failures(store.url) == ()
    assert record.unfinished(store.url) == 1


def test_purge_goes_on_beyond_one_batch(
    store: Store, engine: Start, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin() as connection:
        outbox.enqueuer(store.url)(connection, (Task(name="publish", args=("p",)),) * 7)
    node = engine({"publish": lambda _: None})
    until(node.idle)
    monkeypatch.setattr(record, "BATCH", 3)
    later = dt.datetime.now(dt.UTC) + 2 * HOUR
    assert record.purge(store.url, later, keep=HOUR, keep_failed=HOUR) == 7
