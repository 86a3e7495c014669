"""Headings: which display lines are one head, and which only divide a story."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bridge.ingest.geometry.fragments import Fragment
from bridge.ingest.geometry.shapes import Rect, around

SUBHEAD = 1.5
"""Times the body's size up to which a display line may be a subhead."""

BANNER = 60.0
"""Points up to which two rules may stand apart to hold a banner."""

PROSE = 4
"""Lines from which large type is text, not heading."""

Grouping = Callable[[str], bool]
"""Tells whether a text is the title of a column that groups several stories."""


@dataclass(slots=True, kw_only=True, eq=False)
class Head:
    """The display lines over one story, top down."""

    parts: list[Fragment]
    rect: Rect
    groups: bool = False  # titles a column of several stories
    vertical: bool = False
    banners: list[Fragment] = field(default_factory=list)

    @property
    def size(self) -> float:
        """Return the size of its largest line."""
        return max(part.size for part in self.parts)

    @property
    def text(self) -> str:
        """Return its text, for looking at."""
        return " ".join(part.text for part in self.parts)


def heads(
    found: Sequence[Fragment], walls: Sequence[Rect], body: float, step: float, groups: Grouping
) -> tuple[list[Head], list[Fragment]]:
    """Return the heads of an area and the fragments that are none."""
    display = [f for f in found if f.make == "heading" and not _prose(f)]
    rest = [f for f in found if f.make != "heading" or _prose(f)]
    made = [
        Head(parts=[f], rect=f.rect, vertical=f.vertical, groups=groups(f.text.strip()))
        for f in display
    ]
    made = _grouped(made, walls)
    kept: list[Head] = []
    for head in sorted(made, key=lambda h: (h.rect.y0, h.rect.x0)):
        if _divides(head, kept, rest, walls, body, step):
            rest += head.parts
        else:
            kept.append(head)
    _take_kickers(kept, rest, walls, step)
    _banners(kept, rest, walls)
    return kept, sorted(rest, key=lambda f: (f.top, f.rect.x0))


def _prose(fragment: Fragment) -> bool:
    lines = fragment.lines
    return len(lines) >= PROSE and sum(line.length for line in lines) > 60 and not fragment.bold


def _grouped(made: list[Head], walls: Sequence[Rect]) -> list[Head]:
    """Run together display lines that stand close, one over the other."""
    done: list[Head] = []
    for head in sorted(made, key=lambda h: (h.rect.y0, h.rect.x0)):
        near = [h for h in done if _close(h, head, walls)]
        if not near:
            done.append(head)
            continue
        into = max(near, key=lambda h: h.rect.across(head.rect))
        into.parts += head.parts
        into.rect = around([into.rect, head.rect])
    return done


def _close(above: Head, head: Head, walls: Sequence[Rect]) -> bool:
    if above.groups or head.groups:
        return False
    if above.vertical or head.vertical:
        return above.vertical and head.vertical and _side_by_side(above, head)
    gap = head.rect.y0 - above.rect.y1
    small, large = sorted((above.parts[-1].size, head.size))
    if not -0.3 * large < gap < max(1.1 * small, 0.45 * large):
        return False
    if above.rect.across(head.rect) < 0.3 * min(above.rect.width, head.rect.width):
        return False
    return not _walled(above.rect, head.rect, walls)


def _side_by_side(a: Head, b: Head) -> bool:
    gap = max(a.rect.x0, b.rect.x0) - min(a.rect.x1, b.rect.x1)
    return gap < 1.2 * min(a.size, b.size) and a.rect.along(b.rect) > 0.3 * min(
        a.rect.height, b.rect.height
    )


def _walled(above: Rect, below: Rect, walls: Sequence[Rect]) -> bool:
    return any(
        above.y1 - 2 <= (w.y0 + w.y1) / 2 <= below.y0 + 2
        and w.across(below) > 0.3 * below.width
        for w in walls
    )


