"""The durable task engine (DBOS) on the app's own database, wrapped so that it could change.

One engine per process. Tasks are coarse and idempotent: a crash runs them again from their
start, and so does another node that takes this one for dead. What a task must remember is in
the app's tables; the engine only queues, starts one per partition, and starts again.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import structlog

from bridge.errors import BridgeError, StoreError
from bridge.model import TaskName
from bridge.workers import outbox
from bridge.workers.heart import Heart
from bridge.workers.lease import LostError

if TYPE_CHECKING:
    from dbos import DBOSConfig

Handlers = Mapping[TaskName, Callable[..., object]]
"""What each task does; it is called with the task's arguments."""

WAIT = 5.0
"""Seconds before a task that the database failed is tried again."""

log = structlog.get_logger(__name__)


class Engine:
    """Runs the tasks of one database in this process, from `start` to `stop`.

    `executor` names the node: what it had begun when it died is resumed when an engine of the
    same name starts. `poll` is in seconds. A task that the database fails is tried `tries`
    times, or for ever. In a cluster `heart` tells what is no longer this node's to do.
    """

    def __init__(
        self,
        url: str,
        handlers: Handlers,
        *,
        executor: str,
        poll: float = 1.0,
        tries: float = math.inf,
        heart: Heart | None = None,
    ) -> None:
        self._url, self._handlers, self._poll, self._tries = url, handlers, poll, tries
        self._heart = heart
        self.executor = executor
        self._lock = threading.Lock()
        self._running: dict[int, tuple[str, str]] = {}  # by thread: its task's name and id
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
            for name, limit in outbox.AT_ONCE.items():
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
            return tuple(name for name, _ in self._running.values())

    def idle(self) -> bool:
        """Tell whether nothing waits and nothing of this node runs."""
        library = self._dbos
        for task in library.list_workflows(
            status=["ENQUEUED", "PENDING"],
            queue_name=list(outbox.AT_ONCE),
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
            "max_executor_threads": sum(outbox.AT_ONCE.values()) + 8,
            "scheduler_polling_interval_sec": 3600.0,  # its scheduler is not used
            "log_level": "WARNING",
            "enable_otlp": False,
        }

    def _body(self, task: TaskName, handler: Callable[..., object]) -> Callable[..., None]:
        """Return the handler with its outcome told and counted; a failure stays a failure."""

        def body(*args: str | int) -> None:
            name = "/".join((task, *map(str, args)))
            failed = True
            with self._listed(name):
                try:
                    self._persist(name, lambda: handler(*args))
                    failed = False
                except LostError:
                    log.warning("task left to its next run", task=name)
                    raise
                except BridgeError as error:
                    log.error("task failed", task=name, reason=str(error))
                    raise
                except Exception:
                    log.exception("task failed", task=name)
                    raise
                finally:
                    with self._lock:
                        self.failed += failed
                        self.done += not failed

        return body

    @contextmanager
    def _listed(self, name: str) -> Iterator[None]:
        """List a task as one in hand for the length of the block."""
        thread = threading.get_ident()
        workflow = str(outbox.engine_library().DBOS.workflow_id)
        with self._lock:
            self._running[thread] = name, workflow
        try:
            yield
        finally:
            with self._lock:
                del self._running[thread]

    def _persist(self, name: str, work: Callable[[], object]) -> None:
        """Do the work; when the database or the output's place fails it, wait and do it again.

        The trouble is not the task's: recorded as failed it would not be done at all. A node
        that stops meanwhile leaves it as begun.
        """
        tried = 1
        while True:
            try:
                with self._heart.lease.task() if self._heart else nullcontext():
                    work()
                return
            except LostError:
                self._give_back()
                raise
            except StoreError as error:
                if tried >= self._tries:
                    raise
                log.warning("task waits", task=name, reason=str(error))
            tried += 1
            time.sleep(WAIT)

    def _give_back(self) -> None:
        """Let the thread's task be begun again, unless that has happened in this process."""
        with self._lock:
            _, workflow = self._running[threading.get_ident()]
            runs = sum(id == workflow for _, id in self._running.values())
        if self._heart and runs == 1:
            self._heart.give_back(workflow)


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
