"""Our accounts' keys: the first one made stays until it is replaced."""

import datetime as dt
from typing import Any

from bridge.model import KeyPair
from bridge.store import Store, keys

WEEK = dt.timedelta(days=7)


def pair(now: dt.datetime, private: str = "private one", **more: Any) -> KeyPair:
    made = KeyPair(actor="daily_city", private=private, public="public one", created=now)
    return KeyPair(**{**{f: getattr(made, f) for f in made.__slots__}, **more})


def test_an_account_has_no_key_before_its_first_use(store: Store) -> None:
    with store.read() as connection:
        assert keys.get(connection, "daily_city") is None


def test_a_key_is_kept_with_the_moment_it_was_made(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        assert keys.add(connection, pair(now)) == pair(now)
    with store.read() as connection:
        assert keys.get(connection, "daily_city") == pair(now)
        assert keys.created(connection) == {"daily_city": now}


def test_the_second_of_two_keys_made_at_once_gives_way(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        keys.add(connection, pair(now))
    with store.begin() as connection:
        assert keys.add(connection, pair(now, "private two")).private == "private one"


def test_keys_of_two_kinds_stand_beside_one_another(store: Store, now: dt.datetime) -> None:
    second = pair(now, "private two", name="ed25519-key", kind="ed25519")
    with store.begin() as connection:
        keys.add(connection, pair(now))
        assert keys.add(connection, second) == second
        assert keys.get(connection, "daily_city") == pair(now)
        assert keys.get(connection, "daily_city", "ed25519") == second
        assert keys.shown(connection, "daily_city", now) == (second, pair(now))


def test_a_replaced_key_is_shown_until_it_retires(store: Store, now: dt.datetime) -> None:
    later = now + dt.timedelta(days=30)
    second = pair(later, "private two", name="main-key-2")
    with store.begin() as connection:
        keys.add(connection, pair(now))
        assert keys.replace(connection, second, later + WEEK)
    with store.read() as connection:
        assert keys.get(connection, "daily_city") == second
        assert keys.shown(connection, "daily_city", later) == (
            second,
            pair(now, retires=later + WEEK),
        )
        assert keys.shown(connection, "daily_city", later + WEEK) == (second,)
        assert keys.created(connection) == {"daily_city": now}, "the account is no younger"
        assert keys.count(connection, "daily_city", "rsa") == 2


def test_only_the_last_replaced_key_is_shown(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        keys.add(connection, pair(now))
        for number in (2, 3):
            later = now + dt.timedelta(hours=number)
            made = pair(later, f"private {number}", name=f"main-key-{number}")
            keys.replace(connection, made, later + WEEK)
        names = [key.name for key in keys.shown(connection, "daily_city", later)]
    assert names == ["main-key-3", "main-key-2"]


def test_the_slower_of_two_replacements_gives_way(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        keys.add(connection, pair(now))
        assert keys.replace(connection, pair(now, "two", name="main-key-2"), now + WEEK)
        assert not keys.replace(connection, pair(now, "three", name="main-key-2"), now + WEEK)
        found = keys.get(connection, "daily_city")
    assert found is not None
    assert found.private == "two"


def test_86_the_private_half_of_a_retired_key_is_erased(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        keys.add(connection, pair(now))
        keys.replace(connection, pair(now, "two", name="main-key-2"), now + WEEK)
        assert keys.erase(connection, now + WEEK - dt.timedelta(seconds=1)) == 0
        assert keys.erase(connection, now + WEEK) == 1
        assert keys.erase(connection, now + WEEK) == 0
        old = keys.shown(connection, "daily_city", now)[1]
        found = keys.get(connection, "daily_city")
    assert (old.name, old.private) == ("main-key", "")
    assert found is not None
    assert found.private == "two"


def test_a_key_does_not_show_itself(now: dt.datetime) -> None:
    """Security no. 86."""
    assert "private one" not in repr(pair(now))