def _divides(
    head: Head,
    before: Sequence[Head],
    texts: Sequence[Fragment],
    walls: Sequence[Rect],
    body: float,
    step: float,
) -> bool:
    """Tell whether a small heading stands inside a story's column."""
    if head.groups or head.vertical or len(head.parts) > 1 or head.size > SUBHEAD * body:
        return False
    above = [
        t
        for t in texts
        if t.make == "body"
        and t.rect.across(head.rect) > 0.3 * head.rect.width
        and t.bottom <= head.rect.y0 + 2
    ]
    over = [h for h in before if h.rect.across(head.rect) > 0.3 * head.rect.width]
    nearest = max(above, key=lambda t: t.bottom, default=None)
    last = max(over, key=lambda h: h.rect.y1, default=None)
    if nearest is None or head.rect.y0 - nearest.bottom > 2.4 * step:
        return False
    if _walled(nearest.rect, head.rect, walls):
        return False
    if last is not None and last.groups:
        return False  # the first story of a column of several
    if last is not None:
        return last.size > 1.2 * head.size and nearest.bottom > last.rect.y1
    return any(h.size > 1.2 * head.size for h in before)


def _take_kickers(
    made: list[Head], rest: list[Fragment], walls: Sequence[Rect], step: float
) -> None:
    """A line of text size that stands alone just over a heading is its kicker."""
    for head in made:
        if head.vertical:
            continue
        top = head.parts[0]
        near = [
            f
            for f in rest
            if len(f.lines) == 1
            and f.lines[0].length <= 60
            and -2 <= top.top - f.bottom < max(1.1 * f.size, 0.3 * top.size)
            and f.rect.across(head.rect) > 0.5 * f.rect.width
            and f.rect.x0 > head.rect.x0 - 2 * f.size
            and not _walled(f.rect, top.rect, walls)
            and not _hangs(f, rest, walls, step)
        ]
        for fragment in near[-1:]:
            rest.remove(fragment)
            head.parts.insert(0, fragment)
            head.rect = around([head.rect, fragment.rect])


def _hangs(
    fragment: Fragment, rest: Sequence[Fragment], walls: Sequence[Rect], step: float
) -> bool:
    """Tell whether a line ends the text above it."""
    return any(
        f is not fragment
        and 0 < fragment.lines[0].base - f.lines[-1].base < 1.6 * step
        and f.rect.across(fragment.rect) > 0.3 * fragment.rect.width
        and not _walled(f.rect, fragment.rect, walls)
        for f in rest
    )


def _banners(made: list[Head], rest: list[Fragment], walls: Sequence[Rect]) -> None:
    """Lines between two long rules of one extent just over a heading are its banner."""
    level = sorted((w for w in walls if w.width > 8 * w.height), key=lambda w: w.y0)
    for upper in level:
        for lower in level:
            gap = lower.y0 - upper.y1
            if (
                4 < gap < BANNER
                and abs(upper.x0 - lower.x0) < 6
                and abs(upper.x1 - lower.x1) < 6
            ):
                _banner(Rect(upper.x0, upper.y0, upper.x1, lower.y1), made, rest)


def _banner(band: Rect, made: list[Head], rest: list[Fragment]) -> None:
    inside = [h for h in made if band.holds(h.rect, 2.0) and not h.groups]
    loose = [f for f in rest if band.holds(f.rect, 2.0)]
    below = [
        h
        for h in made
        if h not in inside
        and -2 < h.rect.y0 - band.y1 < 2 * h.size
        and h.rect.across(band) > 0.8 * h.rect.width
    ]
    if not below or not (inside or loose):
        return
    head = min(below, key=lambda h: h.rect.x0)
    if any(h.size > head.size for h in inside):
        return
    parts = [*loose, *(part for h in inside for part in h.parts)]
    head.banners = sorted(parts, key=lambda f: (f.top, f.rect.x0))
    head.rect = around([band, head.rect])
    made[:] = [h for h in made if h not in inside]
    rest[:] = [f for f in rest if f not in loose]
