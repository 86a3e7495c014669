"""Dates in print: the edition's own, and those of datelines resolved against it."""

import datetime as dt
import re

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "O": 0,
    "两": 2,
    "兩": 2,
}
TENS = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}

MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6}
WEEKDAYS_LATIN = {name: i for i, name in enumerate("mon tue wed thu fri sat sun".split())}

_N = "[0-9〇○零一二三四五六七八九十廿卅]"
_HAN = re.compile(
    f"(?P<roc>民国|民國)? ?(?P<year>{_N}{{2,4}}) ?年 ?(?P<month>{_N}{{"
    f"1,3}}) ?月 ?(?P<day>{_N}{{1,3}}) ?日?"
)
_ISO = re.compile(
    "(?<![0-9])(?P<year>(?:19|20)[0-9]{2}) ?[-./] ?(?P<month>[0-9]{1,"
    "2}) ?[-./] ?(?P<day>[0-9]{1,2})(?![0-9])"
)
_NAME = "(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?"
_MDY = re.compile(
    f"\\b{_NAME} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}})\\b", re.I
)
_DMY = re.compile(
    f"\\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? {_NAME},? (?P<year>[0-9]{{4}})\\b", re.I
)
FORMS = (_HAN, _ISO, _MDY, _DMY)

_YEAR_MONTH = re.compile(f"(?P<year>{_N}{{4}}) ?年 ?(?P<month>{_N}{{1,3}}) ?月(?! ?{_N})")
_DAY_ALONE = re.compile(f"(?:^|\n)(?P<day>{_N}{{1,3}}) ?日?(?:\n|$)")

EARLIEST = dt.date(1600, 1, 1)
"""No newspaper is older."""


def number(text: str) -> int | None:
    """Return the value of a number in digits or Chinese numerals, positional or read out."""
    text = text.strip().replace(",", "")
    if text.isascii():
        return int(text) if text.isdigit() and len(text) < 10 else None
    if not any(c in TENS for c in text):
        if len(text) > 9 or not all(c in DIGITS or c.isdigit() for c in text):
            return None
        return int("".join(str(DIGITS.get(c, c)) for c in text))
    total, digit = 0, None
    for c in text:
        if c in TENS:
            total += TENS[c] * (1 if digit is None or TENS[c] in (20, 30) else digit)
            digit = None
        elif c in DIGITS:
            digit = DIGITS[c]
        else:
            return None
    return total + (digit or 0)


def dates(text: str) -> list[dt.date]:
    """Return the full dates a text names, in order; impossible ones are left out."""
    found = [
        (match.start(), date)
        for form in FORMS
        for match in form.finditer(text)
        if (date := _date(match))
    ]
    return list(dict.fromkeys(date for _, date in sorted(found)))


def broken_date(text: str) -> dt.date | None:
    """Return the date of a page head that has year and month apart from a lone day."""
    match, day = _YEAR_MONTH.search(text), _DAY_ALONE.search(text)
    if match is None or day is None:
        return None
    return _valid(number(match["year"]), number(match["month"]), number(day["day"]))


def _date(match: re.Match[str]) -> dt.date | None:
    groups = match.groupdict()
    year, day = number(groups["year"]), number(groups["day"])
    if groups.get("name"):
        return _valid(year, MONTHS[groups["name"][:3].lower()], day)
    if groups.get("roc"):
        year = None if year is None else year + 1911
    elif len(groups["year"]) < 4:
        return None
    return _valid(year, number(groups["month"]), day)


def _valid(year: int | None, month: int | None, day: int | None) -> dt.date | None:
    try:
        date = dt.date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
    return date if date >= EARLIEST else None


def weekday(text: str) -> int | None:
    """Return the weekday a text names, Monday = 0."""
    han = re.search("(?:星期|周|週|礼拜|禮拜)([一二三四五六日天])", text)
    if han:
        return WEEKDAYS[han[1]]
    latin = re.search(
        "\\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|urs|ur|r)?(?:day)?\\b", text, re.I
    )
    return WEEKDAYS_LATIN[latin[1].lower()] if latin else None


def resolve(text: str, edition: dt.date) -> dt.date | None:
    """Return the date a dateline means: the last such day not after the edition's morrow."""
    whole = dates(text)
    if whole:
        return whole[0]
    month, day = _month_day(text)
    if day is None:
        return None
    limit = edition + dt.timedelta(days=1)
    if month is not None:
        tries = [_valid(year, month, day) for year in (limit.year, limit.year - 1)]
    else:
        last = limit.replace(day=1) - dt.timedelta(days=1)
        tries = [_valid(limit.year, limit.month, day), _valid(last.year, last.month, day)]
    return next((date for date in tries if date and date <= limit), None)


def _month_day(text: str) -> tuple[int | None, int | None]:
    han = re.search(f"(?:({_N}{{1,3}})月)?({_N}{{1,3}})日", text)
    if han:
        return (number(han[1]) if han[1] else None), number(han[2])
    for form in (f"{_NAME} (?P<day>[0-9]{{1,2}})\\b", f"\\b(?P<day>[0-9]{{1,2}}) {_NAME}"):
        latin = re.search(form, text, re.I)
        if latin:
            return MONTHS[latin["name"][:3].lower()], int(latin["day"])
    return None, None
