"""What a page is made of once a reader has taken it apart: words, rules, frames, pictures.

Lengths are points; x grows to the right, y down, from the top left of the page as it is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Rect(NamedTuple):
    """A rectangle; `y0` is its upper edge. A tuple, since a page has thousands of them."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Return the extent along x."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Return the extent along y."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Return the area in square points."""
        return self.width * self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Return the centre."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, other: "Rect", slack: float = 1.0) -> bool:
        """Tell whether another rectangle lies inside, give or take `slack` points."""
        return (
            self.x0 - slack <= other.x0
            and other.x1 <= self.x1 + slack
            and self.y0 - slack <= other.y0
            and other.y1 <= self.y1 + slack
        )

    def has(self, point: tuple[float, float]) -> bool:
        """Tell whether a point lies inside."""
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def across(self, other: "Rect") -> float:
        """Return the width of the common x range, negative when there is none."""
        return min(self.x1, other.x1) - max(self.x0, other.x0)

    def along(self, other: "Rect") -> float:
        """Return the height of the common y range, negative when there is none."""
        return min(self.y1, other.y1) - max(self.y0, other.y0)


def around(rects: Sequence[Rect]) -> Rect:
    """Return the smallest rectangle that holds all of them; there must be one."""
    if len(rects) == 1:
        return rects[0]
    left, top, right, bottom = zip(*rects, strict=True)
    return Rect(min(left), min(top), max(right), max(bottom))


class Word(NamedTuple):
    """Characters that stand together, drawn in one style on one base line."""

    text: str
    rect: Rect
    base: float  # y of the line it stands on
    size: float  # of the font, points
    bold: bool = False
    order: int = 0  # place in the order of drawing
    gap: float = 0.0  # points between its words, for a phrase of several: the widest


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """One page as drawn."""

    width: float
    height: float
    words: tuple[Word, ...]
    frames: tuple[Rect, ...] = ()  # stroked or tinted areas
    rules: tuple[Rect, ...] = ()  # thin lines, either way
    pictures: tuple[Rect, ...] = ()
    turn: int = 0  # degrees clockwise from upright text to the page as shown


def turn_rect(rect: Rect, page: PageContent, turn: int) -> Rect:
    """Return a rectangle of a page where it lies once the page is turned clockwise."""
    if turn % 360 == 90:
        return Rect(page.height - rect.y1, rect.x0, page.height - rect.y0, rect.x1)
    if turn % 360 == 180:
        return Rect(
            page.width - rect.x1,
            page.height - rect.y1,
            page.width - rect.x0,
            page.height - rect.y0,
        )
    if turn % 360 == 270:
        return Rect(rect.y0, page.width - rect.x1, rect.y1, page.width - rect.x0)
    return rect


Matrix = tuple[float, float, float, float, float, float]
"""An affine map as PDF writes it: a b c d e f."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does what two do one after the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    """Return where a matrix takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def hull(points: Sequence[tuple[float, float]]) -> Rect:
    """Return the smallest rectangle that holds all points; there must be one."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Rect(min(xs), min(ys), max(xs), max(ys))


Crop = tuple[float, float, float, float]
"""The part of a page that is shown: left, bottom, right, top, y up."""

Place = Callable[[float, float, float, float, Crop], tuple[float, float, float, float]]
"""From a box in the page's own space (y up) to one on the upright page (y down)."""

PLACES: tuple[Place, ...] = (
    lambda x0, y0, x1, y1, c: (x0 - c[0], c[3] - y1, x1 - c[0], c[3] - y0),
    lambda x0, y0, x1, y1, c: (y0 - c[1], x0 - c[0], y1 - c[1], x1 - c[0]),
    lambda x0, y0, x1, y1, c: (c[2] - x1, y0 - c[1], c[2] - x0, y1 - c[1]),
    lambda x0, y0, x1, y1, c: (c[3] - y1, c[2] - x1, c[3] - y0, c[2] - x0),
)
"""By the quarter turns, against the clock, at which the text is written."""
