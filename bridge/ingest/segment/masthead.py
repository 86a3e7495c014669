"""What the page heads together say about the edition, checked against each other."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.errors import FormatError
from bridge.ingest.segment import calendar, dates
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.header import PageHead
from bridge.ingest.segment.language.rules import HeaderField
from bridge.model import Expected, Masthead, Problem

_LABELS = re.compile(
    (
        "^(?:(?:[^ :]{0,4}(?:天气|天氣|气象|氣象)(?:预报|預報)?|今天|今日"
        "|今|市区|本市)(?:[ :：\u3000]|$)|(?:today'?s )?(?:weather|foreca"
        "st)[:. ]+)"
    ),
    re.I,
)
_PUBLISHER = re.compile(
    "(?P<who>[^ ,、。]+?)(?:主管主办|主管、主办|主管|主办|主辦|出版)("
    "?=[ ,、]|$)(?:[、, ]*(?:主办|主辦))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The edition's facts, and what does not fit."""

    title: str | None
    title_latin: str | None
    date: dt.date
    number: str | None
    pages_total: int | None
    masthead: Masthead
    problems: tuple[Problem, ...]


def read(heads: Sequence[PageHead], expected: Expected, where: str) -> Facts:
    """Return the facts of an edition; FormatError `no-date` when nobody tells its day."""
    problems: list[Problem] = []
    lunar = _longest(_all(heads, "lunar"))
    weekday = _first(_all(heads, "weekday")) or _named_day(_all(heads, "date"))
    date = _date(heads, expected, lunar, weekday, problems, where)
    total = _first(_all(heads, "pages"))
    issue = _first(_all(heads, "number"))
    return Facts(
        title=_first([head.title for head in heads]) or expected.title,
        title_latin=_first([head.title_latin for head in heads]),
        date=date,
        number=_digits(issue),
        pages_total=_count(total),
        masthead=Masthead(
            weather=_weather(_first(_all(heads, "weather"))),
            lunar_date=_lunar(lunar),
            weekday=weekday.strip(" ,").title() if weekday and weekday.isascii() else weekday,
            publisher=_publisher(_all(heads, "publisher")),
            serial=_serial(_first(_all(heads, "serial"))),
        ),
        problems=tuple(problems),
    )


def _all(heads: Sequence[PageHead], kind: HeaderField) -> list[str]:
    return [text for head in heads for name, text in head.fields if name == kind]


