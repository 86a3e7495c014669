"""Durable tasks enqueued inside the app's own transaction, by any process of the house.

The engine's tables stand in the app's database, so that a change and the work it calls for are
committed together or not at all. Enqueuing needs no running engine, only those tables:
`prepare` makes them.
"""

import os
import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridge.model import Enqueue, Task, TaskName

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "broadsheet"
VERSION = "1"
"""Pinned: left to itself the engine takes a hash of the code, and what was enqueued before an
upgrade would wait for ever. Raise it only when waiting tasks must not be run by newer code."""

PROMPT = "broadsheet-prompt"
DELIVERY = "broadsheet-delivery"

QUEUES: Mapping[TaskName, str] = {
    "ingest": PROMPT,
    "publish": PROMPT,
    "fan_out": PROMPT,
    "process_inbox": PROMPT,
    "ping": DELIVERY,
    "tick": PROMPT,
    "purge": PROMPT,
    "deliver_shard": DELIVERY,
}
"""Few queues, since each costs one percent of a core while idle; deliveries have their own, so
that hanging hosts never hold up the news."""

AT_ONCE = {PROMPT: 8, DELIVERY: 8}
"""Tasks of a queue that run at the same time in one process."""

WAITING = {
    "sqlite": "SELECT 1 FROM workflow_status WHERE queue_name = ? AND queue_partition_key = ?"
    " AND status = 'ENQUEUED' AND status IN ('ENQUEUED', 'PENDING') LIMIT 1",
    "postgresql": "SELECT 1 FROM dbos.workflow_status"
    " WHERE queue_name = %s AND queue_partition_key = %s AND status = 'ENQUEUED'"
    " AND status IN ('ENQUEUED', 'PENDING') LIMIT 1 FOR UPDATE SKIP LOCKED",
}
"""Whether a task of the partition waits. The engine's own deduplication also counts the one
that runs, which may have looked before our change; and its refusal breaks the transaction.
What is found cannot start before we commit: SQLite has one writer, PostgreSQL locks the row.
The second condition on `status` says nothing new, but lets the planner take the partial index.
"""


PREPARED = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'workflow_status'",
    "postgresql": "SELECT 1 WHERE to_regclass('dbos.workflow_status') IS NOT NULL",
}


def enqueuer(url: str) -> Enqueue:
    """Return `enqueue(connection, tasks)` for the database at `url`.

    Cheap: the engine's library is imported and the client made at the first task.
    """
    return _Outbox(url)


def prepare(url: str) -> None:
    """Make or upgrade the engine's tables; harmless when they are there, and in a race.

    The database itself must exist: the store makes it first, with its own settings.
    """
    dbos = engine_library()
    dbos.DBOS.migrate(url)


def is_prepared(connection: Any) -> bool:
    """Tell whether the engine has tables, without importing it."""
    return connection.exec_driver_sql(PREPARED[connection.dialect.name]).first() is not None


def engine_library() -> Any:
    """Import the engine; with its hosted service shut off, whatever the environment says."""
    for name in [name for name in os.environ if name.startswith("DBOS_")]:
        del os.environ[name]
    import dbos

    return dbos


def partition(task: Task, workflow_id: str) -> str:
    """Return the key under which the engine runs one task at a time.

    A task that is neither folded nor given a partition runs beside every other.
    """
    if task.partition or task.fold:
        return f"{task.name}/{task.partition}"
    return f"{task.name}/{workflow_id}"


class _Outbox:
    """The callable behind `enqueuer`; one client per process, shared by its threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def __call__(self, connection: Any, tasks: tuple[Task, ...]) -> None:
        for task in tasks:
            self._add(connection, task)

    def _add(self, connection: Any, task: Task) -> None:
        queue = QUEUES[task.name]
        workflow_id = task.id or str(uuid.uuid4())
        key = partition(task, workflow_id)
        if task.fold and _waits(connection, queue, key):
            return
        self._connected().enqueue_in_transaction(
            connection,
            {
                "workflow_name": task.name,
                "queue_name": queue,
                "workflow_id": workflow_id,
                "queue_partition_key": key,
                "app_version": VERSION,
                "serialization_type": engine_library().WorkflowSerializationFormat.PORTABLE,
            },
            *task.args,
        )

    def _connected(self) -> "DBOSClient":
        with self._lock:
            if self._client is None:
                self._client = client(self._url)
            return self._client


def client(url: str) -> "DBOSClient":
    """Return a client of the engine; it connects when it is first asked something."""
    made: DBOSClient = engine_library().DBOSClient(
        system_database_url=url, application_name=APPLICATION, lazy=True
    )
    return made


def _waits(connection: Any, queue: str, key: str) -> bool:
    driver = connection.connection.driver_connection  # asked for each activity that comes in
    found = driver.execute(WAITING[connection.dialect.name], (queue, key)).fetchone()
    return found is not None
