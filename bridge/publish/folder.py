"""The output in a folder: temporary file beside it, fsync, rename, fsync of the folder.

So a reader sees the old file or the new one (security no. 101). A file's time of change is its
content's, so that any web server gives a stable `Last-Modified`; compressed twins (`.gz`) hold
time 0 and stand there before the file.
"""

import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import BridgeError
from bridge.publish.files import Output, checked, etag, is_path, twin
from bridge.publish.manifest import Manifest, Record


class Folder(Output):
    """The published files below one folder; safe for several threads and processes."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when the first file is written."""
        self.root = root
        self.manifest = Manifest(root)

    def fresh(self, path: str, fingerprint: str) -> bool:
        """Compare with the list, and the list with the file's size and time."""
        record = self.manifest.get(checked(path))
        return (
            record is not None
            and record.fingerprint == fingerprint != ""
            and record.describes(_stat(self.root / path))
            and (not record.twin or _stat(self.root / f"{path}.gz") is not None)
        )

    def write(
        self, path: str, data: bytes, changed: dt.datetime, *, fingerprint: str = ""
    ) -> bool:
        """Replace the file when its bytes differ from these."""
        target = self.root / checked(path)
        with _told(target):
            held = _read(target)
            packed = twin(path, data)
            same = held == data and (packed is None) == (_stat(_gz(target)) is None)
            if not same:
                self._replace(target, data, packed, _moment(target, held, data, changed))
            self._remember(path, data, packed, fingerprint)
        return not same

    def remove(self, path: str) -> bool:
        """Take a file and its twin away; return False when there was none."""
        target = self.root / checked(path)
        with _told(target):
            there = target.exists()
            for file in (_gz(target), _temporary(_gz(target)), _temporary(target), target):
                file.unlink(missing_ok=True)
            if there:
                _sync_folder(target.parent)
            self.manifest.drop(path)
        return there

    def paths(self, folder: str = "") -> Iterator[str]:
        """Yield the paths of all files below a folder, in order; twins are not named."""
        top = self.root / checked(folder) if folder else self.root
        for parent, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = (Path(parent) / name).relative_to(self.root).as_posix()
                if is_path(path) and not name.endswith(".gz"):
                    yield path

    def entry(self, path: str) -> Record | None:
        """Return what is known of a file, from the file itself where the list is behind."""
        target = self.root / checked(path)
        record, stat = self.manifest.get(path), _stat(target)
        if stat is None or (record is not None and record.describes(stat)):
            return record if stat else None
        return _record(path, target.read_bytes(), _read(_gz(target)), stat, "")

    def read(self, path: str) -> bytes | None:
        """Read the file."""
        return _read(self.root / checked(path))

    def _replace(self, target: Path, data: bytes, packed: bytes | None, moment: int) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if packed is None:
            _gz(target).unlink(missing_ok=True)
        else:  # first the twin: equal bytes of the file then prove that the twin is theirs
            _atomic(_gz(target), packed, moment)
        _atomic(target, data, moment)
        _sync_folder(target.parent)

    def _remember(self, path: str, data: bytes, packed: bytes | None, fingerprint: str) -> None:
        stat = _stat(self.root / path)
        if stat is not None:
            self.manifest.put(_record(path, data, packed, stat, fingerprint))


def _record(
    path: str, data: bytes, packed: bytes | None, stat: os.stat_result, fingerprint: str
) -> Record:
    return Record(
        path=path,
        etag=etag(data),
        twin=etag(packed) if packed is not None else None,
        changed=int(stat.st_mtime),
        size=stat.st_size,
        fingerprint=fingerprint,
    )


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
