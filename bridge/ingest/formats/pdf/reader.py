"""The one door to pypdfium2: bytes of a PDF to words, rules, frames and pictures of its pages.

Characters are read with pdfium's loose boxes: their height is the font's size, their width the
advance. Many are asked for in one go, with plain numbers for handles, since what a call costs
is ctypes' own. Its rectangle API is quadratic, and so are text objects: not used.
"""

import ctypes
import gc
import json
import math
import mmap
import os
import re
import resource
import signal
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import repeat
from typing import Any

from bridge.errors import FormatError
from bridge.ingest.formats.pdf.drawings import drawn
from bridge.ingest.geometry.glyphs import Bounds, BoxesAt, Run, joined, runs
from bridge.ingest.geometry.shapes import (
    PLACES,
    Crop,
    PageContent,
    Place,
    Rect,
    Word,
)

MAX_MEMORY = 500_000_000
"""Bytes of address space the reading process may have beside the PDF itself."""

PAGE_SECONDS = 10
"""Seconds one page may take."""

MAX_PAGES = 400
MAX_CHARACTERS = 250_000
"""Of one page; a dense broadsheet page has some 15,000."""

MAX_WORDS = 60_000
"""Runs of text of one page."""

UNREADABLE = 0.3
"""Share of characters without a meaning from which a page has no usable text."""

SAMPLES = 60
"""Characters asked for their direction."""

BOLD = 550
"""Weight from which a font is bold."""

Mapped = bytes | ctypes.Array[ctypes.c_char]
"""A PDF in memory, or a file mapped into it."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile("[\ue000-\uf8ff\ufffd\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f]")


def pages(data: Mapped) -> Iterator[PageContent]:
    """Yield the pages of a PDF, upright.

    Raises FormatError: `no-pdf-support`, `encrypted`, `broken`, `no-text-layer`, `no-unicode`,
    `too-complex`.
    """
    document = opened(data)
    try:
        _limited(len(document), MAX_PAGES, f"the PDF has {len(document)} pages")
        for index in range(len(document)):
            yield _page(document, index)
    finally:
        document.close()


def limit() -> Mapped:
    """Set this process's limits of memory and time, and return its standard input.

    A file is mapped and not read: pdfium takes the parts that it needs.
    """
    size = os.fstat(0).st_size
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY + size, MAX_MEMORY + size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    mapped = mmap.mmap(0, size, access=mmap.ACCESS_COPY)
    signal.alarm(PAGE_SECONDS)  # kills this process: pdfium cannot be asked to stop
    return (ctypes.c_char * size).from_buffer(mapped)


def main() -> None:
    """Read a PDF from standard input and write its pages as lines of JSON, under limits."""
    data = limit()
    gc.disable()  # a process that soon ends needs none, and pages are many small values
    try:
        for page in pages(data):
            parts = (getattr(page, field.name) for field in fields(page))
            sys.stdout.write(json.dumps(list(parts)) + "\n")
            signal.alarm(PAGE_SECONDS)
    except FormatError as error:
        report = {"what": error.what, "code": error.code, "hint": error.hint}
        sys.stdout.write(json.dumps(report) + "\n")


def _library() -> Any:
    """Load pypdfium2; FormatError `no-pdf-support` when it is not installed."""
    try:
        import pypdfium2  # type: ignore[import-untyped]
    except ImportError:
        raise FormatError(
            "reading PDF needs the extra `pdf`",
            code="no-pdf-support",
            hint="install it with: pip install 'broadsheet[pdf]'",
        ) from None
    return pypdfium2


def opened(data: Mapped) -> Any:
    """Return a PDF as pdfium's document; the caller closes it. Raises what `pages` raises."""
    library = _library()
    try:
        document = library.PdfDocument(data)
        if len(document) == 0:
            raise FormatError("the PDF has no page", code="broken")
    except library.PdfiumError as error:
        if "password" in str(error).lower():
            raise FormatError(
                "the PDF is encrypted",
                code="encrypted",
                hint="export it without a password",
            ) from None
        raise FormatError(
            "the PDF cannot be opened, it is damaged", code="broken", hint="export it again"
        ) from None
    return document


def _page(document: Any, index: int) -> PageContent:
    library = _library()
    raw = library.raw
    try:
        page = document[index]
        held = page.get_textpage()
    except library.PdfiumError:
        raise FormatError(f"page {index + 1} of the PDF is damaged", code="broken") from None
    text = held.raw
    count = raw.FPDFText_CountChars(text)
    _limited(count, MAX_CHARACTERS, f"page {index + 1} has {count} characters")
    crop = page.get_cropbox()
    quarter = _quarter(raw, text, count)
    place = PLACES[quarter]
    frames, rules, pictures = drawn(raw, page, place, crop)
    words = _words(raw, text, count, place, crop, _upright(frames, rules))
    _limited(len(words), MAX_WORDS, f"page {index + 1} has {len(words)} runs of text")
    sides = (crop[2] - crop[0], crop[3] - crop[1])
    content = PageContent(
        width=sides[quarter % 2],
        height=sides[1 - quarter % 2],
        words=tuple(words),
        frames=tuple(frames),
        rules=tuple(rules),
        pictures=tuple(pictures),
        turn=(page.get_rotation() - 90 * quarter) % 360,
    )
    held.close()
    page.close()
    return content


