"""The one door to pypdfium2: bytes of a PDF to words, rules, frames and pictures of its pages.

Characters are read with pdfium's loose boxes: their height is the font's size, their width the
advance; one call each. Its rectangle API is quadratic, and so are text objects: not used.
"""

import ctypes
import json
import math
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from bridge.errors import FormatError
from bridge.ingest.geometry.glyphs import BREAKS, Bounds, Run, runs
from bridge.ingest.geometry.shapes import (
    IDENTITY,
    PLACES,
    Crop,
    Matrix,
    PageContent,
    Place,
    Rect,
    Word,
    hull,
    moved,
    times,
)

MAX_MEMORY = 500_000_000
"""Bytes of address space the reading process may have."""

PAGE_SECONDS = 10
"""Seconds one page may take."""

MAX_PAGES = 400
MAX_CHARACTERS = 250_000
"""Of one page; a dense broadsheet page has some 15,000."""

MAX_WORDS = 60_000
"""Runs of text of one page."""

MAX_OBJECTS = 60_000
"""Page objects looked at for rules and frames."""

MAX_SEGMENTS = 400
"""Segments of a path that are looked at one by one."""

MAX_DEPTH = 6
"""Forms within forms."""

THIN, MIN_FRAME, MIN_PICTURE = 5.0, 9.0, 12.0
"""Points: the widest rule, the smallest frame and the smallest picture."""

UNREADABLE = 0.3
"""Share of characters without a meaning from which a page has no usable text."""

SAMPLES = 60
"""Characters asked for their direction."""

BOLD = 550
"""Weight from which a font is bold."""


def pages(data: bytes) -> Iterator[PageContent]:
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


def limit() -> bytes:
    """Set this process's limits of memory and time, and return its standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    signal.alarm(PAGE_SECONDS)  # kills this process: pdfium cannot be asked to stop
    return data


def main() -> None:
    """Read a PDF from standard input and write its pages as lines of JSON, under limits."""
    data = limit()
    try:
        for page in pages(data):
            sys.stdout.write(json.dumps(astuple(page)) + "\n")
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


def opened(data: bytes) -> Any:
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
    words = _words(raw, text, count, place, crop)
    _limited(len(words), MAX_WORDS, f"page {index + 1} has {len(words)} runs of text")
    frames, rules, pictures = _shapes(raw, page, place, crop)
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


def _points(raw: Any, text: Any, count: int) -> Sequence[int]:
    """Return the code point of every character, in one call where that is safe."""
    buffer = (ctypes.c_ushort * (count + 1))()
    got = raw.FPDFText_GetText(text, 0, count, buffer)
    plain = list(buffer)[:count]
    if got == count + 1 and not any(0xD800 <= unit < 0xE000 for unit in plain):
        return plain
    return [raw.FPDFText_GetUnicode(text, at) for at in range(count)]


def _words(raw: Any, text: Any, count: int, place: Place, crop: Crop) -> list[Word]:
    """Return a page's words; FormatError `no-unicode` when its characters mean nothing."""
    points = _points(raw, text, count)
    odd = sum(
        0xE000 <= p < 0xF900 or p == 0xFFFD or (p < 32 and p not in BREAKS) for p in points
    )
    written = sum(p > 32 for p in points)
    if odd > UNREADABLE * max(written, 1):
        raise FormatError(
            "the PDF's characters have no meaning: its fonts lack a ToUnicode map",
            code="no-unicode",
            hint="export it with Unicode text, or run OCR over it",
        )
    box = raw.FS_RECTF()
    where, read = ctypes.byref(box), raw.FPDFText_GetLooseCharBox

    def box_at(index: int) -> Bounds | None:
        if not read(text, index, where):
            return None
        return place(box.left, box.bottom, box.right, box.top, crop)

    return _styled(raw, text, runs(points, box_at), place, crop)


def _styled(raw: Any, text: Any, found: Sequence[Run], place: Place, crop: Crop) -> list[Word]:
    """Return runs as words; bold is what begins and ends in a bold font."""
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    bases: dict[tuple[float, float], float] = {}  # by a line's upper and lower edge
    weight, origin = raw.FPDFText_GetFontWeight, raw.FPDFText_GetCharOrigin
    words: list[Word] = []
    for order, run in enumerate(found):
        bold = weight(text, run.last) >= BOLD and (
            run.last == run.first or weight(text, run.first) >= BOLD
        )
        line = run.y0, run.y1
        if line not in bases:
            origin(text, run.first, at_x, at_y)
            bases[line] = place(x.value, y.value, x.value, y.value, crop)[1]
        words.append(
            Word(
                base=bases[line],
                text=run.text,
                rect=Rect(run.x0, run.y0, run.x1, run.y1),
                size=run.size,
                bold=bold,
                order=order,
            )
        )
    return words


