"""Pings in the store: once for each hub and feed, and never lost to a change in between."""

import datetime as dt

from bridge.store import Store, pings

HUBS = ("https://one.example/", "https://two.example/")
RSS, ATOM = "https://feeds.example/all/rss.xml", "https://feeds.example/all/atom.xml"
HOUR = dt.timedelta(hours=1)


def waiting(store: Store, now: dt.datetime) -> list[tuple[str, str, int]]:
    with store.read() as connection:
        found = pings.due(connection, now)
    return [(one.hub, one.topic, one.attempts) for one in found]


def test_every_hub_is_told_of_every_feed_once(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        pings.put(connection, HUBS, {RSS, ATOM})
        pings.put(connection, HUBS[:1], {RSS})
    assert waiting(store, now) == [(hub, topic, 0) for hub in HUBS for topic in (ATOM, RSS)]


def test_an_attempt_that_failed_waits(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        pings.put(connection, HUBS[:1], {RSS})
        pings.retry(connection, pings.due(connection, now), now + HOUR)
    assert waiting(store, now) == []
    assert waiting(store, now + HOUR) == [(HUBS[0], RSS, 1)]


def test_what_changed_meanwhile_stays_and_is_due_at_once(
    store: Store, now: dt.datetime
) -> None:
    with store.begin() as connection:
        pings.put(connection, HUBS[:1], {RSS, ATOM})
        seen = pings.due(connection, now)
        pings.put(connection, HUBS[:1], {RSS})
        pings.close(connection, seen)
        pings.retry(connection, seen, now + HOUR)
    assert waiting(store, now) == [(HUBS[0], RSS, 0)]
