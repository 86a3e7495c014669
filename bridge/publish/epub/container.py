"""The file that a book comes in (EPUB 3.3 §4, OCF): a ZIP archive of a fixed form."""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

MIMETYPE = b"application/epub+zip"

STORED = frozenset("gif jpeg jpg png webp".split())
"""Endings of what is compressed already."""

FIRST = dt.date(1980, 1, 1)
"""No ZIP archive knows an earlier day."""


def pack(parts: Mapping[str, bytes], date: dt.date) -> bytes:
    """Return an archive of parts by their paths, each dated so, in their order.

    Before them stands `mimetype`, not compressed, so that its words are found at a fixed place.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in {"mimetype": MIMETYPE, **parts}.items():
            archive.writestr(_entry(path, max(date, FIRST)), data, compresslevel=6)
    return file.getvalue()


def _entry(path: str, date: dt.date) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, (date.year, date.month, date.day, 0, 0, 0))
    packed = path == "mimetype" or path.rpartition(".")[2] in STORED
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on every system
    entry.external_attr = 0o644 << 16
    return entry
