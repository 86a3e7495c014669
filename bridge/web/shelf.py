"""Published files in memory, each as last seen at its place and no more of them than fit.

From a folder a request costs one look at the file's inode, size and times; new content is
served from the next request on, without a restart. (From a bucket: `bridge.web.bucket_shelf`.)
The entity tag comes from the very bytes that are sent, so that no crash between two files can
ever join a new body to an old tag.
"""

import os
import stat
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from bridge.publish.files import etag, is_path

COST = 512
"""Bytes that a file costs beside its own, so that many small ones are bounded too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One file as it was read; `modified` is in seconds of the epoch."""

    seen: object  # what the place said of this version
    body: bytes
    etag: str  # strong, quotes included
    modified: int
    last_modified: str  # the same as an HTTP date


class Shelf(ABC):
    """The published files, the last used ones in memory; safe for several threads."""

    def __init__(self, max_bytes: int = 64_000_000) -> None:
        """Take the most bytes to keep."""
        self._max_bytes = max_bytes
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @abstractmethod
    def get(self, path: str) -> Held | None:
        """Return the file at a path of the output; None when there is none.

        Paths that the output could not hold are never looked for (security no. 70). Raises
        OutputError when the place cannot be asked.
        """

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder with a page of its own."""
        return is_path(path) and self.get(f"{path}/index.html") is not None

    def _keep(self, path: str, held: Held) -> None:
        if len(held.body) > self._max_bytes // 4:  # one big book must not push out all feeds
            return
        with self._lock:
            self._drop(path)
            self._held[path] = held
            self._bytes += len(held.body) + COST
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._held)))

    def _forget(self, path: str) -> None:
        with self._lock:
            self._drop(path)

    def _drop(self, path: str) -> None:
        old = self._held.pop(path, None)
        if old is not None:
            self._bytes -= len(old.body) + COST

    def _touch(self, path: str) -> None:
        """Let a file count as used just now."""
        with self._lock:
            if path in self._held:
                self._held.move_to_end(path)


class FolderShelf(Shelf):
    """The files below one folder."""

    def __init__(self, root: Path, max_bytes: int = 64_000_000) -> None:
        """Take the folder and the most bytes to keep."""
        super().__init__(max_bytes)
        self._root = os.fspath(root)

    def get(self, path: str) -> Held | None:
        """Look at the file, and read it when it is new or has changed."""
        held = self._held.get(path)
        if held is None and not is_path(path):
            return None
        try:
            now = os.stat(f"{self._root}/{path}", follow_symlinks=False)  # noqa: PTH116 fast
        except (OSError, ValueError):
            self._forget(path)
            return None
        if held is not None and held.seen == _seen(now):
            self._touch(path)
            return held
        return self._read(path)

    def _read(self, path: str) -> Held | None:
        """Read a file that is new or has changed; a link or a device is no file of ours."""
        self._forget(path)
        try:
            handle = os.open(
                f"{self._root}/{path}",
                os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
            )
        except OSError:
            return None
        now = os.fstat(handle)
        if not stat.S_ISREG(now.st_mode):
            os.close(handle)
            return None
        with os.fdopen(handle, "rb") as file:
            body = file.read()
        held = hold(body, int(now.st_mtime), _seen(now))
        self._keep(path, held)
        return held


def hold(body: bytes, modified: int, seen: object) -> Held:
    """Return a file's bytes with what is told of them."""
    return Held(
        seen=seen,
        body=body,
        etag=etag(body),
        modified=modified,
        last_modified=formatdate(modified, usegmt=True),
    )


def _seen(now: os.stat_result) -> tuple[int, int, int, int]:
    return now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns
