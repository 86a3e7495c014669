"""What only a bucket does: headers, few requests, failures of the store, and being killed."""

import datetime as dt
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from bridge.errors import BridgeError, OutputError
from bridge.publish import bucket, journals
from bridge.publish.bucket import Bucket
from bridge.publish.files import Rendition
from bridge.publish.objects import Objects, Patience

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
LONG = "早班渡船提前到五点半开航。".encode() * 100
FEED = "p/yaowen/rss.xml"


def edition(text: bytes, count: int = 20) -> list[Rendition]:
    """A feed and the articles of one day."""
    paths = [FEED, *(f"p/a/p-20260301-{number:06}.html" for number in range(count))]

    def rendition(path: str) -> Rendition:
        body = path.encode() + LONG + text
        return Rendition(
            path=path, fingerprint=text.decode(), changed=CHANGED, render=lambda: body
        )

    return [rendition(path) for path in paths]


def publish(output: Bucket, text: bytes) -> int:
    """Write an edition in one round; return how many files changed."""
    return publish_these(output, edition(text))


def publish_these(output: Bucket, renditions: Iterable[Rendition]) -> int:
    with output.round():
        return sum(output.put(rendition) for rendition in renditions)


def publish_all(output: Bucket, count: int) -> None:
    for number in range(count):
        output.write(f"p/{number}.txt", b"x", CHANGED)


