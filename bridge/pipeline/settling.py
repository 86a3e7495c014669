"""Write down the results of all runs of a process together: one commit for many shards.

A commit costs as much as several deliveries, and each run alone would make a handful of them
every second. So a run that has results waits a moment for the others; whoever comes first
writes for all who have come by then.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bridge.errors import BridgeError
from bridge.store import Connection, Store

PACE = 0.05
"""Seconds between two commits, unless it presses; results wait no longer for company."""

Work = Callable[[Connection], None]


@dataclass(slots=True)
class _Batch:
    """What one run wants written, and what came of it."""

    work: Work
    done: bool = False
    error: BaseException | None = None


class Settling:
    """Commits in common; safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Condition()
        self._waiting: list[_Batch] = []
        self._leading = False
        self._last = 0.0  # when the last commit began, in monotonic time
        self._pressed = threading.Event()

    def write(self, work: Work) -> None:
        """Do some work in a write transaction, together with that of others; raise as it does.

        When one work fails by its own fault, each is done again in a transaction of its own:
        they must write nothing else than through the connection.
        """
        batch = _Batch(work)
        with self._turn:
            self._waiting.append(batch)
            while self._leading and not batch.done:
                self._turn.wait()
            if not batch.done:
                self._leading = True
        if not batch.done:
            self._lead()
        if batch.error is not None:
            raise batch.error

    def press(self) -> None:
        """Let the next commit begin at once: much waits for it."""
        self._pressed.set()

    def _lead(self) -> None:
        """Write for all who wait, and let the next one lead."""
        self._pressed.wait(max(0.0, self._last + PACE - time.monotonic()))
        self._pressed.clear()
        self._last = time.monotonic()
        with self._turn:
            batches, self._waiting = self._waiting, []
        try:
            self._commit(batches)
        finally:
            with self._turn:
                for batch in batches:
                    batch.done = True
                self._leading = False
                self._turn.notify_all()

    def _commit(self, batches: list[_Batch]) -> None:
        try:
            with self._store.begin() as connection:
                for batch in batches:
                    batch.work(connection)
        except BridgeError as error:  # the database's trouble is everybody's
            for batch in batches:
                batch.error = error
        except Exception:
            for batch in batches:
                self._alone(batch)

    def _alone(self, batch: _Batch) -> None:
        try:
            with self._store.begin() as connection:
                batch.work(connection)
        except Exception as error:
            batch.error = error
