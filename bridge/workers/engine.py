"""The durable task engine (DBOS) on the app's own database, wrapped so that it could change.

One engine per process. Tasks are coarse and idempotent: a crash runs them again from their
start, and so does another node that takes this one for dead. What a task must remember is in
the app's tables; the engine only queues, starts one per partition, and starts again.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog

from bridge.errors import BridgeError
from bridge.model import TaskName
from bridge.workers import outbox

if TYPE_CHECKING:
    from dbos import DBOSConfig

Handlers = Mapping[TaskName, Callable[..., object]]
"""What each task does; it is called with the task's arguments."""

AT_ONCE = {outbox.PROMPT: 8, outbox.DELIVERY: 8}
"""Tasks of a queue that run at the same time in one process."""

log = structlog.get_logger(__name__)


class Engine:
    """Runs the tasks of one database in this process, from `start` to `stop`.

    `executor` names the node: what it had begun when it died is resumed when an engine of the
    same name starts. `poll` is in seconds.
    """

    def __init__(
        self, url: str, handlers: Handlers, *, executor: str, poll: float = 1.0
    ) -> None:
        self._url, self._handlers, self._poll = url, handlers, poll
        self.executor = executor
        self._lock = threading.Lock()
        self._running: dict[int, str] = {}
        self._dbos: Any = None
        self.done = 0  # tasks that ended well since `start`
        self.failed = 0  # tasks that raised

    def start(self) -> None:
        """Take up what this executor left unfinished, then new tasks as they come."""
        library = outbox.engine_library()
        _hush()
        with_client = outbox.client(self._url)
        try:
            outbox.prepare(self._url)
            for name, limit in AT_ONCE.items():
                with_client.register_queue(
                    name,
                    partition_concurrency=1,  # the fast path; other limits are 5 × slower
                    worker_concurrency=limit,
                    polling_interval_sec=self._poll,
                )
        finally:
            with_client.destroy()
        self._dbos = library.DBOS
        self._dbos(config=self._config())
        for task, handler in self._handlers.items():
            self._dbos.workflow(name=task)(self._body(task, handler))
        self._dbos.launch()

    def stop(self, patience: float) -> tuple[str, ...]:
        """Start nothing new, wait `patience` (whole seconds) at most, return what still runs.

        What still runs stays recorded as begun, and is resumed by the next engine of this name;
        its thread cannot be ended, so a process that wants to leave must do so hard.
        """
        if self._dbos is not None:
            self._dbos.destroy(
                destroy_registry=True, workflow_completion_timeout_sec=int(patience)
            )
            self._dbos = None
        return self.running()

    def running(self) -> tuple[str, ...]:
        """Return the tasks in hand, as `name/argument/…`."""
        with self._lock:
            return tuple(self._running.values())

    def idle(self) -> bool:
        """Tell whether nothing waits and nothing of this node runs."""
        library = self._dbos
        for task in library.list_workflows(
            status=["ENQUEUED", "PENDING"],
            queue_name=list(AT_ONCE),
            load_input=False,
            load_output=False,
        ):
            if task.status == "ENQUEUED" or task.executor_id == self.executor:
                return False
        return not self.running()

    def _config(self) -> "DBOSConfig":
        return {
            "name": outbox.APPLICATION,
            "system_database_url": self._url,
            "application_version": outbox.VERSION,
            "executor_id": self.executor,
            "sys_db_pool_size": 10,
            "max_executor_threads": sum(AT_ONCE.values()) + 8,
            "scheduler_polling_interval_sec": 3600.0,  # its scheduler is not used
            "log_level": "WARNING",
            "enable_otlp": False,
        }

    def _body(self, task: TaskName, handler: Callable[..., object]) -> Callable[..., None]:
        """Return the handler with its outcome told and counted; a failure stays a failure."""

        def body(*args: str | int) -> None:
            name = "/".join((task, *map(str, args)))
            with self._lock:
                self._running[threading.get_ident()] = name
            failed = True
            try:
                handler(*args)
                failed = False
            except BridgeError as error:
                log.error("task failed", task=name, reason=str(error))
                raise
            except Exception:
                log.exception("task failed", task=name)
                raise
            finally:
                with self._lock:
                    del self._running[threading.get_ident()]
                    self.failed += failed
                    self.done += not failed

        return body


def executor_id(url: str, instance: str = "main") -> str:
    """Return the stable name of this node.

    A SQLite file has one daemon, held by the lock of its data folder: whatever was begun there
    is this one's to finish, also after the machine or container got another host name.
    """
    if url.startswith("sqlite"):
        return "embedded"
    return f"{socket.gethostname()}/{instance}"


def _hush() -> None:
    """Let the engine's logger speak through ours, without its banner and its second report."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # else it brings a console handler of its own
    logger.addFilter(_already_told)
    logger.propagate = True


def _already_told(record: logging.LogRecord) -> bool:
    """Drop the engine's traceback of a task whose failure `_body` has logged."""
    return not record.getMessage().startswith("Exception encountered in background workflow")
