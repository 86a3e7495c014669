"""A private copy: who gets in, by which door, and what is left of the token on the way."""

import base64
import datetime as dt
import gzip
import itertools
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.test import Client, TestResponse

from bridge.errors import StoreError
from bridge.pipeline.access import admit, revoke
from bridge.store import readers
from bridge.web import access as door
from bridge.web.access import Door, Known
from bridge.web.wsgi import application
from bridge.wiring import Bridge

NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
BASE = "http://127.0.0.1:8400"
MEDIA = "media/" + "ab" * 32 + ".jpg"
PAGE = """<!doctype html><link rel="stylesheet" href="/assets/style.css">
<link rel="canonical" href="http://127.0.0.1:8400/yunting/">
<a href="/yunting/yaowen/">要闻</a> <a href="/yunting/yaowen/rss.xml">RSS</a>
<a href="/opml.xml">OPML</a> <a href="/search.atom?q=渡口&amp;in=yunting">Atom</a>
<a href="//other.example/yunting/rss.xml">另一家</a> <img src="/media/x.jpg">
<form action="/search"></form>"""
FEED = f"""<rss><link>{BASE}/yunting/yaowen/</link><guid>tag:feeds.example.org,2026:x</guid>
<enclosure url="{BASE}/{MEDIA}"/>{"渡口" * 400}<a>https://other.example/</a></rss>"""
EVERYTHING = (
    "/",
    "/yunting",
    "/yunting/",
    "/yunting/yaowen/rss.xml",
    "/yunting/yaowen/atom.xml",
    "/yunting/yaowen/feed.json",
    "/opml.xml",
    "/404.html",
    f"/{MEDIA}",
    "/search?q=渡口",
    "/search.atom?q=渡口",
    "/nothing",
    "/ap/inbox",
    "/.well-known/webfinger",
    "/r",
    "/r/",
    "/r/x/assets/style.css",
    "//assets/style.css",
    "/assets",
    "/assets/../opml.xml/",
)


@pytest.fixture
def private(open_at: Callable[..., Bridge]) -> Bridge:
    bridge = open_at("reader", "false")
    bridge.output.write("yunting/index.html", PAGE.encode(), NOW)
    bridge.output.write("yunting/yaowen/rss.xml", FEED.encode(), NOW)
    return bridge


@pytest.fixture
def token(private: Bridge) -> str:
    return admit(private, "林读者", NOW)


@pytest.fixture
def client(private: Bridge) -> Client:
    return Client(application(private), use_cookies=False)


def basic(password: str, name: str = "any") -> dict[str, str]:
    coded = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {coded}"}


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"a=b; broadsheet={token}"}


def told(answer: TestResponse) -> str:
    """All that an answer says to whoever looks on."""
    return f"{answer.status}{answer.headers}{answer.text}"


# Without a token.


def test_nothing_is_answered_without_a_token(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.Throttle, "wait", lambda *_: None)
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    shown = ({}, basic(wrong), cookie(wrong), {"Authorization": "Basic ?"})
    methods = ("GET", "HEAD", "POST", "OPTIONS")
    for method, path, headers in itertools.product(methods, EVERYTHING, shown):
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert wrong not in told(answer)
        assert client.open(f"/r/{wrong}{path}", method=method).status_code == 401


def test_the_refusal_says_what_to_do_in_the_papers_language(client: Client) -> None:
    assert "请打开发给您的专用地址" in client.get("/").text


def test_what_holds_no_news_is_open(client: Client) -> None:
    for path in ("/robots.txt", "/assets/style.css", "/livez", "/readyz", "/metrics"):
        near = {"REMOTE_ADDR": "127.0.0.1"}
        assert client.get(path, environ_base=near).status_code == 200
    stranger = {"REMOTE_ADDR": "203.0.113.7"}
    answer = client.get("/metrics", environ_base=stranger, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.text) == (404, "404 Not Found\n")


def test_what_there_is_cannot_be_told_apart_from_what_is_not(client: Client) -> None:
    assert told(client.get("/yunting/")) == told(client.get("/nothing"))


