"""What other servers read from us: discovery, accounts, posts."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.config import load
from bridge.federation import keys, vocabulary
from bridge.model import (
    Article,
    Edition,
    Follower,
    KeyPair,
    Provenance,
    StoredArticle,
    Title,
)
from bridge.pipeline import actors
from bridge.store import activities, articles, editions, followers
from bridge.web import create_app
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
    monkeypatch.setattr(actors, "generate", _key)
    with open_with(tmp_path, "publisher") as bridge:
        yield bridge


@pytest.fixture
def client(federated: Bridge) -> FlaskClient:
    return create_app(federated).test_client()


_made: list[KeyPair] = []


def _key(actor: str, now: dt.datetime) -> KeyPair:
    """Make one key for all accounts and tests: it takes long."""
    if not _made:
        _made.append(keys.generate("shared", now))
    return replace(_made[0], actor=actor, created=now)


@pytest.fixture
def stored(federated: Bridge, now: dt.datetime) -> tuple[StoredArticle, ...]:
    """Store 45 articles of the city section, one of the notices, and a withdrawn one."""
    entries = [_article(number, now) for number in range(1, 48)]
    entries[45] = replace(entries[45], section="notices")
    edition = Edition(
        paper=Title(id="herald", title="Herald", title_latin=None, language="en"),
        date=dt.date(2026, 3, 1),
    )
    with federated.store.begin() as connection:
        editions.save(connection, "herald", edition, {}, now)
        articles.insert_all(connection, entries, now)
        articles.withdraw(connection, [entries[46].key], entries[46].updated, "")
    return tuple(entries)


def _article(number: int, now: dt.datetime) -> StoredArticle:
    article = Article(
        order=number,
        pages=("A1",),
        section="city",
        kind="news",
        headline=f"Ferry number {number} <sails> again",
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
        published=now,
        updated=now,
        first_seen=now,
        revision=1,
        state="live",
    )


def get(
    client: FlaskClient, url: str, accept: str = "application/activity+json"
) -> TestResponse:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return client.get(path, headers={"Accept": accept})


def read(client: FlaskClient, url: str) -> dict[str, Any]:
    response = get(client, url)
    assert response.status_code == 200, url
    found: dict[str, Any] = json.loads(response.data)
    return found


@pytest.mark.parametrize(
    "resource",
    [
        "acct:herald_city@paper.example",
        "acct:Herald_City@PAPER.example:443",
        "acct%3Aherald_city%40paper.example",
        CITY,
        f"{BASE}/herald/city/",
    ],
)
def test_webfinger_leads_to_an_account_and_back(client: FlaskClient, resource: str) -> None:
    response = client.get(f"/.well-known/webfinger?resource={resource}")
    assert response.status_code == 200
    assert response.content_type == "application/jrd+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    found = json.loads(response.data)
    assert found["subject"] == "acct:herald_city@paper.example"
    (own,) = [link for link in found["links"] if link["rel"] == "self"]
    assert (own["type"], own["href"]) == ("application/activity+json", CITY)
    assert read(client, own["href"])["preferredUsername"] == "herald_city"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?resource=", 400),
        ("?resource=acct:herald_city@other.example", 404),
        ("?resource=acct:herald_notices@paper.example", 404),
        ("?resource=acct:nobody@paper.example", 404),
        ("?resource=acct:", 400),
        ("?resource=herald_city", 400),
        ("?resource=%00%ff", 400),
        ("?resource=acct:herald_city@paper.example&resource=acct:x@paper.example", 400),
        ("?resource=" + "x" * 3000, 400),
        ("?resource=https://paper.example/../../etc", 404),
    ],
)
def test_odd_webfinger_questions_are_told_so(
    client: FlaskClient, query: str, status: int
) -> None:
    """Security no. 45; RFC 7033 §4.2. Sections that do not federate are nobody."""
    assert client.get(f"/.well-known/webfinger{query}").status_code == status


def test_host_meta_leads_to_webfinger(client: FlaskClient) -> None:
    response = client.get("/.well-known/host-meta")
    assert response.mimetype == "application/xrd+xml"
    assert f'template="{BASE}/.well-known/webfinger?resource={{uri}}"' in response.text


def test_nodeinfo_is_found_and_tells_what_runs(
    client: FlaskClient, stored: tuple[StoredArticle, ...]
) -> None:
    links = json.loads(client.get("/.well-known/nodeinfo").data)["links"]
    for link in links[:2]:
        response = get(client, link["href"])
        assert response.mimetype == "application/json"
        found = json.loads(response.data)
        assert link["rel"].endswith(found["version"])
        assert found["software"]["name"] == "broadsheet"
        assert found["usage"] == {"users": {"total": 2}, "localPosts": 46}
    assert client.get("/nodeinfo/1.0").status_code == 404


def test_an_account_has_a_document_with_its_key(federated: Bridge, client: FlaskClient) -> None:
    found = read(client, CITY)
    assert found["id"] == CITY
    assert found["type"] == "Service"
    assert found["publicKey"]["owner"] == CITY
    assert "PRIVATE" not in json.dumps(found)
    assert found["endpoints"]["sharedInbox"] == f"{BASE}/ap/inbox"
    again = read(client, CITY)
    assert again == found


def test_the_servers_own_account_is_read_without_a_signature(client: FlaskClient) -> None:
    found = read(client, f"{BASE}/ap/actors/instance")
    assert found["type"] == "Application"
    assert read(client, found["outbox"])["totalItems"] == 0
    assert read(client, f"{found['outbox']}?page=1")["orderedItems"] == []


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/activity+json", 200),
        ("application/activity+json, application/ld+json", 200),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', 200),
        ('application/activity+json, application/ld+json; profile="x", text/html;q=0.1', 200),
        ("application/json", 200),
        ("*/*", 200),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 303),
    ],
    ids=["activity", "mastodon", "ld", "mastodon search", "json", "any", "browser"],
)
def test_a_browser_is_led_from_an_account_to_its_page(
    client: FlaskClient, accept: str, status: int
) -> None:
    response = get(client, CITY, accept)
    assert response.status_code == status
    assert response.headers["Vary"] == "Accept"
    if status == 303:
        assert response.headers["Location"] == f"{BASE}/herald/city/"
    else:
        assert response.content_type == "application/activity+json"


def test_a_document_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    etag = get(client, CITY).headers["ETag"]
    path = urlsplit(CITY).path
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_outbox_is_paged_with_whole_activities(
    client: FlaskClient, stored: tuple[StoredArticle, ...]
) -> None:
    found = read(client, f"{CITY}/outbox")
    assert found["totalItems"] == 45
    items, url, pages = [], found["first"], 0
    while url:
        page = read(client, url)
        assert page["partOf"] == f"{CITY}/outbox"
        assert len(page["orderedItems"]) <= 20
        items += page["orderedItems"]
        url, pages = page.get("next"), pages + 1
    assert pages == 3
    assert [item["type"] for item in items] == ["Create"] * 45
    assert len({item["id"] for item in items}) == 45
    assert "Ferry number 1 &lt;sails&gt;" in items[0]["object"]["content"]


def test_every_published_id_leads_to_the_same_thing(
    client: FlaskClient, stored: tuple[StoredArticle, ...]
) -> None:
    """Security no. 46."""
    for item in read(client, f"{CITY}/outbox?page=1")["orderedItems"]:
        activity = read(client, item["id"])
        activity.pop("@context")
        assert activity == item
        post = read(client, item["object"]["id"])
        post.pop("@context")
        assert post == item["object"]
        assert post["attributedTo"] == CITY


@pytest.mark.parametrize("page", ["0", "-1", "51", "99999999999999999999", "x", "", "1.5"])
def test_an_outbox_page_that_is_not_there_is_404(client: FlaskClient, page: str) -> None:
    """Security no. 45."""
    assert client.get(f"/ap/actors/herald_city/outbox?page={page}").status_code == 404


def test_a_withdrawn_article_leaves_a_tombstone(
    client: FlaskClient, stored: tuple[StoredArticle, ...]
) -> None:
    """Security no. 46."""
    key = stored[46].key
    for url in (f"{BASE}/ap/o/{key}", f"{BASE}/ap/activities/{key}-create"):
        response = get(client, url)
        assert response.status_code == 410
        assert response.content_type == "application/activity+json"
        found = json.loads(response.data)
        assert (found["type"], found["id"]) == ("Tombstone", f"{BASE}/ap/o/{key}")


def test_a_sent_activity_is_served_as_it_was_sent(
    federated: Bridge, client: FlaskClient, stored: tuple[StoredArticle, ...], now: dt.datetime
) -> None:
    follow = {"id": f"{MEI}/1", "type": "Follow", "actor": MEI, "object": CITY}
    accept = vocabulary.accept(follow, "herald_city", BASE, now)
    with federated.store.begin() as connection:
        activities.add(connection, accept)
    assert read(client, accept.id) == accept.body


def test_followers_are_counted_and_not_named(
    federated: Bridge, client: FlaskClient, now: dt.datetime
) -> None:
    follower = Follower(
        actor="herald_city",
        id=MEI,
        inbox=f"{MEI}/inbox",
        shared_inbox=None,
        follow=f"{MEI}/1",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, follower)
    response = get(client, f"{CITY}/followers")
    assert json.loads(response.data)["totalItems"] == 1
    assert MEI not in response.text


def test_an_account_follows_nobody(client: FlaskClient) -> None:
    found = read(client, f"{CITY}/following")
    assert (found["totalItems"], found["orderedItems"]) == (0, [])


@pytest.mark.parametrize(
    "path",
    [
        "/ap/actors/nobody",
        "/ap/actors/herald_notices",
        "/ap/actors/herald_city/secrets",
        "/ap/actors/nobody/outbox",
        "/ap/actors/nobody/followers",
        "/ap/actors/..%2f..%2fetc",
        "/ap/o/herald-20260301-zzzzzz",
        "/ap/o/herald-20260301-000046",
        "/ap/o/%00",
        "/ap/activities/none",
        "/ap/activities/-create",
        "/ap/activities/" + "x" * 3000,
    ],
)
def test_what_is_not_there_is_404(
    client: FlaskClient, stored: tuple[StoredArticle, ...], path: str
) -> None:
    """Security nos. 44 and 45."""
    response = client.get(path)
    assert response.status_code == 404
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/ap/inbox"),
        ("GET", "/ap/actors/herald_city/inbox"),
        ("PUT", "/ap/inbox"),
        ("POST", "/ap/actors/herald_city"),
        ("POST", "/ap/actors/herald_city/outbox"),
        ("DELETE", "/ap/o/herald-20260301-000001"),
    ],
)
def test_another_method_is_405(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert response.headers["Allow"]


@pytest.mark.parametrize("mode", ["reader", "publisher"])
def test_without_federation_nothing_of_it_is_there(tmp_path: Path, mode: str) -> None:
    extra = "[federation]\nenabled = false\n"
    with open_with(tmp_path, mode, extra) as bridge:
        client = create_app(bridge).test_client()
        for path in (
            "/.well-known/webfinger?resource=acct:herald_city@paper.example",
            "/.well-known/nodeinfo",
            "/nodeinfo/2.1",
            "/ap/actors/herald_city",
            "/ap/actors/instance",
            "/ap/o/herald-20260301-000001",
        ):
            assert client.get(path).status_code == 404
        assert client.post("/ap/inbox", data=b"{}").status_code == 404
