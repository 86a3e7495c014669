"""Published files over HTTP: the same answers from the middleware and from the Flask view."""

import datetime as dt
import gzip

import pytest
from werkzeug.test import Client

from bridge.publish.files import etag
from bridge.wiring import Bridge

URL = "/yunting/yaowen/rss.xml"
MODIFIED = "Sun, 01 Mar 2026 01:15:00 GMT"
IDENTITY = {"Accept-Encoding": "identity"}


def test_a_feed_comes_whole(client: Client, feed: bytes) -> None:
    answer = client.get(URL, headers=IDENTITY)
    assert (answer.status_code, answer.data) == (200, feed)
    assert answer.headers["ETag"] == etag(feed)
    assert answer.headers["Last-Modified"] == MODIFIED
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(feed))
    assert answer.headers["Cache-Control"] == "public, max-age=900"
    assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"


def test_a_feed_comes_compressed_with_a_tag_of_its_own(client: Client, feed: bytes) -> None:
    answer = client.get(URL, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == feed
    assert answer.headers["ETag"] == etag(answer.data) != etag(feed)
    assert len(answer.data) < len(feed) / 4


@pytest.mark.parametrize(
    ("header", "compressed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, x-gzip", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip, deflate;q=0, br", True),
        ("deflate, gzip;q=0, *", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=bad", False),
        ("gzip;q=..", False),
        (";;,=", False),
    ],
)
def test_accept_encoding(client: Client, header: str, compressed: bool) -> None:
    answer = client.get(URL, headers={"Accept-Encoding": header})
    assert (answer.headers.get("Content-Encoding") == "gzip") == compressed


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", {tag}', 304),
        ('"other",W/{tag} , "third"', 304),
        ("*", 304),
        ("{bare}", 304),
        ('"{bare}-gzip"', 304),
        ('"{bare}--gzip"', 304),
        ('"other"', 200),
        ('"{bare}x"', 200),
        ('"{tag_of_twin}"', 200),
        ("", 200),
        (",,,", 200),
    ],
)
def test_if_none_match(client: Client, feed: bytes, header: str, status: int) -> None:
    tag = etag(feed)
    twin = client.get(URL, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    sent = header.format(tag=tag, bare=tag.strip('"'), tag_of_twin=twin.strip('"'))
    answer = client.get(URL, headers={**IDENTITY, "If-None-Match": sent})
    assert answer.status_code == status
    assert (answer.data == b"") == (status == 304)


def test_a_304_says_what_a_cache_must_know(client: Client, feed: bytes) -> None:
    known = client.get(URL, headers={**IDENTITY, "If-None-Match": etag(feed)})
    whole = client.get(URL, headers=IDENTITY)
    for name in ("ETag", "Cache-Control", "Vary"):
        assert known.headers[name] == whole.headers[name]
    assert "Content-Length" not in known.headers or known.headers["Content-Length"] == "0"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (MODIFIED, 304),
        ("Sun, 01 Mar 2026 01:15:01 GMT", 304),
        ("Sunday, 01-Mar-26 01:15:00 GMT", 304),
        ("Sun, 01 Mar 2026 01:14:59 GMT", 200),
        ("yesterday", 200),
        ("Sun, 99 Mar 2026 01:15:00 GMT", 200),
        ("", 200),
    ],
)
def test_if_modified_since(client: Client, header: str, status: int) -> None:
    answer = client.get(URL, headers={**IDENTITY, "If-Modified-Since": header})
    assert answer.status_code == status


