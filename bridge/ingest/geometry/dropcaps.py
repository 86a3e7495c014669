"""Drop caps: a large first letter beside the lines it belongs to."""

from collections.abc import Sequence

from bridge.ingest.geometry.shapes import Rect, Word

SMALLEST, LARGEST = 1.8, 8.0
"""Times the body's size."""


def lowered(words: Sequence[Word], body: float) -> list[Word]:
    """Return the words with each drop cap made the first letter of the line beside its top."""
    caps = [
        w
        for w in words
        if len(w.text) <= 2
        and SMALLEST * body < w.size < LARGEST * body
        and not w.text.isdigit()
    ]
    found = list(words)
    for cap in caps:
        beside = _beside(cap, found, body)
        if len(beside) < 2:
            continue
        edge = cap.rect.x0
        first = beside[0]
        changed = {
            id(w): w._replace(rect=Rect(edge, w.rect.y0, w.rect.x1, w.rect.y1)) for w in beside
        }
        changed[id(first)] = changed[id(first)]._replace(text=cap.text + first.text)
        found = [changed.get(id(w), w) for w in found if w is not cap]
    return found


def _beside(cap: Word, words: Sequence[Word], body: float) -> list[Word]:
    """Return the first words of the lines to the right of a large letter, top down."""
    left, right = cap.rect.x1 - 0.5 * body, cap.rect.x1 + 1.2 * body
    near = [
        w
        for w in words
        if left < w.rect.x0 < right
        and w.size < 1.3 * body
        and cap.rect.y0 - 0.4 * body < w.rect.middle[1] < cap.rect.y1 + 0.2 * body
        and w is not cap
    ]
    rows: dict[int, Word] = {}
    for word in near:
        row = round(word.base / (0.5 * body))
        if row not in rows or word.rect.x0 < rows[row].rect.x0:
            rows[row] = word
    if len(rows) < 2:
        return []
    tall = sum(abs(w.size - cap.size) < 0.1 * cap.size and _level(cap, w) for w in words)
    return sorted(rows.values(), key=lambda w: w.base) if tall < 2 else []


def _level(cap: Word, word: Word) -> bool:
    """Tell whether another large word stands on the letter's line, as in a heading."""
    gap = max(word.rect.x0 - cap.rect.x1, cap.rect.x0 - word.rect.x1)
    return abs(cap.base - word.base) < 0.2 * cap.size and gap < 2 * cap.size
