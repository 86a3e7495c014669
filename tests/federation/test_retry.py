"""When a delivery is tried again, and when it is over (security nos. 89 to 91, 95)."""

import datetime as dt
from dataclasses import replace
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.federation import retry
from bridge.federation.retry import LIFETIME, SCHEDULE, SPREAD, asked, verdict
from bridge.model import Host, Outcome, Verdict

NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def outcome(
    status: int | None, retry_after: str | None = None, *, transient: bool = True
) -> Outcome:
    error = None if status else "no answer"
    return Outcome(status=status, error=error, retry_after=retry_after, transient=transient)


def after(
    attempts: int, what: Outcome, *, age: dt.timedelta = dt.timedelta(0), jitter: float = 0.0
) -> Verdict:
    return verdict(what, attempts=attempts, since=NOW - age, now=NOW, jitter=jitter)


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [
        (1, dt.timedelta(minutes=1)),
        (2, dt.timedelta(minutes=5)),
        (3, dt.timedelta(minutes=30)),
        (4, dt.timedelta(hours=2)),
        (5, dt.timedelta(hours=6)),
        (6, dt.timedelta(hours=12)),
        (7, DAY),
        (8, DAY),
        (12, DAY),
    ],
)
def test_89_the_waits_grow_to_a_day(attempts: int, wait: dt.timedelta) -> None:
    assert after(attempts, outcome(503)) == Verdict(
        state="pending", due=NOW + wait, error="status 503"
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_is_delivered(status: int) -> None:
    assert after(3, outcome(status)) == Verdict(state="delivered", due=NOW, error=None)


def test_91_410_is_gone_at_once() -> None:
    assert after(1, outcome(410)).state == "gone"


@pytest.mark.parametrize("status", [400, 402, 405, 406, 409, 413, 415, 421, 422, 451, 499, 501])
def test_91_an_answer_for_good_is_failed(status: int) -> None:
    verdict = after(1, outcome(status))
    assert (verdict.state, verdict.error) == ("failed", f"status {status}")


@pytest.mark.parametrize(
    "status", [100, 301, 307, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504, 520, 599]
)
def test_what_can_pass_is_tried_again(status: int) -> None:
    assert after(1, outcome(status)).state == "pending"


@pytest.mark.parametrize("status", [401, 403])
def test_91_no_quick_loop_on_401_and_403(status: int) -> None:
    assert after(1, outcome(status)).due == NOW + dt.timedelta(hours=6)
    assert after(7, outcome(status)).due == NOW + DAY


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_53_a_redirect_is_not_followed_and_asked_again_once_a_day(status: int) -> None:
    """What sends a POST elsewhere is mostly a mistake at the door, and passes."""
    assert after(1, outcome(status)).due == NOW + DAY
    assert not retry.fails(outcome(status))


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (dt.timedelta(hours=2), "our clock is 120 minutes ahead of theirs"),
        (-dt.timedelta(hours=2), "our clock is 120 minutes behind theirs"),
        (dt.timedelta(minutes=1), "our clock agrees"),
        (None, "our clock agrees"),
    ],
)
def test_91_a_401_says_where_to_look(off: dt.timedelta | None, said: str) -> None:
    date = None if off is None else format_datetime(NOW - off, usegmt=True)
    refused = Outcome(status=401, error="status 401", retry_after=None, date=date)
    assert said in (after(1, refused).error or "")


def test_91_repeated_404s_fall_on_different_days() -> None:
    assert after(1, outcome(404)).due == NOW + DAY


def test_no_answer_is_tried_again() -> None:
    assert after(1, outcome(None)) == Verdict(
        state="pending", due=NOW + dt.timedelta(minutes=1), error="no answer"
    )


def test_what_our_guard_refuses_is_failed() -> None:
    assert after(1, outcome(None, transient=False)).state == "failed"


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (dt.timedelta(days=6, hours=23), "pending"),
        (LIFETIME, "failed"),
        (2 * LIFETIME, "failed"),
    ],
)
def test_after_seven_days_it_is_given_up(age: dt.timedelta, state: str) -> None:
    result = after(12, outcome(503), age=age)
    assert result.state == state
    assert result.due <= NOW - age + LIFETIME or state == "failed"


def test_the_last_attempt_is_at_the_end_of_the_seventh_day() -> None:
    result = after(12, outcome(503), age=dt.timedelta(days=6, hours=23))
    assert result.due == NOW + dt.timedelta(hours=1)