@dataclass(slots=True)
class _Shapes:
    """What is drawn besides text."""

    frames: list[Rect]
    rules: list[Rect]
    pictures: list[Rect]
    left: int = MAX_OBJECTS


def _shapes(
    raw: Any, page: Any, place: Place, crop: Crop
) -> tuple[list[Rect], list[Rect], list[Rect]]:
    shapes = _Shapes([], [], [])
    handles = (
        raw.FPDFPage_GetObject(page, at) for at in range(raw.FPDFPage_CountObjects(page))
    )
    _collect(raw, handles, IDENTITY, shapes, 0)
    whole = (crop[2] - crop[0]) * (crop[3] - crop[1])

    def shown(rects: list[Rect]) -> list[Rect]:
        return [Rect(*place(r.x0, r.y0, r.x1, r.y1, crop)) for r in rects]

    frames = [r for r in shown(shapes.frames) if r.area < 0.9 * whole]
    pictures = [r for r in shown(shapes.pictures) if r.area < 0.9 * whole]
    return frames, shown(shapes.rules), pictures


def _collect(
    raw: Any, handles: Iterable[Any], matrix: Matrix, shapes: _Shapes, depth: int
) -> None:
    for handle in handles:
        shapes.left -= 1
        if shapes.left < 0:
            return
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            continue
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            inner = times(_matrix(raw, handle), matrix)
            count = raw.FPDFFormObj_CountObjects(handle)
            parts = (raw.FPDFFormObj_GetObject(handle, at) for at in range(max(count, 0)))
            _collect(raw, parts, inner, shapes, depth + 1)
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            bounds = _bounds(raw, handle, matrix)
            if bounds and min(bounds.width, bounds.height) > MIN_PICTURE:
                shapes.pictures.append(bounds)
        elif kind == raw.FPDF_PAGEOBJ_PATH and _visible(raw, handle):
            for part in _parts(raw, handle, matrix):
                _sort_in(part, shapes)


def _sort_in(part: Rect, shapes: _Shapes) -> None:
    thin, long = sorted((part.width, part.height))
    if thin <= THIN and long >= 6 * max(thin, 1.0):
        shapes.rules.append(part)
    elif thin > MIN_FRAME:
        shapes.frames.append(part)


def _visible(raw: Any, handle: Any) -> bool:
    """Tell whether a path leaves ink: it is stroked, or filled with something but white."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, ctypes.byref(fill), ctypes.byref(stroke))
    if stroke.value:
        return True
    if not fill.value:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(
        handle, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)
    )
    return alpha.value > 0 and min(red.value, green.value, blue.value) < 254


def _parts(raw: Any, handle: Any, matrix: Matrix) -> list[Rect]:
    """Return the boxes of a path's strokes: one path may draw every rule of a page."""
    count = raw.FPDFPath_CountSegments(handle)
    bounds = _bounds(raw, handle, matrix)
    if bounds is None:
        return []
    if not 5 < count <= MAX_SEGMENTS:
        return [bounds]
    inner = times(_matrix(raw, handle), matrix)
    strokes: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(handle, at)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO or not strokes:
            strokes.append([])
        strokes[-1].append(moved(x.value, y.value, inner))
    if len([s for s in strokes if len(s) > 1]) < 2:
        return [bounds]
    return [hull(stroke) for stroke in strokes if len(stroke) > 1]


def _bounds(raw: Any, handle: Any, matrix: Matrix) -> Rect | None:
    x0, y0, x1, y1 = (ctypes.c_float() for _ in range(4))
    got = raw.FPDFPageObj_GetBounds(
        handle, ctypes.byref(x0), ctypes.byref(y0), ctypes.byref(x1), ctypes.byref(y1)
    )
    if not got:
        return None
    corners = [(x, y) for x in (x0.value, x1.value) for y in (y0.value, y1.value)]
    return hull([moved(x, y, matrix) for x, y in corners])


def _matrix(raw: Any, handle: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, ctypes.byref(found)):
        return IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


if __name__ == "__main__":
    main()
