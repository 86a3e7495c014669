"""Runs in the store: what `status` and `runs` tell."""

import datetime as dt

from bridge.model import Run
from bridge.store import Store, runs

HOUR = dt.timedelta(hours=1)


def test_a_run_is_told_from_start_to_end(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        number = runs.start(connection, "river/folder", now)
        (open_run,) = runs.latest(connection, 5)
        runs.finish(connection, number, "partly", {"new": 9}, "A3.txt: no date", now + HOUR)
        (ended,) = runs.latest(connection, 5)
    assert (open_run.outcome, open_run.finished, open_run.counts) == ("running", None, {})
    assert ended == Run(
        id=number,
        source="river/folder",
        started=now,
        finished=now + HOUR,
        outcome="partly",
        counts={"new": 9},
        message="A3.txt: no date",
    )


def test_runs_a_dead_process_left_open_are_closed(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        runs.start(connection, "river/folder", now)
        mine = runs.start(connection, "lake/folder", now)
        assert runs.interrupt(connection, "river/folder", now + HOUR) == 1
        assert runs.interrupt(connection, "river/folder", now + HOUR) == 0
        last = runs.last(connection)
    assert last["river/folder"].outcome == "interrupted"
    assert (last["lake/folder"].id, last["lake/folder"].outcome) == (mine, "running")


def test_the_latest_runs_come_newest_first(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        numbers = [runs.start(connection, f"river/{n % 2}", now + n * HOUR) for n in range(4)]
        assert [run.id for run in runs.latest(connection, 3)] == numbers[:0:-1]
        assert [run.id for run in runs.latest(connection, 3, "river/0")] == [
            numbers[2],
            numbers[0],
        ]
        assert {s: run.id for s, run in runs.last(connection).items()} == {
            "river/0": numbers[2],
            "river/1": numbers[3],
        }


def test_old_runs_are_purged_but_each_source_keeps_its_latest(
    store: Store, now: dt.datetime
) -> None:
    with store.begin() as connection:
        for source in ("river/a", "river/a", "river/b"):
            runs.finish(connection, runs.start(connection, source, now), "done", {}, None, now)
        still = runs.start(connection, "river/a", now)
        assert runs.purge(connection, now) == 0
        assert runs.purge(connection, now + HOUR) == 2
        assert {run.source: run.id for run in runs.latest(connection, 9)}["river/a"] == still
