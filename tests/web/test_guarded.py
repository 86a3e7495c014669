"""Who may read what: numbers that are kept back, and accounts shown to signed requests only."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from bridge.federation import signatures
from bridge.federation.signatures import Signer
from bridge.model import KeyPair, RemoteActor
from bridge.store import remotes
from bridge.web import create_app
from bridge.wiring import Bridge

BASE = "https://paper.example"
CITY = "/ap/actors/herald_city"
MEI = "https://home.example/users/mei"
JSON_TYPE = "application/activity+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

Open = Callable[..., Bridge]
KeyOf = Callable[[str], KeyPair]


def test_the_number_of_followers_can_be_kept_back(open_herald: Open) -> None:
    client = create_app(open_herald("[federation]\nfollower_counts = false\n")).test_client()
    found = json.loads(client.get(f"{CITY}/followers").data)
    assert "totalItems" not in found
    assert "first" not in found


GUARDED = (CITY, f"{CITY}/outbox", f"{CITY}/outbox?page=1", f"{CITY}/followers",
           f"{CITY}/following", f"{CITY}/featured", f"{CITY}/about", "/ap/o/x",
           "/ap/activities/x", "/ap/editions/herald/2026-03-01")  # fmt: skip


@pytest.fixture
def guarded(open_herald: Open) -> tuple[Bridge, FlaskClient]:
    bridge = open_herald("[federation]\nauthorized_fetch = true\n")
    return bridge, create_app(bridge).test_client()


def signed(bridge: Bridge, pair: KeyPair, path: str, scheme: str) -> dict[str, str]:
    """Return the headers of a GET signed by an actor whose key is known."""
    now = dt.datetime.now(dt.UTC)
    remote = RemoteActor(
        id=MEI,
        inbox=f"{MEI}/inbox",
        shared_inbox=None,
        key_id=f"{MEI}#main-key",
        key=pair.public,
        name="mei",
        fetched=now,
    )
    with bridge.store.begin() as connection:
        remotes.put(connection, remote)
    signer = Signer(key_id=remote.key_id, private=pair.private)
    made: Any = signatures.sign(
        "GET", f"{BASE}{path}", None, signer=signer, now=now, scheme=scheme
    )  # type: ignore[arg-type]
    return {**dict(made), "Accept": JSON_TYPE}


def test_guarded_an_unsigned_request_is_told_nothing(
    guarded: tuple[Bridge, FlaskClient],
) -> None:
    for path in GUARDED:
        response = guarded[1].get(path, headers={"Accept": JSON_TYPE})
        assert response.status_code == 401, path
        assert "Signature" in response.text


@pytest.mark.parametrize("scheme", signatures.BOTH)
def test_guarded_who_signs_may_read(
    guarded: tuple[Bridge, FlaskClient], key_of: KeyOf, scheme: str
) -> None:
    bridge, client = guarded
    for path in (CITY, f"{CITY}/outbox?page=1", f"{CITY}/featured"):
        response = client.get(path, headers=signed(bridge, key_of("mei"), path, scheme))
        assert response.status_code == 200
        assert "Signature" in response.headers["Vary"]
        assert "private" in response.headers["Cache-Control"]


def test_guarded_a_signature_holds_for_one_address(
    guarded: tuple[Bridge, FlaskClient], key_of: KeyOf
) -> None:
    bridge, client = guarded
    headers = signed(bridge, key_of("mei"), f"{CITY}/outbox", "cavage")
    assert client.get(f"{CITY}/featured", headers=headers).status_code == 401


OPEN = (
    "/ap/actors/instance",
    "/ap/actors/instance/outbox",
    "/.well-known/webfinger?resource=acct:herald_city@paper.example",
    "/.well-known/nodeinfo",
    "/nodeinfo/2.1",
    "/.well-known/host-meta",
)


def test_guarded_what_others_need_to_find_and_check_us_stays_open(
    guarded: tuple[Bridge, FlaskClient],
) -> None:
    for path in OPEN:
        assert guarded[1].get(path).status_code == 200, path


def test_guarded_a_browser_still_finds_the_page(
    guarded: tuple[Bridge, FlaskClient],
) -> None:
    response = guarded[1].get(CITY, headers={"Accept": BROWSER})
    assert response.status_code == 303


def test_guarded_the_inbox_has_its_own_door(guarded: tuple[Bridge, FlaskClient]) -> None:
    response = guarded[1].post("/ap/inbox", data=b"{}", content_type=JSON_TYPE)
    assert response.status_code == 400
