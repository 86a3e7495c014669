"""Code points as a PDF gives them, with their boxes, and the words they make.

Asking for boxes one by one is what reading a page costs most. So letters that stand as usual
are measured at the ends of their word alone, all boxes are asked for together, and words that
follow each other with an ordinary space between them are run together to phrases, which is all
that finding lines needs.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bridge.ingest.geometry.shapes import Rect

SPELLED: dict[int, str | int | None] = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "ft",
    0xFB06: "st",
    0x02: "-",  # how pdfium marks a hyphen at the end of a line
    0xFFFE: "-",
}
"""Ligatures and signs that stand for other characters."""

SPACES = frozenset([9, 10, 13, 32, 0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F])
SILENT = frozenset(
    [
        *range(2),
        *range(3, 9),
        *range(14, 32),
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        0x2060,
        0xFEFF,
    ]
)

GAP = 0.45
"""Ems between two characters of a word; wider gaps may part columns."""

WORD_GAP = (0.1, 0.44)
"""Ems between two words of a phrase; a wider gap may part columns."""

JUSTIFIED, EVEN = 0.95, 0.004
"""Ems up to which words are one phrase where the next gap, or the one before, is as wide: a
justified line has one gap for all its words; and by how much gaps differ then."""

LETTER = (0.18, 0.75)
"""Ems that a letter takes on average."""

SQUEEZED = 0.2
"""Ems by which a few Chinese characters may be narrower than squares."""

Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a character: as high as its font's size, as wide as its advance."""

BoxesAt = Callable[[Sequence[int]], Sequence[Bounds | None]]
"""Tells the bounds of characters by their indexes, None where there are none."""

_UNIT = re.compile(
    "[!-~\u00a1-\u024f\u2010-\u201f\ufb00-\ufb06]{3,}|[\u3400-\u9fff]{3,8}|[^"
    + "".join(map(chr, sorted(SPACES)))
    + "]"
)
_SPELL = str.maketrans({**SPELLED, **dict.fromkeys(SILENT - SPELLED.keys())})


@dataclass(slots=True)
class Run:
    """A word, or several words of a line, that is being read."""

    text: str
    first: int  # index of its first character
    last: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool = False
    gap: float = 0.0  # the widest between two of its words


def runs(written: str, boxes_at: BoxesAt) -> list[Run]:
    """Return the words that characters make, in the order of drawing."""
    units = [unit.span() for unit in _UNIT.finditer(written)]
    starts = boxes_at([first for first, _ in units])
    ends = iter(boxes_at([end - 1 for first, end in units if end - first > 1]))
    found: list[Run] = []
    run: Run | None = None
    before = 0
    for (first, end), start in zip(units, starts, strict=True):
        if first != before:  # a space stands between
            run = None
        before = end
        if end - first > 1:
            last, text = next(ends), written[first:end]
            if start and last and _is_whole(text, start, last):
                box = start[0], start[1], last[2], start[3]
                run = _set(found, run, text, first, end - 1, box)
                continue
            boxes = boxes_at(range(first, end))
        else:
            boxes = (start,)
        for at, one in enumerate(boxes, first):
            if one and one[3] > one[1] and one[2] >= one[0]:
                run = _set(found, run, written[at], at, at, one)
    return found


def _set(
    found: list[Run], run: Run | None, text: str, first: int, last: int, box: Bounds
) -> Run | None:
    """Add characters to the word that is being read, or begin another."""
    if not (text.isascii() and text.isprintable()):
        text = text.translate(_SPELL)
        if not text:
            return run
    x0, y0, x1, y1 = box
    if run is not None and _continues(run, x0, y0, y1):
        run.text += text
        run.x1, run.last = x1, last
        run.size = min(run.size, y1 - y0)
        return run
    run = Run(text, first, last, x0, y0, x1, y1, y1 - y0)
    found.append(run)
    return run


def _is_whole(text: str, start: Bounds, end: Bounds) -> bool:
    """Tell whether there is no room for a gap between the first and the last character."""
    x0, y0, _, y1 = start
    size = y1 - y0
    # a swash reaches beyond its font: only boxes of one height are the font's own
    if size <= 0 or abs(end[1] - y0) + abs(end[3] - y1) > 0.002 * size:
        return False
    advance = (end[2] - x0) / size
    if text[0] < "\u3400":
        return LETTER[0] < advance / len(text) < LETTER[1]
    return -SQUEEZED < advance - len(text) < GAP


def _continues(run: Run, x0: float, y0: float, y1: float) -> bool:
    size = run.size
    return (
        -0.5 * size < x0 - run.x1 < GAP * size
        and abs(y0 + y1 - run.y0 - run.y1) < 0.5 * size
        and 0.6 * size < y1 - y0 < 1.6 * size
    )


def joined(found: Sequence[Run], upright: Sequence[Rect]) -> list[Run]:
    """Return words run together with those that follow them on their line.

    `upright` are rules and edges that no phrase crosses. Words change in place.
    """
    bars = sorted((bar.x0 + bar.x1) / 2 for bar in upright)
    gaps = [0.0, *(_gap(a, b, bars) for a, b in pairwise(found)), 0.0]
    kept: list[Run] = []
    for at, run in enumerate(found):
        gap = gaps[at]
        if gap and (
            gap < WORD_GAP[1]
            or abs(gap - gaps[at - 1]) < EVEN
            or abs(gap - gaps[at + 1]) < EVEN
        ):
            phrase = kept[-1]
            phrase.text = f"{phrase.text} {run.text}"
            phrase.x1, phrase.last = run.x1, run.last
            phrase.gap = max(phrase.gap, gap * run.size)
        else:
            kept.append(run)
    return kept


def _gap(before: Run, run: Run, bars: Sequence[float]) -> float:
    """Return the ems between two words of one line in one style, 0 when they are not that."""
    size = before.size
    gap = (run.x0 - before.x1) / size
    if (
        WORD_GAP[0] < gap < JUSTIFIED
        and run.bold == before.bold
        and abs(run.y0 - before.y0) + abs(run.y1 - before.y1) < 0.02 * size
        and abs(run.size - size) < 0.01 * size
        and len(run.text) + len(before.text) > 2  # else it may be set letter by letter
        and is_narrow(before.text[-1])
        and is_narrow(run.text[0])
        and not _barred(bars, before.x1, run.x0)
    ):
        return gap
    return 0.0


def _barred(bars: Sequence[float], left: float, right: float) -> bool:
    at = bisect_right(bars, left - 1)
    return at < len(bars) and bars[at] <= right + 1


def is_narrow(character: str) -> bool:
    """Tell whether a character belongs to a script whose words are parted by spaces."""
    return character < "\u2000" or "\u2010" <= character <= "\u2027" or character == "\u20ac"
