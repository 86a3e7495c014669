"""Whether what was begun here is still this node's to do.

A process that was frozen, or cut off from the database, counts as dead after a while, and its
work goes on elsewhere. When it wakes, that work must not be done twice: each task notes at its
start which stretch of uninterrupted life it belongs to, and ends with that.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bridge.errors import StoreError

Watch = Callable[[], Callable[[], bool]]
"""Begins to watch one run of a task; what it returns tells whether to leave off."""


class LostError(StoreError):
    """This node was taken for dead while it did this."""


class Lease:
    """The right to work, good for `silence` seconds after each sign of life."""

    def __init__(self, stop: threading.Event, silence: float = math.inf) -> None:
        self._stop, self._silence = stop, silence
        self._stretch = 0
        self._renewed = moment()
        self._task = threading.local()

    def renew(self, at: float, *, late: bool = False) -> bool:
        """Take note of a sign of life given at `at`; return whether the lease had run out.

        `late` says that the database's clock found so: this machine's own may have slept.
        """
        lost = late or self._is_over()
        self._stretch += lost
        self._renewed = at
        return lost

    def watch(self) -> Callable[[], bool]:
        """Return what tells from any thread whether work begun now should be left off."""
        begun = self._stretch
        return lambda: self._stop.is_set() or self._is_lost(begun)

    @contextmanager
    def task(self) -> Iterator[None]:
        """Mark the thread as one that works for this stretch of life."""
        self._task.begun = self._stretch
        try:
            yield
        finally:
            del self._task.begun

    def guard(self) -> None:
        """Raise LostError in a task's thread that must not write any more."""
        begun = getattr(self._task, "begun", None)
        if begun is not None and self._is_lost(begun):
            raise LostError("this node was silent too long", hint="its work is begun again")

    def _is_lost(self, begun: int) -> bool:
        return begun != self._stretch or self._is_over()

    def _is_over(self) -> bool:
        return moment() - self._renewed > self._silence


def moment() -> float:
    """Return seconds on a clock that counts on while the machine sleeps, if there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
