"""What the inbox takes in, and what it tells who sends too much or says too little."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from bridge.config import load
from bridge.errors import StoreError
from bridge.federation import keys
from bridge.federation.signatures import Signer, sign
from bridge.model import KeyPair, RemoteActor
from bridge.pipeline import actors
from bridge.store import inbounds, remotes
from bridge.web import create_app
from bridge.web.wsgi import application
from bridge.wiring import Bridge, open_bridge

BASE = "https://paper.example"
CITY = f"{BASE}/ap/actors/herald_city"
MEI = "https://home.example/users/mei"

PAPER = """\
[paper]
id = "herald"
title = "The Harbour Herald"
language = "en"
timezone = "UTC"
authority = "paper.example"
[source.daily]
kind = "folder"
path = "incoming/herald"
[[section]]
slug = "city"
title = "City"
[[section]]
slug = "notices"
title = "Notices"
federate = "off"
"""


def open_with(folder: Path, mode: str, extra: str = "") -> Bridge:
    (folder / "config/papers").mkdir(parents=True)
    text = f'mode = "{mode}"\nbase_url = "{BASE}"\n{extra}'
    (folder / "config/bridge.toml").write_text(text, encoding="utf-8")
    (folder / "config/papers/herald.toml").write_text(PAPER, encoding="utf-8")
    settings = load(folder / "config/bridge.toml", {})
    return open_bridge(settings, lambda connection, tasks: None)


@pytest.fixture
def federated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_database: None
) -> Iterator[Bridge]:
    limits = "[federation]\ninbox_rate = 30\ninbox_max_bytes = '20kB'\n"
    monkeypatch.setattr(actors, "generate", _key)
    with open_with(tmp_path, "publisher", limits) as bridge:
        yield bridge


@pytest.fixture(params=["in front", "view"])
def client(request: pytest.FixtureRequest, federated: Bridge) -> Client:
    """Ask what answers in front of Flask, and once more the view alone."""
    in_front = request.param == "in front"
    return Client(application(federated) if in_front else create_app(federated))


_made: list[KeyPair] = []


def _key(actor: str, now: dt.datetime) -> KeyPair:
    """Make one key for all accounts and tests: it takes long."""
    if not _made:
        _made.append(keys.generate("shared", now))
    return replace(_made[0], actor=actor, created=now)


def follow_request(federated: Bridge, path: str = "/ap/inbox") -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a signed Follow from an actor whose key is known."""
    now = dt.datetime.now(dt.UTC)
    pair = _key("mei", now)
    remote = RemoteActor(
        id=MEI,
        inbox=f"{MEI}/inbox",
        shared_inbox=None,
        key_id=f"{MEI}#main-key",
        key=pair.public,
        name="mei",
        fetched=now,
    )
    with federated.store.begin() as connection:
        remotes.put(connection, remote)
    follow = {"id": f"{MEI}/1", "type": "Follow", "actor": MEI, "object": CITY}
    body = json.dumps(follow).encode()
    signer = Signer(key_id=remote.key_id, private=pair.private)
    return body, dict(sign("POST", f"{BASE}{path}", body, signer=signer, now=now))


@pytest.mark.parametrize("path", ["/ap/inbox", "/ap/actors/herald_city/inbox", "/ap/inbox?x=1"])
def test_a_signed_follow_is_taken_in(federated: Bridge, client: Client, path: str) -> None:
    body, headers = follow_request(federated, path)
    response = client.post(path, data=body, headers=headers)
    assert (response.status_code, response.data) == (202, b"")
    with federated.store.read() as connection:
        found = inbounds.get(connection, f"{MEI}/1")
    assert found is not None
    assert found.state == "pending"


def test_an_unsigned_one_is_told_why(federated: Bridge, client: Client) -> None:
    """Security no. 1."""
    body, headers = follow_request(federated)
    del headers["Signature"]
    response = client.post("/ap/inbox", data=body, headers=headers)
    assert response.status_code == 401
    assert "Signature" in response.text


def test_the_inbox_of_nobody_is_404(federated: Bridge, client: Client) -> None:
    body, headers = follow_request(federated, "/ap/actors/nobody/inbox")
    response = client.post("/ap/actors/nobody/inbox", data=body, headers=headers)
    assert response.status_code == 404


class Endless:
    """A body that would never end; it counts what is read of it."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole body was asked for at once"
        self.given += size
        return b"x" * size


def test_a_body_over_the_limit_is_413_before_it_is_read(client: Client) -> None:
    """Security no. 39."""
    body = Endless()
    environ = {"wsgi.input": body, "CONTENT_LENGTH": "20001"}
    response = client.post("/ap/inbox", environ_overrides=environ)
    assert (response.status_code, body.given) == (413, 0)


def test_a_chunked_body_is_counted(client: Client) -> None:
    """Security no. 39."""
    body = Endless()
    environ = {"wsgi.input": body, "wsgi.input_terminated": True}
    environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    response = client.post("/ap/inbox", environ_overrides=environ)
    assert response.status_code == 413
    assert body.given < 200_000


def test_a_compressed_body_is_refused(federated: Bridge, client: Client) -> None:
    """Security no. 39."""
    body, headers = follow_request(federated)
    headers["Content-Encoding"] = "gzip"
    assert client.post("/ap/inbox", data=body, headers=headers).status_code == 415


def test_too_many_requests_of_one_address_are_told_to_wait(client: Client) -> None:
    """Security no. 41: others are not hit by it, and a made-up header changes nothing."""

    def ask(address: str, **headers: str) -> TestResponse:
        return client.post(
            "/ap/inbox", headers=headers, environ_overrides={"REMOTE_ADDR": address}
        )

    statuses = [ask("192.0.2.1", **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(31)]
    assert [response.status_code for response in statuses] == [415] * 30 + [429]
    assert 1 <= int(statuses[-1].headers["Retry-After"]) <= 60
    assert ask("192.0.2.2").status_code == 415


def test_what_comes_as_usual_never_reaches_flask(federated: Bridge) -> None:
    front = application(federated)
    front.application = None  # type: ignore[attr-defined]  # calling it would fail
    body, headers = follow_request(federated)
    assert Client(front).post("/ap/inbox", data=body, headers=headers).status_code == 202


def test_a_body_that_ends_early_is_not_taken_for_the_whole(client: Client) -> None:
    response = client.post("/ap/inbox", environ_overrides={"CONTENT_LENGTH": "500"}, data=b"{")
    assert response.status_code == 400


def test_both_ways_tell_the_same_with_the_same_headers(federated: Bridge) -> None:
    body, headers = follow_request(federated)
    told = [
        Client(door).post("/ap/inbox", data=body + b" ", headers=headers)
        for door in (application(federated), create_app(federated))
    ]
    assert [one.status_code for one in told] == [401, 401]
    assert told[0].data == told[1].data
    assert dict(told[0].headers) == dict(told[1].headers)


def test_a_database_that_takes_nothing_asks_for_patience(federated: Bridge) -> None:
    """Security no. 105: what was not stored is not said to be taken."""

    def refuse() -> None:
        raise StoreError("the disk is full", hint="make room")

    body, headers = follow_request(federated)
    federated.store.guard = refuse
    told = Client(application(federated)).post("/ap/inbox", data=body, headers=headers)
    assert (told.status_code, told.headers["Retry-After"]) == (503, "60")
    assert "disk" not in told.text