def _upright(frames: Sequence[Rect], rules: Sequence[Rect]) -> list[Rect]:
    """Return the rules and edges that stand between columns."""
    edges = [Rect(x, frame.y0, x, frame.y1) for frame in frames for x in (frame.x0, frame.x1)]
    return [*edges, *(rect for rect in rules if rect.height > rect.width)]


def _limited(count: int, most: int, what: str) -> None:
    if count > most:
        raise FormatError(f"{what}, more than {most}", code="too-complex")


def _quarter(raw: Any, text: Any, count: int) -> int:
    """Return the quarter turns, against the clock, most of the text is written at."""
    votes: Counter[int] = Counter()
    matrix = raw.FS_MATRIX()
    for at in range(0, count, max(1, count // SAMPLES)):
        if raw.FPDFText_GetMatrix(text, at, ctypes.byref(matrix)):
            votes[round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4] += 1
    return votes.most_common(1)[0][0] if votes else 0


def _written(raw: Any, text: Any, count: int) -> str:
    """Return the characters of a page, in one call where each has one unit of UTF-16."""
    buffer = (ctypes.c_ushort * (count + 1))()
    got = raw.FPDFText_GetText(text, 0, count, buffer)
    plain = bytes(buffer)[: 2 * count].decode("utf-16-le", "surrogatepass")
    if got == count + 1 and len(plain) == count and not _SURROGATE.search(plain):
        return plain
    return "".join(chr(raw.FPDFText_GetUnicode(text, at)) for at in range(count))


def _require_meaning(written: str) -> None:
    """Raise FormatError `no-unicode` when a page's characters mean nothing."""
    odd = len(_ODD.findall(written))
    if odd > UNREADABLE * max(len("".join(written.split())), 1):
        raise FormatError(
            "the PDF's characters have no meaning: its fonts lack a ToUnicode map",
            code="no-unicode",
            hint="export it with Unicode text, or run OCR over it",
        )


def _boxes_at(raw: Any, text: Any, place: Place, crop: Crop) -> BoxesAt:
    """Return how characters' bounds are asked for, many in one go."""
    read = _fast(raw.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
    handle, upright = ctypes.cast(text, ctypes.c_void_p).value, place is PLACES[0]

    def boxes_at(indexes: Sequence[int]) -> list[Bounds | None]:
        size = ctypes.sizeof(raw.FS_RECTF)
        edges = array("f", bytes(size * len(indexes)))
        first = edges.buffer_info()[0]
        where = range(first, first + size * len(indexes), size)
        told = list(map(read, repeat(handle), indexes, where))
        left, top, right, bottom = (edges[side::4] for side in range(4))
        if upright:  # as `place` does it, without a call for each
            x, y = crop[0], crop[3]
            return [
                (x0 - x, y - y1, x1 - x, y - y0) if good else None
                for good, x0, y0, x1, y1 in zip(told, left, bottom, right, top, strict=True)
            ]
        return [
            place(x0, y0, x1, y1, crop) if good else None
            for good, x0, y0, x1, y1 in zip(told, left, bottom, right, top, strict=True)
        ]

    return boxes_at


def _fast(function: Any, result: Any, *arguments: Any) -> Any:
    """Return a function of pdfium's that takes a handle as a plain number: half the price."""
    kind = ctypes.CFUNCTYPE(result, ctypes.c_void_p, *arguments)
    return ctypes.cast(function, kind)


def _words(
    raw: Any, text: Any, count: int, place: Place, crop: Crop, upright: Sequence[Rect]
) -> list[Word]:
    """Return a page's words, run together to phrases; `upright` are the rules between them."""
    written = _written(raw, text, count)
    _require_meaning(written)
    found = runs(written, _boxes_at(raw, text, place, crop))
    _embolden(raw, text, found)
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    bases: dict[tuple[float, float], float] = {}  # by a line's upper and lower edge
    words: list[Word] = []
    for order, run in enumerate(joined(found, upright)):
        line = run.y0, run.y1
        if line not in bases:
            raw.FPDFText_GetCharOrigin(text, run.first, at_x, at_y)
            bases[line] = place(x.value, y.value, x.value, y.value, crop)[1]
        rect = Rect(run.x0, run.y0, run.x1, run.y1)
        words.append(Word(run.text, rect, bases[line], run.size, run.bold, order, run.gap))
    return words


def _embolden(raw: Any, text: Any, found: Sequence[Run]) -> None:
    """Mark the runs that begin and end in a bold font."""
    weight = _fast(raw.FPDFText_GetFontWeight, ctypes.c_int, ctypes.c_int)
    handle = ctypes.cast(text, ctypes.c_void_p).value
    weights = map(weight, repeat(handle), [run.last for run in found])
    for run, heavy in zip(found, weights, strict=True):
        if heavy >= BOLD:
            run.bold = run.last == run.first or weight(handle, run.first) >= BOLD


if __name__ == "__main__":
    main()
