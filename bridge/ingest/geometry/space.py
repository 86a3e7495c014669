"""The free space of an area: where nothing is printed, and where words begin."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from bridge.ingest.geometry.shapes import Rect, Word

SPACE = 0.45
"""Ems up to which a gap is surely one between words."""

GUTTER = 0.75
"""Ems a gap has at least for the word after it to count as the beginning of a line."""

LARGE = 1.3
"""Times the body's size from which a line is display type."""

INDENT = 3.0
"""Ems by which a paragraph is indented at most."""

BAND = 6.0
"""Ems of height of the bands by which the beginnings of words are kept."""

_CELL = 1.6  # points of a cell of the map of free space


class Space:
    """Where nothing is printed, as one bit per cell, and where words begin."""

    def __init__(
        self, printed: Sequence[Sequence[Word]], barriers: Sequence[Rect], body: float
    ) -> None:
        """Map the words of an area, given by base line."""
        self.body = body
        words = [word for row in printed for word in row]
        self.upright = [b for b in barriers if b.height > b.width]
        self.top = min((w.rect.y0 for w in words), default=0.0)
        self.left = min((w.rect.x0 for w in words), default=0.0)
        bottom = max((w.rect.y1 for w in words), default=0.0)
        self.rows = [0] * (int((bottom - self.top) / _CELL) + 2)
        self.starts: list[tuple[float, float]] = []
        self._print([w.rect for w in words if w.size <= LARGE * body])  # a head runs across
        self.least = max(1, int(SPACE * body / _CELL) - 1)
        self.wide = [self._eroded(~row) for row in self.rows]
        self._find_starts(printed)
        across = max((w.rect.x1 for w in words), default=0.0) - self.left
        self.noise = len(self.starts) * 0.24 * body / max(across, 1.0)

    def _print(self, rects: Sequence[Rect]) -> None:
        """Mark the cells that words cover, but for the room above and below their letters."""
        left, top = self.left, self.top
        level: dict[tuple[float, float], int] = defaultdict(int)  # words of one line together
        for x0, y0, x1, y1 in rects:
            first, last = int((x0 - left) / _CELL), int((x1 - left) / _CELL)
            level[y0, y1] |= ((1 << (max(last - first, 0) + 1)) - 1) << first
        for (y0, y1), bits in level.items():
            slack = 0.12 * (y1 - y0)
            first = int((y0 + slack - top) / _CELL)
            last = int((y1 - slack - top) / _CELL)
            for row in range(first, max(first, last) + 1):
                self.rows[row] |= bits

    def _find_starts(self, printed: Sequence[Sequence[Word]]) -> None:
        for row in printed:
            edge = -math.inf
            for word in row:
                if word.rect.x0 - edge > GUTTER * word.size:
                    self.starts.append((word.rect.x0, word.base))
                edge = word.rect.x1
        self.starts.sort()
        self.edges = [x for x, _ in self.starts]
        self.band = BAND * self.body or 1.0
        self.bands: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for start in self.starts:
            self.bands[int(start[1] // self.band)].append(start)

    def corridor(self, before: Rect, after: Rect, far: float) -> tuple[float, float]:
        """Return how far white space runs on above and below a gap's middle, in points.

        `far` is how far to look, in points.
        """
        first = int((before.x1 - self.left) / _CELL) + 1
        last = int((after.x0 - self.left) / _CELL) - self.least
        if last < first:
            return 0.0, 0.0
        gap = ((1 << (last - first + 1)) - 1) << first
        middle = int(((before.y0 + before.y1) / 2 - self.top) / _CELL)
        reach = int(far / _CELL)
        up = self._walk(gap, range(middle - 1, middle - reach, -1))
        down = self._walk(gap, range(middle, middle + reach))
        return _CELL * up, _CELL * down

    def _eroded(self, free: int) -> int:
        """Return where enough free cells begin."""
        found = free
        for step in range(1, self.least):
            found &= free >> step
        return found

    def _walk(self, gap: int, rows: range) -> int:
        steps = 0
        for row in rows:
            if 0 <= row < len(self.wide):
                gap &= self.wide[row]
                if not gap:
                    break
            steps += 1
        return steps

    def aligned(self, before: Rect, word: Word, near: float) -> int:
        """Return how many words near it begin at its x, or at that of its column's edge."""
        here = self._aligned(word.rect.x0, word.rect.x0, word.base, near)
        least = max(before.x1 + SPACE * word.size, word.rect.x0 - INDENT * word.size)
        if word.rect.x0 - 0.5 * word.size <= least:
            return here
        return max(here, self._aligned(least, word.rect.x0 - 0.5 * word.size, word.base, near))

    def begun(self, word: Word) -> int:
        """Return how many other words of the whole area begin at a word's x."""
        slack = 0.12 * self.body
        x = word.rect.x0
        return bisect_right(self.edges, x + slack) - bisect_left(self.edges, x - slack)

    def _aligned(self, x0: float, x1: float, base: float, near: float) -> int:
        if x1 < x0:
            return 0
        slack, least = 0.12 * self.body, 0.3 * self.body
        edges: dict[int, int] = {}
        low, high = x0 - slack, x1 + slack
        for band in range(int((base - near) // self.band), int((base + near) // self.band) + 1):
            starts = self.bands.get(band, ())
            at = bisect_left(starts, (low, -math.inf))
            while at < len(starts) and starts[at][0] <= high:
                x, other = starts[at]
                at += 1
                if least < abs(other - base) < near:
                    edge = round(x / (2 * slack)) if x0 != x1 else 0
                    edges[edge] = edges.get(edge, 0) + 1
        return max(edges.values(), default=0)

    def barred(self, before: Rect, after: Rect) -> bool:
        """Tell whether a rule or a frame's edge stands between two words."""
        if not self.upright:
            return False
        y = (before.y0 + before.y1) / 2
        return any(
            b.y0 <= y <= b.y1 and before.x1 - 1 <= (b.x0 + b.x1) / 2 <= after.x0 + 1
            for b in self.upright
        )
