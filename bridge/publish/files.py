"""The output folder: files replaced whole or not at all, and only when their bytes differ.

A reader never sees half a file: temporary file in the same folder, fsync, rename, fsync of the
folder (security no. 101). What cannot be written is told and leaves the old file as it was
(nos. 103 and 104). A file's time of change is its content's, so that any web server gives a
stable `Last-Modified`; compressed twins (`.gz`) hold time 0 and stand there before the file.
"""

import datetime as dt
import fcntl
import gzip
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import BridgeError
from bridge.publish.manifest import Manifest, Record

COMPRESSED = frozenset("html xml css txt json svg opml atom".split())
"""Endings of files that get a `.gz` twin; pictures and books are compressed already."""

SMALLEST = 600
"""Bytes below which a twin saves nothing: the answer fits one packet either way."""

_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*", re.ASCII)
_LONGEST = 100  # characters of one name; file systems take 255 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A file that could be written; rendered only when its fingerprint is a new one."""

    path: str
    fingerprint: str
    changed: dt.datetime  # when the content last changed; aware
    render: Callable[[], bytes]


def is_path(path: str) -> bool:
    """Tell whether a path may name a file of the output (security no. 70).

    ASCII letters, digits, `_`, `-` and single inner dots: no way up, no hidden file.
    """
    return bool(_PATH.fullmatch(path)) and all(len(s) <= _LONGEST for s in path.split("/"))


class Output:
    """The published files below one folder; safe for several threads and processes."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when the first file is written."""
        self.root = root
        self.manifest = Manifest(root)

    def put(self, rendition: Rendition, *, force: bool = False) -> bool:
        """Write what has changed; return whether the file's bytes did.

        `force` renders even when the fingerprint says that nothing changed.
        """
        if not force and self.fresh(rendition.path, rendition.fingerprint):
            return False
        return self.write(
            rendition.path,
            rendition.render(),
            rendition.changed,
            fingerprint=rendition.fingerprint,
        )

    def fresh(self, path: str, fingerprint: str) -> bool:
        """Tell whether the file stands there as the rendering with this fingerprint left it.

        An empty fingerprint is never fresh: such files are rendered each time.
        """
        record = self.manifest.get(self._checked(path))
        return (
            record is not None
            and record.fingerprint == fingerprint != ""
            and record.describes(_stat(self.root / path))
            and (not record.twin or _stat(self.root / f"{path}.gz") is not None)
        )

    def write(
        self, path: str, data: bytes, changed: dt.datetime, *, fingerprint: str = ""
    ) -> bool:
        """Put bytes at a path; return False, file untouched, when they are there already.

        `changed` becomes the file's time. It never goes back nor stands still while the bytes
        change, since many readers compare nothing else. Raises BridgeError when writing fails.
        """
        target = self.root / self._checked(path)
        with _told(target):
            held = _read(target)
            twin = _twin(path, data)
            same = held == data and (twin is None) == (_stat(_gz(target)) is None)
            if not same:
                self._replace(target, data, twin, _moment(target, held, data, changed))
            self._remember(path, data, twin, fingerprint)
        return not same

    def remove(self, path: str) -> bool:
        """Take a file and its twin away; return False when there was none."""
        target = self.root / self._checked(path)
        with _told(target):
            there = target.exists()
            for file in (_gz(target), _temporary(_gz(target)), _temporary(target), target):
                file.unlink(missing_ok=True)
            if there:
                _sync_folder(target.parent)
            self.manifest.drop(path)
        return there

    def prune(self, folder: str, keep: Collection[str]) -> tuple[str, ...]:
        """Remove the files below a folder that nothing derives any more; return their paths."""
        gone = tuple(path for path in self.paths(folder) if path not in keep)
        for path in gone:
            self.remove(path)
        return gone

    def paths(self, folder: str = "") -> Iterator[str]:
        """Yield the paths of all files below a folder, in order; twins are not named."""
        top = self.root / self._checked(folder) if folder else self.root
        for parent, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = (Path(parent) / name).relative_to(self.root).as_posix()
                if is_path(path) and not name.endswith(".gz"):
                    yield path

    def entry(self, path: str) -> Record | None:
        """Return what is known of a file, from the file itself where the list is behind."""
        target = self.root / self._checked(path)
        record, stat = self.manifest.get(path), _stat(target)
        if stat is None or (record is not None and record.describes(stat)):
            return record if stat else None
        return _record(path, target.read_bytes(), _read(_gz(target)), stat, "")

    def _checked(self, path: str) -> str:
        if not is_path(path):
            raise BridgeError(f"{path!r} is not a path for a published file")
        return path

    def _replace(self, target: Path, data: bytes, twin: bytes | None, moment: int) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if twin is None:
            _gz(target).unlink(missing_ok=True)
        else:  # first the twin: equal bytes of the file then prove that the twin is theirs
            _atomic(_gz(target), twin, moment)
        _atomic(target, data, moment)
        _sync_folder(target.parent)

    def _remember(self, path: str, data: bytes, twin: bytes | None, fingerprint: str) -> None:
        stat = _stat(self.root / path)
        if stat is not None:
            self.manifest.put(_record(path, data, twin, stat, fingerprint))


def etag(data: bytes) -> str:
    """Return the strong entity tag of these very bytes, quotes included."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _record(
    path: str, data: bytes, twin: bytes | None, stat: os.stat_result, fingerprint: str
) -> Record:
    return Record(
        path=path,
        etag=etag(data),
        twin=etag(twin) if twin is not None else None,
        changed=int(stat.st_mtime),
        size=stat.st_size,
        fingerprint=fingerprint,
    )


def _twin(path: str, data: bytes) -> bytes | None:
    if len(data) < SMALLEST or path.rpartition(".")[2] not in COMPRESSED:
        return None
    return gzip.compress(data, 6, mtime=0)


def _gz(target: Path) -> Path:
    return target.with_name(f"{target.name}.gz")


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.tmp")


def _moment(target: Path, held: bytes | None, data: bytes, changed: dt.datetime) -> int:
    moment = int(changed.timestamp())
    if held is None or held == data:
        return moment
    return max(moment, int(target.stat().st_mtime) + 1)


def _read(target: Path) -> bytes | None:
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None


def _stat(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _atomic(target: Path, data: bytes, moment: int) -> None:
    """Replace a file by way of a temporary one, which is always named the same.

    So a killed writer leaves at most one, and the next writer takes it over.
    """
    temporary = _temporary(target)
    handle = _locked(temporary)
    try:
        os.ftruncate(handle, 0)
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
        os.utime(handle, (moment, moment))
        os.fsync(handle)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _locked(temporary: Path) -> int:
    """Open the temporary file for this writer alone; another may just have renamed it."""
    while True:
        handle = os.open(
            temporary, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if (stat := _stat(temporary)) and os.path.samestat(stat, os.fstat(handle)):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BridgeError(
            "the file cannot be written",
            where=str(target),
            why=error.strerror or str(error),
            hint="make room or give write access; what was published before is still in place",
        ) from error