def test_a_success_after_the_seventh_day_counts() -> None:
    assert after(12, outcome(202), age=2 * LIFETIME).state == "delivered"


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, dt.timedelta(0)),
        ("", dt.timedelta(0)),
        ("120", dt.timedelta(minutes=2)),
        (" 120 ", dt.timedelta(minutes=2)),
        ("0", dt.timedelta(0)),
        ("-5", dt.timedelta(0)),
        ("1.5", dt.timedelta(0)),
        ("soon", dt.timedelta(0)),
        ("１２０", dt.timedelta(0)),
        ("9" * 400, DAY),
        ("604800", DAY),
        (
            format_datetime(NOW + dt.timedelta(minutes=10), usegmt=True),
            dt.timedelta(minutes=10),
        ),
        ("Sun, 01 Mar 2026 12:10:00 +0800", dt.timedelta(minutes=10)),
        (format_datetime(NOW - DAY, usegmt=True), dt.timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Sun, 01 Mar 2026 04:10:00", dt.timedelta(minutes=10)),
        ("Sun, 99 Mar 2026 04:10:00 GMT", dt.timedelta(0)),
        ("Mon, 01 Jan 0001 00:00:00 +2300", dt.timedelta(0)),
    ],
)
def test_90_what_retry_after_asks(header: str | None, wait: dt.timedelta) -> None:
    assert asked(header, NOW) == wait


@pytest.mark.parametrize("status", [429, 503])
def test_90_retry_after_is_a_minimum(status: int) -> None:
    assert after(1, outcome(status, "600")).due == NOW + dt.timedelta(minutes=10)
    assert after(4, outcome(status, "600")).due == NOW + dt.timedelta(hours=2)


@given(
    st.one_of(st.none(), st.integers(100, 599)),
    st.one_of(st.none(), st.text(max_size=40), st.integers(0, 10**12).map(str)),
    st.integers(1, 50),
    st.timedeltas(dt.timedelta(0), LIFETIME * 2),
    st.floats(0, 1),
)
def test_89_95_waits_have_a_floor_a_ceiling_and_an_end(
    status: int | None, header: str | None, attempts: int, age: dt.timedelta, jitter: float
) -> None:
    result = after(attempts, outcome(status, header), age=age, jitter=jitter)
    if result.state != "pending":
        return
    end = NOW - age + LIFETIME
    base = SCHEDULE[min(attempts, len(SCHEDULE)) - 1]
    assert age < LIFETIME
    assert result.due <= min(NOW + DAY * (1 + SPREAD), end)
    assert result.due >= min(NOW + base, end)


@given(st.floats(0, 1))
def test_it_ends(jitter: float) -> None:
    created, now, attempts = NOW, NOW, 0
    while True:
        attempts += 1
        result = verdict(outcome(503), attempts=attempts, since=created, now=now, jitter=jitter)
        if result.state == "failed":
            break
        assert result.due > now
        now = result.due
    assert now == created + LIFETIME
    assert 11 <= attempts <= 15


@given(st.text(max_size=60))
def test_90_any_header_is_read_or_ignored(header: str) -> None:
    assert dt.timedelta(0) <= asked(header, NOW) <= DAY


WELL = Host(name="one.example", changed=NOW)
ILL = Host(name="one.example", failures=2, failing=NOW - DAY, until=NOW, changed=NOW)


@pytest.mark.parametrize(
    ("what", "in_a_row", "host", "speaks"),
    [
        (outcome(None), 1, None, True),
        (outcome(None, transient=False), 1, ILL, False),
        (outcome(429), 1, None, True),
        (outcome(503, "60"), 1, None, True),
        (outcome(503), 1, None, False),
        (outcome(500), 2, WELL, False),
        (outcome(500), 3, WELL, True),
        (outcome(500), 1, ILL, True),
        (outcome(501), 9, WELL, False),
        (outcome(404), 9, ILL, False),
        (outcome(202), 0, ILL, False),
    ],
    ids=repr,
)
def test_which_outcome_speaks_for_the_whole_host(
    what: Outcome, in_a_row: int, host: Host | None, speaks: bool
) -> None:
    assert retry.speaks_for_host(what, in_a_row=in_a_row, host=host) is speaks


def test_a_host_that_fails_rests_longer_each_time() -> None:
    host, waits = WELL, []
    for _ in range(9):
        host = retry.rest(host, outcome(None), after(1, outcome(None)), NOW, 0.0)
        assert host.until is not None
        waits.append(host.until - NOW)
    assert waits == [*SCHEDULE, DAY, DAY]
    assert (host.failures, host.failing) == (9, NOW)
    assert retry.recovered(host, NOW) == WELL


def test_90_a_host_that_asks_to_wait_is_not_failing() -> None:
    verdict = after(1, outcome(429, "7200"))
    host = retry.rest(WELL, outcome(429, "7200"), verdict, NOW, 0.0)
    assert (host.failures, host.failing, host.until) == (0, None, verdict.due)


@pytest.mark.parametrize(("days", "dead"), [(6, False), (7, True)])
def test_95_a_host_is_dead_after_seven_failing_days(days: int, dead: bool) -> None:
    assert retry.is_dead(replace(ILL, failing=NOW - days * DAY), NOW) is dead
    assert not retry.is_dead(WELL, NOW)
