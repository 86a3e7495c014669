"""A paper that federates, and other servers on real sockets that check what they are sent."""

import base64
import datetime as dt
import hashlib
import json
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pytest_httpserver import HTTPServer
from werkzeug import Request as Arrived
from werkzeug import Response

from bridge.config import load
from bridge.federation import keys
from bridge.model import (
    Article,
    Edition,
    Follower,
    Json,
    KeyPair,
    Provenance,
    Request,
    StoredArticle,
    Task,
    Title,
)
from bridge.pipeline import actors, announce
from bridge.store import Connection, articles, editions, followers
from bridge.store import keys as keys_of
from bridge.wiring import Bridge, open_bridge

BASE = "https://paper.example"

BRIDGE = """\
mode = "publisher"
base_url = "https://paper.example"
[http]
timeout = "2s"
allow_networks = ["127.0.0.0/8"]
[federation]
inbox_queue = 40
"""

PAPER = """\
[paper]
id = "herald"
title = "The Harbour Herald"
language = "en"
timezone = "UTC"
authority = "paper.example"
hour = "03:00"

[accounts]
spread = "0s"

[source.daily]
kind = "folder"
path = "incoming/herald"

[[section]]
slug = "city"
title = "City"

[[section]]
slug = "sport"
title = "Sport"

[[section]]
slug = "notices"
title = "Notices"
federate = "off"
"""


@pytest.fixture
def federated(tmp_path: Path, put_database: None) -> Iterator[Bridge]:
    """A bridge on a database of its own; its tasks are kept in `enqueue.tasks`."""
    config = tmp_path / "config"
    (config / "papers").mkdir(parents=True)
    (config / "bridge.toml").write_text(BRIDGE, encoding="utf-8")
    (config / "papers/herald.toml").write_text(PAPER, encoding="utf-8")
    with open_bridge(load(config / "bridge.toml", {}), Tasks()) as bridge:
        yield bridge


class Tasks:
    """Stands for the engine: keeps what was enqueued, in order."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def __call__(self, connection: Connection, tasks: tuple[Task, ...]) -> None:
        assert connection.in_transaction()
        self.tasks.extend(tasks)


Configured = Callable[..., Bridge]


@pytest.fixture
def configured(federated: Bridge) -> Configured:
    """The same bridge with other words in its config: of its city section, or its accounts."""

    def configured(accounts: dict[str, Any] | None = None, **city: Any) -> Bridge:
        (paper,) = federated.site.papers
        sections = tuple(
            replace(one, **city) if one.slug == "city" else one for one in paper.sections
        )
        told = replace(paper.accounts, **(accounts or {}))
        site = replace(
            federated.site, papers=(replace(paper, sections=sections, accounts=told),)
        )
        return replace(federated, settings=replace(federated.settings, site=site))

    return configured


@pytest.fixture
def tasks(federated: Bridge) -> list[Task]:
    enqueue = federated.enqueue
    assert isinstance(enqueue, Tasks)
    return enqueue.tasks


@pytest.fixture
def publish(federated: Bridge, now: dt.datetime) -> Callable[..., StoredArticle]:
    """Store an article, as an ingest would."""

    def publish(number: int = 1, **changes: Any) -> StoredArticle:
        stored = replace(_article(number, now), **changes)
        edition = Edition(
            paper=Title(id="herald", title="Herald", title_latin=None, language="en"),
            date=stored.date,
        )
        with federated.store.begin() as connection:
            editions.save(connection, "herald", edition, {}, now)
            articles.insert_all(connection, [stored], now)
        return stored

    return publish


def _article(number: int, now: dt.datetime) -> StoredArticle:
    article = Article(
        order=number,
        pages=("A1",),
        section="city",
        kind="news",
        headline=f"Ferry number {number} sails again",
        language="en",
        source=Provenance(file="A1.txt"),
    )
    return StoredArticle(
        key=f"herald-20260301-{number:06}",
        paper="herald",
        date=dt.date(2026, 3, 1),
        section="city",
        article=article,
        summary="The quay is open.",
        published=now - dt.timedelta(hours=1),
        updated=now,
        first_seen=now,
        revision=1,
        state="live",
    )


@lru_cache
def new_key(number: int) -> tuple[rsa.RSAPrivateKey, str]:
    """Make a key once for all tests: making one takes long."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public.decode()


