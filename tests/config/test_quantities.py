"""Durations and sizes: what is read, what is refused, and that each reads what it writes."""

import contextlib
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config.quantities import (
    LARGEST,
    LONGEST,
    format_duration,
    format_size,
    parse_duration,
    parse_size,
)
from bridge.config.wording import RefusedError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5400),
        ("7d", 604800),
        ("1w2d3h4m5s6ms", 788645.006),
        ("250ms", 0.25),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" is not a duration'),
        ("15", '"15" is not a duration'),
        ("m", '"m" is not a duration'),
        ("-5s", '"-5s" is not a duration'),
        ("1.5h", '"1.5h" is not a duration'),
        ("1 h", '"1 h" is not a duration'),
        ("15M", '"15M" is not a duration'),
        ("５s", '"５s" is not a duration'),
        ("15min", '"15min" has the unknown unit "min"'),
        ("30m1h", '"30m1h" is not in order'),
        ("1h1h", '"1h1h" is not in order'),
        ("11y", '"11y" has the unknown unit "y"'),
        ("4000d", '"4000d" is more than ten years'),
        ("999999999999w", '"999999999999w" is more than ten years'),
    ],
)
def test_a_duration_is_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_duration(text)
    assert caught.value.what == message


@given(st.timedeltas(min_value=dt.timedelta(), max_value=LONGEST))
def test_a_duration_that_was_written_reads_the_same(value: dt.timedelta) -> None:
    whole = value - dt.timedelta(microseconds=value.microseconds % 1000)
    assert parse_duration(format_duration(whole)) == whole


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("1kB", 1000),
        ("1KB", 1000),
        ("20MB", 20_000_000),
        ("20 MB", 20_000_000),
        ("512KiB", 524_288),
        ("2GiB", 2_147_483_648),
    ],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", 'such as "20MB" or "512KiB"'),
        ("20", 'such as "20MB" or "512KiB"'),
        ("1.5MB", 'such as "20MB" or "512KiB"'),
        ("-1MB", 'such as "20MB" or "512KiB"'),
        ("20mb", 'did you mean "20MB"?'),
        ("20Mib", 'did you mean "20MiB"?'),
        ("20M", "the units are B, kB, KB, MB, GB, KiB, MiB, GiB"),
        ("2000GiB", ""),
    ],
)
def test_a_size_is_refused(text: str, hint: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_size(text)
    assert caught.value.hint == hint


@given(st.integers(0, LARGEST))
def test_a_size_that_was_written_reads_the_same(value: int) -> None:
    assert parse_size(format_size(value)) == value


@given(st.sampled_from([parse_duration, parse_size]), st.text())
def test_any_other_text_is_refused_and_nothing_worse(
    read: Callable[[str], object], text: str
) -> None:
    with contextlib.suppress(RefusedError):
        read(text)
