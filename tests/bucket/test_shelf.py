"""The web's own look at a bucket: memory first, the bucket when something changed."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from bridge.errors import OutputError
from bridge.publish.bucket import Bucket
from bridge.publish.files import etag
from bridge.publish.objects import Objects
from bridge.web import bucket_shelf
from bridge.web.bucket_shelf import BucketShelf
from bridge.web.published import Published
from bridge.web.shelf import COST
from bridge.web.wsgi import PublishedFiles

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
LONG = "两岸十二个渡口同步改造。".encode() * 100
FEED = "yunting/yaowen/rss.xml"


@pytest.fixture
def output(address: Any, open_bucket: Callable[..., Bucket]) -> Bucket:
    made = open_bucket(address)
    with made.round():
        made.write(FEED, LONG, CHANGED)
        made.write("yunting/index.html", b"<p>", CHANGED)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that are asked for, in order."""
    keys: list[str] = []
    get = Objects.get

    def listed(self: Objects, key: str, *, unless: str = "") -> Any:
        keys.append(f"{key}?" if unless else key)
        return get(self, key, unless=unless)

    monkeypatch.setattr(Objects, "get", listed)
    return keys


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the version with every request."""
    monkeypatch.setattr(bucket_shelf, "EVERY", 0.0)


def test_what_has_not_changed_is_served_from_memory(
    address: Any, output: Bucket, asked: list[str]
) -> None:
    shelf = BucketShelf(address)
    held = shelf.get(FEED)
    assert held is not None
    assert (held.body, held.etag, held.modified) == (LONG, etag(LONG), CHANGED.timestamp())
    assert held.last_modified == "Sun, 01 Mar 2026 01:15:00 GMT"
    assert all(shelf.get(FEED) is held for _ in range(100))
    assert asked == [".manifest/version", FEED]


def test_a_publication_is_seen_with_the_next_version(
    address: Any, output: Bucket, asked: list[str], at_once: None
) -> None:
    shelf = BucketShelf(address)
    shelf.get(FEED), shelf.get("yunting/index.html"), shelf.get("yunting/new.html")
    with output.round():
        output.write(FEED, LONG + b"!", CHANGED)
        output.write("yunting/new.html", b"<b>", CHANGED)
    asked.clear()
    paths = (FEED, "yunting/index.html", "yunting/new.html")
    bodies = [held.body for path in paths if (held := shelf.get(path))]
    assert bodies == [LONG + b"!", b"<p>", b"<b>"]
    version = ".manifest/version?"
    assert asked == [
        version, f"{FEED}?", version, "yunting/index.html?", version, "yunting/new.html",
    ]  # fmt: skip
    output.remove(FEED)
    assert shelf.get(FEED) is None


def test_that_there_is_no_file_is_remembered(
    address: Any, output: Bucket, asked: list[str]
) -> None:
    shelf = BucketShelf(address)
    for _ in range(10):
        assert shelf.get("yunting/none.html") is None
        assert not shelf.is_folder("yunting/none")
        assert shelf.is_folder("yunting")
    assert len(asked) == 4


@pytest.mark.parametrize(
    "path",
    ["ap/inbox/index.html", "admin/x.html", "../a", "a/../b", ".manifest/version", "a\0b", ""],
)
def test_what_can_be_no_file_is_not_asked_for(
    address: Any, asked: list[str], path: str
) -> None:
    """Security no. 70; and an inbox needs no bucket."""
    assert BucketShelf(address).get(path) is None
    assert not asked


def test_other_hands_are_seen_after_a_while(
    address: Any,
    output: Bucket,
    bucket_place: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = BucketShelf(address)
    shelf.get(FEED)
    bucket_place.spoil(FEED)
    held = shelf.get(FEED)
    assert held is not None
    assert held.body == LONG
    monkeypatch.setattr(bucket_shelf, "OLDEST", 0.0)
    held = shelf.get(FEED)
    assert held is not None
    assert held.body == b"by hand"
    assert abs(held.modified - time.time()) < 3600


def test_memory_is_bounded(address: Any, output: Bucket) -> None:
    with output.round():
        for number in range(8):
            output.write(f"p/{number}.txt", b"x" * 1000, CHANGED)
    shelf = BucketShelf(address, max_bytes=6000)
    for number in range(8):
        held = shelf.get(f"p/{number}.txt")
        assert held is not None
        assert len(held.body) == 1000
        shelf.get(f"p/none{number}.txt")
    assert sum(len(held.body) + COST for held in shelf._held.values()) == shelf._bytes <= 6000
    assert len(shelf._held) >= 4


def test_a_bucket_out_of_reach_leaves_what_is_held(
    address: Any,
    output: Bucket,
    object_server: Any,
    asked: list[str],
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Security no. 104: the answer is late or old, never a wrong 404."""
    shelf = BucketShelf(address)
    client = Client(PublishedFiles(_nothing, Published(shelf)))
    first = client.get(f"/{FEED}")
    object_server.kill()
    try:
        assert client.get(f"/{FEED}").data == first.data
        asked.clear()
        for _ in range(20):
            assert client.get(f"/{FEED}", headers={"If-None-Match": first.headers["ETag"]})
        assert not asked  # nobody waits for it again and again
        later = client.get("/yunting/never-seen.html")
        assert (later.status_code, later.headers["Retry-After"]) == (503, "30")
        assert later.headers["Cache-Control"] == "no-store"
        assert client.get("/ap/inbox").status_code == 404  # the application's own
        assert Published(shelf).error_page() is None
        with pytest.raises(OutputError):
            shelf.get("404.html")
    finally:
        object_server.start()
    monkeypatch.setattr(shelf, "_rest", 0.0)
    output.write(FEED, LONG + b"!", CHANGED)
    assert client.get(f"/{FEED}").data == LONG + b"!"
    assert client.get("/yunting/never-seen.html").status_code == 404


def _nothing(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [])
    return []
