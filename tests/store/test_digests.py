"""Digests: which articles went out together."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from bridge.model import Digest
from bridge.store import Store, digests


@pytest.fixture
def digest(now: dt.datetime) -> Digest:
    return Digest(
        key="daily-20260301-city-digest",
        paper="daily",
        section="city",
        date=dt.date(2026, 3, 1),
        articles=("b", "a", "c"),
        first_seen=now,
        updated=now,
        revision=1,
    )


def test_a_digest_comes_back_in_its_order(store: Store, digest: Digest) -> None:
    with store.begin() as connection:
        assert digests.get(connection, digest.key) is None
        digests.put(connection, digest)
        assert digests.get(connection, digest.key) == digest


def test_a_change_replaces_what_it_held(store: Store, digest: Digest, now: dt.datetime) -> None:
    later = now + dt.timedelta(minutes=5)
    changed = replace(digest, articles=("a", "d"), revision=2, updated=later)
    with store.begin() as connection:
        digests.put(connection, digest)
        digests.put(connection, changed)
        assert digests.get(connection, digest.key) == changed
        assert digests.holding(connection, ["a", "b", "d", "x"]) == {
            "a": digest.key,
            "d": digest.key,
        }


def test_an_article_stands_in_one_digest(store: Store, digest: Digest) -> None:
    other = replace(digest, key="other", articles=("a",))
    with store.begin() as connection:
        digests.put(connection, digest)
    with pytest.raises(IntegrityError), store.begin() as connection:
        digests.put(connection, other)


def test_the_newest_of_a_section_come_first(store: Store, digest: Digest) -> None:
    newer = replace(digest, key="newer", date=dt.date(2026, 3, 2), articles=())
    sport = replace(digest, key="sport", section="sport", articles=())
    with store.begin() as connection:
        for one in (digest, newer, sport):
            digests.put(connection, one)
        assert digests.latest(connection, "daily", "city", 5) == (newer, digest)
        assert digests.latest(connection, "daily", "city", 1) == (newer,)
        assert digests.count(connection, "daily", "city") == 2
        assert digests.of_edition(connection, "daily", digest.date) == (digest, sport)
