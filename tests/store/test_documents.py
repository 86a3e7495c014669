"""Documents in the store: why each file was taken, left alone or refused."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from bridge.model import DocumentRecord, Edition, Problem
from bridge.store import Store, documents, editions

HOUR = dt.timedelta(hours=1)
DATE = dt.date(2026, 3, 2)


def record(path: str, at: dt.datetime, **fields: object) -> DocumentRecord:
    refused = DocumentRecord(
        source="river/folder",
        path=path,
        size=5_000_000_000,
        mtime_ns=1_772_337_600_123_456_789,
        sha256="0" * 64,
        state="quarantined",
        code="no-date",
        reason="no date found in the masthead",
        date=DATE,
        problems=(
            Problem(severity="warning", code="weekday", message="星期不符", where="line 3"),
        ),
        first_seen=at,
        since=at,
        changed=at,
    )
    return replace(refused, **fields)  # type: ignore[arg-type]


def test_a_record_comes_back_as_it_was_stored(store: Store, now: dt.datetime) -> None:
    new = [record("A1.txt", now), record("A2.txt", now, date=None, problems=(), sha256=None)]
    with store.begin() as connection:
        assert documents.save(connection, new) == 2
    with store.read() as connection:
        assert documents.of_source(connection, "river/folder") == {r.path: r for r in new}
        assert documents.of_source(connection, "lake/folder") == {}


def test_the_same_judgement_again_is_not_written(store: Store, now: dt.datetime) -> None:
    """Every poll may say all it knows; only news reaches the disk."""
    with store.begin() as connection:
        documents.save(connection, [record("A1.txt", now)])
        assert documents.save(connection, [record("A1.txt", now + HOUR)]) == 0


def test_a_mended_file_of_the_same_name_is_taken_again(store: Store, now: dt.datetime) -> None:
    later = now + HOUR
    with store.begin() as connection:
        documents.save(connection, [record("A1.txt", now)])
        mended = record("A1.txt", later, size=7, state="ingested", code=None, reason=None)
        assert documents.save(connection, [mended]) == 1
        found = documents.of_source(connection, "river/folder")["A1.txt"]
    assert found == replace(mended, first_seen=now)
    assert (found.since, found.changed, found.judged) == (later, later, True)


def test_a_growing_file_settles_from_its_last_growth(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        for hour, size in enumerate((1, 2, 2)):
            waiting = record("A1.txt", now + hour * HOUR, size=size, state="waiting", code="x")
            documents.save(connection, [waiting])
        found = documents.of_source(connection, "river/folder")["A1.txt"]
    assert (found.first_seen, found.since, found.changed) == (now, now + HOUR, now)
    assert not found.judged


def test_refused_documents_are_listed_latest_first(store: Store, now: dt.datetime) -> None:
    new = [
        record("A1.txt", now),
        record("A2.txt", now + HOUR),
        record("A3.txt", now + 2 * HOUR, state="ingested", code=None, reason=None),
        record(".A1.swp", now, state="skipped", code="ignored", reason="hidden file"),
    ]
    with store.begin() as connection:
        documents.save(connection, new)
        refused = documents.in_state(connection, ["quarantined"], 10)
        assert len(documents.in_state(connection, ["quarantined", "skipped"], 2)) == 2
        assert documents.counts(connection) == {
            "river/folder": {"quarantined": 2, "ingested": 1, "skipped": 1}
        }
    assert [r.path for r in refused] == ["A2.txt", "A1.txt"]


def test_the_documents_of_an_edition_are_found_by_their_pages(
    store: Store, now: dt.datetime, edition: Callable[..., Edition]
) -> None:
    with store.begin() as connection:
        documents.save(connection, [record(f"{n}.txt", now) for n in ("A2", "A1", "other")])
        given = {("river/folder", "A1.txt"): ["A1", "A3"], ("river/folder", "A2.txt"): ["A2"]}
        editions.save(connection, "river", edition("A1", "A2", "A3"), given, now)
        found = documents.of_edition(connection, "river", DATE)
    assert [r.path for r in found] == ["A1.txt", "A2.txt"]


def test_documents_that_are_gone_are_forgotten(store: Store, now: dt.datetime) -> None:
    paths = [f"{number}.txt" for number in range(documents.BATCH + 3)]
    with store.begin() as connection:
        assert documents.save(connection, [record(path, now) for path in paths]) == len(paths)
        assert documents.forget(connection, "lake/folder", paths) == 0
        assert documents.forget(connection, "river/folder", paths[1:]) == len(paths) - 1
        assert set(documents.of_source(connection, "river/folder")) == {"0.txt"}
