"""Verify: whose key is read, how often, and what is believed of it."""

import datetime as dt
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bridge.federation.keys import multikey
from bridge.model import Inbound, InboundState, Request
from bridge.pipeline import receive, verify
from bridge.store import followers, inbounds
from bridge.store.schema.social import INBOUNDS
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


def test_a_held_request_is_measured_by_the_moment_it_came(federated, peer, now):
    receive.receive(federated, peer.request(peer.follow()), now)
    receive.process_inbox(federated, now + 3 * HOUR)
    assert count(federated) == 1


def test_a_key_of_another_host_cannot_sign_for_an_actor(federated, peer, now):
    """Security nos. 14 and 20."""
    key_id = "https://evil.example/users/eve#main-key"
    assert take(federated, peer.request(peer.follow(), key_id=key_id), now) == 401
    assert (stored(federated), peer.documents) == (0, 0)


def test_a_key_of_another_account_of_the_host_cannot_either(federated, known, now):
    """Security no. 14: compared as a whole address, not by host."""
    known.server.expect_request("/users/lin").respond_with_data(status=404)
    forged = {**known.follow(), "actor": f"{known.base}/users/lin"}
    take(federated, known.request(forged), now)
    assert count(federated) == 0
    assert state(federated, forged["id"]) == "refused"


def test_a_server_may_sign_with_either_of_its_keys_as_often_as_it_likes(federated, peer, now):
    """FEP-521a: a second key beside the first; one reading is enough for both."""
    second = f"{peer.id}#second"
    peer.more = {
        "assertionMethod": [
            {
                "id": second,
                "type": "Multikey",
                "controller": peer.id,
                "publicKeyMultibase": multikey(peer.public_pem(5)),
            }
        ]
    }
    for number in range(8):
        follow = peer.follow(number)
        odd = {"key": 5, "key_id": second} if number % 2 else {}
        assert take(federated, peer.request(follow, **odd), now) == 202
        assert state(federated, follow["id"]) == "handled"
    assert peer.documents == 1


def test_a_document_that_lists_another_key_is_not_believed(federated, peer, now):
    """Security no. 13."""
    follow = peer.follow()
    take(federated, peer.request(follow, key_id=f"{peer.id}#other-key"), now)
    assert state(federated, follow["id"]) == "refused"
    assert count(federated) == 0


def test_after_a_rotation_the_new_key_works_and_the_old_one_does_not(federated, known, now):
    """Security no. 18."""
    known.key = 2
    assert take(federated, known.request(known.follow()), now) == 202
    assert known.documents == 1
    assert count(federated) == 1
    undo = known.activity("Undo", known.follow(), 2)
    take(federated, known.request(undo, key=1), now)
    assert count(federated) == 1
    assert state(federated, undo["id"]) == "refused"


def test_bad_signatures_cause_few_readings(federated, known, now):
    """Security no. 19: twenty of them, at most five readings."""
    statuses = [
        take(federated, known.request(known.follow(number), key=3), now)
        for number in range(1, 21)
    ]
    assert known.documents <= verify.TRIES
    assert statuses[-1] == 401
    assert count(federated) == 0
    assert take(federated, known.request(known.follow(50)), now) == 202
    assert count(federated) == 1


@pytest.mark.parametrize("status", [404, 500])
def test_a_key_that_cannot_be_read_is_not_asked_for_again_and_again(
    federated, peer, now, status
):
    """Security no. 19: ten requests, at most four readings."""
    peer.document_status = status
    for number in range(1, 11):
        take(federated, peer.request(peer.follow(number)), now)
    assert peer.documents == 1


def test_a_server_that_is_ill_for_a_while_is_heard_afterwards(federated, peer, now):
    peer.document_status = 500
    take(federated, peer.request(peer.follow()), now)
    peer.document_status = 200
    receive.process_inbox(federated, now + 10 * MINUTE)
    assert count(federated) == 1


def test_a_key_that_stays_unreadable_ends_the_wait(federated, peer, now):
    peer.document_status = 500
    take(federated, peer.request(peer.follow()), now)
    for hour in range(1, 10):
        receive.process_inbox(federated, now + hour * HOUR)
    assert state(federated, peer.follow()["id"]) == "refused"
    assert peer.documents == verify.PATIENCE


