"""Code points as a PDF gives them, with their boxes, and the words they make.

Asking for a box is what reading a page costs most, so letters that stand as usual are measured
at the ends of their word alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SPELLED = {
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

BREAKS = frozenset([2, 9, 10, 13])
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

LETTER = (0.18, 0.75)
"""Ems that a letter takes on average."""

Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a character: as high as its font's size, as wide as its advance."""

BoxAt = Callable[[int], Bounds | None]
"""Tells the bounds of the character with an index, None where there are none."""

_STRETCH = re.compile("[^" + "".join(map(chr, sorted(SPACES))) + "]+")
_UNIT = re.compile("[A-Za-z0-9]{3,}|.", re.S)


@dataclass(slots=True)
class Run:
    """A word that is being read."""

    text: str
    first: int  # index of its first character
    last: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float


def runs(points: Sequence[int], box_at: BoxAt) -> list[Run]:
    """Return the words that characters make, in the order of drawing."""
    found: list[Run] = []
    written = "".join(map(chr, points))
    for stretch in _STRETCH.finditer(written):
        run: Run | None = None
        for unit in _UNIT.finditer(written, stretch.start(), stretch.end()):
            for piece in _pieces(unit[0], unit.start(), box_at):
                if run is not None and _continues(run, piece):
                    run.text += piece.text
                    run.x1, run.last = piece.x1, piece.last
                    run.size = min(run.size, piece.size)
                else:
                    run = piece
                    found.append(run)
    return found


def _pieces(text: str, first: int, box_at: BoxAt) -> Iterator[Run]:
    """Yield characters of one sort as one piece, or as several where they do not stand so."""
    count = len(text)
    if count == 1:
        if ord(text) not in SILENT and (box := box_at(first)) and _takes_room(box):
            text = SPELLED.get(ord(text), text)
            yield Run(text, first, first, *box, box[3] - box[1])
        return
    start, end = box_at(first), box_at(first + count - 1)
    if start and end and _takes_room(start) and _is_whole(text, start, end):
        x0, y0, _, y1 = start
        yield Run(text, first, first + count - 1, x0, y0, end[2], y1, y1 - y0)
        return
    for at, character in enumerate(text, first):
        yield from _pieces(character, at, box_at)


def _takes_room(box: Bounds) -> bool:
    return box[3] > box[1] and box[2] >= box[0]


def _is_whole(text: str, start: Bounds, end: Bounds) -> bool:
    """Tell whether there is no room for a gap between the first and the last character."""
    size = start[3] - start[1]
    # a swash reaches beyond its font: only boxes of one height are the font's own
    if abs(end[1] - start[1]) + abs(end[3] - start[3]) > 0.002 * size:
        return False
    return LETTER[0] < (end[2] - start[0]) / size / len(text) < LETTER[1]


def _continues(run: Run, piece: Run) -> bool:
    size = run.size
    return (
        -0.5 * size < piece.x0 - run.x1 < GAP * size
        and abs(piece.y0 + piece.y1 - run.y0 - run.y1) < 0.5 * size
        and 0.6 * size < piece.size < 1.6 * size
    )
