"""Digests: gathered while they wait, edited once they are out, gone with their last article."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.model import Activity, Follower, StoredArticle, Task
from bridge.pipeline import announce, correct, posts
from bridge.store import activities, articles, digests, followers
from bridge.wiring import Bridge

BASE = "https://paper.example"
KEY = "herald-20260301-city-digest"
CREATE = f"{BASE}/ap/activities/{KEY}-create"
MINUTE = dt.timedelta(minutes=1)
Publish = Callable[..., StoredArticle]


@pytest.fixture
def bridge(configured: Callable[..., Bridge], now: dt.datetime) -> Bridge:
    """A paper whose city section posts digests, and is followed."""
    made = configured(federate="digest")
    follower = Follower(
        actor="herald_city",
        id="https://one.example/u",
        inbox="https://one.example/u/inbox",
        shared_inbox=None,
        follow="https://one.example/f",
        since=now,
    )
    with made.store.begin() as connection:
        followers.put(connection, follower)
    return made


def tell(bridge: Bridge, now: dt.datetime, *found: StoredArticle) -> tuple[Activity, ...]:
    with bridge.store.begin() as connection:
        return announce.announce(bridge, connection, found, now)


def said(bridge: Bridge, id: str) -> str:
    with bridge.store.read() as connection:
        activity = activities.get(connection, id)
    assert activity is not None
    content: str = activity.body["object"]["content"]
    return content


def revise(bridge: Bridge, article: StoredArticle, now: dt.datetime) -> StoredArticle:
    text = replace(article.article, headline="The ferry rests")
    changed = replace(article, article=text, revision=2, updated=now)
    with bridge.store.begin() as connection:
        articles.revise(connection, changed, now, "headline")
    return changed


def test_an_edition_is_one_post_that_waits_for_late_pages(
    bridge: Bridge, publish: Publish, tasks: list[Task], now: dt.datetime
) -> None:
    (create,) = tell(bridge, now, publish(1), publish(2))
    assert (create.id, create.release_at) == (CREATE, now + 10 * MINUTE)
    assert tell(bridge, now + MINUTE, publish(3)) == ()
    content = said(bridge, CREATE)
    assert content.index("number 1") < content.index("number 2") < content.index("number 3")
    assert tasks == []


def test_it_says_what_stands_corrected(
    bridge: Bridge, publish: Publish, now: dt.datetime
) -> None:
    article = publish(1)
    tell(bridge, now, article)
    changed = revise(bridge, article, now + MINUTE)
    assert tell(bridge, now + MINUTE, changed) == ()
    assert "The ferry rests" in said(bridge, CREATE)


def test_once_it_is_out_more_is_an_edit_with_a_newer_date(
    bridge: Bridge, publish: Publish, now: dt.datetime
) -> None:
    tell(bridge, now, publish(1))
    late = now + 20 * MINUTE
    announce.fan_out(bridge, CREATE, late)
    (update,) = tell(bridge, late, publish(2))
    assert (update.type, update.release_at) == ("Update", late + 10 * MINUTE)
    post = update.body["object"]
    assert post["updated"] > post["published"]
    assert tell(bridge, late + MINUTE, publish(3)) == ()
    assert "number 3" in said(bridge, update.id)
    announce.fan_out(bridge, update.id, late + 10 * MINUTE)
    (second,) = tell(bridge, late + 11 * MINUTE, publish(4))
    assert second.body["object"]["updated"] > post["updated"]


def test_the_same_again_says_nothing(
    bridge: Bridge, publish: Publish, now: dt.datetime
) -> None:
    article = publish(1)
    tell(bridge, now, article)
    announce.fan_out(bridge, CREATE, now + 20 * MINUTE)
    assert tell(bridge, now + 21 * MINUTE, article) == ()


def test_a_withdrawn_article_leaves_it_and_the_last_one_takes_it_away(
    bridge: Bridge, publish: Publish, now: dt.datetime
) -> None:
    first, second = publish(1), publish(2)
    tell(bridge, now, first, second)
    late = now + 20 * MINUTE
    announce.fan_out(bridge, CREATE, late)
    correct.withdraw(bridge, first.key, "It never sailed.", late)
    update = f"{BASE}/ap/activities/{KEY}-update-2"
    assert "number 1" not in said(bridge, update)
    correct.withdraw(bridge, second.key, "Nor did this one.", late + MINUTE)
    with bridge.store.read() as connection:
        assert activities.get(connection, update) is None  # nobody had it
        assert activities.get(connection, f"{BASE}/ap/activities/{KEY}-delete")
    found = posts.find(bridge, KEY, late)
    assert found is not None
    assert found.gone
    assert found.document["type"] == "Tombstone"


def test_what_is_deleted_does_not_come_back(
    bridge: Bridge, publish: Publish, now: dt.datetime
) -> None:
    """A Create with the id of a tombstone is refused by Mastodon for ever."""
    first = publish(1)
    tell(bridge, now, first)
    announce.fan_out(bridge, CREATE, now + 20 * MINUTE)
    correct.withdraw(bridge, first.key, "It never sailed.", now + 21 * MINUTE)
    assert tell(bridge, now + 22 * MINUTE, publish(2)) == ()


def test_before_anybody_follows_it_stands_in_the_outbox(
    configured: Callable[..., Bridge], publish: Publish, now: dt.datetime
) -> None:
    bridge = configured(federate="digest")
    assert tell(bridge, now, publish(1)) == ()
    with bridge.store.read() as connection:
        assert digests.count(connection, "herald", "city") == 1
    found = posts.find(bridge, KEY, now)
    assert found is not None
    assert "number 1" in found.document["content"]
