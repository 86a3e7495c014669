"""New keys: followers hear of them signed with the old one, all else has the new one."""

import datetime as dt

import pytest

from bridge.errors import BridgeError
from bridge.federation import keys as made
from bridge.pipeline import actors, announce, deliver, receive, rotate
from bridge.store import activities, deliveries, keys
from bridge.wiring import Bridge

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
CITY = "https://paper.example/ap/actors/herald_city"


def run(bridge: Bridge, moment: dt.datetime) -> None:
    """Send whatever is due in any shard at this moment."""
    with bridge.store.read() as connection:
        shards = deliveries.shards_due(connection, moment)
    for shard in shards:
        deliver.deliver_shard(bridge, shard, lambda: moment)


@pytest.fixture
def change(federated: Bridge, now: dt.datetime):  # type: ignore[no-untyped-def]
    """Give the city's account a new key and fan out the news of it; returns its id."""
    actors.key(federated, "herald_city", now - 30 * HOUR)

    def change(moment: dt.datetime = now, name: str = "herald_city") -> str:
        rotate.rotate(federated, [name], moment)
        with federated.store.read() as connection:
            news = activities.about(connection, f"https://paper.example/ap/actors/{name}")
        assert news is not None
        announce.fan_out(federated, news.id, moment)
        return news.id

    return change


def test_the_news_is_signed_with_the_old_key_and_what_follows_with_the_new(
    federated, peer, befriend, send, now, change
):
    befriend(peer)
    change()
    send()
    run(federated, now)
    assert peer.bad == []
    assert peer.types == ["Update", "Create"]
    assert peer.key_ids == [f"{CITY}#main-key", f"{CITY}#main-key-2"]
    document = peer.received[0]["object"]
    assert document["id"] == CITY
    assert document["publicKey"]["id"] == f"{CITY}#main-key-2"
    listed = [key["id"] for key in document["assertionMethod"]]
    assert set(listed) == {
        f"{CITY}#ed25519-key-2",
        f"{CITY}#main-key",
        f"{CITY}#ed25519-key",
    }


def test_news_that_did_not_arrive_at_first_is_signed_with_the_new_key(
    federated, peer, befriend, now, change
):
    """The server may have read the new key meanwhile, and keeps only one for an account."""
    befriend(peer)
    change()
    peer.answers.append(503)
    run(federated, now)
    run(federated, now + HOUR)
    assert peer.types == ["Update"]
    assert peer.key_ids == [f"{CITY}#main-key", f"{CITY}#main-key-2"]


def test_a_later_change_of_the_profile_is_signed_with_the_new_key(
    federated, peer, befriend, now, change
):
    befriend(peer)
    change()
    run(federated, now)
    with federated.store.begin() as connection:
        document = actors.document(federated, connection, "herald_city", now)
        later = now + 2 * HOUR
        news = rotate.vocabulary.update_profile(
            document, "herald_city", "https://paper.example", later
        )
        activities.add(connection, news)
    announce.fan_out(federated, news.id, later)
    run(federated, later)
    assert peer.key_ids[-1] == f"{CITY}#main-key-2"


def test_the_old_key_is_shown_for_a_week_and_then_erased(federated, now, change):
    change()

    def shown(moment: dt.datetime) -> list[str]:
        with federated.store.read() as connection:
            return [pair.name for pair in keys.shown(connection, "herald_city", moment)]

    assert "main-key" in shown(now + rotate.OVERLAP - MINUTE)
    over = now + rotate.OVERLAP + MINUTE
    assert sorted(shown(over)) == ["ed25519-key-2", "main-key-2"]
    receive.purge(federated, over)
    with federated.store.read() as connection:
        old = keys.shown(connection, "herald_city", now)
    assert [pair.private == "" for pair in old if pair.name == "main-key"] == [True]


def test_an_account_is_no_younger_for_a_new_key(federated, now, change):
    with federated.store.read() as connection:
        before = actors.document(federated, connection, "herald_city", now)["published"]
    change()
    with federated.store.read() as connection:
        assert actors.document(federated, connection, "herald_city", now)["published"] == before


def test_the_server_s_own_account_tells_nobody(federated, tasks, now):
    (done,) = rotate.rotate(federated, ["instance"], now)
    assert (done.told, done.key_id) == (
        False,
        "https://paper.example/ap/actors/instance#main-key-2",
    )
    assert tasks == []


def test_an_account_that_never_signed_gets_a_new_key_too(federated, tasks, now):
    (done,) = rotate.rotate(federated, ["herald_sport"], now)
    assert done.key_id.endswith("#main-key-2")
    assert [task.name for task in tasks] == ["fan_out"]


def test_of_an_account_that_is_not_there_nothing_is_changed(federated, now):
    with pytest.raises(BridgeError, match="no account has the name 'herald_notices'") as told:
        rotate.rotate(federated, ["herald_city", "herald_notices"], now)
    assert "herald_sport" in told.value.hint
    with federated.store.read() as connection:
        assert keys.created(connection) == {}


def test_two_changes_at_once_do_not_mix(federated, now, monkeypatch):
    """Another process has changed the key between our look and our change."""
    actors.key(federated, "herald_city", now)
    monkeypatch.setattr(rotate, "key_name", lambda kind, number: made.name(kind, 0))
    with pytest.raises(BridgeError, match="being changed by somebody else"):
        rotate.rotate(federated, ["herald_city"], now)
    with federated.store.read() as connection:
        assert len(keys.shown(connection, "herald_city", now)) == 2