@dataclass
class Peer:
    """Another server with one account; it verifies what comes, with code of its own."""

    server: HTTPServer
    bridge: Bridge
    now: dt.datetime
    key: int = 1  # which of the keys the account has at present
    more: Json = field(default_factory=dict)  # of the account's document
    document_status: int = 200
    documents: int = 0  # how often the account was asked for
    slow: float = 0  # seconds before the account's document is given
    unsigned: int = 0  # of these, without a signature
    answers: deque[Response | int] = field(default_factory=deque)  # then 202
    before: Callable[[Json], None] = lambda activity: None  # called for each activity
    received: list[Json] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)  # why an activity was not taken
    schemes: list[str] = field(default_factory=list)  # of the signatures that were checked
    key_ids: list[str] = field(default_factory=list)  # that made them
    paths: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.server.expect_request("/users/mei", method="GET").respond_with_handler(self._tell)
        for path in ("/inbox", "/users/mei/inbox", "/users/lin/inbox"):
            self.server.expect_request(path, method="POST").respond_with_handler(self._take)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def id(self) -> str:
        return f"{self.base}/users/mei"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def types(self) -> list[str]:
        return [activity["type"] for activity in self.received]

    def document(self) -> Json:
        return {
            "@context": ["https://www.w3.org/ns/activitystreams"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": "mei",
            "inbox": f"{self.id}/inbox",
            "endpoints": {"sharedInbox": f"{self.base}/inbox"},
            "publicKey": {
                "id": f"{self.id}#main-key",
                "owner": self.id,
                "publicKeyPem": new_key(self.key)[1],
            },
            **self.more,
        }

    def public_pem(self, key: int) -> str:
        return new_key(key)[1]

    def private_pem(self, key: int | None = None) -> str:
        """Return one of the account's keys, the one it has now for None."""
        return (
            new_key(self.key if key is None else key)[0]
            .private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            .decode()
        )

    def _tell(self, request: Arrived) -> Response:
        self.documents += 1
        time.sleep(self.slow)
        self.unsigned += "Signature" not in request.headers
        return Response(
            json.dumps(self.document()),
            status=self.document_status,
            content_type="application/activity+json",
        )

    def _take(self, request: Arrived) -> Response:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            activity = json.loads(request.data)
            self.before(activity)
            answer = self.answers.popleft() if self.answers else 202
            if why := self._fault(request):
                self.bad.append(why)
                return Response(why, status=401)
            status = answer if isinstance(answer, int) else answer.status_code
            self.paths[request.path] += 1
            self.bodies.append(request.data)
            self.dates.append(request.headers["Date"])
            if status < 300:
                self.received.append(activity)
            return Response(status=answer) if isinstance(answer, int) else answer
        finally:
            with self.lock:
                self.at_once -= 1

    def _fault(self, request: Arrived) -> str:
        """Check signature, digest and host like a strict server; empty when all is well."""
        if "Signature-Input" in request.headers:
            return self._fault_of_rfc9421(request)
        parts = dict(part.split("=", 1) for part in request.headers["Signature"].split(","))
        values = {name: value.strip('"') for name, value in parts.items()}
        covered = values["headers"].split()
        if not {"(request-target)", "host", "date", "digest"} <= set(covered):
            return f"covers only {covered}"
        digest = base64.b64encode(hashlib.sha256(request.data).digest()).decode()
        if request.headers["Digest"] != f"SHA-256={digest}":
            return "digest"
        if request.headers["Host"] != self.host:
            return f"host {request.headers['Host']}"
        special = {"(request-target)": f"post {request.path}"}
        text = "\n".join(f"{n}: {special.get(n) or request.headers[n]}" for n in covered)
        self._check(values["keyId"], values["signature"], text)
        self.schemes.append("cavage")
        return ""

    def _fault_of_rfc9421(self, request: Arrived) -> str:
        digest = base64.b64encode(hashlib.sha256(request.data).digest()).decode()
        if request.headers["Content-Digest"] != f"sha-256=:{digest}:":
            return "digest"
        given = request.headers["Signature-Input"].removeprefix("sig1=")
        covered = re.findall(r'"([^" ]+)"[ )]', given.partition(")")[0] + ")")
        own = {"@method": "POST", "@target-uri": request.url, "@authority": self.host}
        lines = [f'"{name}": {own.get(name) or request.headers[name]}' for name in covered]
        lines.append(f'"@signature-params": {given}')
        key_id = re.findall(r'keyid="([^"]+)"', given)[0]
        signature = request.headers["Signature"].removeprefix("sig1=").strip(":")
        self._check(key_id, signature, "\n".join(lines))
        self.schemes.append("rfc9421")
        return ""

    def _check(self, key_id: str, signature: str, text: str) -> None:
        """Check a signature against the keys that our own accounts show."""
        actor, _, fragment = key_id.partition("#")
        name = actor.removeprefix(f"{BASE}/ap/actors/")
        with self.bridge.store.read() as connection:
            shown = {pair.name: pair for pair in keys_of.shown(connection, name, self.now)}
        public = serialization.load_pem_public_key(shown[fragment].public.encode())
        assert isinstance(public, rsa.RSAPublicKey)
        made = base64.b64decode(signature)
        public.verify(made, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        self.key_ids.append(key_id)

    def activity(self, type: str, object: Any, number: int = 1, **more: Any) -> Json:
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.id}/activities/{number}",
            "type": type,
            "actor": self.id,
            "object": object,
            **more,
        }

    def follow(self, number: int = 1, name: str = "herald_city") -> Json:
        return self.activity("Follow", f"{BASE}/ap/actors/{name}", number)

    def request(
        self,
        activity: Json | bytes,
        *,
        key: int | None = None,
        key_id: str | None = None,
        date: dt.datetime | None = None,
        drop: str = "",
        path: str = "/ap/inbox",
        content_type: str = "application/activity+json",
    ) -> Request:
        """Sign an activity the way Mastodon does; `drop` is a header left out."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {
            "Host": "paper.example",
            "Date": format_datetime(date or self.now, usegmt=True),
            "Digest": f"SHA-256={digest}",
            "Content-Type": content_type,
        }
        if drop:
            del headers[drop]
        covered = ["(request-target)", *(name.lower() for name in headers)]
        lines = [f"(request-target): post {path}"]
        lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
        private = new_key(self.key if key is None else key)[0]
        signature = private.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
        headers["Signature"] = (
            f'keyId="{key_id or self.id + "#main-key"}",algorithm="rsa-sha256",'
            f'headers="{" ".join(covered)}",signature="{base64.b64encode(signature).decode()}"'
        )
        return Request(method="POST", path=path, headers=tuple(headers.items()), body=body)


@pytest.fixture
def peers(federated: Bridge, now: dt.datetime) -> Iterator[Callable[[], Peer]]:
    """Start other servers, each on a port of its own."""
    started: list[HTTPServer] = []

    def start() -> Peer:
        server = HTTPServer(host="127.0.0.1", threaded=True)
        server.start()
        started.append(server)
        return Peer(server=server, bridge=federated, now=now)

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def peer(peers: Callable[[], Peer]) -> Peer:
    return peers()


@pytest.fixture
def befriend(federated: Bridge, now: dt.datetime) -> Callable[..., Follower]:
    """Make an account of another server a follower, as if it had been accepted."""

    def befriend(peer: Peer, *, shared: bool = True, who: str = "mei") -> Follower:
        id = f"{peer.base}/users/{who}"
        follower = Follower(
            actor="herald_city",
            id=id,
            inbox=f"{id}/inbox",
            shared_inbox=f"{peer.base}/inbox" if shared else None,
            follow=f"{id}/activities/1",
            since=now,
        )
        with federated.store.begin() as connection:
            followers.put(connection, follower)
        return follower

    return befriend


@pytest.fixture
def send(
    federated: Bridge, publish: Callable[..., StoredArticle], now: dt.datetime
) -> Callable[..., str]:
    """Announce an article (again) and fan it out; gives the activity's id."""
    stored: dict[int, StoredArticle] = {}

    def send(number: int = 1, revision: int = 1) -> str:
        if number not in stored:
            stored[number] = publish(number)
        article = replace(stored[number], revision=revision)
        with federated.store.begin() as connection:
            announce.announce(federated, connection, [article], now)
        kind = "create" if revision == 1 else f"update-{revision}"
        id = f"{BASE}/ap/activities/{article.key}-{kind}"
        announce.fan_out(federated, id, now)
        return id

    return send


@lru_cache
def _key_pair(actor: str) -> KeyPair:
    return keys.generate(actor, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each account's key once for all tests: it takes long."""
    monkeypatch.setattr(actors, "generate", lambda actor, now: _key_pair(actor))
