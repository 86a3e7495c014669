"""The watched folder: what is taken, what waits, what is passed over and why."""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import BridgeError, FormatError
from bridge.ingest.retrieve import Known, read, scan
from bridge.model import Source

SETTLE = dt.timedelta(seconds=5)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    folder = tmp_path / "incoming"
    folder.mkdir()
    return Source(
        id="harbour/incoming",
        paper="harbour",
        kind="folder",
        path=str(folder),
        settle=SETTLE,
        ignore=("*.bak",),
        max_bytes=1000,
        cron=None,
        every=dt.timedelta(seconds=30),
        jitter=dt.timedelta(0),
        misfire_grace=dt.timedelta(minutes=1),
    )


def put(source: Source, path: str, age: float, now: dt.datetime, data: bytes = b"text") -> Path:
    file = Path(source.path) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    moment = now.timestamp() - age
    os.utime(file, (moment, moment))
    return file


def known(found, since: dt.datetime, done: bool) -> dict[str, Known]:
    record = Known(size=found.size, mtime_ns=found.mtime_ns, since=since, done=done)
    return {found.path: record}


def test_a_settled_file_is_ready_and_a_fresh_one_waits(source, now):
    put(source, "2026-03-01/A1.txt", 60, now)
    put(source, "2026-03-01/A2.txt", 1, now)
    seen = scan(source, {}, now)
    assert [f.path for f in seen.ready] == ["2026-03-01/A1.txt"]
    assert [f.path for f in seen.waiting] == ["2026-03-01/A2.txt"]


def test_a_file_dated_in_the_future_settles_by_two_equal_looks(source, now):
    """Security no. 73: a clock that runs ahead delays a file, it does not hold it for ever."""
    put(source, "A1.txt", -3e9, now)
    (waiting,) = scan(source, {}, now).waiting
    assert scan(source, known(waiting, now, False), now + SETTLE / 2).ready == ()
    assert scan(source, known(waiting, now, False), now + SETTLE).ready == (waiting,)


def test_a_file_that_still_grows_starts_its_delay_anew(source, now):
    file = put(source, "A1.txt", -3e9, now)
    (first,) = scan(source, {}, now).waiting
    file.write_bytes(b"text and more")
    os.utime(file, (now.timestamp() + 3e9,) * 2)
    later = now + SETTLE
    assert scan(source, known(first, now, False), later).ready == ()


def test_a_judged_file_is_left_alone_until_it_changes(source, now):
    """Security no. 74: a refused file is not tried for ever; a fixed one is taken."""
    put(source, "A1.txt", 60, now)
    (found,) = scan(source, {}, now).ready
    assert scan(source, known(found, now, True), now).unchanged == (found,)
    put(source, "A1.txt", 30, now, b"repaired")
    assert [f.path for f in scan(source, known(found, now, True), now).ready] == ["A1.txt"]


@pytest.mark.parametrize(
    "name", [".DS_Store", "A1.txt.part", "A1.txt~", "@eaDir/A1.txt", "A1.bak", ".git/x.txt"]
)
def test_unfinished_and_foreign_files_are_ignored(source, now, name):
    put(source, name, 60, now)
    seen = scan(source, {}, now)
    assert (seen.ready, seen.waiting, seen.passed) == ((), (), ())


def test_links_and_pipes_are_passed_over_with_a_reason(source, now, tmp_path):
    """Security no. 71."""
    secret = tmp_path / "secret"
    secret.write_text("keep out")
    (Path(source.path) / "A1.txt").symlink_to(secret)
    (Path(source.path) / "loop").symlink_to(source.path)
    os.mkfifo(Path(source.path) / "A2.txt")
    seen = scan(source, {}, now)
    assert seen.ready == ()
    assert {(p.path, p.code) for p in seen.passed} == {
        ("A1.txt", "not-a-file"),
        ("A2.txt", "not-a-file"),
        ("loop", "not-a-file"),
    }


def test_a_file_swapped_for_a_link_after_the_scan_is_refused(source, now, tmp_path):
    """Security no. 71: the open itself does not follow links."""
    file = put(source, "A1.txt", 60, now)
    (found,) = scan(source, {}, now).ready
    file.unlink()
    file.symlink_to(tmp_path)
    with pytest.raises(FormatError, match="cannot be read"):
        read(source, found)


def test_a_large_file_is_judged_by_its_size_without_reading(source, now):
    """Security no. 72: a sparse file of 5 GB costs nothing."""
    file = put(source, "A1.txt", 60, now)
    os.truncate(file, 5 * 10**9)
    (passed,) = scan(source, {}, now + dt.timedelta(days=1)).passed
    assert (passed.code, "5000000000" in passed.reason) == ("too-large", True)


def test_a_pdf_has_a_limit_of_its_own(source, now):
    source = replace(source, max_bytes=1_000, pdf_max_bytes=2_000)
    for name, size in (("A1.txt", 1_500), ("A2.PDF", 1_500), ("A3.pdf", 2_500)):
        os.truncate(put(source, name, 60, now), size)
        os.utime(Path(source.path) / name, (now.timestamp() - 60,) * 2)
    found = scan(source, {}, now)
    assert [one.path for one in found.ready] == ["A2.PDF"]
    assert [(one.path, one.code, one.reason) for one in found.passed] == [
        ("A1.txt", "too-large", "is larger than the limit (1500 of 1000 bytes)"),
        ("A3.pdf", "too-large", "is larger than the limit (2500 of 2000 bytes)"),
    ]
    assert len(read(source, found.ready[0]).data) == 1_500


def test_a_file_that_grew_between_scan_and_read_is_refused(source, now):
    file = put(source, "A1.txt", 60, now)
    (found,) = scan(source, {}, now).ready
    file.write_bytes(b"another text")
    with pytest.raises(FormatError, match="changed while it was read"):
        read(source, found)


def test_names_that_are_no_text_are_passed_over(source, now):
    """Security nos. 81 and 82."""
    for name in (b"\xff\xfe.txt", b"two\nlines.txt", b"x" * 220 + b".txt"):
        Path(os.fsdecode(os.fsencode(source.path) + b"/" + name)).write_bytes(b"text")
    seen = scan(source, {}, now + dt.timedelta(days=1))
    assert seen.ready == ()
    assert [p.code for p in seen.passed] == ["name"] * 3
    assert all(p.path.isprintable() for p in seen.passed)


def test_a_missing_folder_says_what_to_do(source, now, tmp_path):
    lost = replace(source, path=str(tmp_path / "lost"))
    with pytest.raises(BridgeError, match=r"does not exist.*create it"):
        scan(lost, {}, now)


def test_reading_gives_the_bytes_and_the_path_below_the_folder(source, now):
    put(source, "2026-03-01/A1.txt", 60, now, "新闻".encode())
    (found,) = scan(source, {}, now).ready
    document = read(source, found)
    assert (document.name, document.origin) == ("A1.txt", "2026-03-01/A1.txt")
    assert document.data.decode() == "新闻"
