"""Actors of other servers, and the bound on reading them."""

import datetime as dt
from dataclasses import replace

import pytest

from bridge.model import RemoteActor
from bridge.store import Store, remotes
from bridge.store.remotes import Reading

ANNA = "https://one.example/users/anna"


@pytest.fixture
def anna(now: dt.datetime) -> RemoteActor:
    return RemoteActor(
        id=ANNA,
        inbox=f"{ANNA}/inbox",
        shared_inbox=None,
        key_id=f"{ANNA}#main-key",
        key="first key",
        name="anna",
        fetched=now,
    )


def test_an_actor_comes_back_as_read(store: Store, anna: RemoteActor) -> None:
    with store.begin() as connection:
        assert remotes.get(connection, ANNA) is None
        remotes.put(connection, anna)
        assert remotes.get(connection, ANNA) == anna


def test_a_rotated_key_takes_the_place_of_the_old_one(store: Store, anna: RemoteActor) -> None:
    """Security no. 18."""
    with store.begin() as connection:
        remotes.put(connection, anna)
        remotes.put(connection, replace(anna, key="second key"))
        found = remotes.get(connection, ANNA)
    assert found is not None
    assert found.key == "second key"


def test_an_actor_is_found_by_any_of_its_keys(store: Store, anna: RemoteActor) -> None:
    both = replace(
        anna, key_id="https://one.example/keys/7", others={f"{ANNA}#second": "another key"}
    )
    with store.begin() as connection:
        remotes.put(connection, both)
        assert remotes.of_key(connection, both.key_id) == both
        assert remotes.of_key(connection, f"{ANNA}#second") == both
        assert remotes.of_key(connection, f"{ANNA}#main-key") is None
    assert both.pem(f"{ANNA}#second") == "another key"
    assert both.pem(f"{ANNA}#third") is None


def test_an_actor_that_is_gone_is_forgotten(store: Store, anna: RemoteActor) -> None:
    with store.begin() as connection:
        remotes.put(connection, anna)
        remotes.forget(connection, ANNA)
        assert remotes.get(connection, ANNA) is None


def failure(now: dt.datetime, name: str = "main-key") -> Reading:
    return Reading(
        actor=ANNA,
        key_id=f"{ANNA}#{name}",
        host="one.example",
        outcome="failed",
        tries=1,
        at=now,
        again=now + dt.timedelta(minutes=5),
        error="no answer",
    )


def test_the_last_attempt_to_read_counts(store: Store, now: dt.datetime) -> None:
    """Security no. 19."""
    gone = replace(failure(now), outcome="gone", error="410")
    with store.begin() as connection:
        assert remotes.reading(connection, ANNA, gone.key_id) is None
        remotes.note(connection, failure(now))
        remotes.note(connection, gone)
        assert remotes.reading(connection, ANNA, gone.key_id) == gone


def test_attempts_are_counted_for_a_host(store: Store, now: dt.datetime) -> None:
    minute = dt.timedelta(minutes=1)
    with store.begin() as connection:
        remotes.note(connection, failure(now))
        remotes.note(connection, failure(now, "other"))
        remotes.note(connection, failure(now - minute, "old"))
        assert remotes.readings(connection, "one.example", now - minute) == 2
        assert remotes.readings(connection, "two.example", now - minute) == 0


def test_an_attempt_that_holds_nothing_back_is_purged(store: Store, now: dt.datetime) -> None:
    over = failure(now).again
    with store.begin() as connection:
        remotes.note(connection, failure(now))
        assert remotes.purge(connection, over) == 0
        assert remotes.purge(connection, over + dt.timedelta(seconds=1)) == 1
        assert remotes.reading(connection, ANNA, failure(now).key_id) is None
