"""Which head owns which text: headings own the columns below, columns their neighbours.

A fragment belongs to the head right above it, else to what the fragment above it belongs to,
else to its neighbour that begins at the same height, else to what stands beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.ingest.geometry.fragments import Fragment
from bridge.ingest.geometry.headings import Head
from bridge.ingest.geometry.shapes import Rect

NEAR = 1.8
"""Usual distances of lines up to which text goes on in its column."""

LEVEL = 0.8
"""Distances of lines by which the tops of neighbouring columns may differ."""

FAR = 3.5
"""Distances of lines from which a head above text is not sure to be its own."""

Owner = Head | None


@dataclass(slots=True, eq=False)
class _Place:
    """A fragment and what stands above it."""

    fragment: Fragment
    head: Head | None = None  # right above, nothing between
    above: "_Place | None" = None
    near: bool = False  # `above` is one line away
    far: Head | None = None  # above as well, but with a picture or nothing between
    owner: Head | None = None


Pass = Callable[[_Place, Sequence[_Place], Sequence[Head], float], Owner]


def owners(
    texts: Sequence[Fragment], heads: Sequence[Head], walls: Sequence[Rect], step: float
) -> dict[int, Head]:
    """Return the head of each fragment by `id`; those no head can own are left out."""
    places = [_Place(fragment) for fragment in texts]
    for place in places:
        _look_up(place, places, heads, walls, step)
        place.owner = place.head
    order = sorted(places, key=lambda p: (round(p.fragment.top / step), p.fragment.rect.x0))
    at = 0
    while at < len(PASSES):
        _follow(order)
        at = 0 if _apply(PASSES[at], order, heads, step) else at + 1
    return {id(p.fragment): p.owner for p in places if p.owner is not None}


def _apply(rule: Pass, order: Sequence[_Place], heads: Sequence[Head], step: float) -> bool:
    for place in order:
        if place.owner is None:
            place.owner = rule(place, order, heads, step)
            if place.owner is not None:
                return True
    return False


def _follow(order: Sequence[_Place]) -> None:
    """Give text the owner of the text it hangs on, either way."""
    changed = True
    while changed:
        changed = False
        for place in order:
            if place.near and place.above is not None:
                above = place.above
                if place.owner is None and above.owner is not None:
                    place.owner, changed = above.owner, True
                elif above.owner is None and place.owner is not None and above.head is None:
                    above.owner, changed = place.owner, True


def _look_up(
    place: _Place,
    places: Sequence[_Place],
    heads: Sequence[Head],
    walls: Sequence[Rect],
    step: float,
) -> None:
    rect = place.fragment.rect
    head = _lowest_head(rect, heads, step)
    above = _lowest_text(place, places, step)
    over = above.fragment.bottom if above else float("-inf")
    if head is not None and head.rect.y1 > over - 0.5 * step:
        if rect.y0 - head.rect.y1 < FAR * step:
            place.head = head
        else:
            place.far = head
        return
    if above is None or _wall(above.fragment.rect, rect, walls):
        return
    place.above = above
    place.near = rect.y0 - over < NEAR * step - 0.8 * above.fragment.size


def _lowest_head(rect: Rect, heads: Sequence[Head], step: float) -> Head | None:
    over = [
        h
        for h in heads
        if not h.vertical
        and h.rect.y1 <= rect.y0 + 0.6 * step
        and h.rect.across(rect) > min(0.25 * rect.width, 0.6 * h.rect.width)
    ]
    return max(over, key=lambda h: h.rect.y1, default=None)


def _lowest_text(place: _Place, places: Sequence[_Place], step: float) -> _Place | None:
    rect = place.fragment.rect
    over = [
        p
        for p in places
        if p is not place
        and p.fragment.bottom <= rect.y0 + 0.5 * step
        and p.fragment.top < rect.y0
        and p.fragment.rect.across(rect) > 0.25 * min(rect.width, p.fragment.rect.width)
    ]
    return max(over, key=lambda p: p.fragment.bottom, default=None)


def _wall(above: Rect, below: Rect, walls: Sequence[Rect]) -> bool:
    return any(
        w.width > w.height
        and above.y1 - 3 <= (w.y0 + w.y1) / 2 <= below.y0 + 3
        and w.across(below) > 0.6 * below.width
        for w in walls
    )


def _beside_head(
    place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float
) -> Owner:
    """Text beside a vertical heading belongs to it."""
    rect = place.fragment.rect
    near = [
        h
        for h in heads
        if h.vertical
        and h.rect.along(rect) > 0.5 * min(h.rect.height, rect.height)
        and place.head is None
    ]
    return min(near, key=lambda h: _distance(h.rect, rect), default=None)


def _level(place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float) -> Owner:
    """Columns that begin at one height belong together, unless the text above goes on."""
    rect = place.fragment.rect
    left = [
        p
        for p in order
        if p.owner is not None
        and _aligned(p.fragment, place.fragment, step)
        and p.fragment.rect.x1 <= rect.x0 + step
        and {p.fragment.make, place.fragment.make}
        not in ({"small", "body"}, {"small", "heading"})
    ]
    if not left:
        return None
    found = max(left, key=lambda p: p.fragment.rect.x1).owner
    above = place.above
    if place.far is not None and found is not None and place.far.rect.y1 > found.rect.y1:
        return place.far
    if found is None or above is None:
        return found
    if above.owner is None:
        return None
    return found if found.rect.y1 > above.fragment.bottom - step else above.owner


def _below(place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float) -> Owner:
    """A picture right over a head belongs to it, unless it hangs on text."""
    rect = place.fragment.rect
    if place.fragment.make != "picture":
        return None
    under = [
        h
        for h in heads
        if -2 < h.rect.y0 - rect.y1 < 4 * step and h.rect.across(rect) > 0.5 * h.rect.width
    ]
    return min(under, key=lambda h: h.rect.y0, default=None)


def _aligned(left: Fragment, right: Fragment, step: float) -> bool:
    """Columns begin at one height, below a byline that one of them carries."""
    if abs(left.top - right.top) < LEVEL * step:
        return True
    if not right.lines:
        return False
    base = right.lines[0].base
    return any(abs(line.base - base) < 0.15 * step for line in left.lines[1:4])


def _above(place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float) -> Owner:
    if place.above is None:
        return place.far
    above, rect = place.above.fragment, place.fragment.rect
    if rect.y0 - above.bottom > 2.2 * step and not _flows(above, place.fragment, step):
        left = [
            h
            for h in heads
            if above.bottom - step < h.rect.y1 < rect.y0 + step and h.rect.x0 < rect.x0
        ]
        if left:
            return max(left, key=lambda h: (h.rect.x1 <= rect.x0 + step, h.rect.x1))
    return place.above.owner


def _flows(above: Fragment, below: Fragment, step: float) -> bool:
    """Tell whether the text above is unfinished and goes on below."""
    if not above.lines or not below.lines:
        return not above.lines
    indented = below.lines[0].rect.x0 - below.rect.x0 > 0.5 * step
    return above.lines[-1].text[-1:] not in "。！？.!?”’」』)）" and not indented


def _next_to(
    place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float
) -> Owner:
    """Text beside a heading, or beside text, to its right."""
    rect = place.fragment.rect
    sides: list[tuple[float, Head]] = []
    for head in heads:
        if head.rect.along(rect) > 0 and head.rect.x1 <= rect.x0 + step:
            sides.append((rect.x0 - head.rect.x1, head))
    for other in order:
        side = other.fragment.rect
        if other.owner is not None and side.along(rect) > 0 and side.x1 <= rect.x0 + step:
            sides.append((rect.x0 - side.x1, other.owner))
    sides = [(d, h) for d, h in sides if h.rect.y0 <= rect.y0 + 4 * step]
    return min(sides, key=lambda side: side[0])[1] if sides else None


def _right_of(
    place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float
) -> Owner:
    rect = place.fragment.rect
    sides = [
        (p.fragment.rect.x0 - rect.x1, p.owner)
        for p in order
        if p.owner is not None
        and p.fragment.rect.along(rect) > 0
        and p.fragment.rect.x0 >= rect.x1 - step
        and p.owner.rect.y0 <= rect.y0 + 2 * step
    ]
    return min(sides, key=lambda side: side[0])[1] if sides else None


def _nearest(
    place: _Place, order: Sequence[_Place], heads: Sequence[Head], step: float
) -> Owner:
    rect = place.fragment.rect
    over = [h for h in heads if h.rect.y0 <= rect.y0]
    return min(over, key=lambda h: _distance(h.rect, rect), default=None)


def _distance(a: Rect, b: Rect) -> float:
    return max(0.0, -a.across(b)) + max(0.0, -a.along(b))


PASSES: tuple[Pass, ...] = (_beside_head, _level, _below, _above, _next_to, _right_of, _nearest)
"""What is tried for text without an owner, the surest first."""
