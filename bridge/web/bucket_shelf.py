"""Published files from a bucket: every web process reads through to it, and keeps nothing else.

One small object tells that anything has changed (`bridge.publish.journals`). It is asked for at
most once a second; while it stays the same, what is held is served from memory, and that there
is no file is remembered too. After a change each file is asked for again when it is wanted, by
its mark, which costs no body where it is the same. While the bucket is out of reach, what is
held goes on being served.
"""

import threading
import time
from dataclasses import dataclass, replace

import structlog

from bridge.config.settings import Bucket
from bridge.errors import OutputError
from bridge.publish.files import is_path
from bridge.publish.journals import VERSION
from bridge.publish.objects import READER, Objects, Stored, Unchanged
from bridge.web.shelf import Held, Shelf, hold

EVERY = 1.0
"""Seconds between two looks at the version."""

PAUSE = 5.0
"""Seconds for which a bucket out of reach is let alone: a request must not wait for it."""

OLDEST = 60.0
"""Seconds after which a file is asked for anyway: somebody else may have put it there."""

PROGRAM = frozenset("ap hub admin livez readyz metrics nodeinfo".split())
"""First parts of addresses that are never files, so that they need no bucket."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """When a file was last asked for, and what the bucket said."""

    mark: str  # empty: there is no such file
    version: str
    at: float  # by the monotonic clock


class BucketShelf(Shelf):
    """The files below one folder of a bucket."""

    def __init__(self, bucket: Bucket, max_bytes: int = 64_000_000) -> None:
        """Take the bucket and the most bytes to keep; nothing is asked of it yet."""
        super().__init__(max_bytes)
        self._objects = Objects(bucket, READER)
        self._version, self._asked, self._rest = "", float("-inf"), float("-inf")
        self._asking = threading.Lock()

    def get(self, path: str) -> Held | None:
        """Return what is held while nothing has changed, else ask the bucket."""
        if path.partition("/")[0] in PROGRAM or not is_path(path):
            return None
        version, held = self._current(), self._held.get(path)
        if held is None:
            return self._shown(self._ask(path, version, None))
        seen = held.seen
        now = time.monotonic()
        if isinstance(seen, _Look) and (seen.version != version or now - seen.at > OLDEST):
            try:
                held = self._ask(path, version, held)
            except OutputError:
                return self._shown(held)
        self._touch(path)
        return self._shown(held)

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder with a page; none has a dot in its name."""
        return "." not in path.rpartition("/")[2] and super().is_folder(path)

    def _shown(self, held: Held) -> Held | None:
        return held if isinstance(held.seen, _Look) and held.seen.mark else None

    def _ask(self, path: str, version: str, held: Held | None) -> Held:
        """Ask the bucket for a file, by the mark of what is held of it."""
        if time.monotonic() < self._rest:
            raise OutputError("the bucket is out of reach")
        mark = held.seen.mark if held and isinstance(held.seen, _Look) else ""
        at = time.monotonic()
        try:
            found = self._objects.get(path, unless=mark)
            if found is None and mark:  # some stores lose sight of what is just replaced
                found = self._objects.get(path)
        except OutputError as error:
            self._let_alone(error)
            raise
        if isinstance(found, Unchanged) and held is not None:
            new = replace(held, seen=_Look(mark=mark, version=version, at=at))
        elif isinstance(found, Stored):
            look = _Look(mark=found.mark, version=version, at=at)
            new = hold(found.body, _modified(found), look)
        else:
            new = hold(b"", 0, _Look(mark="", version=version, at=at))
        self._keep(path, new)
        return new

    def _current(self) -> str:
        """Return the bucket's version, as told at most a moment ago."""
        now = time.monotonic()
        if now - self._asked < EVERY or now < self._rest:
            return self._version
        if not self._asking.acquire(blocking=False):
            return self._version  # another thread is asking
        try:
            self._asked = now
            found = self._objects.get(VERSION, unless=self._version)
            if not isinstance(found, Unchanged):
                self._version = found.mark if found else ""
        except OutputError as error:
            self._let_alone(error)
        finally:
            self._asking.release()
        return self._version

    def _let_alone(self, error: OutputError) -> None:
        if time.monotonic() >= self._rest:
            log.warning("feeds are served from memory", reason=str(error))
        self._rest = time.monotonic() + PAUSE


def _modified(found: Stored) -> int:
    """Return when the content last changed; an object of another hand is as old as it is."""
    changed = found.notes.get("changed", "")
    return int(changed) if changed.isdigit() else int(found.modified.timestamp())
