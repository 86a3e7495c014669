"""From words to printed lines: what stands on one base line of one column.

A gap between two words parts columns when white space runs on above and below it, when words
begin at the same place there, or when a rule or a frame's edge stands in it. The white space of
justified lines does none of these. Nothing depends on the order in which words were drawn.
"""

import itertools
import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bridge.ingest.geometry.shapes import Rect, Word, around

SPACE = 0.45
"""Ems up to which a gap is surely one between words."""

GUTTER = 0.75
"""Ems a gap has at least for the word after it to count as the beginning of a line."""

WIDE = 5.0
"""Ems from which a gap surely parts two columns."""

HEADING_GAP = 1.3
"""Ems, of its own size, from which a gap parts two headings."""

LARGE = 1.3
"""Times the body's size from which a line is display type."""

SAME_BASE = 0.2
"""Ems by which base lines of one line may differ."""

INDENT = 3.0
"""Ems by which a paragraph is indented at most."""

HALF = "，。、；：！？”’）》」』"
"""Marks whose right half is empty, so that they may hang over the edge of their column."""

CROSSED = 1.3
"""Ems of white space above and below without which a gap hardly parts columns."""

FAR = 5.5
"""Ems up to which white space above and below is measured: more proves no more."""

BAND = 6.0
"""Ems of height of the bands by which the beginnings of words are kept."""

_CELL = 1.6  # points of a cell of the map of free space


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """Words on one base line of one column, in reading order."""

    words: tuple[Word, ...]
    rect: Rect
    base: float
    size: float  # of most of its characters
    bold: bool  # most of its characters are
    text: str

    @property
    def length(self) -> int:
        """Return the number of characters."""
        return len(self.text)


def body_size(words: Sequence[Word]) -> float:
    """Return the font size that most characters have, in points; 0 without words."""
    sizes: Counter[float] = Counter()
    exact: Counter[float] = Counter()
    for word in words:
        exact[word.size] += len(word.text)
    for size, count in exact.items():
        sizes[round(size * 4) / 4] += count
    return max(sizes, key=lambda size: (sizes[size], -size)) if sizes else 0.0


