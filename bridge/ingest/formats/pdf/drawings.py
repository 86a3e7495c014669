"""What a page of a PDF shows besides text: frames, rules and pictures.

Page objects are looked at one by one, forms within forms as well, up to limits.
"""

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bridge.ingest.geometry.shapes import (
    IDENTITY,
    Crop,
    Matrix,
    Place,
    Rect,
    hull,
    moved,
    times,
)

MAX_OBJECTS = 60_000
"""Page objects looked at for rules and frames."""

MAX_SEGMENTS = 400
"""Segments of a path that are looked at one by one."""

MAX_DEPTH = 6
"""Forms within forms."""

THIN, MIN_FRAME, MIN_PICTURE = 5.0, 9.0, 12.0
"""Points: the widest rule, the smallest frame and the smallest picture."""


@dataclass(slots=True)
class _Shapes:
    """What is drawn besides text."""

    frames: list[Rect]
    rules: list[Rect]
    pictures: list[Rect]
    left: int = MAX_OBJECTS


def drawn(
    raw: Any, page: Any, place: Place, crop: Crop
) -> tuple[list[Rect], list[Rect], list[Rect]]:
    """Return the frames, rules and pictures of a page, on the upright page."""
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
