"""Files are replaced whole, only when they differ, and a failure leaves what was there."""

import datetime as dt
import gzip
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.errors import BridgeError
from bridge.publish.files import Output, Rendition, etag, is_path

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
LATER = CHANGED + dt.timedelta(hours=1)
LONG = "两岸十二个渡口同步改造。".encode() * 100


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return Output(tmp_path / "feeds")


def _names(root: Path) -> set[str]:
    return {
        path.name
        for path in root.rglob("*")
        if path.is_file() and ".manifest" not in path.parts
    }


def test_a_new_file_stands_there_with_its_twin_and_its_contents_time(output: Output) -> None:
    assert output.write("yunting/yaowen/rss.xml", LONG, CHANGED)
    file = output.root / "yunting/yaowen/rss.xml"
    assert (
        file.read_bytes() == gzip.decompress(file.with_name("rss.xml.gz").read_bytes()) == LONG
    )
    assert (
        file.stat().st_mtime
        == file.with_name("rss.xml.gz").stat().st_mtime
        == CHANGED.timestamp()
    )
    assert _names(output.root) == {"rss.xml", "rss.xml.gz"}


def test_equal_bytes_are_never_written_again(output: Output) -> None:
    output.write("a.xml", LONG, CHANGED)
    files = [output.root / name for name in ("a.xml", "a.xml.gz")]
    before = [(s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for s in map(Path.stat, files)]
    assert not output.write("a.xml", LONG, LATER)
    assert [(s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for s in map(Path.stat, files)] == before


def test_new_bytes_have_a_newer_time_whatever_the_content_says(output: Output) -> None:
    output.write("a.xml", LONG, LATER)
    assert output.write("a.xml", LONG + b"!", CHANGED)
    assert (output.root / "a.xml").stat().st_mtime == LATER.timestamp() + 1


def test_twins_are_the_same_each_time_and_a_lost_one_is_made_again(output: Output) -> None:
    output.write("a.xml", LONG, CHANGED)
    twin = output.root / "a.xml.gz"
    first = twin.read_bytes()
    twin.unlink()
    assert output.write("a.xml", LONG, CHANGED)
    assert twin.read_bytes() == first


@pytest.mark.parametrize(("path", "data"), [("a.xml", b"<a/>"), ("media/a.jpg", LONG)])
def test_small_files_and_pictures_have_no_twin(output: Output, path: str, data: bytes) -> None:
    output.write(path, data, CHANGED)
    assert not (output.root / f"{path}.gz").exists()


def test_a_file_that_shrinks_loses_its_twin(output: Output) -> None:
    output.write("a.xml", LONG, CHANGED)
    output.write("a.xml", b"<a/>", LATER)
    assert _names(output.root) == {"a.xml"}


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/etc/passwd", "../a", "a/../b", "a//b", "a/", ".htaccess", "a/.b", "a\\b",
        "a\0b", "a b", "报.xml", "a..b", "a.", "x" * 101, "a\n",
    ],
)  # fmt: skip
def test_no_path_leads_anywhere_else(output: Output, path: str) -> None:
    """Security no. 70."""
    assert not is_path(path)
    with pytest.raises(BridgeError, match="not a path for a published file"):
        output.write(path, b"x", CHANGED)
    with pytest.raises(BridgeError, match="not a path for a published file"):
        output.remove(path)


@pytest.mark.parametrize(
    "path", ["index.html", "p/a/p-20260301-ab2c3d.html", "p/e/2026-03-01/index.html"]
)
def test_our_own_paths_are_paths(path: str) -> None:
    assert is_path(path)


def test_removing_takes_the_twin_and_the_knowledge_away(output: Output) -> None:
    output.write("p/a.xml", LONG, CHANGED, fingerprint="1")
    assert output.remove("p/a.xml")
    assert _names(output.root) == set()
    assert output.entry("p/a.xml") is None
    assert not output.fresh("p/a.xml", "1")
    assert not output.remove("p/a.xml")


def test_pruning_removes_what_nothing_derives_any_more(output: Output) -> None:
    for path in ("p/x/rss.xml", "p/y/rss.xml", "q/x/rss.xml"):
        output.write(path, LONG, CHANGED)
    assert output.prune("p", {"p/x/rss.xml"}) == ("p/y/rss.xml",)
    assert list(output.paths()) == ["p/x/rss.xml", "q/x/rss.xml"]


# The fingerprint.


def _rendition(fingerprint: str, data: bytes, calls: list[str]) -> Rendition:
    def render() -> bytes:
        calls.append(fingerprint)
        return data

    return Rendition(path="p/rss.xml", fingerprint=fingerprint, changed=CHANGED, render=render)


def test_what_is_unchanged_is_not_even_rendered(output: Output) -> None:
    calls: list[str] = []
    assert output.put(_rendition("one", LONG, calls))
    assert not output.put(_rendition("one", LONG, calls))
    assert not Output(output.root).put(_rendition("one", LONG, calls))
    assert calls == ["one"]
    assert not output.put(_rendition("two", LONG, calls))  # rendered, but the bytes are equal
    assert not output.put(_rendition("two", LONG, calls))
    assert calls == ["one", "two"]


