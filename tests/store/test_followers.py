"""Followers: one row for an account and an actor, with a place to deliver to."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from bridge.model import Follower
from bridge.model.social import shard_of
from bridge.store import Store, followers
from bridge.store.schema.social import FOLLOWERS

ANNA = "https://one.example/users/anna"
SHARED = "https://one.example/inbox"


@pytest.fixture
def anna(now: dt.datetime) -> Follower:
    return Follower(
        actor="daily_city",
        id=ANNA,
        inbox=f"{ANNA}/inbox",
        shared_inbox=SHARED,
        follow=f"{ANNA}#follow-1",
        since=now,
    )


def test_a_follower_comes_back_as_stored(store: Store, anna: Follower) -> None:
    with store.begin() as connection:
        followers.put(connection, anna)
        assert followers.get(connection, "daily_city", ANNA) == anna
        assert followers.count(connection, "daily_city") == 1
        assert followers.any_of(connection, "daily_city")
        assert not followers.any_of(connection, "daily_sport")


def test_following_twice_leaves_one_row_with_the_new_follow(
    store: Store, anna: Follower, now: dt.datetime
) -> None:
    """Security no. 32."""
    again = replace(anna, follow=f"{ANNA}#follow-2", since=now + dt.timedelta(days=1))
    with store.begin() as connection:
        followers.put(connection, anna)
        followers.put(connection, again)
        assert followers.of(connection, ANNA) == (replace(again, since=now),)


def test_host_and_shard_are_those_of_the_shared_inbox(store: Store, anna: Follower) -> None:
    with store.begin() as connection:
        followers.put(connection, replace(anna, shared_inbox="https://ONE.example:443/inbox"))
        row = connection.execute(select(FOLLOWERS)).one()
    assert (row.host, row.shard) == ("one.example", shard_of("one.example"))


def test_an_undo_may_name_the_follow_alone(store: Store, anna: Follower) -> None:
    with store.begin() as connection:
        followers.put(connection, anna)
        assert followers.by_follow(connection, anna.follow) == (anna,)
        assert followers.by_follow(connection, "https://one.example/other") == ()


def test_removing_tells_where_the_follower_was_reached(store: Store, anna: Follower) -> None:
    with store.begin() as connection:
        followers.put(connection, anna)
        assert followers.reaches(connection, "daily_city", SHARED)
        assert followers.remove(connection, "daily_city", ANNA) == SHARED
        assert followers.remove(connection, "daily_city", ANNA) is None
        assert not followers.reaches(connection, "daily_city", SHARED)


def test_a_shared_inbox_that_is_gone_gives_way_to_the_own_inbox(
    store: Store, anna: Follower
) -> None:
    with store.begin() as connection:
        followers.put(connection, anna)
        followers.put(connection, replace(anna, actor="daily_sport"))
        assert followers.lose_target(connection, SHARED) == 2
        moved = followers.of(connection, ANNA)
        assert [follower.shared_inbox for follower in moved] == [None, None]
        assert followers.reaches(connection, "daily_city", anna.inbox)


def test_an_own_inbox_that_is_gone_ends_the_follow(store: Store, anna: Follower) -> None:
    """Security no. 91."""
    with store.begin() as connection:
        followers.put(connection, replace(anna, shared_inbox=None))
        followers.put(connection, replace(anna, id="https://two.example/u", inbox=SHARED))
        assert followers.lose_target(connection, anna.inbox) == 1
        assert followers.count(connection, "daily_city") == 1


def test_an_inbox_that_is_no_url_is_refused(store: Store, anna: Follower) -> None:
    with pytest.raises(ValueError, match="scheme"), store.begin() as connection:
        followers.put(connection, replace(anna, inbox="ftp://x/", shared_inbox=None))
