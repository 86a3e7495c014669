"""Receive: what strangers may cause, and what their own servers are asked for it."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bridge.errors import BridgeError
from bridge.model import Inbound, InboundState, Request, Task
from bridge.model.social import shard_of
from bridge.pipeline import deliver, receive
from bridge.store import activities, deliveries, followers, inbounds, remotes
from bridge.store.schema.social import INBOUNDS, REMOTES
from bridge.wiring import Bridge

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def known(federated, peer, now):  # type: ignore[no-untyped-def]
    """A peer whose account has been read before: its key is known."""
    take(federated, peer.request(peer.activity("Like", "https://paper.example/x", 900)), now)
    peer.documents = 0
    return peer


def take(bridge: Bridge, request: Request, now: dt.datetime) -> int:
    """Receive a request and work off the inbox; give the status the sender saw."""
    answer = receive.receive(bridge, request, now)
    receive.process_inbox(bridge, now)
    return answer.status


def count(bridge: Bridge, name: str = "herald_city") -> int:
    with bridge.store.read() as connection:
        return followers.count(connection, name)


def stored(bridge: Bridge) -> int:
    with bridge.store.read() as connection:
        return connection.execute(select(func.count()).select_from(INBOUNDS)).scalar_one()


def inbound(bridge: Bridge, id: str) -> Inbound:
    with bridge.store.read() as connection:
        found = inbounds.get(connection, id)
    assert found is not None
    return found


def state(bridge: Bridge, id: str) -> InboundState:
    return inbound(bridge, id).state


def run_deliveries(bridge: Bridge, now: dt.datetime) -> None:
    with bridge.store.read() as connection:
        shards = deliveries.shards_due(connection, now)
    for shard in shards:
        deliver.deliver_shard(bridge, shard, lambda: now)


def test_a_follow_from_a_stranger_is_stored_verified_and_accepted(federated, peer, tasks, now):
    follow = peer.follow()
    answer = receive.receive(federated, peer.request(follow), now)
    assert answer.status == 202
    assert peer.documents == 0
    assert tasks == [Task(name="process_inbox", fold=True)]
    assert state(federated, follow["id"]) == "unverified"
    receive.process_inbox(federated, now)
    assert peer.documents == 1
    assert peer.unsigned == 0
    assert state(federated, follow["id"]) == "handled"
    with federated.store.read() as connection:
        follower = followers.get(connection, "herald_city", peer.id)
    assert follower is not None
    assert follower.shared_inbox == f"{peer.base}/inbox"
    shard = shard_of(peer.host)
    assert tasks[-1] == Task(
        name="deliver_shard", args=(shard,), partition=str(shard), fold=True
    )
    run_deliveries(federated, now)
    assert peer.types == ["Accept"]
    assert peer.bad == []
    assert peer.received[0]["object"]["id"] == follow["id"]
    assert peer.paths == {"/users/mei/inbox": 1}


def test_a_known_key_is_checked_in_the_request(federated, known, now):
    follow = known.follow()
    assert receive.receive(federated, known.request(follow), now).status == 202
    assert state(federated, follow["id"]) == "pending"
    receive.process_inbox(federated, now)
    assert count(federated) == 1
    assert known.documents == 0


@pytest.mark.parametrize("drop", ["Digest", "Date", "Host"])
def test_a_signature_that_covers_too_little_is_refused_at_once(federated, peer, now, drop):
    """Security nos. 2, 3 and 20."""
    assert take(federated, peer.request(peer.follow(), drop=drop), now) == 401
    assert (stored(federated), peer.documents) == (0, 0)


def test_an_unsigned_request_changes_nothing(federated, peer, now):
    """Security no. 1."""
    request = peer.request(peer.follow())
    headers = tuple(h for h in request.headers if h[0] != "Signature")
    assert take(federated, replace(request, headers=headers), now) == 401
    assert (stored(federated), peer.documents) == (0, 0)


@pytest.mark.parametrize("change", [b"x", b" "], ids=["other", "longer"])
def test_a_body_that_does_not_match_its_digest_is_refused(federated, known, now, change):
    """Security no. 4."""
    request = known.request(known.follow())
    before = stored(federated)
    spoilt = (
        request.body.replace(b"Follow", b"Undo  ") if change == b"x" else request.body + change
    )
    assert take(federated, replace(request, body=spoilt), now) == 401
    assert (stored(federated), count(federated)) == (before, 0)


@pytest.mark.parametrize("off", [-24 * HOUR, 24 * HOUR])
def test_a_request_of_another_day_is_refused(federated, peer, now, off):
    """Security no. 6."""
    assert take(federated, peer.request(peer.follow(), date=now + off), now) == 401
    assert peer.documents == 0


@pytest.mark.parametrize("off", [-30 * MINUTE, 30 * MINUTE])
def test_a_clock_that_is_a_little_off_is_borne(federated, peer, now, off):
    """Security no. 6."""
    assert take(federated, peer.request(peer.follow(), date=now + off), now) == 202
    assert count(federated) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'"Follow"',
        b'{"type":"Follow"}',
        b'{"type":["Follow"],"id":1,"actor":null}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"type":NaN}',
        b'{"type":"\\u0000"}',
        b'{"type":"\\ud800"}',
        b"\xff\xfe",
        b'{"n":' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_odd_bodies_are_told_400(federated, peer, now, body):
    """Security nos. 34 and 38."""
    assert take(federated, peer.request(body), now) == 400
    assert (stored(federated), peer.documents) == (0, 0)


@pytest.mark.parametrize("kind", ["application/json", "text/html", "image/png"])
def test_another_content_type_is_told_415(federated, peer, now, kind):
    request = peer.request(peer.follow(), content_type=kind)
    assert take(federated, request, now) == 415
    assert stored(federated) == 0


def test_the_json_ld_type_is_taken_too(federated, peer, now):
    """Security no. 29."""
    kind = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    assert take(federated, peer.request(peer.follow(), content_type=kind), now) == 202
    assert count(federated) == 1


def test_an_activity_with_an_id_on_another_host_is_refused(federated, peer, now):
    """Security no. 17."""
    follow = {**peer.follow(), "id": "https://other.example/1"}
    assert take(federated, peer.request(follow), now) == 400
    assert stored(federated) == 0


def test_a_repeat_is_no_second_activity(federated, known, tasks, now):
    """Security no. 23."""
    request = known.request(known.activity("Like", "https://paper.example/ap/o/x"))
    take(federated, request, now)
    before, done = stored(federated), len(tasks)
    assert take(federated, request, now) == 202
    assert (stored(federated), len(tasks)) == (before, done)


def test_a_follow_is_answered_each_time_and_counted_once(federated, known, now):
    """Security no. 32: the same id or a new one."""
    for number in (1, 1, 2):
        assert take(federated, known.request(known.follow(number)), now) == 202
        run_deliveries(federated, now)
    assert known.types == ["Accept"] * 3
    assert count(federated) == 1
    accepted = [activity["object"]["id"] for activity in known.received]
    assert accepted == [known.follow(number)["id"] for number in (1, 1, 2)]


def test_a_replayed_follow_stays_undone(federated, known, now):
    """Security no. 23."""
    follow = known.request(known.follow())
    take(federated, follow, now)
    run_deliveries(federated, now)
    take(federated, known.request(known.activity("Undo", known.follow(), 2)), now)
    assert count(federated) == 0
    take(federated, follow, now)
    run_deliveries(federated, now)
    assert count(federated) == 0
    assert known.types == ["Accept"]


def test_an_id_seen_before_with_other_content_is_ignored(federated, known, now):
    """Security no. 24."""
    take(federated, known.request(known.follow()), now)
    other = known.activity("Undo", known.follow(), 1)
    assert take(federated, known.request(other), now) == 202
    assert count(federated) == 1


@pytest.mark.parametrize("bare", [True, False], ids=["bare id", "embedded"])
def test_an_undo_ends_the_follow_and_what_was_queued(federated, known, now, bare):
    """Security no. 98; snac sends only the Follow's id."""
    take(federated, known.request(known.follow()), now)
    follow = known.follow()["id"] if bare else known.follow()
    take(federated, known.request(known.activity("Undo", follow, 2)), now)
    assert count(federated) == 0