def test_who_is_refused_too_often_hears_429_and_others_are_not_hit(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security no. 41; a valid token is never refused for what a neighbour tries."""
    monkeypatch.setattr(door.time, "time", lambda: 1_772_582_405.0)
    seen = [client.get("/r/wrong/").status_code for _ in range(door.REFUSALS + 1)]
    assert seen == [401] * door.REFUSALS + [429]
    assert client.get("/").headers["Retry-After"] == "55"
    assert client.get("/", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 401
    assert client.get(f"/r/{token}/opml.xml").status_code == 200


def test_a_publishers_site_has_no_door(open_at: Callable[..., Bridge]) -> None:
    assert not isinstance(application(open_at()), Door)


# By the personal address.


def test_every_address_in_a_feed_is_the_readers_own(client: Client, token: str) -> None:
    answer = client.get(f"/r/{token}/yunting/yaowen/rss.xml")
    own = f"{BASE}/r/{token}"
    assert f"<link>{own}/yunting/yaowen/</link>" in answer.text
    assert f'url="{own}/{MEDIA}"' in answer.text
    assert "tag:feeds.example.org,2026:x" in answer.text
    assert "https://other.example/" in answer.text
    assert answer.text == FEED.replace(f"{BASE}/", f"{own}/")
    assert f'<{own}/yunting/yaowen/rss.xml>; rel="self"' in answer.headers["Link"]
    assert answer.headers["Cache-Control"].startswith("private")
    assert client.get(f"/r/{token}/{MEDIA}").data.startswith(b"\xff\xd8")


def test_a_page_under_the_address_keeps_it_in_every_link(client: Client, token: str) -> None:
    text = client.get(f"/r/{token}/yunting/").text
    assert f'href="/r/{token}/yunting/yaowen/"' in text
    assert f'src="/r/{token}/media/x.jpg"' in text
    assert f'action="/r/{token}/search"' in text
    assert 'href="/assets/style.css"' in text
    assert 'href="//other.example/yunting/rss.xml"' in text
    assert 'rel="canonical" href="http://127.0.0.1:8400/yunting/"' in text


def test_a_folder_without_its_slash_stays_under_the_address(client: Client, token: str) -> None:
    assert client.get(f"/r/{token}/yunting").headers["Location"] == f"/r/{token}/yunting/"
    assert client.get(f"/r/{token}").status_code == 200


def test_unchanged_feeds_are_not_sent_again(client: Client, token: str) -> None:
    path = f"/r/{token}/yunting/yaowen/rss.xml"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    for answer in (plain, packed):
        tag, since = answer.headers["ETag"], answer.headers["Last-Modified"]
        for known in (tag, f'"x", {tag}', tag.replace('"', "") + "-gzip", "*"):
            assert client.get(path, headers={"If-None-Match": known}).status_code == 304
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.data, again.headers["ETag"]) == (b"", tag)
        assert client.get(path, headers={"If-Modified-Since": since}).status_code == 304
        head = client.head(path)
        assert (head.data, head.headers["ETag"]) == (b"", plain.headers["ETag"])
        assert head.headers["Content-Length"] == plain.headers["Content-Length"]


def test_one_readers_tag_is_not_anothers(client: Client, private: Bridge, token: str) -> None:
    other = admit(private, "沈", NOW)
    tag = client.get(f"/r/{token}/yunting/yaowen/rss.xml").headers["ETag"]
    path = f"/r/{other}/yunting/yaowen/rss.xml"
    answer = Client(application(private)).get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200


# In a browser.


def opened(client: Client, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={"Sec-Fetch-Dest": "document", **headers})


def test_a_browser_is_sent_on_and_stays_signed_in(client: Client, token: str) -> None:
    moved = opened(client, f"/r/{token}/yunting/?a=%2F")
    assert (moved.status_code, moved.headers["Location"]) == (303, "/yunting/?a=%2F")
    assert "no-store" in moved.headers["Cache-Control"]
    kept = moved.headers["Set-Cookie"]
    assert kept.startswith(f"broadsheet={token}; Max-Age=")
    assert kept.endswith("; Path=/; HttpOnly; SameSite=Lax")
    page = opened(client, "/yunting/", **cookie(token))
    assert {"Cookie", "Authorization"} <= set(page.headers["Vary"].split(", "))
    assert 'href="/yunting/yaowen/"' in page.text
    assert 'src="/media/x.jpg"' in page.text
    for feed in ("yunting/yaowen/rss.xml", "opml.xml", "search.atom?q=渡口&amp;in=yunting"):
        assert f'href="/r/{token}/{feed}"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_feed_opened_in_a_browser_keeps_the_address_to_be_copied(
    client: Client, token: str
) -> None:
    answer = opened(client, f"/r/{token}/yunting/yaowen/rss.xml")
    assert answer.status_code == 200
    assert answer.content_type == "application/xml; charset=utf-8"
    assert "Set-Cookie" in answer.headers


@pytest.mark.parametrize("path", ["//other.example/", "///other.example", "/\\other.example/"])
def test_nobody_is_sent_to_another_site(client: Client, token: str, path: str) -> None:
    moved = opened(client, f"/r/{token}{path}")
    assert re.fullmatch(r"/[^/\\].*", moved.headers.get("Location", "/x"))


def test_over_tls_the_cookie_is_for_tls_alone(private: Bridge, token: str) -> None:
    site = replace(private.site, base_url="https://feeds.example.org")
    over = replace(private, settings=replace(private.settings, site=site))
    client = Client(Door(_page, over), use_cookies=False)
    kept = opened(client, f"/r/{token}/").headers["Set-Cookie"]
    assert kept.startswith("__Host-broadsheet=")
    assert kept.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")


def _page(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [b"<p>"]


def test_a_cookie_that_is_void_is_taken_back(client: Client, private: Bridge) -> None:
    answer = client.get("/", headers=cookie("rd_gone"))
    assert answer.headers["Set-Cookie"].startswith("broadsheet=; Max-Age=0;")


# By name and password.


def test_a_password_opens_everything(client: Client, token: str) -> None:
    for headers in (basic(token), basic(token, "林读者"), basic("", token)):
        answer = client.get("/yunting/yaowen/rss.xml", headers=headers)
        assert answer.status_code == 200
        assert f'url="{BASE}/r/{token}/{MEDIA}"' in answer.text
        assert "Authorization" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
    assert client.get(f"/{MEDIA}", headers=basic(token)).status_code == 200


def test_one_import_of_the_list_subscribes_to_everything(
    private: Bridge, client: Client, token: str
) -> None:
    opml = f'<opml><outline xmlUrl="{BASE}/yunting/yaowen/rss.xml"/></opml>'.encode()
    private.output.write("opml.xml", opml, NOW)
    by_address = client.get(f"/r/{token}/opml.xml").text
    for headers in (basic(token), cookie(token)):
        assert client.get("/opml.xml", headers=headers).text == by_address
    (url,) = re.findall(r'xmlUrl="([^"]+)"', by_address)
    assert client.get(url.removeprefix(BASE)).status_code == 200


# Revoked, and out of reach.


def test_a_revoked_token_works_no_longer_in_any_process(private: Bridge, token: str) -> None:
    time = [0.0]
    fronts = [
        Client(Door(_page, private, Known(private.store, lambda: time[0])), use_cookies=False)
        for _ in range(2)
    ]
    other = admit(private, "沈", NOW)
    assert [front.get(f"/r/{token}/").status_code for front in fronts] == [200, 200]
    revoke(private, "林读者", NOW)
    time[0] = door.FRESH
    for front in fronts:
        assert front.get(f"/r/{token}/").status_code == 401
        assert front.get("/", headers=basic(token)).status_code == 401
        assert front.get("/", headers=cookie(token)).status_code == 401
        assert front.get(f"/r/{other}/").status_code == 200


def test_while_the_database_is_away_the_last_list_holds_for_a_minute(
    private: Bridge, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = [0.0]
    front = Client(Door(_page, private, Known(private.store, lambda: time[0])))
    assert front.get(f"/r/{token}/").status_code == 200

    def away(*_: object) -> None:
        raise StoreError("the database does not answer", where="/var/lib/secret.db")

    monkeypatch.setattr(private.store, "read", away)
    time[0] = door.BLIND - 1
    assert front.get(f"/r/{token}/").status_code == 200
    time[0] = door.BLIND
    answer = front.get(f"/r/{token}/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "secret" not in told(answer)


def test_a_visit_is_noted_once_a_day(
    private: Bridge, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[dt.date] = []
    touch = readers.touch
    monkeypatch.setattr(
        readers, "touch", lambda c, digest, day: (written.append(day), touch(c, digest, day))
    )
    known, day = Known(private.store), NOW.date()
    for one in (day, day, day + dt.timedelta(days=1)):
        reader = known.find(token)
        assert reader is not None
        known.greet(reader, one)
    assert written == [day, day + dt.timedelta(days=1)]
    with private.store.read() as connection:
        assert [one.used for one in readers.everyone(connection)] == [written[-1]]


def test_a_visit_that_cannot_be_noted_costs_nothing(
    private: Bridge, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(private.store, "begin", full)
    assert Client(application(private)).get(f"/r/{token}/opml.xml").status_code == 200


def test_an_error_page_holds_no_token(
    private: Bridge,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Security nos. 44 and 86."""
    client = Client(application(private), use_cookies=False)
    for path in ("/nothing", "/yunting/e/"):
        answer = client.get(f"/r/{token}{path}", headers={"Accept": "text/html"})
        assert answer.status_code == 404
        answer.headers.pop("Set-Cookie")
        assert token not in told(answer)
    monkeypatch.setattr("bridge.pipeline.search.results", lambda *_: 1 / 0)
    answer = client.get(f"/r/{token}/search?q=x")
    assert answer.status_code == 500
    assert token not in told(answer)
    assert "/search failed" in caplog.text
    assert token not in caplog.text
