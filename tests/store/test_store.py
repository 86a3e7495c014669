"""The database itself: opened, shared between threads and processes, and killed."""

import datetime as dt
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from bridge.errors import BridgeError
from bridge.store import Store, open_store, runs
from bridge.store.database import build_engine, dump_json
from bridge.store.schema.base import Json, UtcDateTime

sqlite_only = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@contextmanager
def other_process(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a Python script; it says `ready` when it is where the test wants it."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_transaction_is_committed_at_its_end(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        runs.start(connection, "river/folder", now)
    with store.read() as connection:
        assert len(runs.latest(connection, 9)) == 1


def test_a_transaction_is_undone_by_an_exception(store: Store, now: dt.datetime) -> None:
    def fail() -> None:
        with store.begin() as connection:
            runs.start(connection, "river/folder", now)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with store.read() as connection:
        assert runs.latest(connection, 9) == ()


def test_what_is_read_may_not_be_written(store: Store, now: dt.datetime) -> None:
    with pytest.raises((BridgeError, DBAPIError)), store.read() as connection:
        runs.start(connection, "river/folder", now)
    with store.begin() as connection:
        runs.start(connection, "river/folder", now)


@sqlite_only
def test_a_reader_keeps_one_view_while_others_write(store: Store, now: dt.datetime) -> None:
    with store.read() as reader:
        assert runs.latest(reader, 9) == ()
        with store.begin() as connection:
            runs.start(connection, "river/folder", now)
        assert runs.latest(reader, 9) == ()


def test_many_threads_write_and_none_is_lost(store: Store, now: dt.datetime) -> None:
    failures = []

    def work(number: int) -> None:
        try:
            for _ in range(10):
                with store.begin() as connection:
                    seen = runs.latest(connection, 1)
                    run = runs.start(connection, f"river/{number}", now)
                    assert not seen or seen[0].id < run
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert len(runs.latest(connection, 999)) == 80
    assert not failures


def test_two_stores_on_one_database_see_each_other(
    store: Store, reopen: Callable[[], Store], now: dt.datetime
) -> None:
    other = reopen()
    with other.begin() as connection:
        runs.start(connection, "river/folder", now)
    with store.begin() as connection:
        assert len(runs.latest(connection, 9)) == 1


@sqlite_only
def test_a_lock_held_elsewhere_delays_but_loses_nothing(
    store: Store, tmp_path: Path, now: dt.datetime
) -> None:
    """Security no. 105."""
    holder = """
        import sqlite3, sys, time
        connection = sqlite3.connect(sys.argv[1], isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        print("ready", flush=True)
        time.sleep(2)
        connection.execute("COMMIT")
    """
    path = str(tmp_path / "bridge.db")
    with other_process(holder, path) as process, store.begin() as connection:
        assert process.wait(timeout=20) == 0  # our turn came when the lock was gone
        runs.start(connection, "river/folder", now)
    with store.read() as connection:
        assert len(runs.latest(connection, 9)) == 1


@sqlite_only
def test_a_lock_that_never_ends_is_told_as_such(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.store.database.WRITER", ("busy_timeout=50",))
    hasty = Store(store.url)
    holder = build_engine(store.url, (), begin="BEGIN IMMEDIATE")
    with holder.begin(), pytest.raises(BridgeError, match="locked") as told, hasty.begin():
        pass
    assert told.value.where == str(tmp_path / "bridge.db")
    hasty.close()
    holder.dispose()


def test_kill_9_in_mid_transaction_leaves_the_old_state(
    store: Store, url: str, now: dt.datetime
) -> None:
    """Security no. 100: what was written but not committed never was."""
    victim = """
        import datetime, sys, time
        from bridge.store import open_store, runs
        store = open_store(sys.argv[1])
        now = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
        with store.begin() as connection:
            runs.start(connection, "committed", now)
        with store.begin() as connection:
            for _ in range(5000):
                runs.start(connection, "half", now)
            print("ready", flush=True)
            time.sleep(60)
    """
    with other_process(victim, url) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=20) == -signal.SIGKILL
    with store.begin() as connection:
        assert [run.source for run in runs.latest(connection, 9)] == ["committed"]
        runs.start(connection, "after", now)


@sqlite_only
def test_a_full_disk_is_told_and_writes_nothing(store: Store, now: dt.datetime) -> None:
    """Security no. 103; SQLite's own limit on pages stands for the disk."""
    with store.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        with store.begin() as connection:
            for _ in range(10_000):
                runs.start(connection, "river/folder", now)

    with pytest.raises(BridgeError, match="disk is full"):
        fill()
    with store.read() as connection:
        assert runs.latest(connection, 9) == ()


@sqlite_only
def test_connections_are_set_up_for_one_writer_and_many_readers(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 30000, "foreign_keys": 1}
    with store.begin() as connection:
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@sqlite_only
def test_an_unchanged_database_keeps_its_bytes(
    store: Store, reopen: Callable[[], Store], tmp_path: Path, now: dt.datetime
) -> None:
    """Opening, reading and an empty transaction leave no trace."""
    with store.begin() as connection:
        runs.start(connection, "river/folder", now)
    files = [tmp_path / "bridge.db", tmp_path / "bridge.db-wal"]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in files]
    with store.begin() as connection:
        runs.interrupt(connection, "nobody", now)
    with reopen().read() as connection:
        runs.latest(connection, 9)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in files] == before


