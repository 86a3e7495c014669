"""The order in which the parts of a story are read.

After T. Breuel, "High Performance Document Layout Analysis" (2003): what stands above in the
same column comes first; what stands to the left comes first unless something that spans both
lies between.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bridge.ingest.geometry.shapes import Rect


class Placed(Protocol):
    """Anything with a place on the page."""

    @property
    def rect(self) -> Rect:
        """Return its place."""


P = TypeVar("P", bound=Placed)


def reading_order(parts: Sequence[P]) -> list[P]:
    """Return the parts in order of reading; it does not depend on the order given."""
    left = sorted(parts, key=lambda p: (p.rect.x0, p.rect.y0, p.rect.x1, p.rect.y1))
    found: list[P] = []
    while left:
        free = [
            p
            for p in left
            if not any(_before(q.rect, p.rect, left) for q in left if q is not p)
        ]
        pick = free[0] if free else min(left, key=lambda p: (p.rect.y0, p.rect.x0))
        found.append(pick)
        left.remove(pick)
    return found


def _before(a: Rect, b: Rect, parts: Sequence[Placed]) -> bool:
    if _share(a, b):
        return a.middle[1] < b.middle[1]
    if a.middle[0] > b.middle[0]:
        return False
    return not any(
        _share(p.rect, a)
        and _share(p.rect, b)
        and b.y1 <= p.rect.y0 + 3
        and p.rect.y1 <= a.y0 + 3
        for p in parts
    )


def _share(a: Rect, b: Rect) -> bool:
    return a.across(b) > 0.2 * min(a.width, b.width)