def _first(texts: Sequence[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _named_day(texts: Sequence[str]) -> str | None:
    """English dates carry their weekday: `TUESDAY, MAY 6, 2025`."""
    found = (re.match("[A-Za-z]+day", text, re.I) for text in texts)
    return next((match.group() for match in found if match), None)


def _longest(texts: Sequence[str]) -> str | None:
    """The lunar date may stand on two lines: year, then month and day."""
    joined = " ".join(dict.fromkeys(texts))
    return joined or None


def _date(
    heads: Sequence[PageHead],
    expected: Expected,
    lunar: str | None,
    weekday: str | None,
    problems: list[Problem],
    where: str,
) -> dt.date:
    sane = _sane([date for head in heads for date in _dates(head)], expected, problems, where)
    date: dt.date | None = max(dict.fromkeys(sane), key=sane.count) if sane else None
    if date is None:
        date = expected.date or _from_lunar(heads, lunar, weekday)
    if date is None:
        raise FormatError(
            "no date of the edition was found",
            code="no-date",
            where=where,
            hint="give it in the file name or folder, e.g. 2026-03-01",
        )
    if expected.date and sane and expected.date != date:
        problems.append(
            _problem("other-date", f"printed {date}, expected {expected.date}", where)
        )
    return _checked(date, lunar, weekday, problems, where)


def _sane(
    found: Sequence[dt.date], expected: Expected, problems: list[Problem], where: str
) -> list[dt.date]:
    """Return the dates that can be the edition's; tell those that cannot, and several."""
    late = [day for day in found if expected.latest and day > expected.latest]
    for day in dict.fromkeys(late):
        problems.append(_problem("future-date", f"{day} lies in the future", where))
    sane = [day for day in found if day not in late]
    if len(set(sane)) > 1:
        listed = ", ".join(str(day) for day in dict.fromkeys(sane))
        problems.append(
            _problem("two-dates", f"page heads name several dates: {listed}", where)
        )
    return sane


def _dates(head: PageHead) -> list[dt.date]:
    whole = dates.dates(head.text.replace("\n", " "))
    if whole:
        return whole[:1]
    broken = dates.broken_date(head.text)
    return [broken] if broken else []


def _from_lunar(
    heads: Sequence[PageHead], lunar: str | None, weekday: str | None
) -> dt.date | None:
    """A head with the year only still tells its day by the lunar date."""
    years = {int(y) for head in heads for y in re.findall("(?:19|20)[0-9]{2}", head.text)}
    if lunar is None or len(years) != 1:
        return None
    first = dt.date(years.pop(), 1, 1)
    days = (first + dt.timedelta(days=n) for n in range(366))
    fits = [d for d in days if calendar.agrees(lunar, d)]
    wanted = dates.weekday(weekday or "")
    fits = [d for d in fits if wanted is None or d.weekday() == wanted]
    return fits[0] if len(fits) == 1 else None


def _checked(
    date: dt.date,
    lunar: str | None,
    weekday: str | None,
    problems: list[Problem],
    where: str,
) -> dt.date:
    """Check weekday and lunar date; both against the printed day and for another repair it."""
    wanted = dates.weekday(weekday or "")
    off_week = wanted is not None and date.weekday() != wanted
    off_moon = lunar is not None and calendar.agrees(lunar, date) is False
    if off_week and off_moon and lunar:
        near = [date + dt.timedelta(days=n) for n in range(-31, 32)]
        fits = [d for d in near if calendar.agrees(lunar, d) and d.weekday() == wanted]
        if len(fits) == 1:
            message = f"printed {date}, but weekday and lunar date are those of {fits[0]}"
            problems.append(_problem("date-repaired", message, where))
            return fits[0]
    if off_week:
        problems.append(_problem("weekday-mismatch", f"{date} is no {weekday}", where))
    if off_moon:
        problems.append(_problem("lunar-mismatch", f"{date} is not {lunar}", where))
    return date


def _problem(code: str, message: str, where: str) -> Problem:
    return Problem(severity="warning", code=code, message=message, where=where)


def _digits(issue: str | None) -> str | None:
    if issue is None:
        return None
    issue = fold(issue)
    match = re.search("(?:no|number|issue|edition|nr|#)[.: #]*([0-9][0-9, .]*)", issue, re.I)
    raw = match[1] if match else re.sub("[总總编編号號第期()（）: ]", "", issue.split("(")[0])
    value = dates.number(re.sub("[ ,.]", "", raw))
    return None if value is None else str(value)


def _count(total: str | None) -> int | None:
    if total is None:
        return None
    total = fold(total)
    found = re.findall(
        "[0-9〇○零一二三四五六七八九十百廿卅]+(?= ?(?:个)?[版頁页])|[0-9]+", total
    )
    value = dates.number(found[-1]) if found else None
    return value if value and value < 1000 else None


def _weather(text: str | None) -> str | None:
    return (_LABELS.sub("", text).strip(" :：　") or None) if text else None


def _lunar(text: str | None) -> str | None:
    if text is None:
        return None
    return re.sub("农历|農曆|夏历|夏曆|旧历|舊曆|岁次|歲次|[ \u3000]", "", text) or None


def _publisher(texts: Sequence[str]) -> str | None:
    """Who publishes: the house after `published by` or before `出版`, else before `主办`."""
    whole = " ".join(texts).replace("\u3000", " ")
    if by := re.search("\\bpublished (?:[a-z]+ ){0,3}by (?:the )?([^,|·;]{3,60})", whole, re.I):
        return by[1].strip()
    for verb in ("出版", "主办|主辦", "主管"):
        match = re.search(f"([^ ,、。]+?)(?:主管、?)?(?:{verb})", whole)
        if match and len(match[1]) > 2:
            return match[1].removesuffix("主管").removesuffix("、")
    return None if whole.isascii() else texts[0] if texts else None


def _serial(text: str | None) -> str | None:
    match = re.search("(?:CN|ISSN).*", text or "")
    return match.group() if match else text
