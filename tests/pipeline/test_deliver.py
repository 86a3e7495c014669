"""Deliver: real requests to real servers, and what the ledger says afterwards."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import update
from werkzeug import Response

from bridge.federation.vocabulary import accept
from bridge.model import Delivery, Follower, Host
from bridge.pipeline import deliver, receive
from bridge.pipeline.verify import end_follow
from bridge.store import activities, deliveries, followers, hosts
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
    """Also for what still waited: nobody loses it."""
    befriend(peer)
    befriend(peer, who="lin")
    first, second = send(1), send(2)
    peer.answers.append(410)
    run(federated, now)
    assert peer.paths == {"/inbox": 1, "/users/mei/inbox": 2, "/users/lin/inbox": 2}
    for id in (first, second):
        states = {row.inbox.removeprefix(peer.base): row.state for row in ledger(federated, id)}
        assert states.pop("/inbox") == "gone"
        assert set(states.values()) == {"delivered"}


def host(bridge: Bridge, name: str) -> Host | None:
    with bridge.store.read() as connection:
        return hosts.find(connection, name)


def test_404_on_three_different_days_ends_the_follow(federated, peer, befriend, send, now):
    """Security no. 91: three on one day do not."""
    befriend(peer, shared=False)
    peer.answers.extend([404] * 9)
    for number in (1, 2, 3):
        send(number)
    run(federated, now)
    assert sum(peer.paths.values()) == 3
    run(federated, now + 30 * HOUR)
    with federated.store.read() as connection:
        assert followers.count(connection, "herald_city") == 1
    run(federated, now + 60 * HOUR)
    with federated.store.read() as connection:
        assert followers.count(connection, "herald_city") == 0
        assert deliveries.counts(connection) == {"gone": 3}


def test_404s_are_forgotten_once_something_arrives(federated, peer, befriend, send, now):
    befriend(peer, shared=False)
    peer.answers.extend([404, 404])
    send(1)
    run(federated, now)
    run(federated, now + 30 * HOUR)
    run(federated, now + 90 * HOUR)
    assert peer.types == ["Create"]
    with federated.store.read() as connection:
        assert hosts.absent(connection, [f"{peer.id}/inbox"]) == frozenset()


def test_a_refused_signature_is_noted_until_one_is_taken(federated, peer, befriend, send, now):
    """Security no. 91: both schemes once, and no loop."""
    befriend(peer)
    id = send()
    peer.answers.extend([401, 401])
    run(federated, now)
    assert peer.schemes == ["cavage", "rfc9421"]
    known = host(federated, peer.host)
    assert known is not None
    assert (known.refused, known.failures, known.until) == ("cavage", 0, None)
    assert ledger(federated, id)[0].due >= now + 6 * HOUR
    run(federated, now + 8 * HOUR)
    known = host(federated, peer.host)
    assert known is not None
    assert (known.refused, known.scheme) == (None, "cavage")


def test_a_scheme_that_was_taken_is_remembered(federated, peer, befriend, send, now):
    """One knock more for the first delivery, none for the second, nor after a restart."""
    befriend(peer)
    send(1)
    send(2)
    peer.answers.append(401)
    run(federated, now)
    assert peer.schemes == ["cavage", "rfc9421", "rfc9421"]
    known = host(federated, peer.host)
    assert known is not None
    assert (known.scheme, known.refused) == ("rfc9421", None)
    send(3)
    run(federated, now + HOUR)
    assert peer.schemes[3:] == ["rfc9421"]
    peer.answers.append(401)  # it went back to an older version
    send(4)
    run(federated, now + 2 * HOUR)
    assert peer.schemes[4:] == ["rfc9421", "cavage"]
    known = host(federated, peer.host)
    assert known is not None
    assert known.scheme == "cavage"


def test_a_host_that_takes_no_scheme_is_not_asked_twice_for_each_row(
    federated, peer, befriend, send, now
):
    """Security no. 91."""
    befriend(peer)
    for number in range(1, 5):
        send(number)
    peer.answers.extend([401] * 10)
    run(federated, now)
    assert sorted(peer.schemes) == ["cavage"] * 4 + ["rfc9421"]


def test_a_host_that_fails_gets_one_probe_at_a_time(federated, peer, befriend, send, now):
    """Security nos. 92 and 95: of many rows one asks whether it is back."""
    befriend(peer)
    for number in range(1, 9):
        send(number)
    peer.answers.extend([500] * 30)
    run(federated, now)
    assert sum(peer.paths.values()) == 3
    moment = now
    for probes in (4, 5, 6):
        known = host(federated, peer.host)
        assert known is not None
        assert known.until is not None
        moment = known.until
        run(federated, moment)
        assert sum(peer.paths.values()) == probes
    peer.answers.clear()
    known = host(federated, peer.host)
    assert known is not None
    assert known.until is not None
    assert known.until - moment >= 2 * HOUR
    run(federated, known.until + 26 * HOUR)
    assert len(peer.received) == 8
    known = host(federated, peer.host)
    assert known is not None
    assert (known.failures, known.until, known.failing) == (0, None, None)


def test_what_is_born_while_a_host_rests_waits_with_the_rest(
    federated, peer, befriend, send, now
):
    befriend(peer)
    send(1)
    peer.server.stop()
    run(federated, now)
    id = send(2)
    known = host(federated, peer.host)
    assert known is not None
    assert ledger(federated, id)[0].due == known.until
    peer.server.start()


def test_a_word_from_the_host_sends_what_waits_for_it(
    federated, peer, befriend, send, tasks, now
):
    """A host that speaks to us is up: Mastodon, too, takes that for a proof."""
    peer_follow = peer.request(peer.follow())
    receive.receive(federated, peer_follow, now)
    receive.process_inbox(federated, now)
    peer.server.stop()
    id = send()
    run(federated, now)
    run(federated, now + 2 * MINUTE)
    known = host(federated, peer.host)
    assert known is not None
    assert known.failures == 2
    peer.server.start()
    del tasks[:]
    receive.receive(
        federated, peer.request(peer.activity("Like", "https://x.example/", 2)), now
    )
    (row,) = (row for row in ledger(federated, id) if row.activity == id)
    assert row.due == now
    assert deliver.shard_tasks((row.shard,))[0] in tasks
    run(federated, now)
    assert "Create" in peer.types


def test_a_word_from_a_host_that_asked_to_wait_changes_nothing(
    federated, peer, befriend, send, now
):
    receive.receive(federated, peer.request(peer.follow()), now)
    receive.process_inbox(federated, now)
    run(federated, now)
    id = send()
    peer.answers.append(Response(status=429, headers={"Retry-After": "7200"}))
    run(federated, now)
    receive.receive(
        federated, peer.request(peer.activity("Like", "https://x.example/", 2)), now
    )
    assert ledger(federated, id)[0].due >= now + 2 * HOUR


def test_after_seven_days_a_host_is_dead_and_one_answer_brings_it_back(
    federated, peer, befriend, send, now
):
    """Security no. 95: what is new waits on, what is old is given up, visibly."""
    befriend(peer)
    old = [send(1), send(2)]
    peer.answers.extend([503] * 40)
    moment = now
    while moment < now + 7 * 24 * HOUR:
        run(federated, moment)
        known = host(federated, peer.host)
        moment = known.until if known and known.until else moment + HOUR
    run(federated, moment)
    assert {ledger(federated, id)[0].state for id in old} == {"failed"}
    assert "given up" in (ledger(federated, old[1])[0].error or "")
    assert sum(peer.paths.values()) < 30
    new = send(3)
    peer.answers.clear()
    run(federated, moment + 30 * HOUR)
    assert ledger(federated, new)[0].state == "delivered"


@pytest.mark.parametrize("status", [400, 405, 422])
def test_a_refusal_for_good_is_not_tried_again(federated, peer, befriend, send, now, status):
    befriend(peer)
    id = send()
    peer.answers.extend([status] * (2 if status == 400 else 1))  # by either scheme
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
