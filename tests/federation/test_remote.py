"""Reading actors over real sockets (security nos. 13 to 16, 20, 21, 36)."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response as Answer

from bridge.errors import AddressError, RemoteError
from bridge.federation import signatures
from bridge.federation.remote import fetch_actor
from bridge.http import Http
from bridge.model import Json, KeyPair, RemoteActor, Request

ACTIVITY = "application/activity+json"


Serve = Callable[..., str]


def test_an_actor_is_read(
    http: Http, serve: Serve, document: Json, base: str, pair: KeyPair, now: dt.datetime
) -> None:
    assert fetch_actor(http, serve(document), now=now) == RemoteActor(
        id=f"{base}/users/mei",
        inbox=f"{base}/users/mei/inbox",
        shared_inbox=f"{base}/inbox",
        key_id=f"{base}/users/mei#main-key",
        key=pair.public,
        name="mei",
        fetched=now,
    )


@pytest.mark.parametrize(
    "type",
    [
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'Application/LD+JSON;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"',
    ],
)
def test_29_types_of_honest_servers(
    http: Http, serve: Serve, document: Json, now: dt.datetime, type: str
) -> None:
    assert fetch_actor(http, serve(document, type=type), now=now).name == "mei"


@pytest.mark.parametrize(
    "type",
    [
        "text/html",
        "application/json",
        "application/octet-stream",
        "text/plain",
        "application/ld+json",
        'application/ld+json; profile="https://other.example/"',
        "application/xml",
    ],
)
def test_15_other_types_are_refused(
    http: Http, serve: Serve, document: Json, now: dt.datetime, type: str
) -> None:
    with pytest.raises(RemoteError, match="its type is") as caught:
        fetch_actor(http, serve(document, type=type), now=now)
    assert not caught.value.transient


def test_29_a_key_with_an_address_of_its_own(
    http: Http, serve: Serve, document: Json, base: str, now: dt.datetime
) -> None:
    key_id = f"{base}/users/mei/main-key"
    document["publicKey"]["id"] = key_id
    assert fetch_actor(http, serve(document), key_id=key_id, now=now).key_id == key_id


def test_29_one_of_several_keys(
    http: Http, serve: Serve, document: Json, base: str, other_pair: KeyPair, now: dt.datetime
) -> None:
    second = document["publicKey"] | {"id": f"{base}/k2", "publicKeyPem": other_pair.public}
    document["publicKey"] = ["nonsense", document["publicKey"], second]
    url = serve(document)
    assert fetch_actor(http, url, key_id=f"{base}/k2", now=now).key == other_pair.public
    assert fetch_actor(http, url, now=now).key_id == f"{base}/users/mei#main-key"


def _weak(document: Json) -> None:
    key = rsa.generate_private_key(65537, 1024).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    document["publicKey"]["publicKeyPem"] = pem.decode()


REFUSED: dict[str, tuple[Callable[[Json], object], str]] = {
    "13 another id": (lambda d: d.update(id=d["id"] + "2"), "another one"),
    "13 id on another host": (lambda d: d.update(id="https://other.example/u"), "another one"),
    "13 no id": (lambda d: d.pop("id"), "another one"),
    "13 owner is another": (
        lambda d: d["publicKey"].update(owner=d["id"] + "2"),
        "another actor",
    ),
    "13 no owner": (lambda d: d["publicKey"].pop("owner"), "another actor"),
    "13 key on another host": (
        lambda d: d["publicKey"].update(id="https://other.example/u#k"),
        "another actor",
    ),
    "no key": (lambda d: d.pop("publicKey"), "no key"),
    "key is a string": (lambda d: d.update(publicKey="x"), "no key"),
    "key without PEM": (lambda d: d["publicKey"].pop("publicKeyPem"), "cannot be read"),
    "9 weak key": (_weak, "unfit size"),
    "36 no inbox": (lambda d: d.pop("inbox"), "inbox"),
    "36 inbox elsewhere": (lambda d: d.update(inbox="https://victim.example/inbox"), "inbox"),
    "36 inbox on another port": (lambda d: d.update(inbox="http://127.0.0.1:1/i"), "inbox"),
    "not an actor": (lambda d: d.update(type="Note"), "no actor"),
    "several types": (lambda d: d.update(type=["Person"]), "no actor"),
    "28 reshaped": (lambda d: d.update({"@graph": []}), "JSON-LD"),
    "38 half a character": (lambda d: d.update(name="\ud800"), "half a character"),
}


@pytest.mark.parametrize(("change", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_documents_that_are_not_believed(
    http: Http,
    serve: Serve,
    document: Json,
    now: dt.datetime,
    change: Callable[[Json], object],
    why: str,
) -> None:
    change(document)
    with pytest.raises(RemoteError, match=why) as caught:
        fetch_actor(http, serve(document), now=now)
    assert not caught.value.transient


def test_36_a_shared_inbox_elsewhere_is_left_out(
    http: Http, serve: Serve, document: Json, now: dt.datetime
) -> None:
    document["endpoints"] = {"sharedInbox": "https://victim.example/inbox"}
    assert fetch_actor(http, serve(document), now=now).shared_inbox is None


@pytest.mark.parametrize("endpoints", [None, [], "x", {}, {"sharedInbox": 1}])
def test_endpoints_may_be_absent_or_odd(
    http: Http, serve: Serve, document: Json, now: dt.datetime, endpoints: Any
) -> None:
    document["endpoints"] = endpoints
    assert fetch_actor(http, serve(document), now=now).shared_inbox is None


def test_13_a_key_counts_only_if_its_owner_lists_it(
    http: Http, serve: Serve, document: Json, base: str, now: dt.datetime
) -> None:
    with pytest.raises(RemoteError, match="does not list the key"):
        fetch_actor(http, serve(document), key_id=f"{base}/users/eve#main-key", now=now)


def test_20_a_key_of_another_host_causes_no_request(
    http: Http, httpserver: HTTPServer, base: str, now: dt.datetime
) -> None:
    with pytest.raises(RemoteError, match="another host than its owner"):
        fetch_actor(http, f"{base}/users/mei", key_id="https://evil.example/k", now=now)
    assert httpserver.log == []


def test_16_an_actor_does_not_lead_to_another_host(
    http: Http, httpserver: HTTPServer, base: str, now: dt.datetime
) -> None:
    place = f"http://localhost:{httpserver.port}/users/mei"
    httpserver.expect_request("/users/mei").respond_with_response(
        Answer(status=302, headers={"Location": place})
    )
    with pytest.raises(AddressError, match="another host"):
        fetch_actor(http, f"{base}/users/mei", now=now)
    assert len(httpserver.log) == 1


def test_13_a_redirect_to_a_neighbour_makes_nobody_the_neighbour(
    http: Http,
    httpserver: HTTPServer,
    serve: Serve,
    document: Json,
    base: str,
    now: dt.datetime,
) -> None:
    serve(document)
    httpserver.expect_request("/users/eve").respond_with_response(
        Answer(status=302, headers={"Location": "/users/mei"})
    )
    with pytest.raises(RemoteError, match="another one"):
        fetch_actor(http, f"{base}/users/eve", now=now)


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        (401, False),
        (403, False),
        (404, False),
        (410, False),
        (429, True),
        (500, True),
        (503, True),
    ],
)
def test_21_the_status_of_a_missing_actor_is_told(
    http: Http, serve: Serve, now: dt.datetime, status: int, transient: bool
) -> None:
    with pytest.raises(RemoteError) as caught:
        fetch_actor(http, serve("{}", status=status), now=now)
    assert (caught.value.status, caught.value.transient) == (status, transient)


@pytest.mark.parametrize("data", ["", "[]", "null", "<html>", '{"id":' * 500, "x" * 1_000_001])
def test_what_is_no_document(http: Http, serve: Serve, now: dt.datetime, data: str) -> None:
    with pytest.raises(RemoteError) as caught:
        fetch_actor(http, serve(data), now=now)
    assert not caught.value.transient


@pytest.mark.parametrize("id", ["http://127.0.0.2/u", "file:///u", "http://[::1]/u", "u"])
def test_47_reading_an_actor_goes_through_the_guard(
    http: Http, now: dt.datetime, id: str
) -> None:
    with pytest.raises(AddressError):
        fetch_actor(http, id, now=now)


def test_reading_can_be_signed(
    http: Http,
    httpserver: HTTPServer,
    document: Json,
    base: str,
    pair: KeyPair,
    now: dt.datetime,
    as_request: Callable[[Received], Request],
) -> None:
    hosts = (f"127.0.0.1:{httpserver.port}",)

    def authorized(received: Received) -> Answer:
        signatures.verify(as_request(received), pair.public, now=now, hosts=hosts)
        return Answer(json.dumps(document), content_type=ACTIVITY)

    httpserver.expect_request("/users/mei").respond_with_handler(authorized)
    signer = signatures.Signer(
        key_id="https://paper.example/ap/actors/instance#main-key", private=pair.private
    )
    assert fetch_actor(http, f"{base}/users/mei", now=now, signer=signer).name == "mei"
    assert "application/ld+json" in httpserver.log[0][0].headers["Accept"]