def test_the_tag_counts_more_than_the_date(client: Client) -> None:
    headers = {**IDENTITY, "If-None-Match": '"old"', "If-Modified-Since": MODIFIED}
    assert client.get(URL, headers=headers).status_code == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_is_get_without_the_body(client: Client, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    got, asked = client.get(URL, headers=headers), client.head(URL, headers=headers)
    assert (asked.status_code, asked.data) == (200, b"")
    assert dict(asked.headers) == dict(got.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    answer = client.open(URL, method=method)
    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize(
    ("path", "kind", "in_browser"),
    [
        (URL, "application/rss+xml", "application/xml"),
        ("/yunting/yaowen/atom.xml", "application/atom+xml", "application/xml"),
        ("/yunting/yaowen/feed.json", "application/feed+json", "application/json"),
        ("/opml.xml", "text/x-opml", "application/xml"),
        ("/robots.txt", "text/plain", "text/plain"),
        ("/assets/style.css", "text/css", "text/css"),
        ("/yunting/index.html", "text/html", "text/html"),
        ("/media/" + "ab" * 32 + ".jpg", "image/jpeg", "image/jpeg"),
    ],
)
def test_types(client: Client, path: str, kind: str, in_browser: str) -> None:
    assert client.get(path).headers["Content-Type"].partition(";")[0] == kind
    opened = client.get(path, headers={"Sec-Fetch-Dest": "document", "Accept": "text/html"})
    assert opened.headers["Content-Type"].partition(";")[0] == in_browser


def test_pictures_never_change(client: Client) -> None:
    answer = client.get("/media/" + "ab" * 32 + ".jpg", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


@pytest.mark.parametrize(
    ("path", "target"),
    [("/yunting", "/yunting/"), ("/yunting?a=b", "/yunting/?a=b")],
)
def test_a_folder_without_its_slash_leads_to_it(client: Client, path: str, target: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, target)


@pytest.mark.parametrize(("path", "title"), [("/", b"front"), ("/yunting/", b"today")])
def test_a_folder_is_its_index(client: Client, path: str, title: bytes) -> None:
    assert title in client.get(path).data


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.xml",
        "/yunting/yaowen",
        "/yunting/yaowen/",
        "/yunting/yaowen/rss.xml/",
        "/yunting/yaowen/rss.xml.gz",
        "/.manifest/files.jsonl",
        "/.manifest/yunting/yaowen/files.jsonl",
        "/../config/bridge.toml",
        "/yunting/../../config/bridge.toml",
        "/%2e%2e/config/bridge.toml",
        "/..%2fconfig%2fbridge.toml",
        "//etc/passwd",
        "/yunting/%00index.html",
        "/yunting/yaowen/.rss.xml.tmp",
        "/yunting\\index.html",
        "/yunting/index.html%0a",
        "/云汀/",
        "/" + "a" * 5000,
    ],
)
def test_nothing_else_can_be_reached(client: Client, path: str) -> None:
    """Security no. 70."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"base_url" not in answer.data


def test_links_out_of_the_folder_are_not_followed(client: Client, bridge: Bridge) -> None:
    secret = bridge.output.root.parent / "secret.html"
    secret.write_text("secret")
    (bridge.output.root / "open.html").symlink_to(secret)
    assert client.get("/open.html").status_code == 404


def test_a_new_file_is_served_at_once(client: Client, bridge: Bridge, feed: bytes) -> None:
    first = client.get(URL, headers=IDENTITY)
    later = dt.datetime(2026, 3, 1, 3, 0, tzinfo=dt.UTC)
    bridge.output.write(URL[1:], feed + b"<!-- -->", later)
    second = client.get(URL, headers={**IDENTITY, "If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (200, feed + b"<!-- -->")
    bridge.output.remove(URL[1:])
    assert client.get(URL, headers=IDENTITY).status_code == 404


def test_content_of_tomorrow_is_not_dated(client: Client, bridge: Bridge) -> None:
    bridge.output.write("yunting/x.html", b"<p>", dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    assert "Last-Modified" not in client.get("/yunting/x.html").headers


@pytest.mark.parametrize("path", ["/", URL, "/yunting", "/nothing", "/livez"])
def test_every_answer_is_guarded(client: Client, path: str) -> None:
    """Security no. 85."""
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "X-Robots-Tag" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/yunting/a/nothing.html", 404),
        ("/yunting/", 405),
        ("/yunting", 405),
        ("/livez", 405),
    ],
)
def test_other_methods_are_refused_only_where_something_stands(
    client: Client, method: str, path: str, status: int
) -> None:
    assert client.open(path, method=method).status_code == status


@pytest.mark.parametrize("name", ["yunting-20260301-k3v9qa", "yunting-20260301-k3v9qa.diff"])
def test_a_withdrawn_article_is_gone_and_says_why(
    client: Client, bridge: Bridge, name: str
) -> None:
    grave = b"<!doctype html><title>withdrawn</title>"
    bridge.output.write(
        "yunting/a/yunting-20260301-k3v9qa.gone", grave, dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    )
    url = f"/yunting/a/{name}.html"
    answer, asked = client.get(url), client.head(url)
    assert (answer.status_code, answer.data) == (410, grave)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (
        "text/html",
        "public, max-age=300",
    )
    assert "ETag" not in answer.headers
    assert (asked.status_code, asked.data, dict(asked.headers)) == (
        410,
        b"",
        dict(answer.headers),
    )
    assert client.get("/yunting/a/yunting-20260301-other.html").status_code == 404
    assert client.get("/yunting/a/yunting-20260301-k3v9qa.gone").status_code == 404


def test_an_article_that_stands_is_served_whatever_lies_beside_it(
    client: Client, bridge: Bridge
) -> None:
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for ending in ("html", "gone"):
        bridge.output.write(f"yunting/a/x.{ending}", ending.encode(), at)
    assert client.get("/yunting/a/x.html").data == b"html"
