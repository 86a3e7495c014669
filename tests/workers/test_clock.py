"""Fire times are a function of the config: the same on every node, across DST and restarts."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.errors import StoreError
from bridge.model import Newspaper, Section, Site, Source, Task
from bridge.workers.clock import Clock, Job, due, jobs, put_back, share

ZERO = dt.timedelta(0)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def site(zone: str = "Asia/Shanghai", base_url: str = "https://news.example") -> Site:
    paper = Newspaper(
        id="linzhou",
        title="临洲晚报",
        title_latin=None,
        language="zh-Hans",
        timezone=ZoneInfo(zone),
        hour=dt.time(6),
        authority="news.example",
        description="",
        sections=(Section(slug="news", title="要闻"),),
        default_section="news",
        window=7,
    )
    return Site(
        base_url=base_url, title="临洲", mode="publisher", contact="desk", papers=(paper,)
    )


SOURCE = Source(
    id="linzhou/pages",
    paper="linzhou",
    kind="folder",
    path="incoming",
    settle=ZERO,
    ignore=(),
    max_bytes=1,
    cron=None,
    every=dt.timedelta(seconds=30),
    jitter=ZERO,
    misfire_grace=HOUR,
)


def job(site: Site, source: Source = SOURCE) -> Job:
    return jobs(site, (source,))[0]


def fires(cron: str, start: str, end: str, zone: str = "Europe/Berlin") -> list[str]:
    made = job(site(zone), replace(SOURCE, cron=cron))
    return [f"{each:%d %H:%M}" for each in made.trigger.between(utc(start), utc(end))]


def test_job_names_the_task_after_the_planned_moment() -> None:
    task = job(site()).planned(utc("2026-03-01T04:00:30"))
    assert task == Task(
        name="ingest",
        args=("linzhou/pages",),
        partition="linzhou/pages",
        fold=True,
        id="ingest-linzhou/pages-20260301T040030Z",
    )


def test_every_source_has_a_job_beside_tick_and_purge() -> None:
    other = replace(SOURCE, id="linzhou/late")
    names = [each.id for each in jobs(site(), (SOURCE, other))]
    assert names == ["ingest-linzhou/pages", "ingest-linzhou/late", "tick", "purge"]


def test_cron_is_in_the_time_zone_of_the_paper() -> None:
    assert fires("30 5 * * *", "2026-03-01", "2026-03-03", "Asia/Shanghai") == [
        "01 21:30",
        "02 21:30",
    ]


@pytest.mark.parametrize(
    ("cron", "start", "end", "expected"),
    [
        # 29 March 2026: 02:00 CET becomes 03:00 CEST; there is no 02:30.
        ("30 2 * * *", "2026-03-28", "2026-03-31", ["28 01:30", "29 01:30", "30 00:30"]),
        ("0 5 * * *", "2026-03-28", "2026-03-31", ["28 04:00", "29 03:00", "30 03:00"]),
        (
            "0 * * * *",
            "2026-03-29T00:00",
            "2026-03-29T02:00",
            ["29 00:00", "29 01:00", "29 02:00"],
        ),
        # 25 October 2026: 03:00 CEST becomes 02:00 CET; 02:30 comes twice.
        ("30 2 * * *", "2026-10-24", "2026-10-27", ["24 00:30", "25 00:30", "26 01:30"]),
        ("0 5 * * *", "2026-10-24", "2026-10-27", ["24 03:00", "25 04:00", "26 04:00"]),
        ("30 * * * *", "2026-10-25T00:00", "2026-10-25T02:00", ["25 00:30", "25 01:30"]),
    ],
    ids=[
        "spring_missing_hour_runs_once",
        "spring_morning",
        "spring_hourly",
        "autumn_double_hour_runs_once",
        "autumn_morning",
        "autumn_hourly_runs_in_both",
    ],
)
def test_daylight_saving_loses_and_doubles_nothing(
    cron: str, start: str, end: str, expected: list[str]
) -> None:
    """Security no. 109."""
    assert fires(cron, start, end) == expected


def test_intervals_count_from_the_epoch_so_that_nodes_agree() -> None:
    """A node that starts 7 seconds later plans the same moments."""
    trigger = job(site()).trigger
    first = trigger.get_next_fire_time(None, utc("2026-03-01T04:00:01"))
    second = trigger.get_next_fire_time(None, utc("2026-03-01T04:00:08"))
    assert first == second == utc("2026-03-01T04:00:30")


@settings(deadline=None)  # a busy machine is no counter-example
@given(
    jitter=st.integers(0, 3600),
    minute=st.integers(0, 366 * 24 * 60),
    cron=st.sampled_from([None, "0 5 * * *", "*/10 * * * *", "30 2 * * sun"]),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"]),
)
@example(jitter=0, minute=297 * 24 * 60, cron="*/10 * * * *", zone="Europe/Berlin")
@example(jitter=90, minute=297 * 24 * 60, cron="30 2 * * sun", zone="Europe/Berlin")
def test_jitter_shifts_the_plan_and_keeps_it_a_plan(
    jitter: int, minute: int, cron: str | None, zone: str
) -> None:
    """Nodes that ask at different moments get the same fire times, each one a share later."""
    moment = utc("2026-01-01") + minute * dt.timedelta(minutes=1)
    shifted = job(site(zone), replace(SOURCE, cron=cron, jitter=jitter * SECOND)).trigger
    plain = job(site(zone), replace(SOURCE, cron=cron)).trigger
    end = moment + 2 * DAY if cron else moment + HOUR
    times = list(shifted.between(moment, end))
    by = shifted.offset
    assert ZERO <= by <= jitter * SECOND
    assert times == sorted(set(times))
    assert times == [each + by for each in plain.between(moment - by, end - by)]
    assert all(shifted.get_next_fire_time(None, each) == each for each in times)


def test_jitter_differs_between_sources_and_installations() -> None:
    shares = {share(name, salt, HOUR) for name in ("a", "b", "c") for salt in ("x", "y", "z")}
    assert len(shares) == 9


@pytest.mark.parametrize(
    ("cron", "grace", "now", "expected"),
    [
        ("0 5 * * *", HOUR, "2026-03-01T05:30", "2026-03-01T05:00"),
        ("0 5 * * *", HOUR, "2026-03-01T06:30", None),
        ("0 5 * * *", 3 * DAY, "2026-03-03T04:00", "2026-03-02T05:00"),
        (None, ZERO, "2026-03-01T04:00:29", "2026-03-01T04:00:00"),
    ],
    ids=["in_time", "too_late", "only_the_last", "interval_always"],
)
def test_fire_time_missed_while_no_node_was_up_is_made_up_for(
    cron: str | None, grace: dt.timedelta, now: str, expected: str | None
) -> None:
    made = job(site("UTC"), replace(SOURCE, cron=cron, misfire_grace=grace))
    assert due(made, utc(now)) == (utc(expected) if expected else None)


def test_clock_enqueues_what_is_due_at_the_start_and_later() -> None:
    got: list[Task] = []
    third = threading.Event()

    def enqueue(task: Task) -> None:
        got.append(task)
        if len(got) == 3:
            third.set()

    second = job(site(), replace(SOURCE, every=SECOND))
    clock = Clock((second,), enqueue)
    clock.start(dt.datetime.now(dt.UTC))
    assert third.wait(20)
    clock.stop()
    ids = [task.id for task in got]
    assert len(set(ids)) >= 3 - 1  # the first may be planned for the very second of the start
    assert ids == sorted(ids, key=str)


def test_clock_survives_a_task_that_cannot_be_enqueued() -> None:
    """Security no. 105: a locked database costs one fire time, not the clock."""
    tries: list[Task] = []
    again = threading.Event()

    def enqueue(task: Task) -> None:
        tries.append(task)
        if len(tries) == 1:
            return
        if len(tries) == 2:
            raise OSError("disk full")
        again.set()

    clock = Clock((job(site(), replace(SOURCE, every=SECOND)),), enqueue)
    clock.start(dt.datetime.now(dt.UTC))
    assert again.wait(20)
    clock.stop()


def test_fire_time_the_database_missed_is_made_up_for_under_its_own_id() -> None:
    """A daily look must not wait for tomorrow because the database restarted just then."""
    down = threading.Event()
    down.set()
    got: list[str | None] = []

    def enqueue(task: Task) -> None:
        if down.is_set():
            raise StoreError("the database server does not answer")
        got.append(task.id)

    only = job(site(), replace(SOURCE, every=SECOND))
    clock = Clock((only,), enqueue)
    planned = dt.datetime.now(dt.UTC).replace(microsecond=0)
    clock._add(only, planned)
    clock.make_up()
    down.clear()
    clock.make_up()
    clock.make_up()
    assert got == [only.planned(planned).id]


def test_two_nodes_give_the_same_ids() -> None:
    """K nodes, one run per fire time: the engine takes each id once."""
    seen: list[list[str | None]] = [[], []]
    enough = threading.Event()

    def node(index: int) -> Callable[[Task], None]:
        def enqueue(task: Task) -> None:
            seen[index].append(task.id)
            if min(map(len, seen)) >= 3:
                enough.set()

        return enqueue

    source = replace(SOURCE, every=SECOND, jitter=dt.timedelta(seconds=40))
    clocks = [Clock((job(site(), source),), node(index)) for index in (0, 1)]
    for clock in clocks:
        clock.start(dt.datetime.now(dt.UTC))
    assert enough.wait(20)
    for clock in clocks:
        clock.stop()
    common = set(seen[0]) & set(seen[1])
    assert len(common) >= 2
    assert len(set(seen[0]) | set(seen[1])) <= max(map(len, seen)) + 1


def test_clock_put_back_by_a_day_is_noticed_and_planned_anew() -> None:
    """Security no. 109: without it every job would wait a day for the old plan."""
    noon = utc("2026-03-02T12:00")
    assert put_back((noon, noon - DAY + SECOND), (100.0, 101.0)) == DAY
    assert put_back((noon, noon + SECOND), (100.0, 101.0)) is None
    assert put_back((noon, noon + DAY), (100.0, 101.0)) is None  # late, which jobs can see
    assert put_back((noon, noon - SECOND), (100.0, 101.0)) is None  # a time server's step

    got: list[Task] = []
    clock = Clock((job(site(), replace(SOURCE, every=SECOND)),), got.append)
    clock.start(dt.datetime.now(dt.UTC))
    clock.put_back(DAY)
    before = len(got)
    waited = threading.Event()
    while len(got) <= before:
        assert not waited.wait(0.05)
    clock.stop()
