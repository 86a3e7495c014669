"""Announce: new and corrected articles become activities, old ones stay quiet."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from bridge.model import Follower, StoredArticle, Task
from bridge.model.social import SHARDS, shard_of
from bridge.pipeline import announce
from bridge.pipeline.deliver import shard_tasks
from bridge.store import activities, deliveries, followers
from bridge.store.schema.social import ACTIVITIES, DELIVERIES, FOLLOWERS
from bridge.wiring import Bridge

CREATE = "https://paper.example/ap/activities/herald-20260301-000001-create"
UPDATE = "https://paper.example/ap/activities/herald-20260301-000001-update-2"


@pytest.fixture
def followed(federated: Bridge, now: dt.datetime) -> Bridge:
    """A paper whose city section has one follower."""
    follower = Follower(
        actor="herald_city",
        id="https://one.example/users/mei",
        inbox="https://one.example/users/mei/inbox",
        shared_inbox="https://one.example/inbox",
        follow="https://one.example/follows/1",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, follower)
    return federated


def tell(bridge: Bridge, now: dt.datetime, *articles: StoredArticle) -> None:
    with bridge.store.begin() as connection:
        announce.announce(bridge, connection, articles, now)


def stored(bridge: Bridge) -> list[str]:
    query = select(ACTIVITIES.c.id).order_by(ACTIVITIES.c.sequence)
    with bridge.store.read() as connection:
        return list(connection.execute(query).scalars())


def test_a_new_article_becomes_a_create_and_a_task_in_one_transaction(
    followed: Bridge,
    publish: Callable[..., StoredArticle],
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    """Security no. 87."""
    tell(followed, now, publish())
    with followed.store.read() as connection:
        activity = activities.get(connection, CREATE)
    assert activity is not None
    assert (activity.actor, activity.type, activity.created) == ("herald_city", "Create", now)
    assert activity.object == "https://paper.example/ap/o/herald-20260301-000001"
    assert "Ferry number 1 sails again" in activity.body["object"]["content"]
    assert tasks == [Task(name="fan_out", args=(CREATE,), id=f"fan_out-{CREATE}")]


def test_what_is_rolled_back_is_not_announced(
    followed: Bridge, publish: Callable[..., StoredArticle], now: dt.datetime
) -> None:
    article = publish()
    with followed.store.begin() as connection:
        announce.announce(followed, connection, [article], now)
        connection.rollback()
    assert stored(followed) == []


def test_a_corrected_article_becomes_an_update_with_a_newer_date(
    followed: Bridge, publish: Callable[..., StoredArticle], now: dt.datetime
) -> None:
    later = now + dt.timedelta(hours=2)
    article = publish()
    tell(followed, now, article)
    tell(followed, later, replace(article, revision=2, updated=later))
    with followed.store.read() as connection:
        update = activities.get(connection, UPDATE)
    assert update is not None
    assert update.type == "Update"
    assert update.body["object"]["updated"] > update.body["object"]["published"]


def test_announcing_the_same_again_adds_nothing(
    followed: Bridge,
    publish: Callable[..., StoredArticle],
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    article = publish()
    tell(followed, now, article)
    tell(followed, now, article)
    assert stored(followed) == [CREATE]
    assert len(tasks) == 1


def test_the_order_of_articles_is_the_order_of_sending(
    followed: Bridge, publish: Callable[..., StoredArticle], now: dt.datetime
) -> None:
    tell(followed, now, *(publish(number) for number in (3, 1, 2)))
    assert [id[-8] for id in stored(followed)] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("age", "spoken"),
    [(dt.timedelta(hours=47), True), (dt.timedelta(hours=49), False)],
)
def test_an_archive_import_is_quiet(
    followed: Bridge,
    publish: Callable[..., StoredArticle],
    now: dt.datetime,
    age: dt.timedelta,
    spoken: bool,
) -> None:
    tell(followed, now, publish(published=now - age))
    assert stored(followed) == ([CREATE] if spoken else [])


def test_a_late_correction_of_what_was_announced_is_not_taken_for_archive(
    followed: Bridge, publish: Callable[..., StoredArticle], now: dt.datetime
) -> None:
    late = now + dt.timedelta(days=30)
    tell(followed, late, publish(revision=2, updated=late))
    assert stored(followed) == [UPDATE]


def test_before_anybody_follows_nothing_is_stored(
    federated: Bridge,
    publish: Callable[..., StoredArticle],
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    tell(federated, now, publish())
    assert stored(federated) == []
    assert tasks == []


def test_without_federation_nothing_is_stored(
    followed: Bridge, publish: Callable[..., StoredArticle], now: dt.datetime
) -> None:
    off = replace(followed.settings.federation, enabled=False)
    settings = replace(followed.settings, federation=off)
    tell(replace(followed, settings=settings), now, publish())
    assert stored(followed) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"section": "notices"},
        {"section": "sport"},
        {"state": "suspected"},
        {"state": "withdrawn"},
    ],
    ids=["section off", "section nobody follows", "suspected", "withdrawn"],
)
def test_what_is_not_to_be_told_is_not_told(
    followed: Bridge,
    publish: Callable[..., StoredArticle],
    now: dt.datetime,
    changes: dict[str, str],
) -> None:
    tell(followed, now, replace(publish(), **changes))  # type: ignore[arg-type]
    assert stored(followed) == []


def test_a_fan_out_wakes_the_shards_it_touches(
    followed: Bridge,
    publish: Callable[..., StoredArticle],
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    tell(followed, now, publish())
    announce.fan_out(followed, CREATE, now)
    shard = shard_of("one.example")
    expected = Task(name="deliver_shard", args=(shard,), partition=str(shard), fold=True)
    assert tasks[1:] == [expected]
    with followed.store.read() as connection:
        assert deliveries.counts(connection) == {"pending": 1}


def test_ten_thousand_followers_are_at_most_as_many_tasks_as_shards(
    followed: Bridge,
    publish: Callable[..., StoredArticle],
    tasks: list[Task],
    now: dt.datetime,
) -> None:
    """Security no. 88."""
    hosts = [f"h{number}.example" for number in range(10_000)]
    rows = [
        {
            "actor": "herald_city",
            "id": f"https://{host}/u",
            "inbox": f"https://{host}/inbox",
            "target": f"https://{host}/inbox",
            "host": host,
            "shard": shard_of(host),
            "follow": f"https://{host}/f",
            "since": now,
        }
        for host in hosts
    ]
    with followed.store.begin() as connection:
        connection.execute(insert(FOLLOWERS), rows)
    tell(followed, now, publish())
    announce.fan_out(followed, CREATE, now)
    announce.fan_out(followed, CREATE, now)
    with followed.store.read() as connection:
        total = connection.execute(select(func.count()).select_from(DELIVERIES)).scalar()
    assert total == 10_001
    assert tasks[1 : SHARDS + 1] == list(shard_tasks(range(SHARDS)))
