"""From lines to pieces: hard-wrapped lines run together, everything else stays apart.

Two lines belong to one piece when nothing stands between them and the first one is full: its
width is that of its neighbours, or the next word would not have fitted. A piece is what the
labels are given to; its text is for looking at, joins are made anew in `normalise`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bridge.ingest.segment.characters import cells, fold
from bridge.ingest.segment.people import latin
from bridge.model import Line

MIN_WIDTH, MAX_WIDTH = 24, 104
"""Cells between which a column of text is set; wider lines are whole paragraphs."""

SLACK = 3
"""Cells a full line may fall short of its column (no stop begins a line)."""

REACH = 6
"""Lines on each side that tell the width of the column."""

MIN_LINES = 3
"""Lines of one width that make a column."""

MIN_AMONG_WHOLE = 4
"""The same where paragraphs mostly stand on a line each."""

MAX_INDENT = 8
"""Cells of white space before a paragraph; more of it centres a line."""

_CLOSED = re.compile("[。！？!?.…：:；;，,”’」』）)》】\\]\"'][ ]*$")
"""How the last line of a paragraph ends; a comma wants more, but belongs to text."""

_SIGNED = re.compile("[A-Z][\\w.'’-]*(?: [A-Z][\\w.'’-]*){1,4}(?:, [A-Z].{2,40}[^.!?])?")
"""A name, with or without an office: it signs what stands above."""

_CREDITED = re.compile("[。！？”」][(（][^()（）]{1,40}[)）]$")
"""A credit in brackets behind a sentence ends its story."""

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


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines without a blank line between them, with what their widths tell."""

    lines: Sequence[Line]
    widths: list[int]  # cells, the indent included
    columns: list[int]  # cells of the column a line may stand in, 0 for none
    spaced: bool
    marked: bool  # an indent marks a paragraph, so a line without one goes on


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the lines of a page are set."""

    spaced: bool
    marked: bool  # an indent marks a paragraph, so a line without one goes on
    least: int  # lines of one width that make a column
    usual: int  # cells of the page's columns when all of it is wrapped, else 0

    @classmethod
    def of(cls, lines: Sequence[Line], widths: Sequence[int], spaced: bool) -> "_Layout":
        """Measure a page; `widths` are the lines' cells without their indent."""
        long = sum(width > MAX_WIDTH for width in widths)
        least = MIN_LINES if long * 6 < len(lines) else MIN_AMONG_WHOLE
        usual = _usual_width(lines, widths) if least == MIN_LINES else 0
        return cls(spaced, _marks_paragraphs(lines, widths), least, usual)


def pieces(lines: Sequence[Line], page: int, spaced: bool) -> list[Piece]:
    """Return the pieces of a page in order; every line is in exactly one."""
    widths = [cells(line.text) for line in lines]
    layout = _Layout.of(lines, widths, spaced)
    starts = [at for at, line in enumerate(lines) if at == 0 or line.gap]
    found: list[Piece] = []
    for start, end in pairwise([*starts, len(lines)]):
        if end - start == 1:
            found.append(Piece(lines=[lines[start]], page=page))
        else:
            found += _unwrap(lines[start:end], widths[start:end], page, layout)
    for piece in found:
        piece.text = run_on([line.text for line in piece.lines], spaced)
        piece.folded = fold(piece.text)
    return found


def _marks_paragraphs(lines: Sequence[Line], widths: Sequence[int]) -> bool:
    """Tell whether lines are wrapped and only an indent tells where a paragraph begins."""
    marked = wrapped = 0
    for (line, after), width in zip(pairwise(lines), widths, strict=False):
        if 2 <= line.indent <= MAX_INDENT and width <= MAX_WIDTH:
            marked += 1
            wrapped += after.gap == 0 and after.indent < 2
    long = sum(width > MAX_WIDTH for width in widths)
    return marked >= MIN_LINES and wrapped * 2 > marked and long * 10 < len(lines)


