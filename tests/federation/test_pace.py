"""The pace: few enough, far enough apart, at a civil hour, page one first."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.federation import pace
from bridge.federation.pace import Item
from bridge.model import Accounts

NOW = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
ZONE = ZoneInfo("Asia/Shanghai")  # noon
MINUTE = dt.timedelta(minutes=1)
FREE = Accounts(daily=0, spread=dt.timedelta(0))


def items(*front: bool) -> list[Item]:
    return [Item(key=str(number), front=one) for number, one in enumerate(front)]


def planned(
    found: list[Item],
    accounts: Accounts = FREE,
    used: int = 0,
    last: dt.datetime | None = None,
    now: dt.datetime = NOW,
) -> tuple[list[tuple[str, int]], tuple[str, ...]]:
    """Return keys with the minutes from `now` to their release, and the overflow."""
    day = now.astimezone(ZONE).date()
    plan = pace.plan(found, accounts, ZONE, now, used={day: used}, last=last)
    return [(key, round((at - now) / MINUTE)) for key, at in plan.releases], plan.overflow


def test_without_a_pace_everything_goes_at_once() -> None:
    assert planned(items(False, False)) == ([("0", 0), ("1", 0)], ())


def test_page_one_goes_first_and_the_order_is_kept() -> None:
    releases, _ = planned(items(False, True, False, True))
    assert [key for key, _ in releases] == ["1", "3", "0", "2"]


def test_many_are_spread_over_the_span() -> None:
    spread = Accounts(daily=0, spread=dt.timedelta(hours=1))
    releases, _ = planned(items(*[False] * 60), spread)
    assert [minutes for _, minutes in releases] == list(range(60))


def test_few_stand_five_minutes_apart_and_no_more() -> None:
    spread = Accounts(daily=0, spread=dt.timedelta(hours=1))
    assert planned(items(False, False, False), spread)[0] == [("0", 0), ("1", 5), ("2", 10)]


def test_what_is_planned_already_goes_before_but_not_before_page_one() -> None:
    spread = Accounts(daily=0, spread=dt.timedelta(minutes=20))
    later = NOW + 30 * MINUTE
    assert planned(items(False, True), spread, last=later)[0] == [("1", 0), ("0", 35)]


def test_what_was_posted_long_ago_holds_nothing_up() -> None:
    spread = Accounts(daily=0, spread=dt.timedelta(minutes=20))
    assert planned(items(False), spread, last=NOW - 30 * MINUTE)[0] == [("0", 0)]


def test_too_much_for_a_day_is_left_to_the_digest_page_one_last_of_all() -> None:
    capped = Accounts(daily=5, spread=dt.timedelta(0))
    releases, overflow = planned(items(False, False, False, True), capped, used=3)
    assert [key for key, _ in releases] == ["3", "0"]
    assert overflow == ("1", "2")


@pytest.mark.parametrize(
    ("quiet", "clock", "end"),
    [
        (("22:00", "06:30"), "21:59", None),
        (("22:00", "06:30"), "22:00", "06:30"),
        (("22:00", "06:30"), "00:00", "06:30"),
        (("22:00", "06:30"), "06:29", "06:30"),
        (("22:00", "06:30"), "06:30", None),
        (("12:00", "14:00"), "11:59", None),
        (("12:00", "14:00"), "13:00", "14:00"),
        (("12:00", "14:00"), "14:00", None),
    ],
)
def test_in_quiet_hours_a_post_waits_for_their_end(
    quiet: tuple[str, str], clock: str, end: str | None
) -> None:
    hours = (dt.time.fromisoformat(quiet[0]), dt.time.fromisoformat(quiet[1]))
    moment = dt.datetime.combine(dt.date(2026, 3, 1), dt.time.fromisoformat(clock), ZONE)
    woken = pace.wake(moment, Accounts(quiet=hours), ZONE)
    if end is None:
        assert woken == moment
    else:
        assert woken.astimezone(ZONE).strftime("%H:%M") == end
        assert dt.timedelta(0) < woken - moment < dt.timedelta(hours=12)


def test_after_the_quiet_hours_posts_are_still_apart() -> None:
    quiet = (dt.time(11), dt.time(13))
    night = Accounts(daily=0, spread=dt.timedelta(minutes=30), quiet=quiet)
    assert planned(items(False, False), night)[0] == [("0", 60), ("1", 65)]


def test_an_embargo_holds_up_its_own_article_and_no_other() -> None:
    spread = Accounts(daily=0, spread=dt.timedelta(minutes=10))
    held = Item(key="held", front=True, not_before=NOW + 90 * MINUTE)
    releases, _ = planned([held, *items(False, False)], spread)
    assert releases == [("0", 3), ("1", 7), ("held", 90)]


def test_an_embargo_is_meant_in_the_papers_zone() -> None:
    until = pace.embargo(dt.date(2026, 3, 1), dt.time(7, 30), ZONE)
    assert until == dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)
    assert pace.embargo(dt.date(2026, 3, 1), None, ZONE) is None


@given(
    front=st.lists(st.booleans(), max_size=80),
    daily=st.integers(0, 40),
    used=st.integers(0, 50),
    spread=st.integers(0, 180),
    hour=st.integers(0, 47),
    quiet=st.booleans(),
)
def test_whatever_comes_nothing_is_lost_early_or_too_much(
    front: list[bool], daily: int, used: int, spread: int, hour: int, quiet: bool
) -> None:
    hours = (dt.time(22), dt.time(6, 30)) if quiet else None
    accounts = Accounts(daily=daily, spread=spread * MINUTE, quiet=hours)
    now = NOW + dt.timedelta(hours=hour)
    day = now.astimezone(ZONE).date()
    plan = pace.plan(items(*front), accounts, ZONE, now, used={day: used}, last=None)
    keys = [key for key, _ in plan.releases]
    assert sorted([*keys, *plan.overflow], key=int) == [str(n) for n in range(len(front))]
    moments = [at for _, at in plan.releases]
    assert moments == sorted(moments)
    assert all(at >= now and pace.wake(at, accounts, ZONE) == at for at in moments)
    today = sum(at.astimezone(ZONE).date() == day for at in moments)
    assert not daily or today <= max(daily - used, 0)
    assert daily or not plan.overflow
