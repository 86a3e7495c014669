"""Dates in print, and the calendars that check them."""

import datetime as dt

import pytest

from bridge.errors import FormatError
from bridge.ingest.segment import dates
from bridge.ingest.segment.calendar import agrees
from bridge.ingest.segment.header import PageHead
from bridge.ingest.segment.masthead import read
from bridge.model import Expected

WHOLE = {
    "2021年6月4日": dt.date(2021, 6, 4),
    "二○二五年二月十八日": dt.date(2025, 2, 18),
    "中華民國一一三年三月十五日": dt.date(2024, 3, 15),
    "2024-05-21": dt.date(2024, 5, 21),
    "2025.5.21 总第812期": dt.date(2025, 5, 21),
    "TUESDAY, OCTOBER 7, 2025": dt.date(2025, 10, 7),
    "Saturday 14 June 2025": dt.date(2025, 6, 14),
    "Oct. 7th, 2025": dt.date(2025, 10, 7),
}


@pytest.mark.parametrize("text", WHOLE)
def test_dates_in_print(text):
    assert dates.dates(text)[:1] == [WHOLE[text]]


@pytest.mark.parametrize("text", ["2021年13月4日", "2021-02-30", "8比2", "113年"])
def test_impossible_dates_are_none(text):
    assert dates.dates(text) == []


NUMBERS = {
    "三八二一六": 38216,
    "十六": 16,
    "二十三": 23,
    "廿四": 24,
    "36,412": 36412,
    "甲": None,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text):
    assert dates.number(text) == NUMBERS[text]


@pytest.mark.parametrize(
    ("text", "edition", "wanted"),
    [
        ("3月8日", "2022-03-09", "2022-03-08"),
        ("十七日", "2025-02-18", "2025-02-17"),
        ("31日", "2025-03-01", None),
        ("28日", "2025-03-01", "2025-02-28"),
        ("12月30日", "2025-01-02", "2024-12-30"),
        ("Oct 6", "2025-10-07", "2025-10-06"),
    ],
)
def test_a_dateline_means_the_last_such_day(text, edition, wanted):
    found = dates.resolve(text, dt.date.fromisoformat(edition))
    assert found == (dt.date.fromisoformat(wanted) if wanted else None)


def test_lunar_dates():
    assert agrees("辛丑年四月廿四", dt.date(2021, 6, 4)) is True
    assert agrees("农历壬寅年 二月初七", dt.date(2022, 3, 10)) is False
    assert agrees("壬寅年", dt.date(2022, 3, 9)) is None


def head(text: str, **fields: str) -> PageHead:
    return PageHead(first=0, text=text, fields=list(fields.items()))  # type: ignore[arg-type]


def test_a_misread_day_is_repaired_when_weekday_and_moon_agree():
    found = read(
        [head("2021年6月9日", weekday="星期五", lunar="辛丑年四月廿四")], Expected(), "A1"
    )
    assert found.date == dt.date(2021, 6, 4)
    assert [problem.code for problem in found.problems] == ["date-repaired"]


def test_a_wrong_weekday_alone_is_told_and_changes_nothing():
    found = read([head("2021年6月4日", weekday="星期一")], Expected(), "A1")
    assert found.date == dt.date(2021, 6, 4)
    assert [problem.code for problem in found.problems] == ["weekday-mismatch"]


def test_two_dates_are_told():
    found = read([head("2021年6月4日"), head("2021年6月5日")], Expected(), "A1")
    assert [problem.code for problem in found.problems] == ["two-dates"]


def test_a_date_in_the_future_is_not_believed():
    expected = Expected(latest=dt.date(2021, 6, 30))
    with pytest.raises(FormatError) as caught:
        read([head("2091年6月4日")], expected, "A1")
    assert caught.value.code == "no-date"
