"""What paths say: dates and page labels in the forms people give their files."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.retrieve import expected

DAY = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    ("path", "date", "label"),
    [
        ("2026-03-04/A1.txt", DAY, "A1"),
        ("2026-03-04/01.txt", DAY, "01"),
        ("20260304/page-2.txt", DAY, "2"),
        ("2026/03/04/p3.txt", DAY, "3"),
        ("2026-03/04/A1.txt", DAY, "A1"),
        ("harbour-daily-2026-03-04-B12.txt", DAY, "B12"),
        ("harbour_20260304_a01.txt", DAY, "A01"),
        ("2026年3月4日 第2版.txt", DAY, "2"),
        ("2025-01-01/2026-03-04.txt", DAY, None),
        ("archive/2026-02-30/A1.txt", None, "A1"),
        ("front.txt", None, None),
        ("12345678901/x.txt", None, None),
    ],
)
def test_paths(path, date, label):
    found = expected(path)
    assert (found.date, found.label) == (date, label)


@given(st.text())
def test_no_path_is_too_odd(path):
    assert expected(path).title is None
