"""Areas of a page that are read for themselves: the page, and each frame drawn on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.geometry.shapes import PageContent, Rect, Word, around

TIGHT = 1.9
"""Times the font size up to which a frame only backs one line, which stays in its area."""

SAME = 4.0
"""Points by which the edges of one frame's stroke and tint may differ."""


@dataclass(slots=True, kw_only=True, eq=False)
class Area:
    """A part of the page with what stands in it but in none of its own frames."""

    rect: Rect
    words: list[Word] = field(default_factory=list)
    rules: list[Rect] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)
    framed: bool = False
    edges: list[Rect] = field(default_factory=list)  # of the frames inside


def areas(page: PageContent) -> list[Area]:
    """Return the page's own area first, then those of its frames, top down."""
    frames = _frames(page)
    whole = Area(rect=Rect(0, 0, page.width, page.height))
    inner = [Area(rect=rect, framed=True) for rect in frames]
    if not inner:
        whole.words += page.words
    for word in page.words if inner else ():
        _innermost(word.rect.middle, whole, inner).words.append(word)
    inner = _dissolved(whole, inner)
    for rule in page.rules:
        _innermost(rule.middle, whole, inner, slack=2.0).rules.append(rule)
    for picture in _distinct(page.pictures):
        _innermost(picture.middle, whole, inner).pictures.append(picture)
    for area in inner:
        outer = [a for a in inner if a is not area and a.rect.holds(area.rect, SAME)]
        parent = min(outer, key=lambda a: a.rect.area, default=whole)
        parent.edges.append(area.rect)
    return [whole, *(area for area in inner if area.words)]


def _innermost(
    point: tuple[float, float], whole: Area, inner: Sequence[Area], slack: float = 0.0
) -> Area:
    inside = [
        a
        for a in inner
        if a.rect.x0 + slack <= point[0] <= a.rect.x1 - slack
        and a.rect.y0 + slack <= point[1] <= a.rect.y1 - slack
    ]
    return min(inside, key=lambda a: a.rect.area, default=whole)


def _dissolved(whole: Area, inner: Sequence[Area]) -> list[Area]:
    """Give back the words of frames that only back a line, and of one around everything."""
    kept: list[Area] = []
    everything = sum(len(a.words) for a in inner) + len(whole.words)
    for area in sorted(inner, key=lambda a: -a.rect.area):
        size = max((w.size for w in area.words), default=0.0)
        lone = area.rect.height < TIGHT * size or area.rect.width < TIGHT * size
        if not area.words or lone or len(area.words) > 0.8 * everything:
            _innermost(area.rect.middle, whole, kept).words.extend(area.words)
        else:
            kept.append(area)
    return sorted(kept, key=lambda a: (a.rect.y0, a.rect.x0))


def _frames(page: PageContent) -> list[Rect]:
    """Return the frames that hold text; a stroke and its tint are one."""
    drawn = _distinct([*page.frames, *_ruled(page.rules)])
    pictures = page.pictures
    return [frame for frame in drawn if not any(p.holds(frame, 2.0) for p in pictures)]


def _distinct(rects: Sequence[Rect]) -> list[Rect]:
    found: list[Rect] = []
    for rect in sorted(rects, key=lambda r: -r.area):
        if not any(_same(rect, other) for other in found):
            found.append(rect)
    return found


def _same(a: Rect, b: Rect) -> bool:
    return (
        abs(a.x0 - b.x0) < SAME
        and abs(a.x1 - b.x1) < SAME
        and abs(a.y0 - b.y0) < SAME
        and abs(a.y1 - b.y1) < SAME
    )


def _ruled(rules: Sequence[Rect]) -> list[Rect]:
    """Return the frames that four rules make."""
    level = [r for r in rules if r.width > r.height]
    upright = [r for r in rules if r.height > r.width]
    found: list[Rect] = []
    if len(level) * len(upright) > 40_000:
        return found
    for top in level:
        sides = [u for u in upright if abs(u.y0 - top.y0) < SAME]
        left = [u for u in sides if abs(u.x0 - top.x0) < SAME]
        right = [u for u in sides if abs(u.x1 - top.x1) < SAME]
        for one in left:
            closed = any(
                abs(b.x0 - top.x0) < SAME
                and abs(b.x1 - top.x1) < SAME
                and abs(b.y1 - one.y1) < SAME
                for b in level
                if b is not top
            )
            if closed and any(abs(r.y1 - one.y1) < SAME for r in right):
                found.append(around([top, one]))
    return found
