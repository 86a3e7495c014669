"""What the engine remembers of its tasks: for `status`, for other nodes, until the purge."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.workers import outbox

if TYPE_CHECKING:
    from dbos import DBOSClient

ENDED = ["SUCCESS", "CANCELLED"]
FAILED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
OPEN = ["ENQUEUED", "PENDING", "DELAYED"]
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A task that raised, or that took the process down with it again and again."""

    task: str  # its name and arguments: `ingest/linzhou/pages`
    ended: dt.datetime  # UTC
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A task that a node has begun and not ended."""

    id: str
    queue: str
    executor: str  # the node


def begun(client: "DBOSClient") -> tuple[Begun, ...]:
    """Return the tasks in hand, of every node."""
    found = client.list_workflows(
        status="PENDING", queue_name=list(outbox.AT_ONCE), load_input=False, load_output=False
    )
    return tuple(
        Begun(id=task.workflow_id, queue=task.queue_name or "", executor=task.executor_id or "")
        for task in found
    )


def put_back(client: "DBOSClient", tasks: Sequence[Begun]) -> None:
    """Let tasks wait in their queues again; one that has ended meanwhile stays so.

    Whoever had begun them can no longer end them: the engine gives each beginning a token.
    """
    for queue in outbox.AT_ONCE:
        ids = [task.id for task in tasks if task.queue == queue]
        if ids:
            client.resume_workflows(ids, queue_name=queue)


def failures(url: str, *, limit: int = 20) -> tuple[Failure, ...]:
    """Return the newest failed tasks, newest first."""
    client = outbox.client(url)
    try:
        found = client.list_workflows(status=FAILED, limit=limit, sort_desc=True)
        return tuple(
            Failure(
                task="/".join(
                    map(str, (task.name, *(task.input["args"] if task.input else ())))
                ),
                ended=dt.datetime.fromtimestamp(
                    (task.completed_at or task.updated_at or 0) / 1000, dt.UTC
                ),
                reason=str(task.error or "its process died each time it ran"),
            )
            for task in found
        )
    finally:
        client.destroy()


def unfinished(url: str) -> int:
    """Return how many tasks wait or run."""
    client = outbox.client(url)
    try:
        return len(client.list_workflows(status=OPEN, load_input=False, load_output=False))
    finally:
        client.destroy()


def purge(url: str, now: dt.datetime, *, keep: dt.timedelta, keep_failed: dt.timedelta) -> int:
    """Delete the records of finished tasks; return how many.

    They grow for ever otherwise. `keep` must outlast every misfire grace, since the record is
    what makes a second run of one fire time a no-op.
    """
    client = outbox.client(url)
    try:
        return _purge(client, ENDED, now - keep) + _purge(client, FAILED, now - keep_failed)
    finally:
        client.destroy()


def _purge(client: "DBOSClient", states: list[str], before: dt.datetime) -> int:
    deleted = 0
    while True:
        old = client.list_workflows(
            status=states,
            completed_before=before.isoformat(),
            limit=BATCH,
            load_input=False,
            load_output=False,
        )
        if not old:
            return deleted
        client.delete_workflows([task.workflow_id for task in old])
        deleted += len(old)
