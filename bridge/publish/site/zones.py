"""Zones: where articles stand on the image of a page, as outlines to point at.

Boxes of paragraphs leave gaps between them and are as narrow as their last lines; a zone is
one shape around all of them, as an editor would draw it with a pencil.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from bridge.model import Box

REACH = 5.0
"""Points by which a zone is larger than its text: half a gutter."""

SHORT = 26.0
"""Points: text of so little height takes the width of what it stands under."""

GAP = 16.0
"""Points of white space over which boxes of one column are one."""

STRIP = 18.0
"""Points of a gutter, less what zones reach into it, that belongs to both its sides."""

MOST = 80
"""Boxes of which an outline is drawn; more are drawn each for itself."""

Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1."""

Point = tuple[float, float]

Corner = tuple[int, int]
"""A point by the places of its coordinates among all of them."""


def outline(boxes: Iterable[Box]) -> str:
    """Return the path data (SVG 2 §9.3) of the shape that boxes of one page make."""
    rects = [
        (
            round(b.x0 - REACH, 1),
            round(b.y0 - REACH, 1),
            round(b.x1 + REACH, 1),
            round(b.y1 + REACH, 1),
        )
        for b in dict.fromkeys(boxes)
    ]
    merged = _merged(rects) if len(rects) <= MOST else rects
    few = len(merged) <= MOST
    loops = _loops([*merged, *_gutters(merged)]) if few else [_corners(r) for r in merged]
    return " ".join("M" + "L".join(f"{x:g},{y:g}" for x, y in loop) + "Z" for loop in loops)


def _corners(rect: Rect) -> list[Point]:
    x0, y0, x1, y1 = rect
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _merged(rects: Sequence[Rect]) -> list[Rect]:
    """Run together the boxes that follow each other in one column."""
    found: list[Rect] = []
    for rect in sorted(rects, key=lambda r: (r[1], r[0])):
        at = next((at for at, other in enumerate(found) if _goes_on(other, rect)), None)
        if at is None:
            found.append(rect)
        else:
            other = found.pop(at)
            found.append(
                (
                    min(rect[0], other[0]),
                    min(rect[1], other[1]),
                    max(rect[2], other[2]),
                    max(rect[3], other[3]),
                )
            )
    return found


def _goes_on(over: Rect, under: Rect) -> bool:
    """Tell whether one box follows another so closely that they are one area."""
    if under[1] - over[3] > GAP - 2 * REACH:
        return False
    narrow, wide = sorted((over, under), key=lambda r: r[2] - r[0])
    inside = wide[0] - 4 <= narrow[0] and narrow[2] <= wide[2] + 4
    alike = narrow[2] - narrow[0] > 0.8 * (wide[2] - wide[0])
    return inside and (alike or narrow[3] - narrow[1] < SHORT)


def _gutters(rects: Sequence[Rect]) -> list[Rect]:
    """Return the narrow strips between two boxes side by side, or one over the other."""
    found: list[Rect] = []
    for a, b in combinations(rects, 2):
        left, right = sorted((a, b))
        upper, lower = sorted((a, b), key=lambda r: (r[1], r[0]))
        low, high = max(a[1], b[1]), min(a[3], b[3])
        near, far = max(a[0], b[0]), min(a[2], b[2])
        if 0 < right[0] - left[2] <= STRIP and low < high:
            found.append((left[2], low, right[0], high))
        elif 0 < lower[1] - upper[3] <= STRIP and near < far:
            found.append((near, upper[3], far, lower[1]))
    return found


def _loops(rects: Sequence[Rect]) -> list[list[Point]]:
    """Return the closed lines around what boxes cover together, clockwise; holes run back."""
    xs = sorted({x for rect in rects for x in (rect[0], rect[2])})
    ys = sorted({y for rect in rects for y in (rect[1], rect[3])})
    column, row = ({value: at for at, value in enumerate(values)} for values in (xs, ys))
    filled = {
        (i, j)
        for x0, y0, x1, y1 in rects
        for i in range(column[x0], column[x1])
        for j in range(row[y0], row[y1])
    }
    ends: dict[Corner, list[Corner]] = defaultdict(list)
    for i, j in sorted(filled):
        for beside, start, end in (
            ((i, j - 1), (i, j), (i + 1, j)),
            ((i + 1, j), (i + 1, j), (i + 1, j + 1)),
            ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i - 1, j), (i, j + 1), (i, j)),
        ):
            if beside not in filled:
                ends[start].append(end)
    return [[(xs[i], ys[j]) for i, j in loop] for loop in _chained(ends)]


def _chained(ends: dict[Corner, list[Corner]]) -> list[list[Corner]]:
    """Follow edges from corner to corner until each is used, and keep the corners of turns."""
    found: list[list[Corner]] = []
    for start in list(ends):
        while ends[start]:
            loop, at = [start], ends[start].pop()
            while at != start:
                loop.append(at)
                at = ends[at].pop()
            turns = zip((loop[-1], *loop), loop, (*loop[1:], start), strict=False)
            found.append([here for before, here, after in turns if _turns(before, here, after)])
    return found


def _turns(before: Corner, here: Corner, after: Corner) -> bool:
    """Tell whether a line changes its direction in a corner."""
    return (before[0] == here[0]) != (here[0] == after[0])
