"""Decide when posts go out: few enough, far enough apart, at a civil hour, page one first.

Pure: what is to be posted and what is planned already come in, moments and the overflow come
out. A follower sees an edition of sixty articles as a day's reading and not as a flood.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bridge.model import Accounts

LONGEST_STEP = dt.timedelta(minutes=5)
"""Two posts stand no further apart, however few there are for the whole span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article to be posted."""

    key: str
    front: bool  # it stands on page one
    not_before: dt.datetime | None = None  # its embargo


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When each article is posted, in the order of posting, and what is too much for a day."""

    releases: tuple[tuple[str, dt.datetime], ...]
    overflow: tuple[str, ...]


def plan(
    items: Sequence[Item],
    accounts: Accounts,
    zone: ZoneInfo,
    now: dt.datetime,
    *,
    used: Mapping[dt.date, int],
    last: dt.datetime | None,
) -> Plan:
    """Give each article its moment, or leave it to the digest.

    `used` counts the account's posts by day in the paper's zone, `last` is the latest release
    planned so far. What stands on page one does not wait behind it.
    """
    step, counts, free = _step(accounts, len(items)), dict(used), now
    releases: list[tuple[str, dt.datetime]] = []
    overflow: list[str] = []
    for item in sorted(items, key=lambda item: not item.front):
        if not item.front and last is not None:
            free, last = max(free, last + step), None
        at = wake(max(free, item.not_before or now), accounts, zone)
        day = at.astimezone(zone).date()
        if accounts.daily and counts.get(day, 0) >= accounts.daily:
            overflow.append(item.key)
            continue
        counts[day] = counts.get(day, 0) + 1
        releases.append((item.key, at))
        free = wake(free, accounts, zone) + step  # whatever the embargo of this one
    found = sorted(releases, key=lambda release: release[1])
    return Plan(releases=tuple(found), overflow=tuple(overflow))


def _step(accounts: Accounts, items: int) -> dt.timedelta:
    return min(accounts.spread / max(items, 1), LONGEST_STEP)


def wake(moment: dt.datetime, accounts: Accounts, zone: ZoneInfo) -> dt.datetime:
    """Return the moment itself, or the end of the quiet hours that it falls into, in UTC."""
    if accounts.quiet is None:
        return moment.astimezone(dt.UTC)
    start, end = accounts.quiet
    local = moment.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    overnight = start > end
    inside = (clock >= start or clock < end) if overnight else start <= clock < end
    if not inside:
        return moment.astimezone(dt.UTC)
    day = local.date()
    if overnight and clock >= start:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, end, zone).astimezone(dt.UTC)


def embargo(date: dt.date, time: dt.time | None, zone: ZoneInfo) -> dt.datetime | None:
    """Return until when an edition's articles are held back; None when they are not."""
    if time is None:
        return None
    return dt.datetime.combine(date, time, zone).astimezone(dt.UTC)
