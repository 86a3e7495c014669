"""Rows of a table: short cells on common base lines."""

import itertools
from collections.abc import Sequence
from statistics import median

from bridge.ingest.geometry.fragments import Fragment
from bridge.ingest.geometry.lines import PrintLine

ROWS = 3
"""Rows from which cells make a table."""

CELL = 16
"""Characters a cell has on average at most; a Latin cell may have twice as many."""


FILLED = 0.75
"""Share of the room before the next cell that cells take up at most."""


def rows(texts: Sequence[Fragment]) -> list[list[PrintLine]]:
    """Return the rows of a table that fragments side by side make, or nothing."""
    lines = sorted(
        (line for text in texts for line in text.lines), key=lambda x: (x.base, x.rect.x0)
    )
    found: list[list[PrintLine]] = []
    for line in lines:
        if found and line.base - found[-1][0].base < 0.3 * line.size:
            found[-1].append(line)
        else:
            found.append([line])
    for row in found:
        row.sort(key=lambda x: x.rect.x0)
    several = [row for row in found if len(row) > 1]
    if len(several) < ROWS or len(several) * 4 < 3 * len(found) or not _cells(several):
        return []
    return found


def _cells(several: Sequence[Sequence[PrintLine]]) -> bool:
    """Cells are short, are no sentences and leave room; the lines of columns fill them."""
    cells = [line for row in several for line in row]
    wide = 2 if all(line.text.isascii() for line in cells) else 1
    if sum(line.length for line in cells) > CELL * wide * len(cells):
        return False
    if sum(any(stop in line.text for stop in "。，") for line in cells) * 6 > len(cells):
        return False
    filled = [
        a.rect.width / max(b.rect.x0 - a.rect.x0, 1.0)
        for row in several
        for a, b in itertools.pairwise(row)
    ]
    return median(filled) < FILLED
