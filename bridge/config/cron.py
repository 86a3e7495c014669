"""Cron expressions, checked against a grammar that every scheduler reads alike.

Five fields: minute, hour, day of month, month, day of week. A field is `*`, `*/step`, or a
comma list of numbers, ranges `a-b` and stepped ranges `a-b/step`; months may be named
(`jan`-`dec`). Two things that programs read differently are refused: weekdays as numbers
(crontab(5) counts from Sunday, APScheduler from Monday), and a day of month together with a
day of week (crontab(5) joins them by "or", APScheduler by "and").
"""

import re
from dataclasses import dataclass

from bridge.config.wording import RefusedError, quoted

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "mon tue wed thu fri sat sun".split()
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the five: its name and what it may hold."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()  # the first stands for `first`
    numbers: bool = True  # False: only the names


FIELDS = (
    Field(name="minute", first=0, last=59),
    Field(name="hour", first=0, last=23),
    Field(name="day of month", first=1, last=31),
    Field(name="month", first=1, last=12, names=tuple(MONTHS)),
    Field(name="day of week", first=0, last=6, names=tuple(WEEKDAYS), numbers=False),
)

ITEM = re.compile(
    r"(?:(\*)|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,2}))?"
)


def parse_cron(text: str) -> str:
    """Return the expression with single spaces; RefusedError says which field is wrong."""
    parts = text.lower().split()
    if len(parts) != len(FIELDS):
        raise RefusedError(
            f"{quoted(text)} has {len(parts)} fields instead of five",
            "minute, hour, day of month, month, day of week",
        )
    values = [_values(field, part) for field, part in zip(FIELDS, parts, strict=True)]
    if parts[2] != "*" and parts[4] != "*":
        raise RefusedError(
            f"{quoted(text)} names days of the month and of the week", 'leave one of them "*"'
        )
    if min(values[2]) > max(MONTH_DAYS[month - 1] for month in values[3]):
        raise RefusedError(f"{quoted(text)} names a day that its months do not have")
    return " ".join(parts)


def _values(field: Field, text: str) -> set[int]:
    """Return what a field matches."""
    return set().union(*(_item(field, item) for item in text.split(",")))


def _item(field: Field, text: str) -> range:
    """Read `*`, `a`, `a-b`, with `/step` where there is a range to step over."""
    what = f"the {field.name} {quoted(text)}"
    found = ITEM.fullmatch(text)
    if not found:
        raise RefusedError(f"{what} is not a number, range or step")
    star, low, high, step = found.groups()
    if step and not (field.numbers and (star or (high and low.isdigit()))):
        raise RefusedError(f"{what} has a step without a range of numbers")
    if high and low.isdigit() != high.isdigit():
        raise RefusedError(f"{what} mixes a name and a number")
    first = field.first if star else _number(field, low)
    last = field.last if star else _number(field, high or low)
    if first > last:
        raise RefusedError(f"{what} runs backwards", "write two ranges")
    if step and not 1 <= int(step) <= last - first:
        raise RefusedError(f"{what} has a step that never comes round")
    return range(first, last + 1, int(step or 1))


def _number(field: Field, text: str) -> int:
    """Return the number a field's word or digits stand for."""
    what = f"the {field.name} {quoted(text)}"
    if text in field.names:
        return field.first + field.names.index(text)
    if not field.numbers:
        names = ", ".join(field.names)
        raise RefusedError(f"{what} is not a name", f"the names are {names}")
    if not text.isdigit() or not field.first <= int(text) <= field.last:
        raise RefusedError(f"{what} is not within {field.first}-{field.last}")
    return int(text)
