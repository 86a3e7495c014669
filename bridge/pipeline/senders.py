"""The threads that send: one pool for a process, shared by all its runs of shards.

`federation.concurrency` is what a node asks of the network at a time, however many shards are
at work. Hosts that were failing get no more than half of it, so that a probe which hangs never
keeps a well host waiting.
"""

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from bridge.http import Http
from bridge.pipeline.backlog import Backlog
from bridge.pipeline.settling import Settling
from bridge.wiring import Bridge

UNWRITTEN = 48
"""Results that may wait to be written down, beside the requests under way: a crash repeats
both. Half of them are a reserve in which results are written at once instead of together."""

_OF_PROCESS: weakref.WeakKeyDictionary[Http, "Senders"] = weakref.WeakKeyDictionary()
_making = threading.Lock()


class Senders:
    """A bounded number of sending threads, and what writes down their results."""

    def __init__(self, size: int, settling: Settling) -> None:
        """Take how many requests may be under way at the same time."""
        self.size, self.settling = size, settling
        self.backlog = Backlog(size + UNWRITTEN, UNWRITTEN // 2)
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="send")
        self._probes = threading.BoundedSemaphore(max(1, size // 2))

    def submit(self, work: Callable[[], None], *, probe: bool = False) -> Future[None]:
        """Run something in a thread; what was admitted as a probe gives its place back."""
        if not probe:
            return self._pool.submit(work)
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self.release_probe())
        return future

    def admit_probe(self) -> bool:
        """Take a place for a host that was failing; False while there is none."""
        return self._probes.acquire(blocking=False)

    def release_probe(self) -> None:
        """Give back a place that was not used."""
        self._probes.release()


def senders(bridge: Bridge) -> Senders:
    """Return the threads of this bridge, made at first use; they end with it."""
    with _making:
        found = _OF_PROCESS.get(bridge.http)
        if found is None:
            settling = Settling(bridge.store)
            found = Senders(bridge.settings.federation.concurrency, settling)
            _OF_PROCESS[bridge.http] = found
        return found