def test_opening_an_up_to_date_database_does_not_load_alembic(store: Store, url: str) -> None:
    script = """
        import sys
        from bridge.store import open_store
        open_store(sys.argv[1]).close()
        assert "alembic" not in sys.modules
        print("ready", flush=True)
    """
    with other_process(script, url) as process:
        assert process.wait(timeout=60) == 0


SCRATCH = Table(
    "scratch",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("moment", UtcDateTime),
    Column("value", Json),
    prefixes=["TEMPORARY"],
)


def test_a_moment_comes_back_in_utc_exact_and_in_order(store: Store) -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    moments = [
        dt.datetime(1999, 12, 31, 23, 59, 59, 999999, zone),
        dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 1, 12, 0, 0, 1, zone),
        dt.datetime(9999, 12, 31, tzinfo=dt.UTC),
    ]
    rows = [{"id": 9 - n, "moment": moment} for n, moment in enumerate(moments)]
    with store.begin() as connection:
        SCRATCH.create(connection)
        connection.execute(SCRATCH.insert(), [*rows, {"id": 0, "moment": None}])
        column = SCRATCH.c.moment
        found = connection.execute(
            select(column).where(column >= moments[0]).order_by(column)
        ).scalars()
        read = list(found)
        assert read == moments
        assert all(moment.tzinfo is dt.UTC for moment in read)
        assert connection.execute(select(column).where(SCRATCH.c.id == 0)).scalar() is None


def test_a_moment_without_zone_is_refused(store: Store) -> None:
    naive = dt.datetime(2026, 3, 1)  # noqa: DTZ001
    with store.begin() as connection:
        SCRATCH.create(connection)
        with pytest.raises(StatementError, match="without time zone"):
            connection.execute(SCRATCH.insert(), {"id": 1, "moment": naive})


def test_json_keeps_order_chinese_and_broken_surrogates(store: Store) -> None:
    """Security no. 38: what another server sends is stored as it was said."""
    values = [{"b": "江", "a": [1, None, "\u0000", 1.5]}, {"half": "\ud800"}, [], None]
    with store.begin() as connection:
        SCRATCH.create(connection)
        rows = [{"id": n, "value": value} for n, value in enumerate(values)]
        connection.execute(SCRATCH.insert(), rows)
        query = select(SCRATCH.c.value).order_by(SCRATCH.c.id)
        found = connection.execute(query).scalars().all()
        empty = connection.execute(text("SELECT count(*) FROM scratch WHERE value IS NULL"))
        assert empty.scalar() == 1
    assert found == values
    assert list(found[0]) == ["b", "a"]


@given(st.text())
def test_written_json_can_always_be_encoded(value: str) -> None:
    assert dump_json({"value": value}).encode()


def test_chinese_is_written_as_it_is() -> None:
    assert dump_json({"标题": "江水"}) == '{"标题":"江水"}'


def test_a_second_opening_waits_for_nothing(
    store: Store, reopen: Callable[[], Store], now: dt.datetime
) -> None:
    """A daemon in the middle of writing must not keep a command from reading."""
    with store.begin() as connection:
        runs.start(connection, "river/folder", now)
        started = time.monotonic()
        with reopen().read() as other:
            assert runs.latest(other, 9) == ()
        assert time.monotonic() - started < 20


def test_open_store_takes_a_path_below_folders_that_are_not_there(tmp_path: Path) -> None:
    """Keys live in it: folder and files are the owner's alone (security no. 86)."""
    path = tmp_path / "data" / "deep" / "bridge.db"
    store = open_store(f"sqlite:///{path}")
    with store.begin() as connection:
        runs.start(connection, "x", dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    modes = {item.name: item.stat().st_mode & 0o777 for item in path.parent.iterdir()}
    store.close()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert modes == {"bridge.db": 0o600, "bridge.db-wal": 0o600, "bridge.db-shm": 0o600}
