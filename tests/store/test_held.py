"""Activities that are held back: rewritten or dropped until they are out."""

import datetime as dt
from dataclasses import replace

import pytest

from bridge.model import Activity, Follower
from bridge.store import Store, activities, deliveries, followers

ID = "https://paper.example/ap/activities/daily-20260301-aaaaaa-create"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def create(now: dt.datetime) -> Activity:
    return Activity(
        id=ID,
        actor="daily_city",
        type="Create",
        object="https://paper.example/ap/o/daily-20260301-aaaaaa",
        body={"type": "Create", "content": "渡口今晨恢复通航"},
        created=now,
        release_at=now + HOUR,
    )


@pytest.fixture
def followed(store: Store, now: dt.datetime) -> Store:
    with store.begin() as connection:
        for actor, host in (("daily_city", "one"), ("daily", "two")):
            follower = Follower(
                actor=actor,
                id=f"https://{host}.example/u",
                inbox=f"https://{host}.example/u/inbox",
                shared_inbox=None,
                follow=f"https://{host}.example/f",
                since=now,
            )
            followers.put(connection, follower)
    return store


def test_it_comes_back_with_its_release(store: Store, create: Activity) -> None:
    with store.begin() as connection:
        activities.add(connection, replace(create, also="daily"))
        assert activities.get(connection, ID) == replace(create, also="daily")


def test_before_its_release_it_has_no_rows(
    followed: Store, create: Activity, now: dt.datetime
) -> None:
    with followed.begin() as connection:
        activities.add(connection, create)
        assert activities.released(connection, now) == ()
        assert activities.held(connection, now) == (create,)
        assert deliveries.fan_out(connection, ID, now) == ()
        assert deliveries.counts(connection) == {}


def test_then_it_has(followed: Store, create: Activity, now: dt.datetime) -> None:
    with followed.begin() as connection:
        activities.add(connection, create)
        assert activities.released(connection, now + HOUR) == (ID,)
        assert deliveries.fan_out(connection, ID, now + HOUR)
        assert deliveries.counts(connection) == {"pending": 1}
        assert activities.released(connection, now + HOUR) == ()
        assert activities.held(connection, now) == ()


def test_it_goes_to_another_accounts_followers_too_where_it_says_so(
    followed: Store, create: Activity, now: dt.datetime
) -> None:
    with followed.begin() as connection:
        activities.add(connection, replace(create, also="daily", release_at=None))
        deliveries.fan_out(connection, ID, now)
        inboxes = [row.inbox for row in deliveries.of(connection, ID)]
    assert inboxes == ["https://one.example/u/inbox", "https://two.example/u/inbox"]


def test_it_is_rewritten_while_it_is_held_and_not_after(
    followed: Store, create: Activity, now: dt.datetime
) -> None:
    """Security no. 89: what anybody may have got under an id stays as it is."""
    second = replace(create, body={"type": "Create", "content": "second"})
    third = replace(create, body={"type": "Create", "content": "third"})
    with followed.begin() as connection:
        assert not activities.rewrite(connection, create, now)
        activities.add(connection, create)
        assert activities.rewrite(connection, second, now)
        assert activities.get(connection, ID) == second
        assert not activities.rewrite(connection, third, now + HOUR)
        deliveries.fan_out(connection, ID, now + HOUR)
        assert not activities.rewrite(connection, third, now)
        assert activities.get(connection, ID) == second


def test_what_nobody_has_is_dropped(
    followed: Store, create: Activity, now: dt.datetime
) -> None:
    boost = replace(create, id=f"{ID}-boost", actor="daily", type="Announce")
    with followed.begin() as connection:
        activities.add(connection, create)
        activities.add(connection, boost)
        assert activities.drop(connection, create.object) == 2
        activities.add(connection, create)
        deliveries.fan_out(connection, ID, now + HOUR)
        assert activities.drop(connection, create.object) == 0


def test_the_posts_of_a_day_are_counted(
    store: Store, create: Activity, now: dt.datetime
) -> None:
    made = [
        create,
        replace(create, id=f"{ID}-2", release_at=now),
        replace(create, id=f"{ID}-3", release_at=now + 30 * HOUR),
        replace(create, id=f"{ID}-4", type="Update"),
        replace(create, id=f"{ID}-5", actor="daily_sport"),
        replace(create, id=f"{ID}-6", release_at=None),
    ]
    with store.begin() as connection:
        for one in made:
            activities.add(connection, one)
        day = now, now + 24 * HOUR
        assert activities.posted(connection, "daily_city", *day) == (2, now + HOUR)
        assert activities.posted(connection, "nobody", *day) == (0, None)
        known = activities.releases(connection, [one.id for one in made])
    assert known == {one.id: one.release_at for one in made if one.release_at}


def test_boosts_come_newest_first(store: Store, create: Activity, now: dt.datetime) -> None:
    made = [
        replace(create, id=f"{ID}-{n}", type="Announce", release_at=now - n * HOUR)
        for n in range(-1, 3)
    ]
    with store.begin() as connection:
        for one in made:
            activities.add(connection, one)
        assert activities.boosts(connection, "daily_city", now, 0, 2) == tuple(made[1:3])
        assert activities.boosts(connection, "daily_city", now, 2, 2) == tuple(made[3:])
        assert activities.count_boosts(connection, "daily_city", now) == 3
