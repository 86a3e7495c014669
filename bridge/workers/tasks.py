"""Which verb each task calls: the one table between the engine and the pipeline."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping

from bridge.model import TaskName
from bridge.store import runs
from bridge.wiring import Bridge
from bridge.workers import record

KEEP = dt.timedelta(days=3)
KEEP_FAILED = dt.timedelta(days=30)
KEEP_RUNS = dt.timedelta(days=90)

Verb = Callable[..., object]


def handlers(bridge: Bridge, stop: threading.Event) -> Mapping[TaskName, Verb]:
    """Return every task's handler; a long one leaves off early once `stop` is set."""
    from bridge.pipeline import announce, deliver, ingest, publish, receive

    table: Mapping[TaskName, Verb] = {
        "ingest": lambda source: ingest.ingest(bridge, source, now()),
        "publish": lambda paper: publish.publish(bridge, paper),
        "fan_out": lambda activity: announce.fan_out(bridge, activity, now()),
        "deliver_shard": lambda shard: deliver.deliver_shard(bridge, shard, now, stop.is_set),
        "process_inbox": lambda: receive.process_inbox(bridge, now()),
        "tick": lambda: deliver.tick(bridge, now()),
        "purge": lambda: purge(bridge, now()),
    }
    return table


def purge(bridge: Bridge, now: dt.datetime) -> None:
    """Forget ended tasks and old runs: what they did stands in the app's own tables."""
    record.purge(bridge.settings.database, now, keep=KEEP, keep_failed=KEEP_FAILED)
    with bridge.store.begin() as connection:
        runs.purge(connection, now - KEEP_RUNS)


def now() -> dt.datetime:
    """Return the moment; tasks are where time enters the pipeline."""
    return dt.datetime.now(dt.UTC)
