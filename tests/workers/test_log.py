"""One line per event; nothing that was read can forge another (security no. 81)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import Log
from bridge.workers.log import configure, escaped


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def written(form: Any, level: Any = "info") -> io.StringIO:
    stream = io.StringIO()
    configure(Log(level=level, format=form), stream)
    return stream


FORGED = "标题\n2026-03-01T04:00:00Z [info     ] all is well\x1b[2J\u202e\x9b"


@pytest.mark.parametrize("form", ["console", "json"])
def test_headline_cannot_begin_a_line_of_its_own(form: str) -> None:
    stream = written(form)
    structlog.get_logger("test").info(FORGED, headline=FORGED, lines=[FORGED])
    logging.getLogger("library").warning("%s said", FORGED)
    lines = stream.getvalue().split("\n")
    assert len(lines) == 3
    assert lines[-1] == ""
    assert not [sign for sign in stream.getvalue() if sign != "\n" and not sign.isprintable()]


@pytest.mark.parametrize("form", ["console", "json"])
def test_traceback_is_kept_but_its_message_cannot_forge_a_line(form: str) -> None:
    stream = written(form)
    try:
        raise ValueError(FORGED)
    except ValueError:
        structlog.get_logger("test").exception("failed")
    first, *others = stream.getvalue().rstrip("\n").split("\n")
    assert "failed" in first
    assert "ValueError" in stream.getvalue()
    assert all(line.startswith("    ") for line in others)


def test_json_lines_are_objects_with_time_level_and_event() -> None:
    stream = written("json")
    structlog.get_logger("test").warning("late edition", paper="临洲晚报", hours=2)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "late edition",
        "level": "warning",
        "paper": "临洲晚报",
        "hours": 2,
    }
    assert "临洲晚报" in line


def test_level_of_the_config_counts_and_libraries_are_quiet() -> None:
    stream = written("console", "warning")
    structlog.get_logger("test").info("not this")
    structlog.get_logger("test").warning("this")
    logging.getLogger("dbos").info("nor this")
    logging.getLogger("apscheduler.scheduler").info("nor this")
    assert len(stream.getvalue().splitlines()) == 1


def test_configuring_twice_does_not_double_lines() -> None:
    written("console")
    stream = written("console")
    structlog.get_logger("test").info("once")
    assert stream.getvalue().count("once") == 1


@given(st.text())
def test_escaped_text_is_one_printable_line(text: str) -> None:
    assert len(escaped(text).splitlines()) <= 1
    assert escaped(escaped(text)) == escaped(text)
