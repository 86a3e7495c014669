"""SIGTERM and SIGINT as an event: the first asks to stop, the second or the deadline leaves.

A thread reads the signals from a pipe that the interpreter's C code fills, so that it works
while the main thread waits for a locked database, and no lock is taken inside a handler.
"""

import os
import select
import signal
import socket
import threading
from types import TracebackType

ASKED = (signal.SIGTERM, signal.SIGINT)
DEADLINE = 9.5  # seconds from the first signal; service managers are told ten


class Signals:
    """Catches both signals for the length of the block; `stop` is set by the first.

    At the second one, or when `deadline` seconds have passed, the process leaves at once with
    code 0: what is unfinished is durable.
    """

    def __init__(self, deadline: float = DEADLINE) -> None:
        self.stop = threading.Event()
        self._deadline = deadline
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)

    def __enter__(self) -> "Signals":
        """Take over the signals; only the main thread may."""
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, _noted) for number in ASKED}
        self._watcher = threading.Thread(target=self._watch, name="signals", daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._writer.close()
        self._watcher.join()
        self._reader.close()

    def _watch(self) -> None:
        if not self._asked(None):
            return
        self.stop.set()
        if self._asked(self._deadline):
            os._exit(0)

    def _asked(self, seconds: float | None) -> bool:
        """Wait for a signal or the end of the time given; False when the block has ended."""
        readable, _, _ = select.select([self._reader], [], [], seconds)
        return not readable or bool(self._reader.recv(1))


def _noted(_number: int, _frame: object) -> None:
    """Do nothing: the pipe has the signal already."""
