"""The order of reading, and turning a page."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.geometry.order import reading_order
from bridge.ingest.geometry.shapes import PageContent, Rect, turn_rect
from bridge.ingest.geometry.spread import halves


@dataclass(frozen=True)
class Named:
    name: str
    rect: Rect


CASES = {
    "columns": [("a", 0, 0, 10, 50), ("b", 12, 0, 22, 50), ("c", 24, 0, 34, 50)],
    "an intro over both": [("a", 0, 0, 22, 10), ("b", 0, 12, 10, 50), ("c", 12, 12, 22, 50)],
    "the right column begins higher": [("a", 0, 20, 10, 50), ("b", 12, 0, 22, 50)],
    "below a photo": [("a", 0, 0, 10, 50), ("b", 12, 30, 22, 50), ("c", 24, 0, 34, 50)],
    "band by band": [
        ("a", 0, 0, 10, 20),
        ("b", 12, 0, 22, 20),
        ("c", 0, 22, 22, 30),
        ("d", 0, 32, 10, 50),
        ("e", 12, 32, 22, 50),
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_reading_order(case: str) -> None:
    parts = [Named(name, Rect(*box)) for name, *box in CASES[case]]
    wanted = [part.name for part in parts]
    assert [part.name for part in reading_order(parts[::-1])] == wanted


@given(st.sampled_from([0, 90, 180, 270]), st.floats(0, 90), st.floats(0, 40))
def test_a_turned_box_keeps_its_size_and_stays_on_the_page(
    turn: int, x: float, y: float
) -> None:
    page = PageContent(width=100, height=50, words=())
    box = turn_rect(Rect(x, y, x + 10, y + 5), page, turn)
    sides = sorted((round(box.width, 6), round(box.height, 6)))
    assert sides == [5, 10]
    width, height = (100, 50) if turn % 180 == 0 else (50, 100)
    assert -1e-9 <= box.x0 <= box.x1 <= width + 16
    assert -1e-9 <= box.y0 + 6 <= box.y1 + 6 <= height + 16


def test_an_upright_page_is_no_spread() -> None:
    page = PageContent(width=600, height=800, words=())
    assert halves(page) == (page,)