def test_a_stranger_cannot_undo_anothers_follow(federated, known, peers, now):
    """Security no. 31."""
    take(federated, known.request(known.follow()), now)
    stranger = peers()
    for number, undone in enumerate((known.follow(), known.follow()["id"]), start=1):
        take(federated, stranger.request(stranger.activity("Undo", undone, number)), now)
    assert count(federated) == 1


def test_a_block_ends_the_follow(federated, known, now):
    take(federated, known.request(known.follow()), now)
    block = known.activity("Block", "https://paper.example/ap/actors/herald_city", 2)
    take(federated, known.request(block), now)
    assert count(federated) == 0


@pytest.mark.parametrize("name", ["herald_all", "herald_notices", "nobody", "instance"])
def test_an_account_that_is_not_there_gets_no_follower(federated, known, now, name):
    """Security no. 33."""
    follow = known.follow(name=name)
    assert take(federated, known.request(follow), now) == 202
    assert state(federated, follow["id"]) == "ignored"
    assert count(federated, name) == 0


@pytest.mark.parametrize(
    ("type", "object"),
    [
        ("Like", None),
        ("Sing", "https://paper.example/x"),
        ("Create", [1, {"a": None}]),
        ("Follow", {"id": 5}),
        ("Undo", 7),
        ("Undo", {"type": ["Follow"]}),
        ("Delete", {"id": []}),
    ],
)
def test_unknown_and_odd_activities_are_kept_as_ignored(federated, known, now, type, object):
    """Security no. 34."""
    activity = known.activity(type, object)
    assert take(federated, known.request(activity), now) == 202
    assert state(federated, activity["id"]) == "ignored"


