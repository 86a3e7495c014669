"""The published output: files replaced whole or not at all, and only when their bytes differ.

One seam, `Output`, and two places behind it: a folder (`bridge.publish.folder`) and a bucket of
an object store (`bridge.publish.bucket`). A reader never sees half a file in either (security
no. 101), and what cannot be written is told and leaves the old file as it was (nos. 103, 104).
"""

import datetime as dt
import gzip
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from bridge.errors import BridgeError
from bridge.publish.manifest import Record

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


class Output(ABC):
    """The published files, wherever they stand; safe for several threads and processes."""

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

    def prune(self, folder: str, keep: Collection[str]) -> tuple[str, ...]:
        """Remove the files below a folder that nothing derives any more; return their paths."""
        with self.round():
            gone = tuple(path for path in self.paths(folder) if path not in keep)
            for path in gone:
                self.remove(path)
        return gone

    def round(self) -> AbstractContextManager[object]:
        """Return the context of one round of writing: at its end all that it wrote stands.

        Inside, a place may look once at what it holds, and write several files at a time; so
        the end too may raise what `write` raises.
        """
        return nullcontext()

    @abstractmethod
    def fresh(self, path: str, fingerprint: str) -> bool:
        """Tell whether the file stands there as the rendering with this fingerprint left it.

        An empty fingerprint is never fresh: such files are rendered each time.
        """

    @abstractmethod
    def write(
        self, path: str, data: bytes, changed: dt.datetime, *, fingerprint: str = ""
    ) -> bool:
        """Put bytes at a path; return False, file untouched, when they are there already.

        `changed` becomes the file's time. It never goes back nor stands still while the bytes
        change, since many readers compare nothing else. Raises BridgeError when writing fails.
        """

    @abstractmethod
    def remove(self, path: str) -> bool:
        """Take a file and its twin away; return False when there was none."""

    @abstractmethod
    def paths(self, folder: str = "") -> Iterator[str]:
        """Yield the paths of all files below a folder, in order; twins are not named."""

    @abstractmethod
    def entry(self, path: str) -> Record | None:
        """Return what is known of a file, from the file itself where the list is behind."""

    @abstractmethod
    def read(self, path: str) -> bytes | None:
        """Return the bytes of a published file; None when there is none."""


def is_path(path: str) -> bool:
    """Tell whether a path may name a file of the output (security no. 70).

    ASCII letters, digits, `_`, `-` and single inner dots: no way up, no hidden file.
    """
    return bool(_PATH.fullmatch(path)) and all(len(s) <= _LONGEST for s in path.split("/"))


def checked(path: str) -> str:
    """Return the path; BridgeError when it may not name a file of the output."""
    if not is_path(path):
        raise BridgeError(f"{path!r} is not a path for a published file")
    return path


def etag(data: bytes) -> str:
    """Return the strong entity tag of these very bytes, quotes included."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def twin(path: str, data: bytes) -> bytes | None:
    """Return the compressed form that stands beside a file as `.gz`, where it has one."""
    if len(data) < SMALLEST or path.rpartition(".")[2] not in COMPRESSED:
        return None
    return gzip.compress(data, 6, mtime=0)