def test_forged_pairs_of_actor_and_key_do_not_bar_the_way_to_honest_ones(federated, peer, now):
    forged = {**peer.follow(7), "actor": f"{peer.base}/users/nobody"}
    take(federated, peer.request(forged), now)
    take(federated, peer.request(peer.follow(8), key_id=f"{peer.id}#forged"), now)
    assert take(federated, peer.request(peer.follow()), now) == 202
    assert count(federated) == 1


def test_a_host_is_asked_for_a_limited_number_of_keys(federated, peer, now, monkeypatch):
    monkeypatch.setattr(verify, "HOST_READINGS", 2)
    for number in range(1, 4):
        request = peer.request(peer.follow(number), key_id=f"{peer.id}#key-{number}")
        take(federated, request, now)
    assert peer.documents == 2
    receive.process_inbox(federated, now + 2 * MINUTE)
    assert peer.documents == 3


def test_a_full_queue_asks_to_come_back(federated, peer, now):
    """Security no. 40: one host has its share of the queue and no more."""
    share = federated.settings.federation.inbox_queue // receive.HOST_SHARE
    answers = [
        receive.receive(federated, peer.request(peer.follow(number)), now)
        for number in range(1, share + 2)
    ]
    assert [answer.status for answer in answers] == [202] * share + [503]
    assert answers[-1].retry_after == receive.COME_BACK


@pytest.mark.parametrize(("status", "left"), [(410, 0), (404, 1)])
def test_a_missing_key_proves_the_end_of_an_actor_only_if_it_is_gone(
    federated, known, now, status, left
):
    """Security no. 21."""
    take(federated, known.request(known.follow()), now)
    known.document_status = status
    delete = known.activity("Delete", known.id, 2)
    assert take(federated, known.request(delete, key=2), now) == 202
    assert count(federated) == left


def test_the_end_of_actors_never_seen_costs_nothing(federated, peer, tasks, now):
    """Security no. 22."""
    for number in range(1, 6):
        delete = peer.activity("Delete", peer.id, number)
        assert take(federated, peer.request(delete), now) == 202
    assert (peer.documents, stored(federated), tasks) == (0, 0, [])


def test_hosts_that_hang_hold_up_others_for_one_request_only(federated, peers, now):
    """Security no. 40: each of them is given up after two seconds, all at the same time."""
    honest, hanging = peers(), [peers() for _ in range(3)]
    for peer in hanging:
        peer.slow = 3
        for number in (1, 2):
            receive.receive(federated, peer.request(peer.follow(number)), now)
    receive.receive(federated, honest.request(honest.follow()), now)
    began = time.monotonic()
    receive.process_inbox(federated, now)
    assert time.monotonic() - began < 2 * 3
    assert count(federated) == 1
    assert [peer.documents for peer in hanging] == [1] * 3


def test_the_end_of_an_actor_whose_key_is_known_to_be_gone_needs_no_reading(
    federated, known, now
):
    take(federated, known.request(known.follow()), now)
    known.document_status = 410
    take(
        federated,
        known.request(known.activity("Like", "https://paper.example/x", 2), key=2),
        now,
    )
    assert (count(federated), known.documents) == (0, 1)  # its own host says that it is gone
    undo = known.request(known.activity("Undo", known.follow(), 3), key=2)
    assert take(federated, undo, now) == 401
    delete = known.activity("Delete", known.id, 4)
    assert take(federated, known.request(delete, key=2), now) == 202
    assert (count(federated), known.documents) == (0, 1)


def test_what_was_held_under_other_settings_is_refused_and_holds_up_nothing(
    federated, peer, now
):
    receive.receive(federated, peer.request(peer.follow()), now)
    federation = replace(federated.settings.federation, clock_window=dt.timedelta(minutes=-1))
    settings = replace(federated.settings, federation=federation)
    receive.process_inbox(replace(federated, settings=settings), now)
    assert state(federated, peer.follow()["id"]) == "refused"
