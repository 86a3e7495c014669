"""Keys, our own names, another server's actor, and a signer that shares no code with ours."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received

from bridge.federation import keys
from bridge.http import Allowance, Http, HttpPolicy
from bridge.model import (
    Actor,
    Article,
    Dateline,
    Field,
    Json,
    KeyPair,
    Newspaper,
    Paragraph,
    Picture,
    Provenance,
    RemoteActor,
    Request,
    Section,
    Site,
    StoredArticle,
)

BASE = "https://paper.example"
HOME = "https://home.example"
ACTIVITY_JSON = "application/activity+json"


@pytest.fixture(scope="session")
def pair() -> KeyPair:
    return keys.generate("tidewater_local", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.fixture(scope="session")
def other_pair() -> KeyPair:
    return keys.generate("somebody", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.fixture
def sender(pair: KeyPair, now: dt.datetime) -> RemoteActor:
    return RemoteActor(
        id=f"{HOME}/users/mei",
        inbox=f"{HOME}/users/mei/inbox",
        shared_inbox=f"{HOME}/inbox",
        key_id=f"{HOME}/users/mei#main-key",
        key=pair.public,
        name="mei",
        fetched=now,
    )


@lru_cache
def _loaded(pem: str) -> Any:
    return serialization.load_pem_private_key(pem.encode(), None)


Parts = dict[str, str | None]
Sealed = Callable[..., Request]


@pytest.fixture
def sealed(pair: KeyPair, now: dt.datetime) -> Sealed:
    """Sign a request by hand; every part can be given another value or left out (None).

    `values` and `parameters` are signed as given; `spoil`, `extra`, `header` and `sent` change
    headers, Signature header and body after signing.
    """
    return partial(_seal, pair.private, now)


def _seal(
    pem: str,
    now: dt.datetime,
    *,
    covered: str = "(request-target) host date digest",
    values: Parts | None = None,
    parameters: Parts | None = None,
    spoil: Parts | None = None,
    extra: tuple[tuple[str, str], ...] = (),
    header: str | None = None,
    method: str = "POST",
    path: str = "/ap/inbox",
    body: bytes = b'{"type":"Follow"}',
    sent: bytes | None = None,
    algorithm: Any = None,
) -> Request:
    headers = _headers(body, now) | (values or {})
    given: Parts = {"keyId": f"{HOME}/users/mei#main-key", "algorithm": "rsa-sha256"}
    given |= {"headers": covered} | (parameters or {})
    text = _signed_text(f"{method.lower()} {path}", covered, headers, given)
    made = _loaded(pem).sign(text, padding.PKCS1v15(), algorithm or hashes.SHA256())
    given.setdefault("signature", base64.b64encode(made).decode())
    headers |= spoil or {}
    headers["Signature"] = _signature_header(given) if header is None else header or None
    kept = tuple((name, value) for name, value in headers.items() if value is not None)
    arrived = body if sent is None else sent
    return Request(method=method, path=path, headers=(*kept, *extra), body=arrived)


def _headers(body: bytes, now: dt.datetime) -> Parts:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {
        "Host": "paper.example",
        "Date": format_datetime(now, usegmt=True),
        "Digest": f"SHA-256={digest}",
        "Content-Type": "application/activity+json",
    }


def _signed_text(target: str, covered: str, headers: Parts, given: Parts) -> bytes:
    known = {name.lower(): value for name, value in headers.items()}
    known["(request-target)"] = target
    known["(created)"], known["(expires)"] = given.get("created"), given.get("expires")
    return "\n".join(f"{name}: {known.get(name)}" for name in covered.lower().split()).encode()


def _signature_header(given: Parts) -> str:
    return ",".join(
        f"{name}={value}" if name in ("created", "expires") else f'{name}="{value}"'
        for name, value in given.items()
        if value is not None
    )


@pytest.fixture
def http() -> Iterator[Http]:
    """Give a client that may reach 127.0.0.1 and nothing else that is not public."""
    allow = (Allowance.parse("127.0.0.1/32"),)
    client = Http(HttpPolicy(user_agent="Broadsheet/test", allow=allow, timeout=5.0))
    yield client
    client.close()


@pytest.fixture
def base(httpserver: HTTPServer) -> str:
    return f"http://127.0.0.1:{httpserver.port}"


@pytest.fixture
def as_request() -> Callable[[Received], Request]:
    """Turn what the test server received into what a signature is checked on."""

    def convert(received: Received) -> Request:
        path = received.full_path if received.query_string else received.path
        return Request(
            method=received.method,
            path=path,
            headers=tuple((name, value) for name, value in received.headers.items()),
            body=received.get_data(),
        )

    return convert


@pytest.fixture
def section() -> Section:
    return Section(slug="local", title="Local news")


@pytest.fixture
def site(section: Section) -> Site:
    paper = Newspaper(
        id="tidewater",
        title="潮汐日报",
        title_latin="Tidewater Daily",
        language="zh-CN",
        timezone=ZoneInfo("Asia/Shanghai"),
        hour=dt.time(6),
        authority="paper.example",
        description="",
        sections=(section,),
        default_section="local",
        window=7,
    )
    return Site(
        base_url=BASE,
        title="Tidewater & Co",
        mode="publisher",
        contact="desk@paper.example",
        papers=(paper,),
    )


@pytest.fixture
def account() -> Actor:
    return Actor(
        name="tidewater_local",
        kind="Service",
        title="潮汐日报 · <Local>",
        summary="News from the harbour & around.\n\nReplies are read by <people>.",
        language="zh-CN",
        url=f"{BASE}/tidewater/local/",
        fields=(
            Field(
                name="网站", url=f"{BASE}/tidewater/local/", label=f"{BASE}/tidewater/local/"
            ),
            Field(name="<b>Desk", url="mailto:desk@paper.example", label="desk@paper.example"),
        ),
        icon=Picture(url=f"{BASE}/ap/portraits/a.png", media_type="image/png", alt="潮汐 & co"),
        also_known_as=("https://old.example/users/tidewater",),
        paper="tidewater",
        section="local",
        created=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )


@pytest.fixture
def instance() -> Actor:
    return Actor(
        name="instance",
        kind="Application",
        title="Tidewater & Co",
        summary="",
        language="zh-CN",
        url=f"{BASE}/",
        created=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )


@pytest.fixture
def entry(now: dt.datetime) -> StoredArticle:
    article = Article(
        order=1,
        pages=("A1",),
        section="local",
        kind="news",
        headline="新码头 <今晨> 启用 & 首船靠岸",
        dateline=Dateline(),
        body=(Paragraph(kind="paragraph", text="清晨五点，第一艘渡轮靠上了新码头。"),),
        language="zh-CN",
        keywords=("渡轮", "harbour works", "2026", "<b>", "渡轮"),
        source=Provenance(file="A1.txt"),
    )
    return StoredArticle(
        key="tidewater-20260301-k7q2mz",
        paper="tidewater",
        date=dt.date(2026, 3, 1),
        section="local",
        article=article,
        summary="清晨五点，第一艘渡轮靠上了新码头。票价 <不变> & 班次加倍。",
        published=dt.datetime(2026, 2, 28, 22, 0, tzinfo=dt.UTC),
        updated=dt.datetime(2026, 2, 28, 22, 0, tzinfo=dt.UTC),
        first_seen=now,
        revision=1,
        state="live",
    )


@pytest.fixture
def show() -> Callable[[object], str]:
    """Write JSON as golden files have it."""
    return lambda value: json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@pytest.fixture
def document(base: str, pair: KeyPair) -> Json:
    id = f"{base}/users/mei"
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": "mei",
        "inbox": f"{id}/inbox",
        "endpoints": {"sharedInbox": f"{base}/inbox"},
        "publicKey": {"id": f"{id}#main-key", "owner": id, "publicKeyPem": pair.public},
    }


@pytest.fixture
def serve(httpserver: HTTPServer, base: str) -> Callable[..., str]:
    """Serve a document as an actor and return its URL."""

    def start(
        document: object,
        *,
        path: str = "/users/mei",
        type: str = ACTIVITY_JSON,
        status: int = 200,
    ) -> str:
        data = document if isinstance(document, str) else json.dumps(document)
        httpserver.expect_request(path).respond_with_data(
            data, status=status, content_type=type
        )
        return f"{base}{path}"

    return start
