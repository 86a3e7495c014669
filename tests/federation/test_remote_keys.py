"""Whose key it is, in what form it is listed, and by which scheme it is asked for."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response as Answer

from bridge.errors import RemoteError
from bridge.federation import keys, signatures
from bridge.federation.remote import fetch_actor, fetch_owner
from bridge.http import Http
from bridge.model import Json, KeyPair, Request

ACTIVITY = "application/activity+json"


Serve = Callable[..., str]


def test_29_a_key_that_is_listed_as_a_multikey(
    http: Http,
    httpserver: HTTPServer,
    serve: Serve,
    document: Json,
    base: str,
    now: dt.datetime,
) -> None:
    """FEP-521a: beside the RSA key, and asked for by its id."""
    made = keys.generate_ed25519("mei", now)
    key_id = f"{base}/users/mei#ed25519-key"
    document["assertionMethod"] = [
        "https://elsewhere.example/key",
        {
            "id": key_id,
            "type": "Multikey",
            "controller": f"{base}/users/mei",
            "publicKeyMultibase": keys.multikey(made.public),
        },
    ]
    url = serve(document)
    found = fetch_actor(http, url, key_id=key_id, now=now)
    assert (found.key_id, found.key) == (key_id, made.public)
    assert found.pem(f"{base}/users/mei#main-key") == document["publicKey"]["publicKeyPem"]
    first = fetch_actor(http, url, now=now)
    assert first.key_id == f"{base}/users/mei#main-key"
    assert first.others == {key_id: made.public}
    document["assertionMethod"][1]["controller"] = f"{base}/users/eve"
    httpserver.clear_all_handlers()  # type: ignore[no-untyped-call]
    with pytest.raises(RemoteError, match="belongs to another actor"):
        fetch_actor(http, serve(document), key_id=key_id, now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"controller": "https://elsewhere.example/users/eve"},
        {"controller": None},
        {"id": "https://elsewhere.example/key"},
        {"publicKeyMultibase": "zjunk"},
        {"publicKeyMultibase": None},
    ],
)
def test_13_further_keys_are_kept_only_if_they_are_the_actor_s_own(
    http: Http,
    serve: Serve,
    document: Json,
    base: str,
    now: dt.datetime,
    change: dict[str, Any],
) -> None:
    made = keys.multikey(keys.generate_ed25519("mei", now).public)
    own = {"id": f"{base}/k2", "controller": f"{base}/users/mei", "publicKeyMultibase": made}
    document["assertionMethod"] = [own | change, own | {"id": f"{base}/k3"}]
    assert set(fetch_actor(http, serve(document), now=now).others) == {f"{base}/k3"}


def test_the_owner_of_a_key_in_its_document(
    http: Http, serve: Serve, document: Json, base: str, pair: KeyPair, now: dt.datetime
) -> None:
    signer = signatures.Signer(key_id="https://paper.example/k", private=pair.private)
    serve(document)
    key_id = f"{base}/users/mei#main-key"
    assert fetch_owner(http, key_id, now=now, signer=signer).id == f"{base}/users/mei"


@pytest.mark.parametrize("form", ["stub", "bare"])
def test_13_a_key_with_a_document_of_its_own_counts_only_if_its_owner_lists_it(
    http: Http,
    serve: Serve,
    document: Json,
    base: str,
    pair: KeyPair,
    now: dt.datetime,
    form: str,
) -> None:
    """GoToSocial gives a piece of the actor there, others the bare key."""
    signer = signatures.Signer(key_id="https://paper.example/k", private=pair.private)
    key_id = document["publicKey"]["id"] = f"{base}/users/mei/main-key"
    key = document["publicKey"]
    stub = {"id": document["id"], "type": "Person", "publicKey": key}
    serve(stub if form == "stub" else key, path="/users/mei/main-key")
    serve(document)
    found = fetch_owner(http, key_id, now=now, signer=signer)
    assert (found.id, found.key_id) == (f"{base}/users/mei", key_id)
    other = f"{base}/users/eve/key"
    serve({**key, "id": other}, path="/users/eve/key")
    with pytest.raises(RemoteError, match="does not list the key"):
        fetch_owner(http, other, now=now, signer=signer)
    foreign = {**key, "id": other, "owner": "https://elsewhere.example/users/mei"}
    serve(foreign, path="/users/lin/key")
    with pytest.raises(RemoteError, match="another host"):
        fetch_owner(http, f"{base}/users/lin/key", now=now, signer=signer)


def test_a_get_is_signed_by_the_other_scheme_where_the_first_is_not_read(
    http: Http,
    httpserver: HTTPServer,
    document: Json,
    base: str,
    pair: KeyPair,
    now: dt.datetime,
    as_request: Callable[[Received], Request],
) -> None:
    def answer(request: Received) -> Answer:
        if "Signature-Input" not in request.headers:
            return Answer("RFC 9421 only", status=401)
        hosts = (f"127.0.0.1:{httpserver.port}",)
        signed = as_request(request)
        signatures.verify(signed, pair.public, now=now, hosts=hosts, url_scheme="http")
        return Answer(json.dumps(document), content_type=ACTIVITY)

    httpserver.expect_request("/users/mei").respond_with_handler(answer)
    signer = signatures.Signer(key_id="https://paper.example/k", private=pair.private)
    url = f"{base}/users/mei"
    assert fetch_actor(http, url, now=now, signer=signer).name == "mei"
    assert len(httpserver.log) == 2
    known = signatures.order("rfc9421")
    fetch_actor(http, url, now=now, signer=signer, schemes=known)
    assert len(httpserver.log) == 3
