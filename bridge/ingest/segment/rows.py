"""Tables and lists: lines of one frame that are cut into fields the same way."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bridge.ingest.segment.looks import SHORT, Features

MIN_TABLE = 3
"""Lines of the shortest table."""

BULLETS = "●▲◆★△○◎▶•"
"""Signs that begin the items of a list; `■` begins bylines and subheads."""

_FIELD = re.compile(" {2,}|\u3000+|\t+|…{2,}|\\.{3,}|：|: ")
_WIDE = re.compile(" {2,}|\u3000+|\t+")
_SCHEDULED = re.compile(
    "(?:(?:周|星期|週)[一二三四五六日天]|"
    "[0-9]{1,2}[月./-][0-9]{1,2}日?)? ?[0-2]?[0-9]:[0-5][0-9] "
)
_FIGURE_LAST = re.compile(
    "[A-Za-z\u3400-\u9fff][^0-9]{0,30}[ ,][0-9]+(?:[-:.][0-9]+)?(?: \\([A-Z0-9]{1,4}\\))?$"
)


def mark_rows(found: Sequence[Features]) -> None:
    """Set `row` of the pieces that are rows: several lines in a frame, cut the same way."""
    run: list[Features] = []
    for this in [*found, None]:
        if this is not None and run and this.piece.gap == 0:
            run.append(this)
            continue
        if len(run) > 1:
            _mark_frame(run)
        run = [this] if this is not None else []


def _mark_bullets(run: Sequence[Features]) -> None:
    """Sentences behind the same sign, one under another, are items and no captions."""
    for above, below in pairwise(run):
        sign = above.piece.folded[0]
        if sign in BULLETS and sign == below.piece.folded[0] and _item(above) and _item(below):
            above.row = below.row = 1
            above.caption = below.caption = None


def _item(this: Features) -> bool:
    credited = this.caption is not None and this.caption.credits
    return this.end == "stop" and not (credited or this.persons or this.lead_in)


def _mark_frame(run: Sequence[Features]) -> None:
    _mark_bullets(run)
    fields = [_fields(this) for this in run]
    if _in_columns(run):
        fields = [count and max(count, 2) for count in fields]
    tabular = [count > 1 for count in fields]
    if run[0].piece.folded.endswith(":") and all(tabular[1:]):
        fields[0], tabular[0] = 2, True  # what the list is of
    _mark_tables(run, tabular)
    if sum(tabular) * 4 >= 3 * len(run) and sum(tabular) >= 2:
        for this, count in zip(run, fields, strict=True):
            this.row = max(count, 1)


def _in_columns(run: Sequence[Features]) -> bool:
    """Tell whether lines have as many words as each other, and most of them figures."""
    tokens = {len(this.piece.folded.split()) for this in run}
    if len(run) < MIN_TABLE or len(tokens) > 1 or tokens.pop() not in range(2, 9):
        return False
    return sum(any(map(str.isdigit, this.piece.folded)) for this in run) * 2 > len(run)


def _mark_tables(run: Sequence[Features], tabular: Sequence[bool]) -> None:
    """Three lines on end parted by wide spaces are a table, whatever stands around them."""
    start = 0
    for at in range(len(run) + 1):
        wide = at < len(run) and tabular[at] and len(_WIDE.split(run[at].piece.text)) > 2
        if wide:
            continue
        if at - start >= MIN_TABLE:
            for this in run[start:at]:
                this.row = max(this.row, 2)
        start = at + 1


def _fields(this: Features) -> int:
    text = this.piece.text
    if len(text) <= SHORT and _SCHEDULED.match(this.piece.folded):
        return 2
    if len(text) > 2 * SHORT or this.lead_in or this.persons or this.caption:
        return 0
    if this.question or this.answer or text[-1:] in "?？":
        return 0
    if this.end == "stop" and len(text) > 40:
        return 0
    parts = sum(bool(part.strip()) for part in _FIELD.split(text))
    if parts > 1:
        return parts
    return 2 if len(text) < 60 and _FIGURE_LAST.search(text) else 1