def test_force_renders_and_an_empty_fingerprint_always_does(output: Output) -> None:
    calls: list[str] = []
    output.put(_rendition("one", LONG, calls))
    output.put(_rendition("one", LONG, calls), force=True)
    output.put(_rendition("", LONG, calls))
    output.put(_rendition("", LONG, calls))
    assert calls == ["one", "one", "", ""]


@pytest.mark.parametrize("lost", ["p/rss.xml", "p/rss.xml.gz", ".manifest/p/files.jsonl"])
def test_a_lost_file_is_made_again(output: Output, lost: str) -> None:
    """Security no. 102: the output is derived, so anything in it may be deleted."""
    calls: list[str] = []
    output.put(_rendition("one", LONG, calls))
    (output.root / lost).unlink()
    output.put(_rendition("one", LONG, calls))
    assert calls == ["one", "one"]
    assert (output.root / "p/rss.xml").read_bytes() == LONG


def test_a_file_changed_by_hand_is_put_right(output: Output) -> None:
    calls: list[str] = []
    output.put(_rendition("one", LONG, calls))
    (output.root / "p/rss.xml").write_bytes(b"by hand")
    assert output.put(_rendition("one", LONG, calls))
    assert (output.root / "p/rss.xml").read_bytes() == LONG


def test_what_is_known_of_a_file(output: Output) -> None:
    output.write("p/rss.xml", LONG, CHANGED, fingerprint="f")
    twin = (output.root / "p/rss.xml.gz").read_bytes()
    known = output.entry("p/rss.xml")
    assert known is not None
    assert (known.etag, known.twin) == (etag(LONG), etag(twin))
    assert (known.changed, known.size, known.fingerprint) == (
        CHANGED.timestamp(),
        len(LONG),
        "f",
    )
    (output.root / ".manifest/p/files.jsonl").write_bytes(b"torn {")
    again = Output(output.root).entry("p/rss.xml")
    assert again is not None
    assert (again.etag, again.twin, again.changed) == (known.etag, known.twin, known.changed)


# Failures.


@contextmanager
def _room(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_leaves_the_old_file(output: Output) -> None:
    """Security no. 103."""
    noise = os.urandom(6000).hex().encode()
    output.write("a.xml", LONG, CHANGED, fingerprint="old")
    with _room(2000), pytest.raises(BridgeError, match="cannot be written") as told:
        output.write("a.xml", noise, LATER, fingerprint="new")
    assert "still in place" in str(told.value)
    assert (output.root / "a.xml").read_bytes() == LONG
    assert _names(output.root) == {"a.xml", "a.xml.gz"}
    assert not output.fresh("a.xml", "new")
    assert output.write("a.xml", noise, LATER)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Security no. 104."""
    (tmp_path / "feeds").write_bytes(b"a file where the folder should be")
    with pytest.raises(BridgeError, match="cannot be written"):
        Output(tmp_path / "feeds").write("p/a.xml", LONG, CHANGED)


def test_200_reads_during_rewriting_are_never_torn(output: Output) -> None:
    """Security no. 101; feeds acceptance no. 6."""
    bodies = [bytes([65 + number]) * 200_000 for number in range(4)]
    output.write("a.xml", bodies[0], CHANGED)
    stop = threading.Event()

    def rewrite() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            output.write("a.xml", bodies[number % 4], CHANGED + dt.timedelta(seconds=number))

    writers = [threading.Thread(target=rewrite) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(200):
            assert (output.root / "a.xml").read_bytes() in bodies
            assert gzip.decompress((output.root / "a.xml.gz").read_bytes()) in bodies
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert _names(output.root) == {"a.xml", "a.xml.gz"}


WRITER = """
import datetime as dt, pathlib, sys
from bridge.publish.files import Output
output = Output(pathlib.Path(sys.argv[1]))
print("writing", flush=True)
for number in range(1_000_000):
    body = bytes([65 + number % 26]) * 300_000
    output.write("a.xml", body, dt.datetime.fromtimestamp(1_700_000_000 + number, dt.UTC))
"""


def test_a_killed_writer_leaves_whole_files_and_no_litter(output: Output) -> None:
    """Security nos. 100 and 101: kill -9, five times, at any moment."""
    for pause in (0.0, 0.003, 0.01, 0.02, 0.05):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(output.root)], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        while not (output.root / "a.xml").exists():
            time.sleep(0.001)
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        body = (output.root / "a.xml").read_bytes()
        assert len(body) == 300_000
        assert len(set(body)) == 1
        assert len(gzip.decompress((output.root / "a.xml.gz").read_bytes())) == 300_000
    output.write("a.xml", LONG, CHANGED)
    assert _names(output.root) == {"a.xml", "a.xml.gz"}
    assert gzip.decompress((output.root / "a.xml.gz").read_bytes()) == LONG
