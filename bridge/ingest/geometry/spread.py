"""A spread: two pages side by side on one sheet."""

from dataclasses import replace

from bridge.ingest.geometry.shapes import PageContent, Rect, Word

WIDE = 1.15
"""Times its height from which a sheet may be a spread."""

REACH = 0.04
"""Share of the width by which the fold may lie off the middle."""


def halves(sheet: PageContent) -> tuple[PageContent, ...]:
    """Return the two pages of a sheet whose fold nothing crosses, or the sheet itself."""
    if sheet.turn or sheet.width < WIDE * sheet.height:
        return (sheet,)
    fold = _fold(sheet)
    if fold is None:
        return (sheet,)
    left = Rect(0, 0, fold, sheet.height)
    right = Rect(fold, 0, sheet.width, sheet.height)
    pages = (_cut(sheet, left), _cut(sheet, right))
    return pages if all(page.words for page in pages) else (sheet,)


def _fold(sheet: PageContent) -> float | None:
    """Return the middle of the widest free strip near the middle of a sheet."""
    low, high = sheet.width * (0.5 - REACH), sheet.width * (0.5 + REACH)
    boxes = [w.rect for w in sheet.words] + list(sheet.pictures)
    ends = sorted(
        (max(b.x0, low), min(b.x1, high)) for b in boxes if b.x1 > low and b.x0 < high
    )
    best, edge = (0.0, 0.0), low
    for x0, x1 in [*ends, (high, high)]:
        if x0 - edge > best[0]:
            best = (x0 - edge, (edge + x0) / 2)
        edge = max(edge, x1)
    return best[1] if best[0] > 6 else None


def _cut(sheet: PageContent, half: Rect) -> PageContent:
    def moved(rect: Rect) -> Rect:
        return Rect(rect.x0 - half.x0, rect.y0, rect.x1 - half.x0, rect.y1)

    def inside(rects: tuple[Rect, ...]) -> tuple[Rect, ...]:
        return tuple(moved(r) for r in rects if half.has(r.middle) and r.width <= half.width)

    words: list[Word] = [
        w._replace(rect=moved(w.rect)) for w in sheet.words if half.has(w.rect.middle)
    ]
    return replace(
        sheet,
        width=half.width,
        words=tuple(words),
        frames=inside(sheet.frames),
        rules=inside(sheet.rules),
        pictures=inside(sheet.pictures),
    )
