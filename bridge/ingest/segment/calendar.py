"""The lunar date as a cross-check; the only door to lunar_python."""

import datetime as dt
import re
from functools import lru_cache

from lunar_python import Solar

MONTHS = {"正": "一", "冬": "十一", "腊": "十二", "臘": "十二"}
"""Month names beside the plain numbers."""

LUNAR = re.compile(
    "(?:(?P<year>[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]).{0,2}年)? ?"
    "(?:(?P<leap>[闰閏])?(?P<month>正|[一二三四五六七八九十冬腊臘]{1,2})月 ?(?:[大小] ?)?"
    "(?P<day>[初十廿卅二三][一二三四五六七八九十]?))?"
)
"""A lunar date as mastheads print it; both halves may be missing."""


@lru_cache(maxsize=1024)
def lunar(date: dt.date) -> tuple[str, str, str]:
    """Return year (stem and branch), month and day of the lunar calendar, in plain numbers."""
    day = Solar.fromYmd(date.year, date.month, date.day).getLunar()
    month = str(day.getMonthInChinese()).replace("闰", "")
    return str(day.getYearInGanZhi()), MONTHS.get(month, month), str(day.getDayInChinese())


def agrees(printed: str, date: dt.date) -> bool | None:
    """Tell whether a printed lunar date fits a date; None when it says too little."""
    found = LUNAR.search(printed.replace(" ", ""))
    parts = [m for m in LUNAR.finditer(printed.replace(" ", "")) if m.group()]
    if found is None or not parts:
        return None
    said = {name: text for m in parts for name, text in m.groupdict().items() if text}
    year, month, day = lunar(date)
    if "day" not in said:
        return None
    fits = _month(said.get("month", "")) == month and _day(said["day"]) == _day(day)
    return fits and said.get("year", year) == year


def _month(name: str) -> str:
    return MONTHS.get(name, name)


def _day(name: str) -> str:
    """`廿四` and `二十四`, `初十` and `十` are one day."""
    plain = name.removeprefix("初")
    return plain.replace("廿", "二十").replace("卅", "三十").replace("二十十", "二十")
