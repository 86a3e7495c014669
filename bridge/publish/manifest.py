"""What is known of each published file, so that nothing unchanged is rendered again.

Small journals below `.manifest/`, one JSON line for each write; the newest line of a path
counts. A journal holds what one edition touches together (a folder, and inside it one date), so
the cost of a publication does not grow with the archive. The files themselves are the truth: a
lost, torn or old journal costs a rendering and nothing else.
"""

import fcntl
import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

FOLDER = ".manifest"

HELD = 64
"""Journals kept in memory; an edition touches about twenty."""

SLACK = 64
"""Lines a journal may hold beyond twice its files before it is written anew."""

_DATE = re.compile(r"\d{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One published file: its entity tags, times and the fingerprint it was rendered from."""

    path: str
    etag: str  # strong, quotes included
    twin: str | None  # entity tag of the `.gz` beside it
    changed: int  # time of the content's last change, in seconds of the epoch
    size: int  # bytes, not compressed
    fingerprint: str

    def describes(self, stat: os.stat_result | None) -> bool:
        """Tell whether the file is still the one that was written."""
        return stat is not None and (stat.st_size, int(stat.st_mtime)) == (
            self.size,
            self.changed,
        )


NAMES = frozenset(field.name for field in fields(Record))
"""What a line says of a file; one that says less says that it is gone."""


class _Journal:
    """One journal as last read: its records, its lines, and the file they came from."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.lines = 0
        self.seen: tuple[int, int] | None = None  # inode and size


class Manifest:
    """The records of an output folder; safe for several threads and processes."""

    def __init__(self, root: Path) -> None:
        """Take the output folder."""
        self.folder = root / FOLDER
        self._journals: OrderedDict[str, _Journal] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str) -> Record | None:
        """Return what was last written about a path."""
        with self._lock:
            return self._journal(path).records.get(path)

    def put(self, record: Record) -> None:
        """Write down a file; a repeat of what is known costs nothing."""
        with self._lock:
            journal = self._journal(record.path)
            if journal.records.get(record.path) != record:
                self._append(record.path, asdict(record), journal)

    def drop(self, path: str) -> None:
        """Forget a file."""
        with self._lock:
            journal = self._journal(path)
            if path in journal.records:
                self._append(path, {"path": path}, journal)

    def _file(self, path: str) -> Path:
        return self.folder / f"{group(path)}.jsonl"

    def _journal(self, path: str) -> _Journal:
        """Return the journal that a path stands in, as the file is now."""
        name = group(path)
        journal = self._journals.setdefault(name, _Journal())
        self._journals.move_to_end(name)
        while len(self._journals) > HELD:
            self._journals.popitem(last=False)
        try:
            stat = self._file(path).stat()
        except OSError:
            journal = self._journals[name] = _Journal()
            return journal
        if journal.seen != (stat.st_ino, stat.st_size):
            lines = self._file(path).read_bytes().splitlines()
            journal.records, journal.lines = _read(lines), len(lines)
            journal.seen = (stat.st_ino, stat.st_size)
        return journal

    def _append(self, path: str, values: dict[str, object], journal: _Journal) -> None:
        file, written = self._file(path), line(values)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            before = os.fstat(out.fileno())
            out.write(written)
        if journal.seen in (None, (before.st_ino, before.st_size)):  # nobody wrote in between
            _apply(values, journal.records)
            journal.lines += 1
            journal.seen = (before.st_ino, before.st_size + len(written))
        if journal.lines > 2 * len(journal.records) + SLACK:
            self._compact(file)

    def _compact(self, file: Path) -> None:
        """Write a journal anew with one line for each file; readers see the old or the new."""
        with file.open("rb") as old:
            fcntl.flock(old, fcntl.LOCK_EX)
            records = _read(old.read().splitlines())
            temporary = file.with_suffix(".tmp")
            temporary.write_bytes(b"".join(line(asdict(r)) for r in records.values()))
            temporary.replace(file)


def group(path: str) -> str:
    """Return the name of the journal that a path stands in: its folder and date."""
    folder, _, name = path.rpartition("/")
    date = _DATE.search(name)
    return "/".join(part for part in (folder, date[0] if date else "files") if part)


def stem(path: str) -> str:
    """Return how those paths start that share a journal and are named alike."""
    folder, _, name = path.rpartition("/")
    date = _DATE.search(name)
    return f"{folder}/" * bool(folder) + (name[: date.end()] if date else "")


def line(values: dict[str, object]) -> bytes:
    """Return one line of a journal."""
    return (json.dumps(values, separators=(",", ":")) + "\n").encode()


def told(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield what journal lines say of paths; a torn or foreign one is passed over."""
    for one in lines:
        try:
            values = json.loads(one)
        except ValueError:
            continue
        if isinstance(values, dict) and isinstance(values.get("path"), str):
            yield values


def _read(lines: Iterable[bytes]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for values in told(lines):
        _apply(values, records)
    return records


def _apply(values: dict[str, Any], records: dict[str, Record]) -> None:
    if values.keys() == NAMES:
        records[values["path"]] = Record(**values)
    else:
        records.pop(values["path"], None)
