"""Work to be done later by the engine, named without knowing the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

TaskName = Literal[
    "ingest", "publish", "fan_out", "deliver_shard", "process_inbox", "ping", "tick", "purge"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One durable task; a second one with the same `id` is a no-op."""

    name: TaskName
    args: tuple[str | int, ...] = ()
    partition: str = ""  # tasks of one partition run one at a time in the whole cluster
    id: str | None = None  # idempotency key; None = every call is a run of its own
    fold: bool = False  # while one of this name and partition waits, another adds nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One feed that one hub is to be told of."""

    hub: str
    topic: str  # URL of the feed
    number: int  # of the change
    attempts: int


Enqueue = Callable[[Any, tuple[Task, ...]], None]
"""Enqueue tasks inside an open transaction: `enqueue(connection, tasks)`."""
