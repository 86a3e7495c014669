"""What came in: never given effect twice, and nothing unverified owns an id."""

import datetime as dt
from dataclasses import replace

import pytest

from bridge.model import Inbound, Request
from bridge.store import Store, inbounds

ANNA = "https://one.example/users/anna"
RAW = b'{"type":"Follow"}'
REQUEST = Request(
    method="POST", path="/ap/inbox", headers=(("Host", "a"), ("Via", "b")), body=RAW
)


@pytest.fixture
def follow(now: dt.datetime) -> Inbound:
    return Inbound(
        id=f"{ANNA}#follow-1",
        actor=ANNA,
        type="Follow",
        body={"type": "Follow", "名": "关注"},
        received=now,
        state="pending",
    )


def held(inbound: Inbound) -> Inbound:
    return replace(inbound, state="unverified")


def test_an_activity_comes_back_as_stored(store: Store, follow: Inbound) -> None:
    with store.begin() as connection:
        assert inbounds.add(connection, follow, RAW) == "new"
        assert inbounds.get(connection, follow.id) == follow
        assert inbounds.get(connection, "https://one.example/other") is None


def test_the_same_again_is_a_repeat(store: Store, follow: Inbound) -> None:
    """Security no. 23."""
    with store.begin() as connection:
        inbounds.add(connection, follow, RAW)
        assert inbounds.add(connection, replace(follow, state="handled"), RAW) == "repeat"
        assert inbounds.get(connection, follow.id) == follow


def test_the_same_id_with_other_content_is_told_apart(store: Store, follow: Inbound) -> None:
    """Security no. 24."""
    with store.begin() as connection:
        inbounds.add(connection, follow, RAW)
        assert inbounds.add(connection, follow, RAW + b" ") == "other"


def test_what_is_due_waits_in_the_order_it_came(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    second = replace(follow, id=f"{ANNA}#follow-2", received=now + dt.timedelta(seconds=2))
    with store.begin() as connection:
        assert not inbounds.waits(connection, now)
        inbounds.add(connection, follow, RAW)
        inbounds.add(connection, second, RAW)
        late = now + dt.timedelta(seconds=5)
        waiting = inbounds.pending(connection, late, limit=5)
        assert [entry.inbound for entry in waiting] == [follow, second]
        assert [entry.host for entry in waiting] == ["one.example"] * 2
        assert len(inbounds.pending(connection, late, limit=1)) == 1
        assert len(inbounds.pending(connection, now, limit=5)) == 1
        assert inbounds.waits(connection, now)


def test_a_held_activity_keeps_its_request(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    with store.begin() as connection:
        inbounds.hold(connection, held(follow), REQUEST)
        (entry,) = inbounds.unverified(connection, now, hosts=5)
        assert entry.inbound == replace(held(follow), request=REQUEST)
        assert inbounds.held(connection) == 1
        assert inbounds.held(connection, "one.example") == 1
        assert inbounds.held(connection, "two.example") == 0


def test_an_accepted_one_is_handled_like_any_other(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    with store.begin() as connection:
        inbounds.hold(connection, held(follow), REQUEST)
        (entry,) = inbounds.unverified(connection, now, hosts=5)
        assert inbounds.accept(connection, entry) == "new"
        assert inbounds.get(connection, follow.id) == follow
        assert inbounds.held(connection) == 0


def test_an_unverified_one_does_not_take_the_id_of_an_honest_one(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    """Security no. 24: who cannot sign for an id cannot block it either."""
    forged = replace(REQUEST, body=b'{"type":"Undo"}')
    with store.begin() as connection:
        inbounds.hold(connection, held(follow), forged)
        assert inbounds.add(connection, follow, RAW) == "new"
        (entry,) = inbounds.unverified(connection, now, hosts=5)
        assert inbounds.accept(connection, entry) == "other"
        assert inbounds.get(connection, follow.id) == follow


def test_the_second_of_two_equal_held_ones_is_a_repeat(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    with store.begin() as connection:
        for arrival in ("new", "repeat"):
            inbounds.hold(connection, held(follow), REQUEST)
            (entry,) = inbounds.unverified(connection, now, hosts=5)
            assert inbounds.accept(connection, entry) == arrival
        assert len(inbounds.pending(connection, now, limit=5)) == 1


def test_one_host_takes_one_turn_however_much_it_sends(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    """Security no. 40."""
    other = replace(follow, id="https://two.example/f", actor="https://two.example/u")
    with store.begin() as connection:
        for entry in (follow, follow, other):
            inbounds.hold(connection, held(entry), REQUEST)
        heads = inbounds.unverified(connection, now, hosts=5)
        assert [entry.inbound.id for entry in heads] == [follow.id, other.id]
        assert len(inbounds.unverified(connection, now, hosts=1)) == 1


def test_a_failed_attempt_waits_and_counts(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    with store.begin() as connection:
        inbounds.add(connection, follow, RAW)
        (entry,) = inbounds.pending(connection, now, limit=1)
        later = now + dt.timedelta(minutes=1)
        inbounds.postpone(connection, entry.number, later, "it broke")
        assert inbounds.pending(connection, now, limit=1) == ()
        (entry,) = inbounds.pending(connection, later, limit=1)
        assert (entry.inbound.attempts, entry.inbound.error) == (1, "it broke")


def test_what_is_finished_waits_no_more_and_is_purged_in_time(
    store: Store, follow: Inbound, now: dt.datetime
) -> None:
    with store.begin() as connection:
        inbounds.add(connection, follow, RAW)
        (entry,) = inbounds.pending(connection, now, limit=1)
        later = now + dt.timedelta(days=30)
        assert inbounds.purge(connection, later) == 0
        inbounds.finish(connection, entry.number, "ignored", "not for us")
        found = inbounds.get(connection, follow.id)
        assert found is not None
        assert (found.state, found.error) == ("ignored", "not for us")
        assert not inbounds.waits(connection, later)
        assert inbounds.purge(connection, now) == 0
        assert inbounds.purge(connection, later) == 1


def test_half_a_surrogate_pair_is_stored_all_the_same(store: Store, follow: Inbound) -> None:
    """Security no. 38."""
    odd = replace(follow, body={"name": "\ud83d", "zero": "\x00"})
    with store.begin() as connection:
        inbounds.add(connection, odd, RAW)
        assert inbounds.get(connection, follow.id) == odd
