"""A whole store moved from SQLite to PostgreSQL: every row, or none."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, CheckConstraint, Date, Integer, String, Table, select, text
from sqlalchemy.sql.type_api import TypeEngine

from bridge.errors import BridgeError
from bridge.store import Store, articles, editions, open_store, runs, transfer
from bridge.store.schema import METADATA, social
from bridge.store.schema.base import Json, UtcDateTime
from bridge.store.schema.nodes import NODES

NOW = dt.datetime(2026, 3, 1, 4, 0, 0, 123456, tzinfo=dt.UTC)

pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)

ONE_OF = re.compile(r"(\w+) IN \('(\w+)'")


def sample(table: Table, name: str, kind: TypeEngine[Any]) -> object:
    """A value that loses something wherever a type is not carried over exactly."""
    checks = (c.sqltext for c in table.constraints if isinstance(c, CheckConstraint))
    allowed = {found[1]: found[2] for check in checks if (found := ONE_OF.match(str(check)))}
    if name in allowed:
        return allowed[name]
    if isinstance(kind, UtcDateTime):
        return NOW
    if isinstance(kind, Json):
        return {"z": "临洲\ud83d", "a": [1, 2.5, None, True]}
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Date):
        return dt.date(2026, 3, 1)
    if isinstance(kind, Integer):
        return 7
    assert isinstance(kind, String)
    return "报"


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    """A SQLite store with a row in every table, each column filled."""
    opened = open_store(f"sqlite:///{tmp_path / 'source.db'}")
    with opened.begin() as connection:
        for table in transfer.TABLES:
            row = {c.name: sample(table, c.name, c.type) for c in table.columns}
            connection.execute(table.insert(), row)
    yield opened
    opened.close()


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in METADATA.sorted_tables
        }


def test_every_table_arrives_as_it_was(source: Store, store: Store) -> None:
    with source.begin() as origin, store.begin() as target:
        moved = transfer.move(origin, target)
    assert rows(store) == rows(source)
    assert {table.table: table.rows for table in moved} == dict.fromkeys(
        {table.name for table in METADATA.sorted_tables} - {NODES.name}, 1
    )


def test_json_keeps_the_very_text(source: Store, store: Store) -> None:
    """A stored activity is sent again with the same bytes."""
    with source.begin() as origin, store.begin() as target:
        transfer.move(origin, target)
    asked = text("SELECT CAST(content AS TEXT) FROM articles")
    with source.read() as origin, store.read() as target:
        assert target.execute(asked).scalar() == origin.execute(asked).scalar()


def test_numbers_go_on_after_the_last_one_ever_given(source: Store, store: Store) -> None:
    """Also after one whose row is gone: the order of sending must not turn round."""
    with source.begin() as connection:
        connection.execute(text("DELETE FROM deliveries"))
        connection.execute(text("DELETE FROM activities"))
    with source.begin() as origin, store.begin() as target:
        transfer.move(origin, target)
    with store.begin() as target:
        row = {
            column.name: sample(social.ACTIVITIES, column.name, column.type)
            for column in social.ACTIVITIES.columns
            if column.name != "sequence"
        }
        made = target.execute(social.ACTIVITIES.insert().values(row))
        assert made.inserted_primary_key is not None
        assert made.inserted_primary_key[0] == 8
        assert runs.start(target, "river/folder", NOW) == 8


@pytest.mark.parametrize("rest", [0, 1, 2501])
def test_any_number_of_rows_goes_in_batches(
    source: Store, store: Store, rest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "BATCH", 500)
    with source.begin() as connection:
        for number in range(rest):
            runs.start(connection, f"river/{number}", NOW)
    told: list[int] = []
    with source.begin() as origin, store.begin() as target:
        transfer.move(
            origin, target, lambda name, n: told.append(n) if name == "runs" else None
        )
        counted = transfer.examine(target, METADATA.tables["runs"])
    assert counted.rows == rest + 1
    assert told == [0, *(min(n, rest + 1) for n in range(500, rest + 501, 500))]


def test_a_target_that_holds_anything_is_refused(source: Store, store: Store) -> None:
    with store.begin() as target:
        runs.start(target, "river/folder", NOW)
    before = rows(store)
    with (
        pytest.raises(BridgeError, match=r"not empty \(there are rows in runs\)"),
        source.begin() as origin,
        store.begin() as target,
    ):
        transfer.move(origin, target)
    assert rows(store) == before


def test_nothing_is_kept_when_a_row_cannot_be_stored(source: Store, store: Store) -> None:
    """PostgreSQL has no text with a NUL in it; SQLite does."""
    with source.begin() as connection:
        connection.execute(text("UPDATE runs SET message = 'a' || char(0) || 'b'"))
    with (
        pytest.raises(BridgeError, match=r"table runs.*cannot be stored there"),
        source.begin() as origin,
        store.begin() as target,
    ):
        transfer.move(origin, target)
    assert not any(rows(store).values())


def test_what_arrives_changed_is_noticed(
    source: Store, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = transfer.examine

    def spoiled(connection: Any, table: Any) -> transfer.Moved:
        if table.name == "followers":
            connection.execute(text("UPDATE followers SET inbox = 'elsewhere'"))
        return real(connection, table)

    monkeypatch.setattr(transfer, "examine", spoiled)
    with (
        pytest.raises(BridgeError, match="followers did not arrive as it was sent"),
        source.begin() as origin,
        store.begin() as target,
    ):
        transfer.move(origin, target)
    assert not any(rows(store).values())


def test_a_moved_edition_is_read_by_the_store(
    tmp_path: Path,
    store: Store,
    stored: Callable[..., Any],
    edition: Callable[..., Any],
) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'source.db'}")
    article = stored(1)
    with source.begin() as connection:
        editions.save(connection, "river", edition("A1"), {}, NOW)
        articles.insert_all(connection, [article], NOW)
    with source.begin() as origin, store.begin() as target:
        transfer.move(origin, target)
    source.close()
    with store.read() as connection:
        assert articles.of_edition(connection, "river", article.date) == (article,)
