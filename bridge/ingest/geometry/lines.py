"""From words to printed lines: what stands on one base line of one column.

A gap between two words parts columns when white space runs on above and below it, when words
begin at the same place there, or when a rule or a frame's edge stands in it. The white space of
justified lines does none of these. Nothing depends on the order in which words were drawn.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bridge.ingest.geometry.glyphs import is_narrow
from bridge.ingest.geometry.shapes import Rect, Word, around
from bridge.ingest.geometry.space import LARGE, SPACE, Space

STRANGE, OFTEN, NARROWEST = 1.6, 1.2, 0.6
"""Times the gaps inside its lines from which a gap may be a narrow gutter, and the same where
words begin all over the page; ems that a gutter has at least."""

STRAIGHT = 4.0
"""Ems above and below through which no white space between words runs on by chance."""

HARDLY = 1.8
"""Ems from which a gap hardly ever is one of a justified line."""

WIDE = 5.0
"""Ems from which a gap surely parts two columns."""

HEADING_GAP = 1.3
"""Ems, of its own size, from which a gap parts two headings."""

SAME_BASE = 0.2
"""Ems by which base lines of one line may differ."""

HALF = "，。、；：！？”’）》」』"
"""Marks whose right half is empty, so that they may hang over the edge of their column."""

CROSSED = 1.3
"""Ems of white space above and below without which a gap hardly parts columns."""

FAR = 5.5
"""Ems up to which white space above and below is measured: more proves no more."""


class PrintLine(NamedTuple):
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
    space = Space(rows, barriers, body)
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


def _cut(row: Sequence[Word], space: Space) -> list[PrintLine]:
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


def _parts(before: Word, after: Word, space: Space, even: float) -> bool:
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
    if gap > WIDE * small or _is_gutter(before, after, space, gap):
        return True
    return _parts_columns(before, after, space, gap / small)


def _is_gutter(before: Word, after: Word, space: Space, gap: float) -> bool:
    """Tell whether a gap of a few letters is the gutter between narrow columns.

    It is when white space runs straight on through many lines. Else it must be far wider than
    the gaps inside the lines at its sides, for a justified line has one gap for all its words;
    and words begin there nearby, or the lines above and below are parted as well.
    """
    size, usual = min(before.size, after.size), max(before.gap, after.gap)
    if gap < NARROWEST * size:
        return False
    near = min(space.corridor(before.rect, after.rect, (CROSSED + 0.4) * size))
    if near >= CROSSED * size:
        if gap > OFTEN * usual and space.begun(after) > max(6.0, 4 * space.noise):
            return True
        if min(space.corridor(before.rect, after.rect, FAR * size)) >= STRAIGHT * size:
            return True
    if not usual or gap < STRANGE * usual:
        return False
    return space.aligned(before.rect, after, 6 * size) > int(near < CROSSED * size)


def _parts_columns(before: Word, after: Word, space: Space, gap: float) -> bool:
    """Weigh the white space above and below against the words that begin at the same x."""
    size = min(before.size, after.size)
    begun = space.begun(after)
    if gap < 0.9 and begun < 4:
        return False
    often = begun > max(6.0, 4 * space.noise)
    aligned = space.aligned(before.rect, after, 6 * size)
    sure = aligned > 1 or often
    if not aligned and not sure and gap < 1.5:
        return False
    up, down = (way / size for way in space.corridor(before.rect, after.rect, FAR * size))
    corridor = up + down
    if min(up, down) < CROSSED:  # the next line runs across
        return aligned > 1 and max(up, down) > 4.5 and gap > 0.9
    if gap < 0.8:
        return aligned > 2 and corridor > 5
    wide = 3.0 if gap < HARDLY else 1.8
    if gap > 1.1 and ((sure and corridor > 2.2) or (aligned and min(up, down) > wide)):
        return True
    return (sure and corridor > 3.7) or (min(up, down) > 3 and corridor > 8 and gap > 1.5)


def _parts_headings(before: Word, after: Word, space: Space, gap: float) -> bool:
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
        size=max(sizes, key=sizes.__getitem__) if len(sizes) > 1 else words[0].size,
        bold=weight > 0,
        text="".join(w.text for w in words) if vertical else _text(words),
    )


def _text(words: Sequence[Word]) -> str:
    """Return a line's text: Latin words are parted, Chinese ones where print parts them."""
    if len(words) == 1:
        return words[0].text
    gaps = [b.rect.x0 - a.rect.x1 for a, b in itertools.pairwise(words)]
    usual = median(gaps) if len(gaps) > 2 and _single(words) else 0.0
    parts = [words[0].text]
    for before, word, gap in zip(words, words[1:], gaps, strict=False):
        latin = is_narrow(before.text[-1]) and is_narrow(word.text[0])
        least = 0.1 if latin else 0.15
        spaced = gap > least * word.size and (latin or gap > 1.6 * usual)
        if latin and len(before.text) == len(word.text) == 1 and len(words) > 3:
            spaced = gap > 1.6 * max(usual, least * word.size)  # letter-spaced capitals
        parts.append(" " + word.text if spaced else word.text)
    return "".join(parts)


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
