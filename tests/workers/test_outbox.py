"""Tasks are committed with the change that calls for them, or not at all."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from bridge.model import Task
from bridge.store import Store, open_store
from bridge.workers import outbox, record
from bridge.workers.engine import Engine, Handlers

Start = Callable[[Handlers], Engine]
Until = Callable[[Callable[[], bool]], None]


def waiting(store: Store) -> int:
    return record.unfinished(store.url)


def test_rolled_back_task_never_runs_and_committed_one_runs_once(
    store: Store, engine: Start, until: Until
) -> None:
    """Security no. 87: change and work are one transaction."""
    enqueue = outbox.enqueuer(store.url)
    ran: list[str] = []
    with suppress(ZeroDivisionError), store.begin() as connection:
        enqueue(connection, (Task(name="publish", args=("undone",)),))
        raise ZeroDivisionError
    with store.begin() as connection:
        enqueue(connection, (Task(name="publish", args=("done",)),))
    node = engine({"publish": ran.append})
    until(node.idle)
    assert ran == ["done"]


def test_arguments_keep_their_types(store: Store, engine: Start, until: Until) -> None:
    got: list[tuple[object, ...]] = []
    with store.begin() as connection:
        task = Task(name="publish", args=("株洲日报/要闻", 17, "17"))
        outbox.enqueuer(store.url)(connection, (task,))
    until(engine({"publish": lambda *args: got.append(args)}).idle)
    assert got == [("株洲日报/要闻", 17, "17")]


def test_same_id_is_one_task(store: Store) -> None:
    enqueue = outbox.enqueuer(store.url)
    task = Task(name="fan_out", args=("a",), id="fan_out-a")
    for _ in range(2):
        with store.begin() as connection:
            enqueue(connection, (task, task))
    assert waiting(store) == 1


def test_same_id_stays_one_task_after_it_ran(store: Store, engine: Start, until: Until) -> None:
    enqueue = outbox.enqueuer(store.url)
    ran: list[str] = []
    node = engine({"fan_out": ran.append})
    for _ in range(2):
        with store.begin() as connection:
            enqueue(connection, (Task(name="fan_out", args=("a",), id="fan_out-a"),))
        until(node.idle)
    assert ran == ["a"]


def test_folded_task_adds_nothing_while_one_waits(store: Store) -> None:
    enqueue = outbox.enqueuer(store.url)
    task = Task(name="ingest", args=("a",), partition="a", fold=True)
    with store.begin() as connection:
        enqueue(connection, (task, task))
    with store.begin() as connection:
        enqueue(connection, (task,))
        connection.exec_driver_sql("CREATE TABLE kept (x INTEGER)")
    assert waiting(store) == 1
    with store.read() as connection:  # folding did not abort the transaction around it
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar() == 0


def test_folding_goes_by_task_and_partition(store: Store) -> None:
    enqueue = outbox.enqueuer(store.url)
    with store.begin() as connection:
        enqueue(
            connection,
            (
                Task(name="ingest", args=("a",), partition="a", fold=True),
                Task(name="ingest", args=("b",), partition="b", fold=True),
                Task(name="publish", args=("a",), partition="a", fold=True),
                Task(name="process_inbox", fold=True),
                Task(name="tick", fold=True),
            ),
        )
    assert waiting(store) == 5


def test_folded_task_is_added_while_its_like_runs(
    store: Store, engine: Start, until: Until
) -> None:
    """What runs may have looked before our change; only what waits is sure to see it."""
    enqueue = outbox.enqueuer(store.url)
    begun, go = threading.Event(), threading.Event()
    runs: list[str] = []

    def slow(source: str) -> None:
        runs.append(source)
        begun.set()
        go.wait(20)

    task = Task(name="ingest", args=("a",), partition="a", fold=True)
    node = engine({"ingest": slow})
    with store.begin() as connection:
        enqueue(connection, (task,))
    assert begun.wait(20)
    for _ in range(3):
        with store.begin() as connection:
            enqueue(connection, (task,))
    go.set()
    until(node.idle)
    assert runs == ["a", "a"]


def test_every_task_has_a_queue() -> None:
    from typing import get_args

    from bridge.model import TaskName

    assert set(outbox.QUEUES) == set(get_args(TaskName))


EXPLAIN = {
    "sqlite": ("EXPLAIN QUERY PLAN ", "USING COVERING INDEX"),
    "postgresql": ("SET LOCAL enable_seqscan = off; EXPLAIN ", "Index Scan using"),
}


def test_lookup_of_waiting_tasks_uses_an_index(store: Store) -> None:
    """The table holds days of finished tasks; no enqueue may read through them."""
    with store.begin() as connection:
        explain, sign = EXPLAIN[connection.dialect.name]
        if ";" in explain:
            setting, explain = explain.split("; ")
            connection.exec_driver_sql(setting)
        lookup = outbox.WAITING[connection.dialect.name]
        plan = connection.exec_driver_sql(explain + lookup, ("queue", "key")).all()
    assert sign in str(plan)


def test_making_an_enqueuer_does_not_import_the_engine() -> None:
    """A command that enqueues nothing does not pay for the engine's import."""
    code = (
        "import sys; from bridge.workers import outbox; outbox.enqueuer('sqlite:///x');"
        "sys.exit('dbos' in sys.modules or 'sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_prepare_is_harmless_when_repeated_and_in_a_race(store: Store) -> None:
    races = [threading.Thread(target=outbox.prepare, args=(store.url,)) for _ in range(4)]
    for race in races:
        race.start()
    for race in races:
        race.join()
    with store.begin() as connection:
        outbox.enqueuer(store.url)(connection, (Task(name="tick", fold=True),))
    assert waiting(store) == 1


def test_a_url_of_postgresql_need_not_name_its_driver(postgresql_url: str) -> None:
    """`postgresql://` stands in every other program's manual."""
    url = postgresql_url.replace("postgresql+psycopg:", "postgresql:")
    store = open_store(url)
    with store.begin() as connection:
        outbox.enqueuer(url)(connection, (Task(name="tick", fold=True),))
    store.close()
    assert record.unfinished(url) == 1
