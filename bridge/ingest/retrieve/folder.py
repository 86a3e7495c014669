"""A watched folder as a source: every regular file beneath it is a document.

Originals are never moved, changed or deleted. A file is taken once it has kept its size and
time for the settle delay; what is passed over carries its reason (security nos. 71–74, 82).
"""

import datetime as dt
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from bridge.errors import BridgeError, FormatError
from bridge.model import Document, Source

IGNORED = (
    ".*",  # hidden, also .DS_Store, .stfolder and editors' swap files
    "~*",
    "*~",
    "#*#",
    "*.part",
    "*.partial",
    "*.tmp",
    "*.temp",
    "*.swp",
    "*.crdownload",
    "*.filepart",
    "@eaDir",
    "Thumbs.db",
    "desktop.ini",
    "lost+found",
)
"""Names nobody means as a page: unfinished uploads and what file managers leave behind."""

READY = "edition.ready"
"""A file of this name says that the edition whose pages lie beside it is complete."""

DEPTH = 8
"""Folders deeper than this are passed over; a paper needs two (date, page)."""

LONGEST_NAME = 200
"""Bytes; a longer path cannot be told from a trick and breaks logs and other tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of a file from an earlier scan."""

    size: int
    mtime_ns: int
    since: dt.datetime  # when it was first seen with this size and time
    done: bool  # it was judged, for good or ill, as it is now


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file worth reading, or one that has to settle first."""

    path: str  # below the source's folder, with `/`
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Something in the folder that is no document, and why."""

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One look at a folder: what to read now, what may still grow, what is passed over."""

    ready: tuple[Found, ...]
    waiting: tuple[Found, ...]
    unchanged: tuple[Found, ...]
    passed: tuple[Passed, ...]
    complete: frozenset[str] = frozenset()  # folders in which `edition.ready` lies


def scan(source: Source, known: Mapping[str, Known], now: dt.datetime) -> Scan:
    """Look through the source's folder, sorted by path.

    Raises BridgeError when the folder cannot be listed.
    """
    ready, waiting, unchanged, passed = [], [], [], []
    complete = set()
    for item in _walk(Path(source.path), source.ignore):
        if isinstance(item, Passed):
            passed.append(item)
            continue
        if PurePosixPath(item.path).name == READY:
            complete.add(str(PurePosixPath(item.path).parent))
            continue
        before = known.get(item.path)
        same = before and (before.size, before.mtime_ns) == (item.size, item.mtime_ns)
        if before and same and before.done:
            unchanged.append(item)
        elif item.size > (limit := _limit(source, item)):
            passed.append(_too_large(item, limit))
        elif _settled(item, before if same else None, source.settle, now):
            ready.append(item)
        else:
            waiting.append(item)
    return Scan(
        ready=tuple(ready),
        waiting=tuple(waiting),
        unchanged=tuple(unchanged),
        passed=tuple(passed),
        complete=frozenset(complete),
    )


def read(source: Source, found: Found) -> Document:
    """Read a file the scan found; what happened to it in between is checked again.

    Raises FormatError when it is no longer the file that was looked at.
    """
    origin, limit = Path(source.path) / found.path, _limit(source, found)
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(origin, flags)
    except OSError as error:
        raise _unreadable(origin, error) from error
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise FormatError("is not a regular file", code="not-a-file", where=str(origin))
        data = file.read(limit + 1)
        after = os.fstat(file.fileno())
    if len(data) > limit:
        passed = _too_large(found, limit)
        raise FormatError(passed.reason, code=passed.code, where=str(origin))
    if (after.st_size, after.st_mtime_ns) != (found.size, found.mtime_ns):
        raise FormatError(
            "changed while it was read", code="changing", where=str(origin), hint="waiting"
        )
    return Document(name=Path(found.path).name, origin=found.path, data=data)


def _settled(item: Found, before: Known | None, settle: dt.timedelta, now: dt.datetime) -> bool:
    # The file's own time is believed only when it lies in the past; a clock that runs
    # ahead (mtime in 2100) or a copy that keeps old times must not fool the delay alone,
    # so an unchanged second look counts as well.
    age = now.timestamp() - item.mtime_ns / 1e9
    if age >= settle.total_seconds():
        return True
    return before is not None and now - before.since >= settle


def _walk(root: Path, ignore: tuple[str, ...]) -> Iterator[Found | Passed]:
    try:
        yield from _entries(root, "", (*IGNORED, *ignore), 0)
    except FileNotFoundError as error:
        raise BridgeError(
            "the watched folder does not exist",
            where=str(root),
            hint="create it, or correct `path` of the source",
        ) from error
    except OSError as error:
        raise BridgeError(
            "the watched folder cannot be listed", where=str(root), why=str(error)
        ) from error


def _entries(
    folder: Path, prefix: str, ignore: tuple[str, ...], depth: int
) -> Iterator[Found | Passed]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    for entry in entries:
        path = prefix + entry.name
        if any(fnmatchcase(entry.name, pattern) for pattern in ignore):
            continue  # ignored on purpose: named in the config or above, so not worth a line
        if problem := _bad_name(path):
            yield problem
        elif entry.is_dir(follow_symlinks=False):
            if depth == DEPTH:
                yield Passed(path=path, code="too-deep", reason="lies too many folders deep")
            else:
                yield from _entries(Path(entry.path), f"{path}/", ignore, depth + 1)
        elif entry.is_file(follow_symlinks=False):
            info = entry.stat(follow_symlinks=False)
            yield Found(path=path, size=info.st_size, mtime_ns=info.st_mtime_ns)
        else:
            yield Passed(
                path=path, code="not-a-file", reason="is a link or device, not a regular file"
            )


def _bad_name(path: str) -> Passed | None:
    shown = path.encode("utf-8", "backslashreplace").decode()
    if shown != path:
        return Passed(path=shown, code="name", reason="its name is not UTF-8")
    if any(ord(char) < 32 or ord(char) == 127 for char in path):
        shown = path.encode("unicode_escape").decode()
        return Passed(path=shown, code="name", reason="its name holds a control character")
    if len(os.fsencode(path)) > LONGEST_NAME:
        return Passed(
            path=path, code="name", reason=f"its name is longer than {LONGEST_NAME} bytes"
        )
    return None


def _limit(source: Source, found: Found) -> int:
    """Return how large a file may be; PDFs hold pictures and may be larger than text."""
    is_pdf = found.path.lower().endswith(".pdf")
    return source.pdf_max_bytes if is_pdf else source.max_bytes


def _too_large(item: Found, limit: int) -> Passed:
    reason = f"is larger than the limit ({item.size} of {limit} bytes)"
    return Passed(path=item.path, code="too-large", reason=reason)


def _unreadable(origin: Path, error: OSError) -> FormatError:
    return FormatError(
        f"cannot be read: {error.strerror}",
        code="unreadable",
        where=str(origin),
        hint="check the file's owner and mode",
    )
