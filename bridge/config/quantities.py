"""Durations and sizes as people write them: "1h30m", "20MB".

Both forms are strict: a unit is always written, so that nobody has to know which one a bare
number would mean. MB is a million bytes and MiB 1024 * 1024 (IEC 80000-13).
"""

import datetime as dt
import re

from bridge.config.wording import RefusedError, quoted, visible

DURATION_UNITS = {
    "w": dt.timedelta(weeks=1),
    "d": dt.timedelta(days=1),
    "h": dt.timedelta(hours=1),
    "m": dt.timedelta(minutes=1),
    "s": dt.timedelta(seconds=1),
    "ms": dt.timedelta(milliseconds=1),
}
"""Largest first: the order in which the parts of a duration are written."""

SIZE_UNITS = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}

LONGEST = dt.timedelta(days=3660)
LARGEST = 1024**4

DURATION = re.compile(r"(?:[0-9]{1,12}[a-z]+)+")
PART = re.compile(r"([0-9]+)([a-z]+)")
SIZE = re.compile(r"([0-9]{1,15}) ?([A-Za-z]+)")


def parse_duration(text: str) -> dt.timedelta:
    """Return the duration written as "90s", "1h30m" or "7d"."""
    if not DURATION.fullmatch(text):
        raise RefusedError(
            f"{quoted(text)} is not a duration", 'such as "90s", "15m" or "1h30m"'
        )
    total, order = dt.timedelta(), list(DURATION_UNITS)
    for number, unit in PART.findall(text):
        if unit not in DURATION_UNITS:
            known = ", ".join(DURATION_UNITS)
            raise RefusedError(
                f'{quoted(text)} has the unknown unit "{visible(unit)}"',
                f"the units are {known}",
            )
        if unit not in order:
            raise RefusedError(
                f"{quoted(text)} is not in order", "write each unit once, largest first"
            )
        del order[: order.index(unit) + 1]
        # Compared before multiplying: timedelta overflows at 10^9 days.
        if int(number) > LONGEST / DURATION_UNITS[unit]:
            raise RefusedError(f"{quoted(text)} is more than ten years")
        total += int(number) * DURATION_UNITS[unit]
    return total


def format_duration(value: dt.timedelta) -> str:
    """Return the shortest text that `parse_duration` reads as `value`; whole milliseconds."""
    rest, text = value, ""
    for unit, length in DURATION_UNITS.items():
        count, rest = divmod(rest, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def parse_size(text: str) -> int:
    """Return the bytes written as "20MB" or "512KiB"; RefusedError says what is wrong."""
    found = SIZE.fullmatch(text)
    if not found:
        raise RefusedError(f"{quoted(text)} is not a size", 'such as "20MB" or "512KiB"')
    number, unit = found.groups()
    if unit not in SIZE_UNITS:
        near = [known for known in SIZE_UNITS if known.lower() == unit.lower()]
        known = (
            f'did you mean "{number}{near[-1]}"?'
            if near
            else "the units are " + ", ".join(SIZE_UNITS)
        )
        raise RefusedError(f'{quoted(text)} has the unknown unit "{unit}"', known)
    value = int(number) * SIZE_UNITS[unit]
    if value > LARGEST:
        raise RefusedError(f"{quoted(text)} is more than 1024GiB")
    return value


def format_size(value: int) -> str:
    """Return the shortest text that `parse_size` reads as `value`, a number of bytes."""
    forms = (
        f"{value // factor}{unit}"
        for unit, factor in SIZE_UNITS.items()
        if value % factor == 0 and unit != "KB"
    )
    return min(forms, key=len)
