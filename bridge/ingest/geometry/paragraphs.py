"""From the fragments of a story to its paragraphs: indents, short lines and gaps tell."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bridge.ingest.geometry.fragments import Fragment
from bridge.ingest.geometry.lines import PrintLine
from bridge.ingest.geometry.shapes import Rect, around

INDENT = 0.7
"""Ems from which a line is indented."""

RAGGED = 0.5
"""Ems that lines of text set ragged fall short of their column, many of them."""

SHORT = 2.0
"""Ems a line must fall short of its column to end a paragraph for sure."""

_STOP = re.compile("[。！？!?.…:：][”’」』）)\"'】]*$")
_ITEM = re.compile("[■●◆▲★•▪◎○□◇△☆]|[0-9]{1,2}[.、．][^0-9]")

Role = Literal["paragraph", "subhead"]


@dataclass(slots=True, kw_only=True)
class Printed:
    """Lines of one paragraph or subhead, over as many columns as it takes."""

    role: Role
    lines: list[PrintLine]
    cut: bool = False  # begins a column without an indent

    @property
    def rect(self) -> Rect:
        """Return the area it covers."""
        return around([line.rect for line in self.lines])


@dataclass(frozen=True, slots=True)
class _Seen:
    """A line with what it is measured against."""

    line: PrintLine
    left: float
    right: float
    first: bool  # of its fragment
    gap: float  # white space above, in usual distances of lines


def paragraphs(texts: Sequence[Fragment], body: float, step: float) -> list[Printed]:
    """Return the paragraphs of a story whose fragments stand in order of reading."""
    seen = [one for text in texts for one in _measure(text, texts, body, step)]
    indented = any(s.line.rect.x0 - s.left > INDENT * body for s in seen)
    telling = not indented or not _is_ragged(seen, body)
    found: list[Printed] = []
    for at, one in enumerate(seen):
        before, after = seen[at - 1] if at else None, next(iter(seen[at + 1 : at + 2]), None)
        if _divides(one, before, after, body):
            if (
                found
                and found[-1].role == "subhead"
                and before
                and not one.first
                and one.gap < 0.3
            ):
                found[-1].lines.append(one.line)
            else:
                found.append(Printed(role="subhead", lines=[one.line]))
        elif (
            not found
            or found[-1].role == "subhead"
            or _begins(one, before, body, indented, telling)
        ):
            found.append(
                Printed(role="paragraph", lines=[one.line], cut=_is_cut(one, found, body))
            )
        else:
            found[-1].lines.append(one.line)
    return found


def _measure(
    text: Fragment, texts: Sequence[Fragment], body: float, step: float
) -> list[_Seen]:
    """Return a fragment's lines with the edges of the column they stand in."""
    column = [
        t
        for t in texts
        if t.rect.across(text.rect) > 0.3 * min(t.rect.width, text.rect.width)
        and abs(t.rect.x0 - text.rect.x0) < 3.2 * body
    ]
    left = min(t.rect.x0 for t in column)
    right = max(t.rect.x1 for t in column)
    found: list[_Seen] = []
    for at, line in enumerate(text.lines):
        above = text.lines[at - 1].base if at else _base_above(text, column)
        gap = (line.base - above) / step - 1 if above is not None else 0.0
        found.append(_Seen(line, left, right, at == 0, max(gap, 0.0)))
    return found


def _base_above(text: Fragment, column: Sequence[Fragment]) -> float | None:
    bases = [t.lines[-1].base for t in column if t is not text and t.bottom <= text.top + 2]
    return max(bases, default=None)


def _is_cut(one: _Seen, found: Sequence[Printed], body: float) -> bool:
    return one.first and not found and one.line.rect.x0 - one.left < INDENT * body


def _is_ragged(seen: Sequence[_Seen], body: float) -> bool:
    """Tell whether lines inside paragraphs end wherever their last word does."""
    inside = [
        above.right - above.line.rect.x1
        for above, below in itertools.pairwise(seen)
        if not below.first and below.line.rect.x0 - below.left < INDENT * body
    ]
    return 4 * sum(room > RAGGED * body for room in inside) > len(inside)


def _begins(
    one: _Seen, before: _Seen | None, body: float, indented: bool, telling: bool
) -> bool:
    """Tell whether a line begins a paragraph; `telling`: a short line above says so."""
    if before is None:
        return True
    indent = one.line.rect.x0 - one.left
    if INDENT * body < indent < 4.5 * body or _ITEM.match(one.line.text):
        return True
    short = before.right - before.line.rect.x1 > SHORT * body and before.line.rect.width > 0
    ended = bool(_STOP.search(before.line.text))
    if not one.first and one.gap > 0.45 and ended:
        return True
    return telling and short and ended and (not indented or not one.first)


def _divides(one: _Seen, before: _Seen | None, after: _Seen | None, body: float) -> bool:
    """Tell whether a line is a subhead: short, of another make, standing for itself."""
    line = one.line
    room = one.right - one.left
    if line.rect.width > 0.88 * room or line.length > 60 or before is None:
        return False
    if line.text[-1:] in "。，、；,;." or (_ITEM.match(line.text) and not line.bold):
        return False
    if before is not None and not before.line.bold and not _STOP.search(before.line.text):
        return False
    larger = line.size > 1.1 * body
    other = after is not None and not (after.line.bold and after.gap < 0.3)
    bold = line.bold and not before.line.bold and other and _marked(one, after, body)
    centred = (
        one.gap > 0.3
        and abs(line.rect.middle[0] - (one.left + one.right) / 2) < 0.6 * body
        and line.rect.x0 - one.left > 2.5 * body
    )
    return larger or bold or centred


def _marked(one: _Seen, after: _Seen | None, body: float) -> bool:
    """A bold line is set apart by more than its weight: a gap, its size, the indent below."""
    if one.gap > 0.2 or abs(one.line.size - body) > 0.03 * body:
        return True
    return after is not None and after.line.rect.x0 - after.left > INDENT * body
