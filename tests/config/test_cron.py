"""Cron expressions: ours is the stricter reader, so the scheduler takes all it lets through."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.config.cron import FIELDS, MONTHS, WEEKDAYS, parse_cron
from bridge.config.wording import RefusedError


@pytest.mark.parametrize(
    "text",
    [
        "30 5 * * *",
        "*/5 4-7 * * mon-sat",
        "0,30 6 * * sat,sun",
        "0 0 29 feb *",
        "10-50/10 0-23/2 1,15 jan-jun,12 *",
    ],
)
def test_an_expression_is_taken(text: str) -> None:
    assert parse_cron(text) == text


def test_spaces_and_capitals_do_not_matter() -> None:
    assert parse_cron(" 30  5\t* JAN *") == "30 5 * jan *"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" has 0 fields instead of five'),
        ("30 5 * *", '"30 5 * *" has 4 fields instead of five'),
        ("0 30 5 * * *", '"0 30 5 * * *" has 6 fields instead of five'),
        ("60 5 * * *", 'the minute "60" is not within 0-59'),
        ("0 24 * * *", 'the hour "24" is not within 0-23'),
        ("0 5 0 * *", 'the day of month "0" is not within 1-31'),
        ("0 5 * 13 *", 'the month "13" is not within 1-12'),
        ("0 5 * * 1-5", 'the day of week "1" is not a name'),
        ("0 5 * * monday", 'the day of week "monday" is not a number, range or step'),
        ("0 5 * * */2", 'the day of week "*/2" has a step without a range of numbers'),
        ("0 5 * * sun-thu", 'the day of week "sun-thu" runs backwards'),
        ("0 22-6 * * *", 'the hour "22-6" runs backwards'),
        ("*/0 5 * * *", 'the minute "*/0" has a step that never comes round'),
        ("*/60 5 * * *", 'the minute "*/60" has a step that never comes round'),
        ("5/10 5 * * *", 'the minute "5/10" has a step without a range of numbers'),
        ("0 5 * jan-3 *", 'the month "jan-3" mixes a name and a number'),
        ("0 5 1 * mon", '"0 5 1 * mon" names days of the month and of the week'),
        ("0 5 30 feb *", '"0 5 30 feb *" names a day that its months do not have'),
        ("0 5 31 4,6,9,11 *", '"0 5 31 4,6,9,11 *" names a day that its months do not have'),
        ("@daily", '"@daily" has 1 fields instead of five'),
        ("0 5 L * *", 'the day of month "l" is not a number, range or step'),
        ("1,,2 5 * * *", 'the minute "" is not a number, range or step'),
    ],
)
def test_an_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_cron(text)
    assert caught.value.what == message


ITEMS = st.one_of(
    st.just("*"),
    st.integers(0, 61).map(str),
    st.tuples(st.integers(0, 61), st.integers(0, 61)).map(lambda pair: f"{pair[0]}-{pair[1]}"),
    st.sampled_from([*MONTHS, *WEEKDAYS, "jan-mar", "mon-fri", "*/2", "1-9/3", "2/3"]),
)
EXPRESSIONS = st.tuples(
    *(st.lists(ITEMS, min_size=1, max_size=2).map(",".join) for _ in FIELDS)
).map(" ".join)


@settings(max_examples=500)
@given(EXPRESSIONS)
def test_the_scheduler_takes_what_we_take_and_it_will_fire(text: str) -> None:
    try:
        checked = parse_cron(text)
    except RefusedError:
        return
    trigger = CronTrigger.from_crontab(checked, ZoneInfo("Asia/Shanghai"))
    start = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
    assert trigger.get_next_fire_time(None, start) is not None
