"""Signs of life, and what silent nodes leave behind, on a real PostgreSQL."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.errors import StoreError
from bridge.model import Task
from bridge.store import Store, nodes
from bridge.workers import engine as engine_module
from bridge.workers import heart as heart_module
from bridge.workers import outbox, record
from bridge.workers.engine import Engine, Handlers
from bridge.workers.heart import Heart, identity, new_node, reap
from bridge.workers.lease import Lease, LostError

Until = Callable[[Callable[[], bool]], None]
Rows = Callable[[str], list[tuple[object, ...]]]

SILENCE = dt.timedelta(seconds=2)
LONG = dt.timedelta(hours=1)
"""So that no heart looks at others meanwhile."""

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def enqueue(store: Store, *tasks: Task) -> None:
    with store.begin() as connection:
        outbox.enqueuer(store.url)(connection, tasks)


def make_heart(store: Store, name: str, silence: dt.timedelta = SILENCE) -> Heart:
    own = Lease(threading.Event(), silence.total_seconds())
    return Heart(store, new_node(name, "worker", dt.datetime.now(dt.UTC)), own, silence)


@pytest.fixture
def begin(store: Store) -> Iterator[Callable[[str], None]]:
    """Leave a task as a node leaves it that is killed while it works."""

    def begin(executor: str) -> None:
        with store.begin() as connection:
            changed = connection.exec_driver_sql(
                "UPDATE dbos.workflow_status SET status = 'PENDING', owner_xid = 'dead',"
                f" executor_id = '{executor}' WHERE status = 'ENQUEUED'"
            )
            assert changed.rowcount == 1

    return begin


def owners(store: Store) -> list[tuple[str, str]]:
    client = outbox.client(store.url)
    try:
        return [(task.executor, task.queue) for task in record.begun(client)]
    finally:
        client.destroy()


def look(store: Store) -> dict[str, int]:
    client = outbox.client(store.url)
    try:
        return dict(reap(store, client))
    finally:
        client.destroy()


def test_work_of_the_silent_and_unknown_is_put_back_and_of_the_living_is_not(
    store: Store, begin: Callable[[str], None]
) -> None:
    for name in ("living", "dead", "stranger"):
        task = Task(name="deliver_shard", args=(7,), partition=name, fold=True)
        enqueue(store, task)
        begin(name)
    dead = make_heart(store, "dead", dt.timedelta(seconds=-1))
    with store.begin() as connection:
        nodes.join(connection, dead.node)
    dead._client.destroy()
    with make_heart(store, "living"):
        assert look(store) == {"dead": 1, "stranger": 1}
        assert owners(store) == [("living", outbox.DELIVERY)]
        assert look(store) == {}


def test_task_goes_back_into_its_own_queue_and_runs_once(
    store: Store, engine: Callable[[Handlers], Engine], begin: Callable[[str], None],
    until: Until, rows: Rows,
) -> None:  # fmt: skip
    """Its partition was blocked as long as it counted as begun."""
    shard = Task(name="deliver_shard", args=(7,), partition="7", fold=True)
    enqueue(store, shard)
    begin("dead")
    enqueue(store, shard)
    ran: list[int] = []
    node = engine({"deliver_shard": ran.append})
    time.sleep(0.5)
    assert ran == []
    assert look(store) == {"dead": 1}
    until(node.idle)
    assert ran == [7, 7]
    assert rows("SELECT DISTINCT queue_name FROM TASKS") == [(outbox.DELIVERY,)]


def test_two_that_look_at_once_put_back_once(
    store: Store, begin: Callable[[str], None]
) -> None:
    enqueue(store, Task(name="publish", args=("p",), partition="p", fold=True))
    begin("dead")
    found: list[dict[str, int]] = []
    races = [threading.Thread(target=lambda: found.append(look(store))) for _ in range(4)]
    for race in races:
        race.start()
    for race in races:
        race.join()
    assert sum(sum(each.values()) for each in found) == 1


def test_a_node_is_known_from_start_to_end_and_keeps_its_lease(store: Store) -> None:
    with make_heart(store, "press-room/1") as heart:
        time.sleep(2 * SILENCE.total_seconds())
        with store.read() as connection:
            assert nodes.alive(connection, nodes.clock(connection)) == {"press-room/1"}
        assert not heart.lease.watch()()
    with store.read() as connection:
        assert nodes.everyone(connection) == ()


def test_the_older_of_two_processes_of_one_name_must_end(store: Store, until: Until) -> None:
    """A copied machine: both would take each other's work for their own."""
    with make_heart(store, "press-room/1") as older, make_heart(store, "press-room/1") as newer:
        until(older.failed.is_set)
        assert not newer.failed.is_set()


def test_a_woken_node_gives_back_what_it_had_in_hand(
    store: Store, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else was there to take it over: it must be done all the same, and once."""
    told: list[str] = []
    slept, woken = threading.Event(), threading.Event()

    def ingest(name: str) -> None:
        told.append(f"begin {name}")
        if not slept.is_set():
            slept.set()
            assert woken.wait(20)
        with store.begin():
            told.append(f"end {name}")

    heart = make_heart(store, "press-room/1")
    store.guard = heart.lease.guard
    enqueue(store, Task(name="ingest", args=("a",), partition="a", fold=True))
    with heart:
        node = Engine(store.url, {"ingest": ingest}, executor="press-room/1", heart=heart)
        node.start()
        assert slept.wait(20)
        heart.lease.renew(heart_module.lease.moment(), late=True)
        woken.set()
        until(lambda: "end a" in told)
        until(node.idle)
        assert node.stop(patience=2) == ()
    assert told == ["begin a", "begin a", "end a"]
    assert record.failures(store.url) == ()


def test_what_somebody_else_has_taken_over_is_not_given_back(
    store: Store, begin: Callable[[str], None]
) -> None:
    enqueue(store, Task(name="publish", args=("p",), id="p", partition="p"))
    begin("other")
    with make_heart(store, "press-room/1", LONG) as heart:
        heart.give_back("p")
        assert owners(store) == [("other", outbox.PROMPT)]
    begun = owners(store)
    with make_heart(store, "other", LONG) as heart:
        heart.give_back("p")
        assert begun != owners(store) == []


def test_a_lost_lease_refuses_to_write(store: Store) -> None:
    own = Lease(threading.Event(), 60)
    store.guard = own.guard
    with own.task():
        own.renew(0, late=True)
        with pytest.raises(LostError), store.begin():
            pytest.fail("was let in")


def test_task_that_the_database_fails_is_done_when_it_answers_again(
    store: Store, engine: Callable[[Handlers], Engine], until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Recorded as failed it would never be done: the trouble was not its own."""
    monkeypatch.setattr(engine_module, "WAIT", 0.1)
    tried: list[str] = []

    def fan_out(activity: str) -> None:
        tried.append(activity)
        if len(tried) < 3:
            raise StoreError("the disk is full")

    enqueue(store, Task(name="fan_out", args=("a",), id="fan_out-a"))
    node = engine({"fan_out": fan_out})
    until(node.idle)
    assert tried == ["a", "a", "a"]
    assert (node.done, node.failed) == (1, 0)


def test_a_server_that_restarts_is_told_as_passing_trouble(store: Store) -> None:
    with pytest.raises(StoreError, match="does not answer or refused"), store.begin() as own:
        own.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    with store.begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_node_keeps_its_name_with_its_data_folder(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart_module.socket, "gethostname", lambda: "press-room")
    (tmp_path / "other").mkdir()
    name = identity(tmp_path)
    assert name.startswith("press-room/")
    assert identity(tmp_path) == name
    assert identity(tmp_path / "other") != name
