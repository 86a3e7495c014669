"""Readers in the store: one in force for each name, and no token anywhere."""

import datetime as dt
from collections.abc import Callable

from bridge.model import Reader, access
from bridge.store import Store, readers
from bridge.store.schema.access import READERS

DAY = dt.timedelta(days=1)


def reader(name: str, now: dt.datetime, token: str = "") -> Reader:
    return Reader(name=name, digest=access.digest(token or name), created=now)


def test_a_name_is_in_force_once_and_free_again_after(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        assert readers.add(connection, reader("林", now, "a"))
        assert not readers.add(connection, reader("林", now, "b"))
        assert readers.revoke(connection, "林", now + DAY)
        assert not readers.revoke(connection, "林", now + DAY)
        assert readers.add(connection, reader("林", now + DAY, "c"))
    with store.read() as connection:
        assert [one.digest for one in readers.in_force(connection)] == [access.digest("c")]
        assert [one.revoked for one in readers.everyone(connection)] == [now + DAY, None]


def test_a_revoked_token_is_never_in_force_again(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        readers.add(connection, reader("林", now, "a"))
        readers.revoke(connection, "林", now)
        assert not readers.add(connection, reader("林", now, "a"))
        assert readers.in_force(connection) == ()


def test_the_last_day_only_moves_on(store: Store, now: dt.datetime) -> None:
    one, day = reader("林", now), now.date()
    with store.begin() as connection:
        readers.add(connection, one)
        readers.add(connection, reader("沈", now))
        for seen in (day, day + DAY, day):
            readers.touch(connection, one.digest, seen)
        found = {each.name: each.used for each in readers.everyone(connection)}
    assert found == {"林": day + DAY, "沈": None}


def test_another_process_sees_it_at_once(
    store: Store, reopen: Callable[[], Store], now: dt.datetime
) -> None:
    other = reopen()
    with store.begin() as connection:
        readers.add(connection, reader("林", now))
    with other.read() as connection:
        assert [one.name for one in readers.in_force(connection)] == ["林"]


def test_nothing_stored_can_hold_a_token() -> None:
    """Security no. 86: the only column about it is as wide as a digest."""
    names = {column.name for column in READERS.columns}
    assert names == {"digest", "name", "created", "used", "revoked"}