class Counted(Objects):
    """Objects that count what they ask of the store."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.asked: Counter[str] = Counter()

    def put(self, *given: Any) -> str:
        self.asked["put"] += 1
        return super().put(*given)

    def _read(self, key: str, options: Any) -> Any:
        self.asked["head" if "head" in options else "get"] += 1
        return super()._read(key, options)

    def folder(self, *given: Any) -> dict[str, str]:
        self.asked["list"] += 1
        return super().folder(*given)

    def below(self, *given: Any) -> dict[str, str]:
        self.asked["list"] += 1
        return super().below(*given)


# What the store itself can serve.


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("index.html", "text/html; charset=utf-8", "public, max-age=300"),
        (FEED, "application/rss+xml; charset=utf-8", "public, max-age=900"),
        ("p/yaowen/feed.json", "application/feed+json; charset=utf-8", "public, max-age=900"),
        ("assets/style.css", "text/css; charset=utf-8", "public, max-age=3600"),
        ("p/a/x.gone", "text/html; charset=utf-8", "public, max-age=600"),
    ],
)
def test_the_store_knows_what_it_serves(
    bucket_place: Any, path: str, kind: str, kept: str
) -> None:
    bucket_place.output().write(path, LONG, CHANGED)
    headers, body = bucket_place.server.ask("GET", f"{bucket_place.base}/{path}")
    assert (headers["Content-Type"], headers["Cache-Control"], body) == (kind, kept, LONG)
    assert headers["Content-Encoding"] is None
    if path.endswith("gone"):
        return
    twin, _ = bucket_place.server.ask("GET", f"{bucket_place.base}/{path}.gz")
    assert (twin["Content-Type"], twin["Cache-Control"]) == (kind, kept)
    assert twin["Content-Encoding"] == "gzip"


def test_a_readers_copy_is_for_no_shared_cache(
    bucket_place: Any, open_bucket: Callable[..., Bucket]
) -> None:
    picture = "media/" + "ab" * 32 + ".webp"
    open_bucket(bucket_place.address, private=True).write(picture, LONG, CHANGED)
    headers, _ = bucket_place.server.ask("HEAD", f"{bucket_place.base}/{picture}")
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Content-Type"] == "image/webp"


# What is asked of it.


def test_an_unchanged_edition_costs_two_listings(address: Any) -> None:
    objects = Counted(address)
    output = Bucket(objects, ttl=dt.timedelta(minutes=15))
    assert publish(output, b"1") == 21
    objects.asked.clear()
    assert publish(output, b"1") == 0
    assert objects.asked == {"list": 2}  # the section's folder, the articles of the day


def test_another_node_reads_two_journals_more(address: Any) -> None:
    publish(Bucket(Objects(address), ttl=dt.timedelta(minutes=15)), b"1")
    objects = Counted(address)
    assert publish(Bucket(objects, ttl=dt.timedelta(minutes=15)), b"1") == 0
    assert objects.asked == {"list": 2, "get": 2}


def test_a_round_of_many_folders_keeps_no_more_journals_than_it_may(
    address: Any, open_bucket: Callable[..., Bucket], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bucket, journals):
        monkeypatch.setattr(module, "HELD", 8)
    output = open_bucket(address)
    folders = [f"p/s{number}" for number in range(20)]
    with output.round():
        for folder in folders:
            output.write(f"{folder}/x.txt", b"x", CHANGED, fingerprint="f")
    assert output._journals.waiting() == 0
    assert len(output._journals._journals) <= 8
    other = open_bucket(address)
    assert all(other.fresh(f"{folder}/x.txt", "f") for folder in folders[:3] + folders[-3:])


def test_only_what_is_new_tells_the_web_servers(
    address: Any, open_bucket: Callable[..., Bucket]
) -> None:
    def version() -> str:
        return Objects(address).folder(".manifest")[".manifest/version"]

    output = open_bucket(address)
    publish(output, b"1")
    first = version()
    publish(output, b"1")
    publish(open_bucket(address), b"1")
    output.write("media/" + "ab" * 32 + ".webp", LONG, CHANGED)
    assert version() == first
    publish(output, b"2")
    second = version()
    output.remove(FEED)
    assert len({first, second, version()}) == 3


# When it fails.


def test_a_wrong_key_is_told(another: Callable[..., Any]) -> None:
    for wrong in (another(secret_key="guessed"), another(access_key="press:nobody")):
        output = Bucket(Objects(wrong), ttl=dt.timedelta(minutes=15))
        with pytest.raises(OutputError, match="the bucket does not know our key") as told:
            output.write(FEED, LONG, CHANGED)
        assert "correct access_key and secret_key in [bucket]" in str(told.value)
        assert "guessed" not in str(told.value)
        with pytest.raises(OutputError, match="does not know our key"):
            list(output.paths())


def test_a_missing_bucket_is_told(another: Callable[..., Any]) -> None:
    objects = Objects(another(url="s3://no-such-bucket/paper"))
    for ask in (
        lambda: objects.put("a", b"", {}, {}),
        lambda: objects.get("a"),
        lambda: objects.folder("a"),
        lambda: objects.below("a"),
        objects.prove,
    ):
        with pytest.raises(OutputError, match=r"no-such-bucket.*does not exist \(NoSuchBucket"):
            ask()


def test_a_store_that_is_not_there_is_told(
    another: Callable[..., Any], free_ports: Callable[[int], list[int]]
) -> None:
    (port,) = free_ports(1)
    impatient = Patience(connect=2, request=5, tries=2)
    away = Objects(another(endpoint=f"http://127.0.0.1:{port}"), impatient)
    with pytest.raises(OutputError, match=r"cannot be reached \(no connection\)") as told:
        Bucket(away, ttl=dt.timedelta(minutes=15)).write(FEED, LONG, CHANGED)
    assert "what was published before is still in place" in str(told.value)
    assert f"http://127.0.0.1:{port}" in str(told.value)


def test_the_missing_package_is_told(address: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(BridgeError, match=r"pip install 'broadsheet\[s3\]'"):
        Objects(address)


def test_the_store_goes_away_in_mid_round_and_comes_back(
    bucket_place: Any, object_server: Any, open_bucket: Callable[..., Bucket]
) -> None:
    """Security no. 103: what was good stays, and the next round finishes."""
    output = open_bucket(bucket_place.address)
    publish(output, b"1")

    def go_away() -> bytes:
        object_server.kill()
        return LONG

    gone = Rendition(path="p/x.html", fingerprint="", changed=CHANGED, render=go_away)
    try:
        with pytest.raises(OutputError, match="cannot be reached"):
            publish_these(output, (*edition(b"2", 5), gone, *edition(b"2")[6:]))
    finally:
        object_server.start()
    for rendition in edition(b"1"):
        new = rendition.render()[:-1] + b"2"
        assert bucket_place.read(rendition.path) in (rendition.render(), new)
    left = publish(output, b"2")  # the same node, with what it still remembers
    assert 0 < left <= 21
    for rendition in edition(b"2"):
        assert bucket_place.read(rendition.path) == rendition.render()
    assert publish(open_bucket(bucket_place.address), b"2") == 0


def test_a_failure_ends_the_round_early(another: Callable[..., Any]) -> None:
    """Not every file is tried, each with its own patience, when none can be written."""
    objects = Counted(another(secret_key="wrong"))
    output = Bucket(objects, ttl=dt.timedelta(minutes=15))
    output._marks = lambda path: {}  # type: ignore[method-assign]
    with pytest.raises(OutputError, match="does not know our key"), output.round():
        publish_all(output, 1000)
    assert objects.asked["put"] < 100


def test_reads_during_200_rewritings_are_never_torn(
    bucket_place: Any, open_bucket: Callable[..., Bucket]
) -> None:
    """Security no. 101; feeds acceptance no. 6."""
    output, reader = open_bucket(bucket_place.address), Objects(bucket_place.address)
    bodies = [bytes([65 + number]) * 20_000 for number in range(4)]
    output.write("a.epub", bodies[0], CHANGED)
    stop, seen, torn = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            found: Any = reader.get("a.epub")
            if found is None:  # with a single copy Swift may lose sight of it for a moment
                continue
            seen.add(found.mark)
            if found.body not in bodies or len(found.body) != found.size:
                torn.append(found.size)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        with output.round():
            for number in range(1, 201):
                assert output.write("a.epub", bodies[number % 4], CHANGED)
    finally:
        stop.set()
        thread.join()
    assert not torn
    assert len(seen) > 1  # they did read while it was written
    known = output.entry("a.epub")
    assert known is not None
    assert known.changed == CHANGED.timestamp() + 200


WRITER = """
import datetime as dt, sys
from bridge.config.settings import Bucket as Address
from bridge.publish.bucket import Bucket
from bridge.publish.objects import Objects
url, endpoint, access, secret = sys.argv[1:]
address = Address(url=url, endpoint=endpoint, region="here-1", path_style=True,
                  access_key=access, secret_key=secret)