def lines(words: Sequence[Word], barriers: Sequence[Rect], body: float) -> list[PrintLine]:
    """Return the lines of an area; `barriers` are the rules and edges no line crosses."""
    stacked, level = _stacks(words, body)
    rows = _rows(level)
    space = _Space(rows, barriers, body)
    found: list[PrintLine] = []
    for row in rows:
        found += _cut(row, space)
    found += [_line(stack, vertical=True) for stack in stacked]
    return sorted(found, key=lambda line: (line.base, line.rect.x0))


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Return words by base line; columns may share a row."""
    rows: list[list[Word]] = []
    row: list[Word] = []
    for word in sorted(words, key=lambda word: (word.base, word.rect.x0, word.order)):
        lead = row[0] if row else word
        rise = word.base - lead.base
        if row and rise <= SAME_BASE * lead.size and rise <= SAME_BASE * word.size:
            row.append(word)
        else:
            row = [word]
            rows.append(row)
    for row in rows:
        row.sort(key=lambda word: (word.rect.x0, word.order, word.text))
    return rows


class _Space:
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
        for word in words:
            if word.size <= LARGE * body:  # a heading runs across the columns it owns
                self._print(word.rect)
        self.least = max(1, int(SPACE * body / _CELL) - 1)
        self.wide = [self._eroded(~row) for row in self.rows]
        self._find_starts(printed)
        across = max((w.rect.x1 for w in words), default=0.0) - self.left
        self.noise = len(self.starts) * 0.24 * body / max(across, 1.0)

    def _print(self, rect: Rect) -> None:
        """Mark the cells a word covers, but for the room above and below its letters."""
        slack = 0.12 * (rect.y1 - rect.y0)
        left, right = int((rect.x0 - self.left) / _CELL), int((rect.x1 - self.left) / _CELL)
        bits = ((1 << (max(right - left, 0) + 1)) - 1) << left
        first = int((rect.y0 + slack - self.top) / _CELL)
        last = int((rect.y1 - slack - self.top) / _CELL)
        rows = self.rows
        for row in range(first, max(first, last) + 1):
            rows[row] |= bits

    def _find_starts(self, printed: Sequence[Sequence[Word]]) -> None:
        for row in printed:
            edge = -math.inf
            for word in row:
                if word.rect.x0 - edge > GUTTER * word.size:
                    self.starts.append((word.rect.x0, word.base))
                edge = word.rect.x1
        self.starts.sort()
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
        left = bisect_left(self.starts, (word.rect.x0 - slack, float("-inf")))
        right = bisect_right(self.starts, (word.rect.x0 + slack, float("inf")))
        return right - left

    def _aligned(self, x0: float, x1: float, base: float, near: float) -> int:
        if x1 < x0:
            return 0
        slack = 0.12 * self.body
        edges: Counter[int] = Counter()
        for band in range(int((base - near) // self.band), int((base + near) // self.band) + 1):
            starts = self.bands.get(band, ())
            left = bisect_left(starts, (x0 - slack, -math.inf))
            right = bisect_right(starts, (x1 + slack, math.inf))
            for x, other in starts[left:right]:
                if 0.3 * self.body < abs(other - base) < near:
                    edges[round(x / (2 * slack)) if x0 != x1 else 0] += 1
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


def _cut(row: Sequence[Word], space: _Space) -> list[PrintLine]:
    found: list[list[Word]] = []
    even = _letter_space(row)
    for word in row:
        if found and not _parts(found[-1][-1], word, space, even):
            found[-1].append(word)
        else:
            found.append([word])
    return [_line(words) for words in found]


def _letter_space(row: Sequence[Word]) -> float:
    """Return the usual gap of a row set letter by letter, in ems, else 0."""
    if not _single(row):
        return 0.0
    gaps = [(b.rect.x0 - a.rect.x1) / b.size for a, b in itertools.pairwise(row)]
    return median(gaps)


def _single(row: Sequence[Word]) -> bool:
    single = sum(len(word.text) == 1 for word in row)
    return single > 2 and single * 4 >= 3 * len(row)


def _parts(before: Word, after: Word, space: _Space, even: float) -> bool:
    """Tell whether two columns meet between two words of a row."""
    gap = after.rect.x0 - before.rect.x1
    if before.text[-1] in HALF:
        gap += 0.5 * before.size
    small, large = before.size, after.size
    if small > large:
        small, large = large, small
    if large > 1.6 * small and gap > 0.2 * small:
        return True
    if space.barred(before.rect, after.rect):
        return True
    if gap < SPACE * small:
        return False
    if gap < min(1.35 * even, 2.0) * small:
        return False
    if large > LARGE * space.body:
        return _parts_headings(before, after, space, gap)
    if gap > WIDE * small:
        return True
    return _parts_columns(before, after, space, gap / small)


def _parts_columns(before: Word, after: Word, space: _Space, gap: float) -> bool:
    """Weigh the white space above and below against the words that begin at the same x."""
    size = min(before.size, after.size)
    begun = space.begun(after)
    if gap < 0.9 and begun < 4:
        return False
    aligned = space.aligned(before.rect, after, 6 * size)
    sure = aligned > 1 or begun > max(6.0, 4 * space.noise)
    if not aligned and not sure and gap < 1.5:
        return False
    up, down = (way / size for way in space.corridor(before.rect, after.rect, FAR * size))
    corridor = up + down
    if min(up, down) < CROSSED:  # the next line runs across
        return aligned > 1 and max(up, down) > 4.5 and gap > 0.9
    if gap < 0.8:
        return aligned > 2 and corridor > 5
    if gap > 1.1 and ((sure and corridor > 2.2) or (aligned and min(up, down) > 3)):
        return True
    return (sure and corridor > 3.7) or (min(up, down) > 3 and corridor > 8 and gap > 1.5)


def _parts_headings(before: Word, after: Word, space: _Space, gap: float) -> bool:
    """Two headings stand side by side when the columns below are parted in the same place."""
    if gap > HEADING_GAP * max(before.size, after.size):
        return True
    reach = after.size + 14 * space.body
    corridor = sum(space.corridor(before.rect, after.rect, 10 * space.body))
    return (
        space.aligned(before.rect, after, reach) > 2 and corridor > after.size + 3 * space.body
    )


def _line(words: Sequence[Word], vertical: bool = False) -> PrintLine:
    sizes: dict[float, int] = {}
    weight = 0
    for word in words:
        length = len(word.text)
        sizes[word.size] = sizes.get(word.size, 0) + length
        weight += length if word.bold else -length
    return PrintLine(
        words=tuple(words),
        rect=around([w.rect for w in words]),
        base=words[0].base,
        size=max(sizes, key=sizes.__getitem__),
        bold=weight > 0,
        text="".join(w.text for w in words) if vertical else _text(words),
    )


def _text(words: Sequence[Word]) -> str:
    """Return a line's text: Latin words are parted, Chinese ones where print parts them."""
    gaps = [b.rect.x0 - a.rect.x1 for a, b in itertools.pairwise(words)]
    usual = median(gaps) if len(gaps) > 2 and _single(words) else 0.0
    parts = [words[0].text]
    for before, word, gap in zip(words, words[1:], gaps, strict=False):
        latin = _narrow(before.text[-1]) and _narrow(word.text[0])
        least = 0.1 if latin else 0.15
        spaced = gap > least * word.size and (latin or gap > 1.6 * usual)
        if latin and len(before.text) == len(word.text) == 1 and len(words) > 3:
            spaced = gap > 1.6 * max(usual, least * word.size)  # letter-spaced capitals
        parts.append(" " + word.text if spaced else word.text)
    return "".join(parts)


