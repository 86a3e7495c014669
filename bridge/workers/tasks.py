"""Which verb each task calls: the one table between the engine and the pipeline."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping

import structlog

from bridge.model import TaskName
from bridge.store import runs
from bridge.wiring import Bridge
from bridge.workers import record
from bridge.workers.lease import Watch

KEEP = dt.timedelta(days=3)
KEEP_FAILED = dt.timedelta(days=30)
KEEP_RUNS = dt.timedelta(days=90)

log = structlog.get_logger(__name__)


def handlers(
    bridge: Bridge, stop: threading.Event, watch: Watch | None = None
) -> Mapping[TaskName, Callable[..., object]]:
    """Return every task's handler; a long one leaves off early once `stop` is set.

    In a cluster `watch` gives each run of a long one something better to ask than `stop`.
    """
    from bridge.pipeline import announce, deliver, hubs, receive

    watch = watch or (lambda: stop.is_set)
    return {
        "ingest": lambda source: ingest(bridge, source),
        "publish": lambda paper: publish(bridge, paper),
        "fan_out": lambda activity: announce.fan_out(bridge, activity, now()),
        "deliver_shard": lambda shard: deliver.deliver_shard(bridge, shard, now, watch()),
        "process_inbox": lambda: receive.process_inbox(bridge, now()),
        "ping": lambda: hubs.ping(bridge, now()),
        "tick": lambda: tick(bridge, now()),
        "purge": lambda: purge(bridge, now()),
    }


def ingest(bridge: Bridge, source: str) -> None:
    """Look into a source and tell what was found; a quiet look is not told."""
    from bridge.pipeline import ingest as verb

    taken = verb.ingest(bridge, source, now())
    if taken.message:
        log.info("source read", source=source, found=taken.message)
    for refused in taken.refused:
        log.warning("file set aside", source=source, file=refused.path, reason=refused.reason)


def publish(bridge: Bridge, paper: str) -> None:
    """Bring a paper's files up to date and tell how many changed."""
    from bridge.pipeline import publish as verb

    done = verb.publish(bridge, paper)
    if done.written or done.removed:
        log.info("published", paper=paper, files=len(done.written), removed=len(done.removed))


def tick(bridge: Bridge, now: dt.datetime) -> None:
    """Send what is due by now: what was held back, news of accounts, and what waits to go."""
    from bridge.pipeline import announce, deliver, hubs, profiles

    announce.release(bridge, now)
    for name in profiles.tell(bridge, now):
        log.info("a profile has changed", account=name)
    deliver.tick(bridge, now)
    hubs.wake(bridge, now)


def purge(bridge: Bridge, now: dt.datetime) -> None:
    """Forget ended tasks, old runs, and what came in from other servers long ago."""
    from bridge.pipeline import receive

    receive.purge(bridge, now)
    record.purge(bridge.settings.database, now, keep=KEEP, keep_failed=KEEP_FAILED)
    with bridge.store.begin() as connection:
        runs.purge(connection, now - KEEP_RUNS)


def now() -> dt.datetime:
    """Return the moment; tasks are where time enters the pipeline."""
    return dt.datetime.now(dt.UTC)
