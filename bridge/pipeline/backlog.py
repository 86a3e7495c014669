"""What is sent and not yet written down, bounded by count: a crash repeats that and no more."""

import threading


class Backlog:
    """A number of places, one for each request from its beginning until its result is stored.

    When few are left, whoever writes down is pressed (`is_pressed`) to do it now; when none is
    left nothing more is sent, so that a database which is locked or full stops the sending.
    """

    def __init__(self, places: int, reserve: int) -> None:
        """Take the places, and how many of them are left when it becomes pressing."""
        self._places, self._pressing = places, places - reserve
        self._taken = 0
        self._turn = threading.Condition()

    def enter(self, patience: float) -> bool:
        """Take a place; False when none came free for so many seconds."""
        with self._turn:
            if self._taken >= self._places and not self._turn.wait(patience):
                return False
            if self._taken >= self._places:
                return False
            self._taken += 1
            return True

    def leave(self, places: int) -> None:
        """Give places back."""
        with self._turn:
            self._taken -= places
            self._turn.notify_all()

    @property
    def is_pressed(self) -> bool:
        """Say whether few places are left."""
        return self._taken >= self._pressing
