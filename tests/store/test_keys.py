"""Our accounts' keys: the first one made stays."""

import datetime as dt

from bridge.model import KeyPair
from bridge.store import Store, keys


def pair(now: dt.datetime, private: str = "private one") -> KeyPair:
    return KeyPair(actor="daily_city", private=private, public="public one", created=now)


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


def test_a_key_does_not_show_itself(now: dt.datetime) -> None:
    """Security no. 86."""
    assert "private one" not in repr(pair(now))
