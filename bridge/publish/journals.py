"""What is known of the files in a bucket, kept in the bucket: one journal for what one edition
touches together, as in a folder (`bridge.publish.manifest`), read and written whole.

A record holds for one version of its object only, the one with its mark. So the objects are
the truth here too: a journal that was lost, or that two nodes wrote over one another, costs
renderings and nothing else. No lock and no conditional PUT is needed; not all stores have them.
"""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from bridge.publish.manifest import FOLDER, HELD, NAMES, Record, group, line, told
from bridge.publish.objects import Objects, Stored

VERSION = f"{FOLDER}/version"
"""The object that changes whenever something else did: web servers look at it alone."""

PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}

Each = Callable[[Callable[[tuple[str, bytes]], object], Iterable[tuple[str, bytes]]], object]
"""Calls a function with each of some values; `map`, or several at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one version of an object."""

    record: Record
    mark: str  # the store's name for the version


class _Journal:
    """One journal as last read, and what was not written down in it yet."""

    def __init__(self) -> None:
        self.records: dict[str, Known] = {}
        self.pending: dict[str, Known | None] = {}  # None: the file is gone
        self.read = float("-inf")  # when, by the monotonic clock
        self.reading = threading.Lock()


class Journals:
    """The records of a bucket; safe for several threads."""

    def __init__(self, objects: Objects) -> None:
        """Take the bucket; a journal is read when something in it is asked for."""
        self._objects = objects
        self._journals: OrderedDict[str, _Journal] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str, mark: str, since: float) -> Known | None:
        """Return what is known of the version of a file that has this mark.

        When memory knows nothing, a journal that was last read before `since` is read again.
        """
        journal = self._journal(path)
        known = journal.records.get(path)
        if (known is None or known.mark != mark) and journal.read < since:
            self._read(path, journal)
            known = journal.records.get(path)
        return known if known and known.mark == mark else None

    def put(self, known: Known) -> None:
        """Remember a file; it is written down by the next `flush`."""
        self._change(known.record.path, known)

    def drop(self, path: str) -> None:
        """Forget a file."""
        self._change(path, None)

    def waiting(self) -> int:
        """Return how many journals there are to be written."""
        with self._lock:
            return sum(bool(journal.pending) for journal in self._journals.values())

    def flush(self, each: Each) -> None:
        """Give the bucket a new version, then write down what is pending.

        In this order: who is killed in between finds no record, and makes another version.
        """
        with self._lock:
            taken = {
                name: (dict(journal.pending), _lines(journal.records.values()))
                for name, journal in self._journals.items()
                if journal.pending
            }
        if not taken:
            return
        self._objects.put(VERSION, uuid.uuid4().hex.encode(), PLAIN, {})
        each(
            lambda one: self._objects.put(_key(one[0]), one[1], PLAIN, {}),
            ((name, data) for name, (_, data) in taken.items()),
        )
        with self._lock:
            for name, (written, _) in taken.items():
                journal = self._journals.get(name)
                for path, known in written.items():
                    if journal and journal.pending.get(path, written) is known:
                        del journal.pending[path]
            self._trim()

    def _change(self, path: str, known: Known | None) -> None:
        journal = self._journal(path)
        with journal.reading:
            if journal.read == float("-inf"):  # it is written whole, so it must be known whole
                self._read(path, journal)
        with self._lock:
            if journal.records.get(path) != known:
                journal.pending[path] = known
                _apply(journal.records, path, known)

    def _journal(self, path: str) -> _Journal:
        with self._lock:
            name = group(path)
            journal = self._journals.setdefault(name, _Journal())
            self._journals.move_to_end(name)
            self._trim()
            return journal

    def _trim(self) -> None:
        """Let go of the journals used least of late, unless something in them is pending."""
        over = len(self._journals) - HELD
        for name in tuple(self._journals)[: max(over, 0)]:
            if not self._journals[name].pending:
                del self._journals[name]

    def _read(self, path: str, journal: _Journal) -> None:
        at = time.monotonic()
        found = self._objects.get(_key(group(path)))
        records = _records(found.body.splitlines()) if isinstance(found, Stored) else {}
        with self._lock:
            for changed, known in journal.pending.items():
                _apply(records, changed, known)
            journal.records, journal.read = records, at


def _key(name: str) -> str:
    return f"{FOLDER}/{name}.jsonl"


def _apply(records: dict[str, Known], path: str, known: Known | None) -> None:
    if known is None:
        records.pop(path, None)
    else:
        records[path] = known


def _lines(records: Iterable[Known]) -> bytes:
    return b"".join(line({**asdict(known.record), "mark": known.mark}) for known in records)


def _records(lines: Iterable[bytes]) -> dict[str, Known]:
    """Read a journal; a foreign line is passed over."""
    records: dict[str, Known] = {}
    for one in told(lines):
        mark = one.pop("mark", None)
        if isinstance(mark, str) and one.keys() == NAMES:
            records[one["path"]] = Known(record=Record(**one), mark=mark)
    return records
