"""What only a folder does: times of files, a full disk, readers and kills between two files."""

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
from bridge.publish.folder import Folder

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
LATER = CHANGED + dt.timedelta(hours=1)
LONG = "两岸十二个渡口同步改造。".encode() * 100


@pytest.fixture
def output(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "feeds")


def _names(root: Path) -> set[str]:
    return {
        path.name
        for path in root.rglob("*")
        if path.is_file() and ".manifest" not in path.parts
    }


def test_a_new_file_stands_there_with_its_twin_and_its_contents_time(output: Folder) -> None:
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


def test_equal_bytes_are_never_written_again(output: Folder) -> None:
    output.write("a.xml", LONG, CHANGED)
    files = [output.root / name for name in ("a.xml", "a.xml.gz")]
    before = [(s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for s in map(Path.stat, files)]
    assert not output.write("a.xml", LONG, LATER)
    assert [(s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for s in map(Path.stat, files)] == before


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


def test_a_full_disk_is_told_and_leaves_the_old_file(output: Folder) -> None:
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
        Folder(tmp_path / "feeds").write("p/a.xml", LONG, CHANGED)


def test_200_reads_during_rewriting_are_never_torn(output: Folder) -> None:
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
from bridge.publish.folder import Folder
output = Folder(pathlib.Path(sys.argv[1]))
print("writing", flush=True)
for number in range(1_000_000):
    body = bytes([65 + number % 26]) * 300_000
    output.write("a.xml", body, dt.datetime.fromtimestamp(1_700_000_000 + number, dt.UTC))
"""


def test_a_killed_writer_leaves_whole_files_and_no_litter(output: Folder) -> None:
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
