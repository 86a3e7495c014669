"""Announce with a pace: what is held back, boosted, left to the digest or taken back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bridge.model import Activity, Follower, StoredArticle, Task
from bridge.pipeline import announce, correct, posts
from bridge.store import activities, deliveries, followers
from bridge.wiring import Bridge

BASE = "https://paper.example"
MINUTE = dt.timedelta(minutes=1)
Configured = Callable[..., Bridge]
Publish = Callable[..., StoredArticle]


@pytest.fixture
def follow(federated: Bridge, now: dt.datetime) -> Callable[[str], None]:
    """Let somebody follow an account."""

    def follow(actor: str) -> None:
        follower = Follower(
            actor=actor,
            id=f"https://{actor.replace('_', '-')}.example/u",
            inbox=f"https://{actor.replace('_', '-')}.example/inbox",
            shared_inbox=None,
            follow=f"https://{actor.replace('_', '-')}.example/f",
            since=now,
        )
        with federated.store.begin() as connection:
            followers.put(connection, follower)

    return follow


def tell(bridge: Bridge, now: dt.datetime, *articles: StoredArticle) -> tuple[Activity, ...]:
    with bridge.store.begin() as connection:
        return announce.announce(bridge, connection, articles, now)


def releases(made: tuple[Activity, ...], now: dt.datetime) -> list[tuple[str, int]]:
    """Return the name of each activity and the minutes until its release."""
    return [
        (one.id.rsplit("/", 1)[1].removeprefix("herald-20260301-"), _minutes(one, now))
        for one in made
    ]


def _minutes(activity: Activity, now: dt.datetime) -> int:
    assert activity.release_at is not None
    return round((activity.release_at - now) / MINUTE)


def inner(publish: Publish, number: int, **changes: Any) -> StoredArticle:
    """Publish an article of an inside page."""
    stored = publish(number, **changes)
    return replace(stored, article=replace(stored.article, pages=("A2",)))


def test_posts_are_spread_and_only_the_first_is_sent_at_once(
    configured: Configured,
    follow: Callable[[str], None],
    publish: Publish,
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    follow("herald_city")
    bridge = configured({"spread": 30 * MINUTE})
    made = tell(bridge, now, *(publish(number) for number in (1, 2, 3)))
    assert releases(made, now) == [
        ("000001-create", 0),
        ("000002-create", 5),
        ("000003-create", 10),
    ]
    assert [task.args[0] for task in tasks] == [made[0].id]
    assert made[1].body["published"] == "2026-03-01T04:05:00Z"
    assert made[1].body["object"]["published"] == "2026-03-01T04:05:00Z"


def test_the_tick_sends_what_is_due(
    configured: Configured,
    follow: Callable[[str], None],
    publish: Publish,
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    follow("herald_city")
    bridge = configured({"spread": 30 * MINUTE})
    made = tell(bridge, now, publish(1), publish(2), publish(3))
    tasks.clear()
    announce.fan_out(bridge, made[0].id, now)
    announce.fan_out(bridge, made[1].id, now)  # a task that comes too early changes nothing
    announce.release(bridge, now + 4 * MINUTE)
    assert [task.name for task in tasks] == ["deliver_shard"]
    announce.release(bridge, now + 5 * MINUTE)
    assert tasks[-1] == Task(name="fan_out", args=(made[1].id,), id=f"fan_out-{made[1].id}")
    announce.fan_out(bridge, made[1].id, now + 5 * MINUTE)
    with bridge.store.read() as connection:
        assert deliveries.counts(connection) == {"pending": 2}
        assert activities.released(connection, now + 5 * MINUTE) == ()


def test_a_second_batch_goes_on_where_the_first_ended_but_page_one_does_not_wait(
    configured: Configured,
    follow: Callable[[str], None],
    publish: Publish,
    now: dt.datetime,
) -> None:
    follow("herald_city")
    bridge = configured({"spread": 30 * MINUTE})
    tell(bridge, now, *(inner(publish, number) for number in (1, 2, 3)))
    made = tell(bridge, now + MINUTE, inner(publish, 4), publish(5))
    assert releases(made, now) == [("000005-create", 1), ("000004-create", 15)]


def test_the_post_served_has_the_date_of_its_release(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald_city")
    bridge = configured({"spread": 30 * MINUTE})
    articles = [publish(number) for number in (1, 2)]
    tell(bridge, now, *articles)
    found = posts.find(bridge, articles[1].key, now)
    assert found is not None
    assert found.document["published"] == "2026-03-01T04:05:00Z"


def test_a_correction_of_what_is_held_back_is_put_in_its_place(
    configured: Configured,
    follow: Callable[[str], None],
    publish: Publish,
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    follow("herald_city")
    bridge = configured({"spread": 30 * MINUTE})
    articles = [publish(number) for number in (1, 2)]
    made = tell(bridge, now, *articles)
    tasks.clear()
    text = replace(articles[1].article, headline="The ferry rests")
    later = now + 2 * MINUTE
    changed = replace(articles[1], article=text, revision=2, updated=later)
    assert tell(bridge, later, changed) == ()
    with bridge.store.read() as connection:
        create = activities.get(connection, made[1].id)
    assert create is not None
    assert "The ferry rests" in create.body["object"]["content"]
    assert "updated" not in create.body["object"]
    assert create.release_at == made[1].release_at
    assert tasks == []


def test_once_it_is_out_a_correction_is_an_update_that_is_not_held_back(
    configured: Configured,
    follow: Callable[[str], None],
    publish: Publish,
    now: dt.datetime,
) -> None:
    follow("herald_city")
    quiet = (dt.time(5), dt.time(6))
    bridge = configured({"quiet": quiet})
    article = publish(1)
    tell(bridge, now, article)
    later = now + 90 * MINUTE
    (update,) = tell(bridge, later, replace(article, revision=2, updated=later))
    assert (update.type, update.release_at) == ("Update", None)


def test_in_quiet_hours_posts_wait_for_the_morning(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald_city")
    bridge = configured({"quiet": (dt.time(22), dt.time(6, 30))})
    assert releases(tell(bridge, now, publish(1)), now) == [("000001-create", 150)]


def test_an_embargo_holds_posts_and_nothing_else(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald_city")
    bridge = configured(embargo=dt.time(7))
    assert releases(tell(bridge, now, publish(1)), now) == [("000001-create", 180)]


@pytest.mark.parametrize(("age", "told"), [(5, 1), (7, 0)])
def test_how_late_is_late_can_be_chosen(
    configured: Configured,
    follow: Callable[[str], None],
    publish: Publish,
    now: dt.datetime,
    age: int,
    told: int,
) -> None:
    follow("herald_city")
    bridge = configured({"late": dt.timedelta(hours=6)})
    article = publish(1, published=now - dt.timedelta(hours=age))
    assert len(tell(bridge, now, article)) == told


def test_what_is_too_much_for_a_day_is_told_in_one_digest(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald_city")
    bridge = configured({"daily": 2})
    made = tell(bridge, now, *(publish(number) for number in (1, 2, 3, 4)))
    assert releases(made, now) == [
        ("000001-create", 0),
        ("000002-create", 0),
        ("city-digest-create", 10),
    ]
    said = made[2].body["object"]["content"]
    assert "number 3" in said
    assert "number 4" in said
    assert "number 2" not in said


def test_a_correction_of_what_the_digest_told_is_no_post_of_its_own(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald_city")
    bridge = configured({"daily": 1})
    articles = [publish(number) for number in (1, 2)]
    tell(bridge, now, *articles)
    later = now + 5 * MINUTE
    assert tell(bridge, later, replace(articles[1], revision=2, updated=later)) == ()


def test_the_papers_account_boosts_page_one(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald_city")
    follow("herald")
    made = tell(configured(), now, publish(1), inner(publish, 2))
    assert releases(made, now) == [
        ("000001-create", 0),
        ("000001-boost", 0),
        ("000002-create", 0),
    ]
    assert (made[1].actor, made[1].type, made[1].object) == (
        "herald",
        "Announce",
        made[0].object,
    )


def test_it_boosts_too_where_nobody_follows_the_section(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald")
    assert releases(tell(configured(), now, publish(1)), now) == [("000001-boost", 0)]


def test_it_does_not_where_it_is_not_to(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald")
    assert tell(configured({"boost": False}), now, publish(1)) == ()


def test_who_got_a_boost_gets_the_correction_and_the_withdrawal(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    follow("herald")
    bridge = configured()
    article = publish(1)
    (boost,) = tell(bridge, now, article)
    announce.fan_out(bridge, boost.id, now)
    later = now + MINUTE
    (update,) = tell(bridge, later, replace(article, revision=2, updated=later))
    assert (update.actor, update.also) == ("herald_city", "herald")
    announce.fan_out(bridge, update.id, later)
    correct.withdraw(bridge, article.key, "It never sailed.", later)
    delete = f"{BASE}/ap/activities/{article.key}-delete"
    announce.fan_out(bridge, delete, later)
    with bridge.store.read() as connection:
        for activity in (update.id, delete):
            (row,) = deliveries.of(connection, activity)
            assert row.inbox == "https://herald.example/inbox"
            assert row.actor == "herald_city"


def test_what_is_withdrawn_before_its_release_is_never_posted(
    configured: Configured, follow: Callable[[str], None], publish: Publish, now: dt.datetime
) -> None:
    """Security no. 87: a Create never follows its Delete."""
    follow("herald_city")
    bridge = configured({"spread": 30 * MINUTE})
    articles = [publish(number) for number in (1, 2)]
    made = tell(bridge, now, *articles)
    correct.withdraw(bridge, articles[1].key, "It never sailed.", now + MINUTE)
    with bridge.store.read() as connection:
        assert activities.get(connection, made[1].id) is None
        assert activities.released(connection, now + 60 * MINUTE) == (made[0].id,)
    announce.fan_out(bridge, made[1].id, now + 60 * MINUTE)
    announce.fan_out(bridge, f"{BASE}/ap/activities/{articles[1].key}-delete", now)
    with bridge.store.read() as connection:
        assert deliveries.counts(connection) == {"pending": 1}