def _usual_width(lines: Sequence[Line], widths: Sequence[int]) -> int:
    """Return the width of the page's columns when all of it is wrapped, 0 when it is not."""
    if len(lines) < 4 * MIN_LINES:
        return 0
    ordered = sorted(_indented(lines, widths))
    width = ordered[len(ordered) * 9 // 10]
    full = sum(width - 2 * SLACK <= one <= width for one in ordered)
    return width if MIN_WIDTH <= width <= MAX_WIDTH and full * 4 > len(ordered) else 0


def _indented(lines: Sequence[Line], widths: Sequence[int]) -> list[int]:
    return [
        width + min(line.indent, MAX_INDENT) for line, width in zip(lines, widths, strict=True)
    ]


def _unwrap(
    run: Sequence[Line], bare: Sequence[int], page: int, layout: _Layout
) -> list[Piece]:
    widths = _indented(run, bare)
    frame = _Run(run, widths, _frame_columns(widths, layout), layout.spaced, layout.marked)
    found: list[Piece] = []
    for at, line in enumerate(run):
        if at and (_full(frame, at - 1) or _goes_on(frame, at - 1, found[-1])):
            found[-1].lines.append(line)
        else:
            found.append(Piece(lines=[line], page=page))
    return found


def _frame_columns(widths: list[int], layout: _Layout) -> list[int]:
    """Return the columns' widths in a frame; a short frame has the page's."""
    least = layout.least
    if least > MIN_LINES and max(widths) > MAX_WIDTH:  # paragraphs of a line each
        return [0] * len(widths)
    columns = _columns(widths) if len(widths) >= least else [0] * len(widths)
    return [
        column or (layout.usual if width * 10 >= layout.usual * 9 else 0)
        for column, width in zip(columns, widths, strict=True)
    ]


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


def _goes_on(frame: _Run, at: int, piece: Piece) -> bool:
    """Tell whether a paragraph that began with an indent goes on without one."""
    line, after = frame.lines[at], frame.lines[at + 1]
    if not frame.marked or not frame.columns[at] or after.indent >= 2:
        return False
    if not 2 <= piece.lines[0].indent <= MAX_INDENT or cells(after.text) > MAX_WIDTH:
        return False
    if frame.spaced:
        return False  # words are too uneven to tell
    if _CREDITED.search(line.text):
        return False
    characters = len(line.text) + line.indent // 2
    if not _CLOSED.search(line.text):
        return characters * 3 > frame.columns[at]
    full = characters >= frame.columns[at] // 2 - 1
    return full and bool(_CLOSED.search(after.text))


def _full(frame: _Run, at: int) -> bool:
    """Tell whether a line fills its column, so that the next one continues it."""
    line, after, column = frame.lines[at], frame.lines[at + 1], frame.columns[at]
    width = frame.widths[at]
    if not column or width > column + SLACK or after.indent > line.indent + 1:
        return False
    if frame.widths[at + 1] > column + SLACK or _tabular(line, after):
        return False
    if frame.spaced:
        word = len(after.text.split(" ", 1)[0])
        if width * 2 < column or "@" in after.text[:word]:
            return False
        if _STOP.search(line.text) and _SIGNED.fullmatch(after.text):
            return False
        if _signs(after.text):
            return False
        return width + 1 + word > column - SLACK
    if (
        width < column - SLACK
        or _CREDITED.search(line.text)
        or (_STOP.search(line.text) and width < column - 2)
    ):
        return False
    return not (_STOP.search(line.text) and _displayed(frame, at + 1))


def _signs(text: str) -> bool:
    """Tell whether a line is a byline, which begins no wrapped line; a photo's credit may."""
    found = latin(text)
    return found is not None and all(one.role != "photographer" for one in found.people)


def _tabular(line: Line, after: Line) -> bool:
    if _ROW.search(line.text) or _ROW.search(after.text):
        return True
    return bool(_TABLE.search(line.text) and _TABLE.search(after.text))


def _displayed(frame: _Run, at: int) -> bool:
    """A short line without a stop, and more text under it, ends no paragraph."""
    return (
        at + 1 < len(frame.lines)
        and frame.widths[at] * 4 < frame.columns[at] * 3
        and not _CLOSED.search(frame.lines[at].text)
    )


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
