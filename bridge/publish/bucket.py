"""The output in a bucket of an object store, for several machines.

What stands there is asked of the store once in a round, by listing what lies together; what
each file was rendered from is told by journals beside it (`bridge.publish.journals`). So an
unchanged edition costs a few listings, and nothing is believed that the store does not confirm.
A PUT replaces an object whole; several run at a time, and a round ends when all have ended.

Objects carry the headers with which the store, or a CDN before it, can serve them by itself.
"""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from bridge.publish.files import Output, checked, etag, is_path, twin
from bridge.publish.filetypes import FileType, cache_control, file_type
from bridge.publish.journals import Journals, Known
from bridge.publish.manifest import HELD, Record, stem
from bridge.publish.objects import Objects, Stored

AT_ONCE = 16
"""Objects that are sent at the same time."""

AHEAD = 32
"""Objects that may wait for that, so that memory holds no whole archive."""

AGE = 5.0
"""Seconds for which a listing counts outside of a round."""

ONCE = "media/"
"""Where files are named by their own content: there is no need to list so many."""

KEPT = 4096
"""Of these, how many are remembered."""

OTHER = FileType(type="text/html; charset=utf-8")
"""What only the program serves: the tombstones of withdrawn articles."""


class _Round:
    """What one thread writes together; the first failure ends it."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.started = time.monotonic()
        self._pool = pool
        self._room = threading.BoundedSemaphore(AHEAD)
        self._running: dict[str, Future[None]] = {}
        self._failed: Exception | None = None

    def send(self, path: str, job: Callable[[], None]) -> None:
        """Do a job soon, after an earlier one of the same path."""
        self.wait_for(path)
        self._room.acquire()
        self._running[path] = self._pool.submit(self._run, path, job)

    def wait_for(self, path: str) -> None:
        """Wait until what was sent to a path stands; raise what has failed meanwhile."""
        if running := self._running.get(path):
            wait((running,))
        if self._failed:
            raise self._failed

    def end(self) -> None:
        """Wait until everything stands; raise what has failed."""
        self.settle()
        if self._failed:
            raise self._failed

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        wait(tuple(self._running.values()))

    def _run(self, path: str, job: Callable[[], None]) -> None:
        try:
            if self._failed is None:
                job()
        except Exception as error:
            self._failed = self._failed or error
        finally:
            self._running.pop(path, None)
            self._room.release()


class Bucket(Output):
    """The published files below one folder of a bucket; any number of nodes may write."""

    def __init__(self, objects: Objects, *, ttl: dt.timedelta, private: bool = False) -> None:
        """Take the objects, how long feeds may be kept, and whether by their reader alone."""
        self.objects = objects
        self._ttl, self._who = int(ttl.total_seconds()), "private" if private else "public"
        self._journals = Journals(objects)
        self._listings: OrderedDict[str, tuple[float, dict[str, str]]] = OrderedDict()
        self._heads: OrderedDict[str, Record] = OrderedDict()
        self._lock = threading.Lock()
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bucket")

    @contextmanager
    def round(self) -> Iterator[_Round]:
        """Write several files at a time, and tell the web servers once, at the end."""
        outer: _Round | None = getattr(self._local, "round", None)
        if outer is not None:
            yield outer
            return
        current = self._local.round = _Round(self._pool)
        try:
            yield current
            self._flush(current)
        finally:
            del self._local.round
            current.settle()

    def fresh(self, path: str, fingerprint: str) -> bool:
        """Compare with the journal, and the journal with the object's mark."""
        marks = self._marks(checked(path))
        known = self._known(path, marks)
        return (
            known is not None
            and known.fingerprint == fingerprint != ""
            and (not known.twin or f"{path}.gz" in marks)
        )

    def write(
        self, path: str, data: bytes, changed: dt.datetime, *, fingerprint: str = ""
    ) -> bool:
        """Replace the object when its bytes differ from these."""
        with self.round() as current:
            current.wait_for(checked(path))
            marks, packed, tag = self._marks(path), twin(path, data), etag(data)
            held = self._known(path, marks) or self._head(path, marks)
            record = Record(
                path=path,
                etag=tag,
                twin=etag(packed) if packed is not None else None,
                changed=_moment(held, tag, changed),
                size=len(data),
                fingerprint=fingerprint,
            )
            twinned = f"{path}.gz" in marks
            same = held is not None and held.etag == tag and twinned == (packed is not None)
            if not same:
                current.send(path, lambda: self._send(record, data, packed, marks))
            elif mark := marks.get(path):
                self._journals.put(Known(record=record, mark=mark))
            if self._journals.waiting() > HELD:
                self._flush(current)
        return not same

    def remove(self, path: str) -> bool:
        """Take an object and its twin away; return False when there was none."""
        with self.round() as current:
            current.wait_for(checked(path))
            marks = self._marks(path)
            there = path in marks or self._head(path, marks) is not None
            for key in (f"{path}.gz", path):
                if key in marks or (there and key == path):
                    self.objects.delete(key)
                    marks.pop(key, None)
            if there:
                self._forget(path)
        return there

    def paths(self, folder: str = "") -> Iterator[str]:
        """Yield the paths of all files below a folder, in order; twins are not named."""
        for path in sorted(self.objects.below(checked(folder) if folder else "")):
            if is_path(path) and not path.endswith(".gz"):
                yield path

    def entry(self, path: str) -> Record | None:
        """Return what is known of a file, from the object where the journal is behind."""
        marks = self._marks(checked(path))
        return self._known(path, marks) or self._head(path, marks)

    def read(self, path: str) -> bytes | None:
        """Read the object."""
        found = self.objects.get(checked(path))
        return found.body if isinstance(found, Stored) else None

    def _flush(self, current: _Round) -> None:
        """Let everything stand that was sent, then write down that it does."""
        current.end()
        self._journals.flush(lambda job, values: tuple(self._pool.map(job, values)))

    def _send(
        self, record: Record, data: bytes, packed: bytes | None, marks: dict[str, str]
    ) -> None:
        """Put a file and its twin into the bucket, the twin first as in a folder.

        `marks` is the listing that the file stands in; it is kept true.
        """
        path = record.path
        kind = file_type(path) or OTHER
        headers = {
            "Content-Type": kind.type,
            "Cache-Control": cache_control(kind, self._ttl, self._who),
        }
        notes = {"tag": record.etag, "changed": str(record.changed), "twin": record.twin or ""}
        notes = {name: text.strip('"') for name, text in notes.items() if text}
        if packed is not None:
            own = {**headers, "Content-Encoding": "gzip"}
            marks[f"{path}.gz"] = self.objects.put(f"{path}.gz", packed, own, notes)
        elif f"{path}.gz" in marks:
            self.objects.delete(f"{path}.gz")
            marks.pop(f"{path}.gz", None)
        marks[path] = self.objects.put(path, data, headers, notes)
        if path.startswith(ONCE):
            self._keep(record)
        else:
            self._journals.put(Known(record=record, mark=marks[path]))

    def _known(self, path: str, marks: dict[str, str]) -> Record | None:
        """Return what memory or the journal know of the version that stands there."""
        if path.startswith(ONCE):
            with self._lock:
                return self._heads.get(path)
        mark = marks.get(path)
        known = self._journals.get(path, mark, self._since()) if mark is not None else None
        return known.record if known else None

    def _head(self, path: str, marks: dict[str, str]) -> Record | None:
        """Return what the object says of itself."""
        if path not in marks and not path.startswith(ONCE):
            return None
        found = self.objects.head(path)
        if found is None:
            return None
        record = _described(path, found, f"{path}.gz" in marks)
        if path.startswith(ONCE):
            self._keep(record)
        return record

    def _forget(self, path: str) -> None:
        with self._lock:
            self._heads.pop(path, None)
        if not path.startswith(ONCE):
            self._journals.drop(path)

    def _keep(self, record: Record) -> None:
        with self._lock:
            self._heads[record.path] = record
            while len(self._heads) > KEPT:
                self._heads.popitem(last=False)

    def _marks(self, path: str) -> dict[str, str]:
        """Return the marks of what lies together with a path, as listed in this round."""
        start = stem(path)
        if path.startswith(ONCE):
            return {}
        with self._lock:
            at, marks = self._listings.get(start, (float("-inf"), {}))
        if at < self._since():
            at, folder = time.monotonic(), path.rpartition("/")[0]
            dated = start.rpartition("/")[2]
            marks = self.objects.below(folder, start) if dated else self.objects.folder(folder)
            with self._lock:
                self._listings[start] = (at, marks)
                self._listings.move_to_end(start)
                while len(self._listings) > HELD:
                    self._listings.popitem(last=False)
        return marks

    def _since(self) -> float:
        """Return from when on, by the monotonic clock, what was read still counts."""
        current: _Round | None = getattr(self._local, "round", None)
        return current.started if current else time.monotonic() - AGE


def _moment(held: Record | None, tag: str, changed: dt.datetime) -> int:
    """Return the time of a file's content: it neither goes back nor stands still."""
    moment = int(changed.timestamp())
    if held is None:
        return moment
    return held.changed if held.etag == tag else max(moment, held.changed + 1)


def _described(path: str, found: Stored, twinned: bool) -> Record:
    """Return what an object says of itself; one of another hand says nothing true."""
    tag, packed, changed = (found.notes.get(name, "") for name in ("tag", "twin", "changed"))
    return Record(
        path=path,
        etag=f'"{tag}"',
        twin=f'"{packed}"' if twinned else None,
        changed=int(changed) if changed.isdigit() else int(found.modified.timestamp()),
        size=found.size,
        fingerprint="",
    )
