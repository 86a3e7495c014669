"""From lines to pieces: hard-wrapped lines run together, everything else stays apart.

Two lines belong to one piece when nothing stands between them and the first one is full: its
width is that of its neighbours, or the next word would not have fitted. A piece is what the
labels are given to; its text is for looking at, joins are made anew in `normalise`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.segment.characters import cells, fold
from bridge.model import Line

MIN_WIDTH, MAX_WIDTH = 24, 104
"""Cells between which a column of text is set; wider lines are whole paragraphs."""

SLACK = 3
"""Cells a full line may fall short of its column (no stop begins a line)."""

REACH = 6
"""Lines on each side that tell the width of the column."""

MIN_LINES = 3
"""Lines of one width that make a column."""

_STOP = re.compile("[。！？!?.…][”’」』）)\"']*$")
_ROW = re.compile("\\S(?:\u3000+| {2,}|\t)\\S")


_TABLE = re.compile("^[^.。!?]*[A-Za-z\u3400-\u9fff)][ ,:]+[0-9][0-9,.:-]*$")
"""A line that ends with a figure and holds no sentence: a row of results."""


@dataclass(slots=True, kw_only=True)
class Piece:
    """Lines that run on, with what is known about them."""

    lines: list[Line]
    page: int  # index of the page it stands on
    text: str = ""
    folded: str = ""
    furniture: bool = field(default=False)

    @property
    def gap(self) -> int:
        """Return the blank lines before it."""
        return self.lines[0].gap


def pieces(lines: Sequence[Line], page: int, spaced: bool) -> list[Piece]:
    """Return the pieces of a page in order; every line is in exactly one."""
    found: list[Piece] = []
    run: list[Line] = []
    for line in lines:
        if run and line.gap:
            found += _unwrap(run, page, spaced)
            run = []
        run.append(line)
    if run:
        found += _unwrap(run, page, spaced)
    return found


def _unwrap(run: list[Line], page: int, spaced: bool) -> list[Piece]:
    widths = [cells(line.text) for line in run]
    columns = _columns(widths) if len(run) >= MIN_LINES else [0] * len(run)
    found: list[Piece] = []
    for at, line in enumerate(run):
        if at and _full(run, widths, columns, at - 1, spaced):
            found[-1].lines.append(line)
        else:
            found.append(Piece(lines=[line], page=page))
    for piece in found:
        piece.text = run_on([line.text for line in piece.lines], spaced)
        piece.folded = fold(piece.text)
    return found


def _columns(widths: list[int]) -> list[int]:
    """Return for each line the width of the column it may stand in, 0 for none."""
    columns = []
    for at in range(len(widths)):
        near = sorted(widths[max(0, at - REACH) : at + REACH + 1], reverse=True)
        column = 0
        for place in range(len(near) - MIN_LINES + 1):
            wide, narrow = near[place], near[place + MIN_LINES - 1]
            if MIN_WIDTH <= wide <= MAX_WIDTH and wide - narrow <= 2 * SLACK + wide // 12:
                column = wide
                break
        columns.append(column)
    return columns


def _full(
    run: list[Line], widths: list[int], columns: list[int], at: int, spaced: bool
) -> bool:
    line, after, column = run[at], run[at + 1], columns[at]
    if not column or widths[at] > column + SLACK or after.indent > line.indent + 1:
        return False
    if widths[at + 1] > column + SLACK or _ROW.search(line.text) or _ROW.search(after.text):
        return False
    if _TABLE.search(line.text) and _TABLE.search(after.text):
        return False
    if not spaced:
        return widths[at] >= column - SLACK and not (
            _STOP.search(line.text) and widths[at] < column - 2
        )
    word = len(after.text.split(" ", 1)[0])
    return widths[at] + 1 + word > column - SLACK


def run_on(texts: Sequence[str], spaced: bool) -> str:
    """Return lines run together for looking at: hyphens drop, words part by a space."""
    if len(texts) == 1:
        return texts[0]
    parts: list[str] = []
    for text in texts:
        if parts and parts[-1].endswith("-") and text[:1].islower():
            parts[-1] = parts[-1][:-1]
        elif parts and (spaced or (parts[-1][-1:].isascii() and text[:1].isascii())):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)
