"""How we look to others: profiles, pinned posts, pictures; and who may read what is guarded."""

import datetime as dt
import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bridge.model import (
    Article,
    Edition,
    Provenance,
    StoredArticle,
    Title,
)
from bridge.pipeline import rotate
from bridge.store import articles, editions
from bridge.web import create_app, federation
from bridge.wiring import Bridge

BASE = "https://paper.example"
CITY = "/ap/actors/herald_city"
MEI = "https://home.example/users/mei"
JSON_TYPE = "application/activity+json"

ACCOUNTS = """
[accounts]
icon = "config/herald.png"
image = "config/wide.png"
also_known_as = ["https://old.example/users/herald"]
"""

Open = Callable[..., Bridge]


def _png(shade: int) -> bytes:
    """Return a picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + end

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes((0, shade)))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture
def federated(open_herald: Open, tmp_path: Path) -> Bridge:
    for shade, name in enumerate(("herald", "wide", "sport")):
        (tmp_path / f"config/{name}.png").write_bytes(_png(shade))
    return open_herald(accounts=ACCOUNTS, sport='icon = "config/sport.png"')


@pytest.fixture
def client(federated: Bridge) -> FlaskClient:
    return create_app(federated).test_client()


def read(client: FlaskClient, path: str) -> Any:
    response = client.get(path.removeprefix(BASE), headers={"Accept": JSON_TYPE})
    assert response.status_code == 200, path
    assert response.content_type == JSON_TYPE
    assert "Accept" in response.headers["Vary"]
    return json.loads(response.data)


@pytest.fixture
def store_edition(federated: Bridge, now: dt.datetime) -> Callable[[dt.date, int], None]:
    """Store an edition of so many articles of the city section."""

    def store_edition(date: dt.date, count: int) -> None:
        title = Title(id="herald", title="Herald", title_latin=None, language="en")
        entries = [_article(number, date, now) for number in range(1, count + 1)]
        with federated.store.begin() as connection:
            editions.save(connection, "herald", Edition(paper=title, date=date), {}, now)
            articles.insert_all(connection, entries, now)

    return store_edition


def _article(number: int, date: dt.date, now: dt.datetime) -> StoredArticle:
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
        key=f"herald-{date:%Y%m%d}-{number:06}",
        paper="herald",
        date=date,
        section="city",
        article=article,
        summary="The quay is open.",
        published=now,
        updated=now,
        first_seen=now,
        revision=1,
        state="live",
    )


def test_the_paper_has_an_account_of_its_own(client: FlaskClient) -> None:
    address = "/.well-known/webfinger?resource=acct:herald@paper.example"
    found = json.loads(client.get(address).data)
    (own,) = [link["href"] for link in found["links"] if link["rel"] == "self"]
    actor = read(client, own)
    assert (actor["name"], actor["type"]) == ("The Harbour Herald", "Service")
    assert actor["alsoKnownAs"] == ["https://old.example/users/herald"]
    outbox = read(client, actor["outbox"])
    assert outbox["totalItems"] == 0
    assert read(client, outbox["first"])["orderedItems"] == []


def test_a_profile_names_site_feeds_corrections_and_contact(client: FlaskClient) -> None:
    fields = {field["name"]: field["value"] for field in read(client, CITY)["attachment"]}
    assert list(fields) == ["Site", "Feed (RSS)", "Feed (Atom)", "Corrections", "Contact"]
    assert f'{BASE}/herald/city/atom.xml"' in fields["Feed (Atom)"]
    assert f'{BASE}/herald/corrections/"' in fields["Corrections"]
    assert 'href="mailto:desk@paper.example"' in fields["Contact"]


def test_accounts_show_their_pictures_or_their_paper_s(client: FlaskClient) -> None:
    city, sport = read(client, CITY), read(client, "/ap/actors/herald_sport")
    assert city["icon"]["url"] != sport["icon"]["url"]
    assert city["image"]["url"] == sport["image"]["url"]
    assert read(client, "/ap/actors/herald")["icon"] == {
        **city["icon"],
        "name": "The Harbour Herald",
    }
    response = client.get(city["icon"]["url"].removeprefix(BASE))
    assert (response.status_code, response.content_type) == (200, "image/png")
    assert response.data == _png(0)
    assert client.get("/ap/portraits/herald.png").status_code == 404
    assert client.get("/ap/portraits/../bridge.toml").status_code == 404


def test_a_new_picture_has_a_new_address(federated: Bridge, tmp_path: Path) -> None:
    before = read(create_app(federated).test_client(), CITY)["icon"]["url"]
    path = tmp_path / "config/herald.png"
    path.write_bytes(_png(200) + b"more")
    os.utime(path, ns=(1, 1))
    client = create_app(federated).test_client()
    after = read(client, CITY)["icon"]["url"]
    assert after != before
    assert client.get(before.removeprefix(BASE)).status_code == 404


def test_a_picture_that_is_gone_is_no_reason_to_be_silent(
    federated: Bridge, tmp_path: Path
) -> None:
    (tmp_path / "config/herald.png").unlink()
    (tmp_path / "config/sport.png").write_text("no picture")
    client = create_app(federated).test_client()
    assert "icon" not in read(client, CITY)
    assert "icon" not in read(client, "/ap/actors/herald_sport")


def test_a_profile_is_never_empty_to_a_newcomer(client: FlaskClient) -> None:
    featured = read(client, f"{CITY}/featured")
    assert featured["totalItems"] == 1
    (post,) = featured["orderedItems"]
    assert "section City" in post["content"]
    assert "Replies" not in post["content"], "this section takes none"
    assert read(client, post["id"])["content"] == post["content"]
    sport = read(client, "/ap/actors/herald_sport/about")
    assert "Replies" in sport["content"]


def test_the_newest_edition_is_pinned_above(
    client: FlaskClient, store_edition: Callable[[dt.date, int], None]
) -> None:
    store_edition(dt.date(2026, 2, 28), 1)
    store_edition(dt.date(2026, 3, 1), 3)
    newest, _ = read(client, f"{CITY}/featured")["orderedItems"]
    assert newest["id"] == f"{BASE}{CITY}/editions/2026-03-01"
    assert "The Harbour Herald, 1 March 2026: City" in newest["content"]
    assert "3 articles." in newest["content"]
    assert f"{BASE}/herald/e/2026-03-01/" in newest["content"]
    assert read(client, newest["id"])["content"] == newest["content"]
    older = read(client, f"{CITY}/editions/2026-02-28")
    assert "One article." in older["content"], "what was pinned once stays readable"
    whole = read(client, "/ap/actors/herald/featured")["orderedItems"][0]
    assert "The Harbour Herald, 1 March 2026<" in whole["content"]
    assert read(client, "/ap/actors/herald_sport/featured")["totalItems"] == 1


NOTHING = (
    f"{CITY}/editions/2026-03-02",
    f"{CITY}/editions/20260301",
    f"{CITY}/editions/latest",
    "/ap/actors/instance/about",
    "/ap/actors/instance/editions/2026-03-01",
    "/ap/editions/herald/2026-03-02",
    "/ap/editions/nobody/2026-03-01",
)


def test_45_what_is_not_pinned_is_404(client: FlaskClient) -> None:
    for path in NOTHING:
        assert client.get(path).status_code == 404, path


def test_the_server_s_own_account_has_nothing_to_show(client: FlaskClient) -> None:
    assert read(client, "/ap/actors/instance/featured")["totalItems"] == 0
    assert read(client, "/ap/actors/instance/outbox")["totalItems"] == 0


def test_a_former_account_is_gone_and_not_missing(open_herald: Open) -> None:
    first = open_herald()
    assert create_app(first).test_client().get("/ap/actors/herald_sport").status_code == 200
    off = open_herald(sport='federate = "off"')
    client = create_app(off).test_client()
    for resource in ("acct:herald_sport@paper.example", f"{BASE}/ap/actors/herald_sport"):
        found = client.get(f"/.well-known/webfinger?resource={resource}")
        assert found.status_code == 410
    for path in ("", "/outbox", "/followers", "/featured"):
        assert client.get(f"/ap/actors/herald_sport{path}").status_code == 410
    assert client.get("/ap/actors/herald_never").status_code == 404


def test_webfinger_tells_only_the_relations_that_are_asked_for(client: FlaskClient) -> None:
    address = "/.well-known/webfinger?resource=acct:herald_city@paper.example"
    links = json.loads(client.get(f"{address}&rel=self").data)["links"]
    assert [link["rel"] for link in links] == ["self"]
    assert len(json.loads(client.get(address).data)["links"]) == 3


def test_the_server_itself_is_found_by_its_address(client: FlaskClient) -> None:
    """FEP-d556: the actor of the server."""
    found = json.loads(client.get(f"/.well-known/webfinger?resource={BASE}/").data)
    assert found["subject"] == "acct:instance@paper.example"


def test_host_meta_is_there_in_both_forms(client: FlaskClient) -> None:
    response = client.get("/.well-known/host-meta.json")
    assert response.content_type == "application/jrd+json"
    (link,) = json.loads(response.data)["links"]
    assert link["template"] == f"{BASE}/.well-known/webfinger?resource={{uri}}"


AS = "https://www.w3.org/ns/activitystreams"
ACCEPTED = {
    "Mastodon": f"{JSON_TYPE}, application/ld+json",
    "Mastodon's search": f'{JSON_TYPE}, application/ld+json; profile="{AS}", text/html;q=0.1',
    "GoToSocial": f'{JSON_TYPE},application/ld+json; profile="{AS}"',
    "snac": JSON_TYPE,
    "Fedify": f'{JSON_TYPE}, application/ld+json; profile="{AS}", application/ld+json',
    "Misskey": f'application/activity+json, application/ld+json; profile="{AS}"',
    "Lemmy": "application/activity+json",
    "Pleroma": "application/activity+json",
    "anything": "*/*",
    "nothing said": None,
}


def test_servers_get_json_however_they_ask(client: FlaskClient) -> None:
    for who, accept in ACCEPTED.items():
        headers = {} if accept is None else {"Accept": accept}
        for path in (CITY, f"{CITY}/outbox", f"{CITY}/about"):
            response = client.get(path, headers=headers)
            assert (response.status_code, response.content_type) == (200, JSON_TYPE), who
            assert json.loads(response.data)["id"] == f"{BASE}{path}"
            assert response.headers["Vary"] == "Accept"


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_is_led_to_the_page_of_an_account_only(client: FlaskClient) -> None:
    response = client.get(CITY, headers={"Accept": BROWSER})
    assert (response.status_code, response.headers["Vary"]) == (303, "Accept")
    for path in (f"{CITY}/outbox", f"{CITY}/about"):
        response = client.get(path, headers={"Accept": BROWSER})
        assert (response.status_code, response.content_type) == (200, JSON_TYPE)


def test_a_new_key_is_seen_at_once_by_who_asks_again(
    federated: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federation, "PROFILE_AGE", 0)
    client = create_app(federated).test_client()
    before = client.get(CITY)
    assert "max-age=60" in before.headers["Cache-Control"]
    rotate.rotate(federated, ["herald_city"], dt.datetime.now(dt.UTC))
    after = client.get(CITY, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert json.loads(after.data)["publicKey"]["id"].endswith("#main-key-2")