def _narrow(character: str) -> bool:
    return character < "\u2000" or "\u2010" <= character <= "\u2027" or character == "\u20ac"


def _stacks(words: Sequence[Word], body: float) -> tuple[list[list[Word]], list[Word]]:
    """Return display characters set one above the other, and all the other words."""
    single = sorted(
        (w for w in words if len(w.text) == 1 and w.size > 1.15 * body and w.text > "\u2e7f"),
        key=lambda w: (w.rect.y0, w.rect.x0),
    )
    taken: set[int] = set()
    stacks: list[list[Word]] = []
    for word in single:
        if id(word) in taken:
            continue
        stack = [word]
        for other in single:
            if id(other) not in taken and _under(stack[-1], other):
                stack.append(other)
        if len(stack) > 2 and not _has_neighbours(stack, words):
            stacks.append(stack)
            taken.update(map(id, stack))
    if not stacks:
        return [], list(words)
    stacks.sort(key=lambda stack: -stack[0].rect.x0)
    return stacks, [w for w in words if id(w) not in taken]


def _under(word: Word, other: Word) -> bool:
    pitch = other.rect.y0 - word.rect.y0
    same = abs(word.size - other.size) < 0.1 * word.size
    return (
        same
        and 0.8 * word.size < pitch < 1.7 * word.size
        and abs(word.rect.middle[0] - other.rect.middle[0]) < 0.15 * word.size
    )


def _has_neighbours(stack: Sequence[Word], words: Sequence[Word]) -> bool:
    """Tell whether most characters of a stack are parts of words that run across."""
    beside = 0
    members = set(map(id, stack))
    for word in stack:
        reach = 0.7 * word.size
        beside += any(
            id(other) not in members
            and abs(other.base - word.base) < SAME_BASE * word.size
            and abs(other.size - word.size) < 0.1 * word.size
            and (
                -1 < other.rect.x0 - word.rect.x1 < reach
                or -1 < word.rect.x0 - other.rect.x1 < reach
            )
            for other in words
        )
    return beside * 2 > len(stack)
