"""What followers know of our accounts."""

import datetime as dt

from bridge.store import Store, profiles


def test_the_last_state_told_is_known(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        assert profiles.known(connection) == {}
        profiles.put(connection, "daily_city", "one", now)
        profiles.put(connection, "daily_city", "two", now)
        profiles.put(connection, "daily", "three", now)
        assert profiles.known(connection) == {"daily_city": "two", "daily": "three"}
