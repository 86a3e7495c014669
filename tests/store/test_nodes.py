"""The nodes of a cluster: alive, late, replaced, forgotten."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.store import Store, nodes
from bridge.store.nodes import Node

NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)

NODE = Node(
    id="press-room/3f2a91c0",
    host="press-room",
    role="worker",
    version="1.0",
    started=NOW,
    seen=NOW,
    until=NOW + MINUTE,
)


@pytest.fixture
def joined(store: Store) -> Store:
    with store.begin() as connection:
        nodes.join(connection, NODE)
    return store


def test_a_node_is_alive_until_it_has_been_silent_too_long(joined: Store) -> None:
    with joined.begin() as connection:
        assert nodes.alive(connection, NOW + MINUTE - dt.timedelta(seconds=1)) == {NODE.id}
        assert nodes.alive(connection, NOW + MINUTE) == frozenset()
        assert nodes.everyone(connection) == (NODE,)


def test_a_beat_in_time_prolongs_and_a_late_one_is_told_so(joined: Store) -> None:
    half = NOW + MINUTE / 2
    with joined.begin() as connection:
        assert nodes.beat(connection, NODE, half, MINUTE) == "kept"
        assert nodes.everyone(connection) == (replace(NODE, seen=half, until=half + MINUTE),)
        assert nodes.beat(connection, NODE, half + MINUTE, MINUTE) == "late"
        assert nodes.alive(connection, half + MINUTE) == {NODE.id}


def test_a_node_that_was_forgotten_is_late(store: Store) -> None:
    with store.begin() as connection:
        assert nodes.beat(connection, NODE, NOW, MINUTE) == "late"
        assert nodes.everyone(connection) == ()


def test_an_older_process_of_the_same_name_can_neither_beat_nor_leave(joined: Store) -> None:
    newer = replace(NODE, started=NOW + MINUTE, until=NOW + 2 * MINUTE)
    with joined.begin() as connection:
        nodes.join(connection, newer)
        assert nodes.beat(connection, NODE, NOW + MINUTE, MINUTE) == "taken"
        nodes.leave(connection, NODE)
        assert nodes.everyone(connection) == (newer,)
        nodes.leave(connection, newer)
        assert nodes.everyone(connection) == ()


def test_the_dead_are_forgotten_and_the_living_are_not(joined: Store) -> None:
    with joined.begin() as connection:
        nodes.join(connection, replace(NODE, id="dead", until=NOW - MINUTE))
        assert nodes.forget(connection, NOW) == 1
        assert nodes.everyone(connection) == (NODE,)


def test_the_clock_is_the_databases_own_and_goes_on(store: Store) -> None:
    with store.begin() as connection:
        first, second = nodes.clock(connection), nodes.clock(connection)
    assert first.utcoffset() == dt.timedelta()
    assert first <= second
    assert abs(dt.datetime.now(dt.UTC) - first) < MINUTE


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_one_node_reaps_at_a_time(store: Store, reopen: Callable[[], Store]) -> None:
    other = reopen()
    with store.begin() as mine:
        assert nodes.alone(mine)
        with other.begin() as theirs:
            assert not nodes.alone(theirs)
    with other.begin() as theirs:
        assert nodes.alone(theirs)
