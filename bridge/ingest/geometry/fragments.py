"""From lines to fragments: lines of one make that stand one below the other in one column."""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bridge.ingest.geometry.lines import PrintLine
from bridge.ingest.geometry.shapes import Rect, around

Make = Literal["heading", "body", "small", "picture"]

HEADING = 1.18
"""Times the body's size from which a line is heading."""

SMALL = 0.93
"""Times the body's size below which a line is caption, byline or the like."""

INDENT = 2.5
"""Ems that a line may lie to the left of the fragment it goes on."""

LOOSE = 1.45
"""Usual distances of lines from which the next line is set apart."""


@dataclass(slots=True, kw_only=True, eq=False)
class Fragment:
    """Lines of one make in one column, top down."""

    lines: list[PrintLine]
    make: Make
    rect: Rect = field(default_factory=lambda: Rect(0, 0, 0, 0))
    vertical: bool = False

    @property
    def size(self) -> float:
        """Return the font size of its largest line."""
        return max((line.size for line in self.lines), default=0.0)

    @property
    def text(self) -> str:
        """Return its text, for looking at."""
        return " ".join(line.text for line in self.lines)

    @property
    def bold(self) -> bool:
        """Tell whether every line of it is bold."""
        return all(line.bold for line in self.lines)

    @property
    def top(self) -> float:
        """Return the y of its upper edge."""
        return self.rect.y0

    @property
    def bottom(self) -> float:
        """Return the y of its lower edge."""
        return self.rect.y1


def make_of(line: PrintLine, body: float) -> Make:
    """Return what a line is by its size alone."""
    if line.size >= HEADING * body:
        return "heading"
    return "small" if line.size < SMALL * body else "body"


def leading(lines: Sequence[PrintLine], body: float) -> float:
    """Return the usual distance of base lines in points."""
    steps: Counter[float] = Counter()
    plain = sorted(
        (line for line in lines if abs(line.size - body) < 0.08 * body),
        key=lambda line: (round(line.rect.x0 / body), line.base),
    )
    for above, line in itertools.pairwise(plain):
        step = line.base - above.base
        if 0.9 * body < step < 2.5 * body and above.rect.across(line.rect) > 0:
            steps[round(step * 4) / 4] += 1
    return max(steps, key=lambda s: (steps[s], -s)) if steps else 1.35 * body


def fragments(
    lines: Sequence[PrintLine], walls: Sequence[Rect], body: float, step: float
) -> list[Fragment]:
    """Return the fragments of an area's lines; `walls` are rules and pictures between them."""
    level = sorted(lines, key=lambda line: line.base)
    bases = [line.base for line in level]
    open_ones: list[Fragment] = []
    done: list[Fragment] = []
    for line in sorted(lines, key=lambda line: (line.rect.y0, line.rect.x0)):
        make = make_of(line, body)
        low = line.rect.y0 - step * LOOSE - 1.2 * line.size
        if any(f.rect.y1 <= low for f in open_ones):
            done += [f for f in open_ones if f.rect.y1 <= low]
            open_ones = [f for f in open_ones if f.rect.y1 > low]
        near = _near(open_ones, line, make, INDENT * body)
        fits = [f for f in near if _goes_on(f, line, make, walls, body, step)]
        best = max(fits, key=lambda f: (f.rect.across(line.rect), f.bottom), default=None)
        first = bisect_left(bases, line.base - 0.3 * body)
        row = level[first : bisect_right(bases, line.base + 0.3 * body)]
        if best is not None and not _beside(row, best, line, make, body):
            best.lines.append(line)
            best.rect = around([best.rect, line.rect])
            continue
        tall = line.rect.height > 2 * line.rect.width and line.length > 2
        open_ones.append(Fragment(lines=[line], make=make, rect=line.rect, vertical=tall))
    return sorted(done + open_ones, key=lambda f: (f.top, f.rect.x0))


def _near(
    open_ones: Sequence[Fragment], line: PrintLine, make: Make, reach: float
) -> list[Fragment]:
    """Return the fragments of one make over or beside a line, up to `reach` points apart."""
    left, right = line.rect.x0 - reach, line.rect.x1 + reach
    return [f for f in open_ones if f.make == make and f.rect.x0 < right and f.rect.x1 > left]


def _goes_on(
    fragment: Fragment,
    line: PrintLine,
    make: Make,
    walls: Sequence[Rect],
    body: float,
    step: float,
) -> bool:
    if fragment.vertical:
        return False
    last = fragment.lines[-1]
    slack = 0.085 if make == "body" else 0.07
    if abs(last.size - line.size) > slack * max(last.size, line.size):
        return False
    distance = line.base - last.base
    usual = step * line.size / body if make != "body" else step
    if make == "heading":
        usual = 1.15 * line.size
    if not 0.5 * line.size < distance < LOOSE * usual:
        return False
    above = last.rect
    if make == "body":  # a short line may lie wholly under the indent of the one above
        whole = fragment.rect
        above = Rect(whole.x0 - INDENT * body, whole.y0, whole.x1, whole.y1)
    if above.across(line.rect) < 0.3 * min(above.width, line.rect.width):
        return False
    if make == "body" and not _same_column(fragment, line, body):
        return False
    return not any(_between(last.rect, line.rect, wall) for wall in walls)


def _same_column(fragment: Fragment, line: PrintLine, body: float) -> bool:
    """Lines of a column begin at its left edge, or are indented, or are centred on it."""
    left = fragment.rect.x0
    if abs(line.rect.x0 - left) < 4.5 * body:
        return True
    centre = abs(line.rect.middle[0] - fragment.rect.middle[0])
    right = abs(line.rect.x1 - fragment.rect.x1)
    return min(centre, right) < body


def _beside(
    lines: Sequence[PrintLine], fragment: Fragment, line: PrintLine, make: Make, body: float
) -> bool:
    """Tell whether a wide line ends where two columns begin below it."""
    if make != "body" or fragment.rect.width < 1.5 * line.rect.width + 2 * body:
        return False
    edge = fragment.lines[-1].rect
    for other in lines:
        same = abs(other.base - line.base) < 0.3 * body and other is not line
        if same and other.rect.x0 > line.rect.x1 and other.rect.across(edge) > 4 * body:
            return True
        if same and other.rect.x1 < line.rect.x0 and other.rect.across(edge) > 4 * body:
            return True
    return False


def _between(above: Rect, below: Rect, wall: Rect) -> bool:
    """Tell whether a rule or picture parts two lines."""
    y = (wall.y0 + wall.y1) / 2
    if not above.middle[1] < y < below.middle[1] or wall.height > 4 * max(wall.width, 1):
        return False
    return wall.across(below) > 0.5 * below.width
