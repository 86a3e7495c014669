"""The inbox as other servers meet it: how each of them signs, and what none of them gets past.

Written from what is known of each software's requests; every case goes through the whole WSGI
application, the fast way in front of Flask included.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding
from sqlalchemy import func, select
from werkzeug.test import Client, TestResponse

from bridge.model import KeyPair, RemoteActor
from bridge.pipeline import receive
from bridge.store import followers, remotes
from bridge.store.schema.social import FOLLOWERS, INBOUNDS
from bridge.web.wsgi import application
from bridge.wiring import Bridge

BASE = "https://paper.example"
CITY = f"{BASE}/ap/actors/herald_city"
INBOX = "/ap/inbox"
AS2 = "application/activity+json"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.fixture
def federated(open_herald: Callable[..., Bridge]) -> Bridge:
    return open_herald("[federation]\ninbox_rate = 100000\n")


KEYS: dict[str, KeyPair] = {}


@pytest.fixture(autouse=True)
def _keys(key_of: Callable[[str], KeyPair]) -> None:
    KEYS.update({kind: key_of(kind) for kind in ("rsa", "ed25519")})


@pytest.fixture
def client(federated: Bridge) -> Client:
    return Client(application(federated))


@dataclass(frozen=True, kw_only=True)
class Style:
    """How one software signs: its own words, in its own order."""

    covered: str
    algorithm: str | None = "rsa-sha256"
    created: int | None = None  # seconds from now
    expires: int | None = None
    key: str = "#main-key"
    kind: str = "rsa"
    type: str = AS2
    digest: str = "SHA-256"
    more: tuple[tuple[str, str], ...] = ()
    spaced: bool = False


STYLES = {
    "Mastodon": Style(covered="(request-target) host date digest content-type"),
    "GoToSocial": Style(
        covered="(request-target) host date digest content-type",
        algorithm="hs2019",
        key="/main-key",
    ),
    "snac": Style(covered="(request-target) host digest date"),
    "Misskey": Style(covered="(request-target) date host digest"),
    "Pleroma": Style(covered="(request-target) content-length date digest host"),
    "Akkoma": Style(covered="(request-target) content-length date digest host", type=LD),
    "Lemmy": Style(
        covered="(request-target) content-type date digest host",
        algorithm="hs2019",
        type=LD,
    ),
    "Lemmy, by its own clock": Style(
        covered="(created) (expires) (request-target) content-type digest host",
        algorithm="hs2019",
        created=0,
        expires=10,
    ),
    "WordPress": Style(covered="(request-target) host date digest", spaced=True),
    "Friendica": Style(
        covered="(request-target) date digest content-length content-type host", type=LD
    ),
    "Pixelfed, without a label": Style(
        covered="(request-target) host date digest", algorithm=None, digest="sha-256"
    ),
    "an Ed25519 key": Style(
        covered="(request-target) host date digest",
        algorithm="hs2019",
        key="#ed25519-key",
        kind="ed25519",
    ),
}

STANDARD = {
    "Mastodon 4.7": '"@method" "@target-uri" "content-digest"',
    "Fedify": '"@method" "@target-uri" "@authority" "host" "date" "content-digest"',
    "WordPress": '"@method" "@target-uri" "@authority" "content-digest" "content-type"',
}
"""What covers a request by RFC 9421, by software."""


def follow(number: int = 1, actor: str = "https://home.example/users/mei") -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{actor}/follows/{number}",
        "type": "Follow",
        "actor": actor,
        "object": CITY,
    }


def know(bridge: Bridge, key_id: str, kind: str, actor: str) -> None:
    remote = RemoteActor(
        id=actor,
        inbox=f"{actor}/inbox",
        shared_inbox=None,
        key_id=key_id,
        key=KEYS[kind].public,
        name="mei",
        fetched=dt.datetime.now(dt.UTC),
    )
    with bridge.store.begin() as connection:
        remotes.put(connection, remote)


def made(kind: str, text: str) -> str:
    """Return the signature of a text, made without any code of ours."""
    key: Any = serialization.load_pem_private_key(KEYS[kind].private.encode(), None)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return base64.b64encode(key.sign(text.encode())).decode()
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def in_style(style: Style, body: bytes, key_id: str) -> dict[str, str]:
    """Return the headers of a request as a software sends it."""
    now = dt.datetime.now(dt.UTC)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers = {
        "Host": "paper.example",
        "Date": format_datetime(now, usegmt=True),
        "Digest": f"{style.digest}={digest}",
        "Content-Type": style.type,
        "Content-Length": str(len(body)),
    }
    values = {name.lower(): value for name, value in headers.items()}
    values["(request-target)"] = f"post {INBOX}"
    given = [f'keyId="{key_id}"']
    if style.algorithm:
        given.append(f'algorithm="{style.algorithm}"')
    for name, seconds in (("created", style.created), ("expires", style.expires)):
        if seconds is not None:
            values[f"({name})"] = str(int(now.timestamp()) + seconds)
            given.append(f"{name}={values[f'({name})']}")
    text = "\n".join(f"{name}: {values[name]}" for name in style.covered.split())
    given.append(f'headers="{style.covered}"')
    given.append(f'signature="{made(style.kind, text)}"')
    headers["Signature"] = (", " if style.spaced else ",").join(given)
    return headers


def in_standard(covered: str, body: bytes, key_id: str) -> dict[str, str]:
    """Return the headers of a request signed by RFC 9421."""
    now = dt.datetime.now(dt.UTC)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers = {
        "Host": "paper.example",
        "Date": format_datetime(now, usegmt=True),
        "Content-Digest": f"sha-256=:{digest}:",
        "Content-Type": AS2,
    }
    values = {f'"{name.lower()}"': value for name, value in headers.items()}
    values |= {'"@method"': "POST", '"@target-uri"': f"{BASE}{INBOX}"}
    values['"@authority"'] = "paper.example"
    given = f'({covered});created={int(now.timestamp())};keyid="{key_id}"'
    lines = [f"{name}: {values[name]}" for name in covered.split()]
    text = "\n".join((*lines, f'"@signature-params": {given}'))
    headers["Signature-Input"] = f"sig1={given}"
    headers["Signature"] = f"sig1=:{made('rsa', text)}:"
    return headers


def post(client: Client, body: bytes, headers: dict[str, str]) -> TestResponse:
    sent = {name: value for name, value in headers.items() if name != "Content-Length"}
    return client.post(INBOX, data=body, headers=sent, base_url=BASE)


def rows(bridge: Bridge) -> tuple[int, int]:
    """Return how much is stored: activities that came in, and followers."""
    with bridge.store.read() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (INBOUNDS, FOLLOWERS)
        ]
    return counts[0], counts[1]


def test_each_software_is_believed_as_it_signs(federated: Bridge, client: Client) -> None:
    for number, (who, style) in enumerate(STYLES.items()):
        actor = f"https://home{number}.example/users/mei"
        key_id = f"{actor}{style.key}"
        know(federated, key_id, style.kind, actor)
        body = json.dumps(follow(actor=actor)).encode()
        response = post(client, body, in_style(style, body, key_id))
        assert (who, response.status_code, response.text) == (who, 202, "")
    receive.process_inbox(federated, dt.datetime.now(dt.UTC))
    with federated.store.read() as connection:
        assert followers.count(connection, "herald_city") == len(STYLES)


def test_each_software_is_believed_by_the_standard(federated: Bridge, client: Client) -> None:
    for number, (who, covered) in enumerate(STANDARD.items()):
        actor = f"https://home{number}.example/users/mei"
        know(federated, f"{actor}#main-key", "rsa", actor)
        body = json.dumps(follow(actor=actor)).encode()
        response = post(client, body, in_standard(covered, body, f"{actor}#main-key"))
        assert (who, response.status_code, response.text) == (who, 202, "")
    receive.process_inbox(federated, dt.datetime.now(dt.UTC))
    with federated.store.read() as connection:
        assert followers.count(connection, "herald_city") == len(STANDARD)


MEI = "https://home.example/users/mei"
EVE = "https://home.example/users/eve"
MALLORY = "https://other.example/users/mallory"
SCHEMES = {
    "cavage": lambda body, key_id: in_style(STYLES["Mastodon"], body, key_id),
    "rfc9421": lambda body, key_id: in_standard(STANDARD["Fedify"], body, key_id),
}


def spoilt(scheme: str, case: str) -> tuple[bytes, dict[str, str]]:
    """Return a request with one thing wrong."""
    activity = follow()
    if case == "wrong actor":
        activity["actor"] = EVE
    elif case == "wrong origin":
        activity["id"] = f"{MALLORY}/follows/1"
    elif case == "of another host":
        activity = follow(actor=MALLORY)
    elif case == "oversized":
        activity["extra"] = "x" * 1_100_000
    body = json.dumps(activity).encode()
    headers = SCHEMES[scheme](body, f"{MEI}#main-key")
    if case == "unsigned":
        del headers["Signature"]
        headers.pop("Signature-Input", None)
    elif case == "stale":
        hour = dt.timedelta(hours=2)
        headers["Date"] = format_datetime(dt.datetime.now(dt.UTC) - hour, usegmt=True)
    elif case == "digest mismatched":
        body = body.replace(b"Follow", b"Delete")
    elif case == "another host":
        headers["Host"] = "other.example"
    elif case == "without digest":
        del headers["Digest" if scheme == "cavage" else "Content-Digest"]
    return body, headers


REFUSED = {
    "unsigned": 401,
    "stale": 401,
    "digest mismatched": 401,
    "without digest": 401,
    "another host": 401,
    "of another host": 401,
    "wrong origin": 400,
    "oversized": 413,
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_refused_changes_nothing(
    federated: Bridge, client: Client, scheme: str
) -> None:
    """Security nos. 1 to 6, 14, 17 and 39."""
    know(federated, f"{MEI}#main-key", "rsa", MEI)
    for case, status in REFUSED.items():
        body, headers = spoilt(scheme, case)
        response = post(client, body, headers)
        assert (case, response.status_code) == (case, status)
        assert len(response.text) < 300
        assert "Traceback" not in response.text
    assert rows(federated) == (0, 0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_14_a_key_speaks_for_its_owner_only(
    federated: Bridge, client: Client, scheme: str
) -> None:
    """It waits for its own key to be read, without effect, and is refused then."""
    know(federated, f"{MEI}#main-key", "rsa", MEI)
    body, headers = spoilt(scheme, "wrong actor")
    assert post(client, body, headers).status_code == 202
    assert rows(federated)[1] == 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_23_an_exact_replay_has_no_second_effect(
    federated: Bridge, client: Client, scheme: str
) -> None:
    know(federated, f"{MEI}#main-key", "rsa", MEI)
    body = json.dumps(follow()).encode()
    undo = {
        "id": f"{MEI}/undo/1",
        "type": "Undo",
        "actor": MEI,
        "object": follow()["id"],
    }
    signed = SCHEMES[scheme](body, f"{MEI}#main-key")
    assert post(client, body, signed).status_code == 202
    receive.process_inbox(federated, dt.datetime.now(dt.UTC))
    taken_back = json.dumps(undo).encode()
    key_id = f"{MEI}#main-key"
    assert post(client, taken_back, SCHEMES[scheme](taken_back, key_id)).status_code == 202
    receive.process_inbox(federated, dt.datetime.now(dt.UTC))
    for _ in range(3):
        assert post(client, body, signed).status_code == 202
    receive.process_inbox(federated, dt.datetime.now(dt.UTC))
    assert rows(federated) == (2, 0), "a Follow that was taken back stays taken back"


def poisoned(head: dict[str, Any]) -> dict[str, bytes]:
    """Return bodies that break careless servers, by what is wrong with them."""

    def like(**more: Any) -> bytes:
        return json.dumps({**head, "type": "Like", **more}).encode()

    deep: Any = "x"
    for _ in range(30):
        deep = {"object": deep}
    ids = "https://x.example/"
    return {
        "nothing": b"",
        "no JSON": b"{",
        "a list": b"[]",
        "depth bomb": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "lists in lists": b"[" * 100_000,
        "nested as far as allowed": like(object=deep),
        "NUL": like(object="https://paper.example/\u0000"),
        "NUL in a key": like(**{"a\u0000": 1}),
        "half a character": like(content="x").replace(b'"x"', b'"\\ud800"'),
        "no UTF-8": like(content="x").replace(b'"x"', b'"\xff"'),
        "a key twice": like(object="x").replace(b"{", b'{"type":"Follow",', 1),
        "not a number": like(n=1).replace(b": 1}", b": NaN}"),
        "a number of 5000 digits": like(n=1).replace(b": 1}", b": " + b"9" * 5000 + b"}"),
        "a graph": like(**{"@graph": [{"type": "Delete"}]}),
        "included": like(object={"@included": [head]}),
        "reversed": like(object={"@reverse": {"actor": MEI}}),
        "actor means object": like(**{"@context": {"actor": "as:object"}}),
        "type as a list": like(type=["Like", "Follow"]),
        "type of 1 MB": like(type="x" * 900_000),
        "a string of 1 MB": like(content="x" * 900_000, object="https://paper.example/x"),
        "a context of 1 MB": like(**{"@context": [ids] * 40_000}),
        "a thousand recipients": like(to=[f"{ids}{n}" for n in range(1000)], object=ids),
        "an object that is a number": like(object=7),
        "an object that is null": like(object=None),
        "an object of lists": like(object=[[[]]]),
        "a reply that answers itself": like(
            type="Create",
            object={"id": ids, "type": "Note", "inReplyTo": ids, "content": "<p>" * 9000},
        ),
        "an undo of an undo": like(type="Undo", object={**head, "type": "Undo"}),
        "a follow of everybody": like(type="Follow", object=[CITY] * 1000),
        "a name of markup": like(type="<script>alert(1)</script>"),
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_42_poison_is_refused_or_kept_and_stops_nothing(
    federated: Bridge, client: Client, scheme: str
) -> None:
    """Security nos. 28, 34, 38 and 42: never a 5xx, and what comes after is worked off."""
    know(federated, f"{MEI}#main-key", "rsa", MEI)
    bodies = poisoned({"id": f"{MEI}/likes/1", "actor": MEI})
    for number, (case, body) in enumerate(bodies.items()):
        sent = body.replace(b"/likes/1", f"/likes/{number}".encode())
        response = post(client, sent, SCHEMES[scheme](sent, f"{MEI}#main-key"))
        assert (case, response.status_code in (202, 400)) == (case, True)
        assert "Traceback" not in response.text
    honest = json.dumps(follow()).encode()
    signed = SCHEMES[scheme](honest, f"{MEI}#main-key")
    assert post(client, honest, signed).status_code == 202
    receive.process_inbox(federated, dt.datetime.now(dt.UTC))
    assert rows(federated)[1] == 1