output = Bucket(Objects(address), ttl=dt.timedelta(minutes=15))
changed = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
print("writing", flush=True)
with output.round():
    for number in range(300):
        body = str(number).encode() * 3000
        output.write(f"p/a/p-20260301-{number:06}.html", body, changed, fingerprint="f")
"""


def test_a_killed_writer_is_followed_by_one_who_finishes(
    bucket_place: Any, open_bucket: Callable[..., Bucket], wait_for: Callable[..., None]
) -> None:
    """Security no. 100: kill -9 in mid round; then the same bytes as without it."""
    at = bucket_place.address
    given = (at.url, at.endpoint, at.access_key, at.secret_key)
    child = subprocess.Popen([sys.executable, "-c", WRITER, *given], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    wait_for(lambda: len(bucket_place.names()) > 20)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    there = {name for name in bucket_place.names() if name.endswith(".html")}
    assert len(there) < 300
    assert not Objects(at).folder(".manifest/p/a")  # nothing was written down yet

    bodies = {f"p/a/p-20260301-{n:06}.html": str(n).encode() * 3000 for n in range(60)}
    output = open_bucket(at)
    with output.round():
        written = {
            path
            for path, body in bodies.items()
            if output.write(path, body, CHANGED, fingerprint="f")
        }
    assert written.isdisjoint(there)
    for path, body in bodies.items():
        assert bucket_place.read(path) == body
        known = output.entry(path)
        assert known is not None
        assert known.changed == CHANGED.timestamp()
    other = open_bucket(at)
    assert all(other.fresh(path, "f") for path in bodies)
