"""What arrives: posts as another server gets them, on a real socket, signatures checked."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bridge.model import Follower, Photo, StoredArticle
from bridge.pipeline import announce, correct, deliver
from bridge.store import articles, deliveries
from bridge.wiring import Bridge

IMAGE = f"media/{'a' * 64}.webp"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def article(publish: Callable[..., StoredArticle]) -> StoredArticle:
    plain = publish(9)
    photos = (Photo(caption="The ferry at the quay", image=IMAGE),)
    item = replace(plain.article, photos=photos, keywords=("harbour works",))
    return publish(1, article=item)


def say(bridge: Bridge, now: dt.datetime, *found: StoredArticle) -> None:
    """Announce, and let a minute's tick, fan-out and delivery follow."""
    with bridge.store.begin() as connection:
        made = announce.announce(bridge, connection, found, now)
    for activity in made:
        announce.fan_out(bridge, activity.id, now)
    post(bridge, now)


def post(bridge: Bridge, now: dt.datetime) -> None:
    with bridge.store.read() as connection:
        shards = deliveries.shards_due(connection, now)
    for shard in shards:
        deliver.deliver_shard(bridge, shard, lambda: now)


def edited(bridge: Bridge, before: StoredArticle, now: dt.datetime, text: str) -> StoredArticle:
    item = replace(before.article, headline=text)
    after = replace(before, article=item, revision=before.revision + 1, updated=now)
    with bridge.store.begin() as connection:
        articles.revise(connection, after, now, "headline")
    return after


def test_a_post_arrives_with_language_tags_alt_text_and_link(
    federated: Bridge,
    befriend: Callable[..., Follower],
    article: StoredArticle,
    peer: Any,
    now: dt.datetime,
) -> None:
    befriend(peer)
    say(federated, now, article)
    (create,) = peer.received
    note = create["object"]
    assert create["type"] == "Create"
    assert list(note["contentMap"]) == ["en"]
    assert [tag["name"] for tag in note["tag"]] == ["#City", "#HarbourWorks"]
    assert note["attachment"][0]["name"] == "The ferry at the quay"
    assert f'href="https://paper.example/herald/a/{article.key}.html"' in note["content"]
    assert peer.bad == []


def test_three_quick_edits_end_in_the_last_text(
    federated: Bridge,
    befriend: Callable[..., Follower],
    article: StoredArticle,
    peer: Any,
    now: dt.datetime,
) -> None:
    befriend(peer)
    with federated.store.begin() as connection:
        announce.announce(federated, connection, [article], now)
    after, ids = article, []
    for number in (1, 2, 3):
        after = edited(federated, after, now, f"Edit {number}")
        with federated.store.begin() as connection:
            (update,) = announce.announce(federated, connection, [after], now)
        ids.append(update.id)
    for id in reversed(ids):  # whatever task comes first
        announce.fan_out(federated, id, now)
    post(federated, now)
    assert peer.types == ["Create", "Update", "Update", "Update"]
    said = [activity["object"] for activity in peer.received]
    assert "Edit 3" in said[-1]["content"]
    moments = [one.get("updated", one["published"]) for one in said]
    assert moments == sorted(set(moments))


def test_a_digest_arrives_once_with_all_that_came_in_time_and_goes_with_its_last_article(
    configured: Callable[..., Bridge],
    befriend: Callable[..., Follower],
    publish: Callable[..., StoredArticle],
    peer: Any,
    now: dt.datetime,
) -> None:
    befriend(peer)
    bridge = configured(federate="digest")
    say(bridge, now, publish(1))
    say(bridge, now + MINUTE, publish(2))
    assert peer.received == []
    late = now + 11 * MINUTE
    key = "herald-20260301-city-digest"
    announce.fan_out(bridge, f"https://paper.example/ap/activities/{key}-create", late)
    post(bridge, late)
    (create,) = peer.received
    assert "number 1" in create["object"]["content"]
    assert "number 2" in create["object"]["content"]
    for number in (1, 2):
        correct.withdraw(bridge, f"herald-20260301-{number:06}", "It never sailed.", late)
    announce.fan_out(bridge, f"https://paper.example/ap/activities/{key}-delete", late)
    post(bridge, late)
    assert peer.types == ["Create", "Delete"]
