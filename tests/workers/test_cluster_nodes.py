"""Several daemons on one PostgreSQL, as real processes: one run per fire time, nothing lost."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from bridge.model import Task
from bridge.store import Store, nodes
from bridge.workers import outbox

Until = Callable[..., None]
Start = Callable[..., Any]
Rows = Callable[[str], list[tuple[Any, ...]]]

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def enqueue(store: Store, *tasks: Task) -> None:
    with store.begin() as connection:
        outbox.enqueuer(store.url)(connection, tasks)


def ingest(name: str) -> Task:
    return Task(name="ingest", args=(name,), partition=name, fold=True)


def test_three_schedulers_give_one_run_per_fire_time(
    store: Store, node: Start, until: Until, rows: Rows
) -> None:
    """Design §8, target 4. The task's id is made of the planned moment."""
    all_nodes = [
        node("--database", store.url, "--data", f"data-{n}", "--sources", "a", "--every", "2")
        for n in range(3)
    ]
    journal = all_nodes[0].lines
    until(lambda: len(journal()) >= 6, 60)
    with store.read() as connection:
        assert [each.role for each in nodes.everyone(connection)] == ["scheduler"] * 3
    begun = time.monotonic()
    for each in all_nodes:
        each.process.send_signal(signal.SIGTERM)
    for each in all_nodes:
        assert each.process.wait(30) == 0
    assert time.monotonic() - begun < 12
    ended = rows("SELECT workflow_uuid FROM TASKS WHERE name = 'ingest' AND status = 'SUCCESS'")
    planned = sorted(str(row[0]) for row in ended)
    assert Counter(journal()) == {"begin a": len(planned), "end a": len(planned)}
    seconds = [int(id[-3:-1]) for id in planned]
    assert all(second % 2 == 0 for second in seconds)  # nothing between two fire times
    with store.read() as connection:
        assert nodes.everyone(connection) == ()  # who leaves in order is not missed


def test_worker_works_and_keeps_no_time(
    store: Store, node: Start, until: Until, rows: Rows
) -> None:
    worker = node(
        "--database", store.url, "--worker", "--sources", "due-at-every-start", "--every", "1"
    )
    enqueue(store, ingest("a"))
    until(lambda: worker.lines() == ["begin a", "end a"])
    time.sleep(2)
    assert worker.terminate() < 10
    assert worker.lines() == ["begin a", "end a"]
    assert rows("SELECT count(*) FROM TASKS") == [(1,)]


def test_killed_workers_task_is_done_by_another_although_it_never_comes_back(
    store: Store, node: Start, until: Until
) -> None:
    first = node("--database", store.url, "--data", "data-1", "--worker", "--slow", "60",
                 "--silence", "3")  # fmt: skip
    enqueue(store, ingest("a"))
    until(lambda: first.lines() == ["begin a"])
    second = node("--database", store.url, "--data", "data-2", "--worker", "--silence", "3")
    until(lambda: len(both(store)) == 2)
    first.kill()
    killed = time.monotonic()
    until(lambda: first.lines() == ["begin a", "begin a", "end a"])
    assert time.monotonic() - killed < 3 + 10
    second.terminate()
    assert "took over the work of a silent node" in second.output()


def both(store: Store) -> tuple[nodes.Node, ...]:
    with store.read() as connection:
        return nodes.everyone(connection)


def test_frozen_worker_writes_nothing_when_it_wakes_up_and_works_on(
    store: Store, node: Start, until: Until
) -> None:
    """Its task was done elsewhere; the end of its own run must not have an effect."""
    first = node("--database", store.url, "--data", "data-1", "--worker", "--slow", "2",
                 "--silence", "3")  # fmt: skip
    enqueue(store, ingest("a"))
    until(lambda: first.lines() == ["begin a"])
    second = node("--database", store.url, "--data", "data-2", "--worker", "--silence", "3")
    until(lambda: len(both(store)) == 2)
    first.process.send_signal(signal.SIGSTOP)
    until(lambda: first.lines() == ["begin a", "begin a", "end a"])
    first.process.send_signal(signal.SIGCONT)
    time.sleep(3)
    assert first.lines() == ["begin a", "begin a", "end a"]
    second.terminate()
    enqueue(store, ingest("b"))
    until(lambda: first.lines()[3:] == ["begin b", "end b"])
    assert first.terminate() < 10
    assert first.process.returncode == 0
    assert "task left to its next run" in first.output()


def test_unfinished_work_of_a_stopped_node_is_taken_over_at_once(
    store: Store, node: Start, until: Until
) -> None:
    """Nobody waits for the silence of who has said good-bye."""
    first = node("--database", store.url, "--data", "data-1", "--worker", "--slow", "60")
    enqueue(store, ingest("a"))
    until(lambda: first.lines() == ["begin a"])
    node("--database", store.url, "--data", "data-2", "--worker")
    until(lambda: len(both(store)) == 2)
    assert first.terminate() < 10
    assert "left unfinished" in first.output()
    left = time.monotonic()
    until(lambda: first.lines() == ["begin a", "begin a", "end a"])
    assert time.monotonic() - left < 15  # not sixty


def test_a_newer_release_ends_what_an_older_one_has_begun_and_enqueued(
    store: Store, node: Start, until: Until, rows: Rows
) -> None:
    """A rolling upgrade: the engine's version is pinned, so that no task waits for old code."""
    old = node("--database", store.url, "--data", "data-1", "--worker", "--slow", "60",
               "--release", "1.0")  # fmt: skip
    enqueue(store, ingest("a"))
    until(lambda: old.lines() == ["begin a"])
    old.process.send_signal(signal.SIGSTOP)
    enqueue(store, ingest("b"))  # as a process of the old release does
    node("--database", store.url, "--data", "data-2", "--worker", "--release", "2.0")
    until(lambda: {each.version for each in both(store)} == {"1.0", "2.0"})
    until(lambda: old.lines() == ["begin a", "begin b", "end b"])
    old.process.send_signal(signal.SIGCONT)
    old.terminate()
    until(lambda: old.lines()[3:] == ["begin a", "end a"])
    assert rows("SELECT DISTINCT status FROM TASKS") == [("SUCCESS",)]


def test_each_node_needs_a_data_folder_of_its_own(
    store: Store, node: Start, until: Until
) -> None:
    """Security no. 107."""
    first = node("--database", store.url, "--worker")
    until(lambda: len(both(store)) == 1)
    second = node("--database", store.url, "--worker")
    assert second.process.wait(60) == 11
    assert f"process {first.process.pid}" in second.output()


def test_single_run_on_a_cluster_does_what_is_due_and_ends(store: Store, node: Start) -> None:
    enqueue(store, ingest("waited"))
    single = node("--database", store.url, "--once", "--sources", "a")
    assert single.process.wait(60) == 0
    assert set(single.lines()) == {"begin a", "end a", "begin waited", "end waited"}
