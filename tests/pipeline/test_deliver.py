"""Deliver: real requests to real servers, and what the ledger says afterwards."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import update
from werkzeug import Response

from bridge.federation.vocabulary import accept
from bridge.model import Delivery, Follower
from bridge.pipeline import deliver
from bridge.pipeline.verify import end_follow
from bridge.store import activities, deliveries, followers
from bridge.store.schema.social import DELIVERIES
from bridge.wiring import Bridge

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def run(bridge: Bridge, moment: dt.datetime, stop: Callable[[], bool] = bool) -> None:
    """Send whatever is due in any shard at this moment."""
    with bridge.store.read() as connection:
        shards = deliveries.shards_due(connection, moment)
    for shard in shards:
        deliver.deliver_shard(bridge, shard, lambda: moment, stop)


def ledger(bridge: Bridge, activity: str) -> tuple[Delivery, ...]:
    with bridge.store.read() as connection:
        return deliveries.of(connection, activity)


def test_an_activity_arrives_signed_and_is_written_down(federated, peer, befriend, send, now):
    """Security no. 97: the receiver checks signature, digest and host itself."""
    befriend(peer)
    id = send()
    run(federated, now)
    assert peer.bad == []
    assert peer.types == ["Create"]
    assert peer.received[0]["id"] == id
    (row,) = ledger(federated, id)
    assert (row.state, row.status, row.attempts, row.error) == ("delivered", 202, 1, None)


def test_a_shared_inbox_is_used_once_and_an_own_one_for_its_own(
    federated, peer, befriend, send, now
):
    """Security no. 93."""
    befriend(peer)
    befriend(peer, who="lin")
    befriend(peer, who="solo", shared=False)
    follower = befriend(peer, who="lin", shared=False)
    assert follower.shared_inbox is None
    befriend(peer, who="mei")
    with federated.store.begin() as connection:
        followers.remove(connection, "herald_city", f"{peer.base}/users/solo")
    send()
    run(federated, now)
    assert peer.paths == {"/inbox": 1, "/users/lin/inbox": 1}


def test_a_receiver_that_was_down_gets_everything_in_order(
    federated, peer, befriend, send, now
):
    """Security nos. 89 and 99: the same id and bytes, a fresh date, and no overtaking."""
    befriend(peer)
    peer.answers.extend([500])
    send(1)
    send(1, revision=2)
    send(2)
    run(federated, now)
    assert [a["object"]["id"][-1] for a in peer.received] == ["2"]
    run(federated, now + 2 * MINUTE)
    assert peer.types == ["Create", "Create", "Update"]
    first, again = (b for b in peer.bodies if b"000001-create" in b)
    assert first == again
    assert len(set(peer.dates)) == 2


def test_a_receiver_that_is_not_there_is_tried_later(federated, peer, befriend, send, now):
    befriend(peer)
    id = send()
    peer.server.stop()
    run(federated, now)
    (row,) = ledger(federated, id)
    assert (row.state, row.status, row.attempts) == ("pending", None, 1)
    assert now + MINUTE <= row.due <= now + 2 * MINUTE
    assert row.error
    peer.server.start()
    run(federated, now + 2 * MINUTE)
    assert peer.types == ["Create"]


def test_the_gaps_between_attempts_grow(federated, peer, befriend, send, now):
    """Security no. 89."""
    befriend(peer)
    id = send()
    peer.answers.extend([500] * 5)
    gaps, moment = [], now
    for _ in range(5):
        run(federated, moment)
        (row,) = ledger(federated, id)
        gaps.append(row.due - moment)
        moment = row.due
    assert gaps == sorted(gaps)
    assert gaps[-1] > 10 * gaps[0]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_for_the_whole_host(federated, peer, befriend, send, now, status):
    """Security no. 90."""
    befriend(peer)
    first, second = send(1), send(2)
    peer.answers.append(Response(status=status, headers={"Retry-After": "7200"}))
    run(federated, now)
    assert peer.received == []
    for id in (first, second):
        (row,) = ledger(federated, id)
        assert row.state == "pending"
        assert row.due >= now + 2 * HOUR
    assert [ledger(federated, id)[0].attempts for id in (first, second)] == [1, 0]
    run(federated, now + HOUR)
    assert peer.received == []
    run(federated, now + 3 * HOUR)
    assert len(peer.received) == 2


def test_an_own_inbox_that_is_gone_ends_the_follow(federated, peer, befriend, send, now):
    """Security no. 91."""
    befriend(peer, shared=False)
    first, second = send(1), send(2)
    peer.answers.append(410)
    run(federated, now)
    assert [ledger(federated, id)[0].state for id in (first, second)] == ["gone", "gone"]
    assert sum(peer.paths.values()) == 1
    with federated.store.read() as connection:
        assert followers.count(connection, "herald_city") == 0


def test_a_shared_inbox_that_is_gone_gives_way_to_the_own_inbox(
    federated, peer, befriend, send, now
):
    befriend(peer)
    send(1)
    peer.answers.append(410)
    run(federated, now)
    send(2)
    run(federated, now)
    assert peer.paths == {"/inbox": 1, "/users/mei/inbox": 1}


@pytest.mark.parametrize("status", [400, 405, 422])
def test_a_refusal_for_good_is_not_tried_again(federated, peer, befriend, send, now, status):
    befriend(peer)
    id = send()
    peer.answers.append(status)
    run(federated, now)
    run(federated, now + 8 * 24 * HOUR)
    (row,) = ledger(federated, id)
    assert (row.state, row.status, row.attempts) == ("failed", status, 1)


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_not_followed(federated, peer, befriend, send, now, status):
    """Security no. 53."""
    befriend(peer)
    send()
    place = f"{peer.base}/users/lin/inbox"
    peer.answers.append(Response(status=status, headers={"Location": place}))
    run(federated, now)
    assert peer.paths == {"/inbox": 1}


def test_after_a_week_a_delivery_is_given_up_with_its_reason(
    federated, peer, befriend, send, now
):
    befriend(peer)
    id = send()
    peer.answers.extend([500] * 20)
    moment = now
    for _ in range(20):
        run(federated, moment)
        (row,) = ledger(federated, id)
        moment = max(row.due, moment)
    assert row.state == "failed"
    assert "given up" in (row.error or "")
    assert row.attempts < 15


def test_who_stopped_following_in_time_gets_nothing(federated, peer, befriend, send, now):
    """Security no. 98."""
    befriend(peer)
    id = send()
    with federated.store.begin() as connection:
        end_follow(connection, "herald_city", peer.id)
    run(federated, now)
    assert peer.received == []
    assert ledger(federated, id)[0].state == "gone"


def test_one_who_leaves_a_shared_inbox_does_not_stop_the_others(
    federated, peer, befriend, send, now
):
    befriend(peer)
    befriend(peer, who="lin")
    send()
    with federated.store.begin() as connection:
        end_follow(connection, "herald_city", peer.id)
    run(federated, now)
    assert peer.types == ["Create"]


def test_an_accept_goes_through_the_same_ledger(federated, peer, befriend, now):
    answer = accept(peer.follow(), "herald_city", "https://paper.example", now)
    with federated.store.begin() as connection:
        activities.add(connection, answer)
        deliveries.send(connection, answer, f"{peer.id}/inbox", now)
    run(federated, now)
    assert peer.types == ["Accept"]
    assert peer.bad == []
    assert peer.received[0]["object"]["id"] == peer.follow()["id"]


def test_a_row_that_cannot_be_sent_does_not_hold_up_the_rest(
    federated, peer, befriend, send, now
):
    befriend(peer)
    bad, good = send(1), send(2)
    with federated.store.begin() as connection:
        spoilt = update(DELIVERIES).where(DELIVERIES.c.object.endswith("000001"))
        connection.execute(spoilt.values(inbox="gopher://127.0.0.1/"))
    run(federated, now)
    assert [ledger(federated, id)[0].state for id in (bad, good)] == ["failed", "delivered"]


def test_a_private_address_is_refused_for_good(federated, send, befriend, now):
    """Security no. 36: the guard is asked at each delivery."""
    follower = Follower(
        actor="herald_city",
        id="http://10.0.0.1/users/mei",
        inbox="http://10.0.0.1/users/mei/inbox",
        shared_inbox=None,
        follow="http://10.0.0.1/f",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, follower)
    id = send()
    run(federated, now)
    assert ledger(federated, id)[0].state == "failed"
