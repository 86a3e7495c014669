"""Who may read where only servers may: signed requests, and what is asked of strangers."""

import datetime as dt
from dataclasses import replace

import pytest

from bridge.federation import signatures
from bridge.federation.signatures import Signer
from bridge.model import Request
from bridge.pipeline import moderate, receive, visitors
from bridge.store import remotes

URL = "https://paper.example/ap/o/herald-20260301-000001"
MINUTE = dt.timedelta(minutes=1)


def asked(peer, now, scheme="cavage", key_id=None, key=None, url=URL):  # type: ignore[no-untyped-def]
    """Return a signed GET of an account of the peer."""
    pem = peer.private_pem(key)
    signer = Signer(key_id=key_id or f"{peer.id}#main-key", private=pem)
    headers = signatures.sign("GET", url, None, signer=signer, now=now, scheme=scheme)
    path = url.removeprefix("https://paper.example")
    return Request(method="GET", path=path, headers=headers, body=b"")


@pytest.mark.parametrize("scheme", signatures.BOTH)
def test_who_signs_may_read_and_is_asked_for_the_key_once(federated, peer, now, scheme):
    for _ in range(3):
        assert visitors.refusal(federated, asked(peer, now, scheme), now) is None
    assert (peer.documents, peer.unsigned) == (1, 0)


def test_1_who_does_not_sign_is_told_so(federated, now):
    request = Request(
        method="GET", path="/ap/o/x", headers=(("Host", "paper.example"),), body=b""
    )
    refused = visitors.refusal(federated, request, now)
    assert refused is not None
    assert (refused.status, "Signature" in refused.reason) == (401, True)


@pytest.mark.parametrize("spoil", ["path", "date", "host"])
def test_20_a_bad_request_makes_us_ask_nobody(federated, peer, now, spoil):
    request = asked(peer, now)
    if spoil == "path":
        request = replace(request, path="/ap/o/other")
    else:
        value = {"date": "Sat, 28 Feb 2026 04:00:00 GMT", "host": "other.example"}[spoil]
        headers = tuple((n, value if n.lower() == spoil else v) for n, v in request.headers)
        request = replace(request, headers=headers)
    refused = visitors.refusal(federated, request, now)
    assert refused is not None
    assert refused.status == 401
    assert peer.documents == (1 if spoil == "path" else 0)  # only the key can tell that one


def test_18_a_new_key_is_read_once_and_the_old_one_is_not_believed(federated, peer, now):
    visitors.refusal(federated, asked(peer, now), now)
    peer.key = 2
    assert visitors.refusal(federated, asked(peer, now, key=2), now) is None
    old = visitors.refusal(federated, asked(peer, now, key=1), now)
    assert old is not None
    assert old.status == 401


def test_19_readings_are_bounded(federated, peer, now):
    for _ in range(20):
        refused = visitors.refusal(federated, asked(peer, now, key=7), now)
        assert refused is not None
    assert peer.documents <= 5
    assert visitors.refusal(federated, asked(peer, now), now) is None, "its real key is known"


def test_19_a_key_that_cannot_be_read_is_not_asked_for_again(federated, peer, now):
    peer.document_status = 404
    for _ in range(10):
        refused = visitors.refusal(federated, asked(peer, now), now)
        assert refused is not None
        assert refused.status == 401
    assert peer.documents == 1


def test_40_while_one_key_is_read_another_visitor_comes_again_later(federated, peer, now):
    with visitors._reading:
        refused = visitors.refusal(federated, asked(peer, now), now)
    assert refused is not None
    assert (refused.status, refused.retry_after) == (503, visitors.COME_BACK)
    assert visitors.refusal(federated, asked(peer, now), now) is None


def test_a_key_that_an_inbox_has_read_is_known_to_visitors(federated, peer, now):
    receive.receive(federated, peer.request(peer.follow()), now)
    receive.process_inbox(federated, now)
    assert visitors.refusal(federated, asked(peer, now), now) is None
    assert peer.documents == 1


@pytest.mark.parametrize("whom", ["host", "actor"])
@pytest.mark.parametrize("known", [True, False])
def test_43_who_is_blocked_reads_nothing_and_causes_no_reading(
    federated, peer, now, whom, known
):
    if known:
        assert visitors.refusal(federated, asked(peer, now), now) is None
        peer.documents = 0
    moderate.put(federated, "127.0.0.1" if whom == "host" else peer.id, "suspend", "", now)
    refused = visitors.refusal(federated, asked(peer, now), now)
    assert refused is not None
    assert (refused.status, peer.documents) == (403, 0)


def test_a_reading_by_a_visitor_bars_no_inbox(federated, peer, now):
    """Who was refused as a visitor may still follow: the two are bounded apart."""
    for _ in range(5):
        visitors.refusal(federated, asked(peer, now, key=7), now)
    receive.receive(federated, peer.request(peer.follow()), now)
    receive.process_inbox(federated, now)
    with federated.store.read() as connection:
        found = remotes.get(connection, peer.id)
    assert found is not None
    assert peer.documents <= 5