def test_an_actor_that_deletes_itself_is_forgotten(federated, known, now):
    take(federated, known.request(known.follow()), now)
    delete = known.activity("Delete", known.id, 2)
    assert take(federated, known.request(delete), now) == 202
    assert count(federated) == 0
    with federated.store.read() as connection:
        assert remotes.get(connection, known.id) is None


def test_a_poisoned_activity_is_set_aside_and_the_next_is_handled_at_once(
    federated, known, now, monkeypatch
):
    """Security no. 42."""
    react = receive.inbox.react

    def break_down(activity, *more, **others):
        if activity["type"] == "Like":
            raise ZeroDivisionError("poison")
        return react(activity, *more, **others)

    monkeypatch.setattr(receive.inbox, "react", break_down)
    like = known.activity("Like", "https://paper.example/x", 1)
    receive.receive(federated, known.request(like), now)
    receive.receive(federated, known.request(known.follow(2)), now)
    receive.process_inbox(federated, now)
    assert count(federated) == 1
    for attempt in range(1, 5):
        receive.process_inbox(federated, now + attempt * HOUR)
    found = inbound(federated, like["id"])
    assert (found.state, found.attempts) == ("failed", receive.POISON - 1)
    assert "poison" in (found.error or "")


def test_nothing_of_a_broken_activity_is_half_done(federated, known, now, monkeypatch):
    def break_down(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(deliveries, "send", break_down)
    take(federated, known.request(known.follow()), now)
    assert count(federated) == 0
    with federated.store.read() as connection:
        assert activities.about(connection, known.follow()["id"]) is None


def test_a_follower_on_our_own_host_makes_no_loop(federated, peer, now):
    """Security nos. 12 and 37."""
    id = "https://paper.example/ap/actors/herald_city"
    forged = {**peer.follow(), "id": f"{id}/1", "actor": id}
    request = peer.request(forged, key_id=f"{id}#main-key")
    assert take(federated, request, now) == 401
    assert count(federated) == 0


def test_old_repeats_and_readings_are_forgotten(federated, known, now):
    take(federated, known.request(known.follow()), now)
    receive.purge(federated, now + 29 * 24 * HOUR)
    assert stored(federated) == 2
    receive.purge(federated, now + 31 * 24 * HOUR)
    assert stored(federated) == 0
    with federated.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(REMOTES)).scalar() == 1


def test_the_tick_wakes_the_inbox_while_something_waits(
    federated: Bridge, peer, tasks: list[Task], now: dt.datetime
):
    receive.receive(federated, peer.request(peer.follow()), now)
    del tasks[:]
    deliver.tick(federated, now)
    assert tasks == [Task(name="process_inbox", fold=True)]


def test_refusals_tell_nothing_of_our_inside(
    federated: Bridge, peer, now: dt.datetime, tmp_path
) -> None:
    """Security no. 44."""
    for body in (b"", b"{", json.dumps(peer.follow()).encode().replace(b"http", b"ftp")):
        reason = receive.receive(federated, peer.request(body), now).reason
        assert reason
        assert "Traceback" not in reason
        assert str(tmp_path) not in reason
        assert "\n" not in reason


def test_trouble_with_the_database_is_not_the_activitys_fault(
    federated, known, now, monkeypatch
):
    def break_down(*_: object) -> None:
        raise BridgeError("the disk is full")

    receive.receive(federated, known.request(known.follow()), now)
    with monkeypatch.context() as patch:
        patch.setattr(followers, "put", break_down)
        with pytest.raises(BridgeError):
            receive.process_inbox(federated, now)
    assert inbound(federated, known.follow()["id"]).attempts == 0
    receive.process_inbox(federated, now)
    assert count(federated) == 1
