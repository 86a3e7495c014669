"""Reading order from page labels."""

from itertools import pairwise

import pytest

from bridge.model.order import page_rank, position


def test_pages_stand_in_print_order() -> None:
    labels = ["A1", "A2", "A10", "A31", "B1", "B02", "C-1", "T1", "特刊"]
    assert all(page_rank(one) < page_rank(next_one) for one, next_one in pairwise(labels))


@pytest.mark.parametrize(
    ("label", "alike"), [("01", "A1"), ("001", "1"), ("a3", "A3"), ("4-5", "4"), ("A0", "A1")]
)
def test_the_spelling_of_a_label_does_not_matter(label: str, alike: str) -> None:
    assert page_rank(label) == page_rank(alike)


def test_position_sorts_by_page_then_order_and_fits_32_bits() -> None:
    places = [(("A1",), 1), (("A1", "A9"), 2), (("A2",), 1), (("Z9999",), 10**6), ((), 10**6)]
    numbers = [position(pages, order) for pages, order in places]
    assert numbers == sorted(numbers)
    assert 0 <= min(numbers) <= max(numbers) < 2**31
