"""What every place of the output does: the same tests for a folder and for a bucket."""

import datetime as dt
import gzip
from typing import Any

import pytest

from bridge.errors import BridgeError
from bridge.publish.files import Output, Rendition, etag

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
LATER = CHANGED + dt.timedelta(hours=1)
LONG = "两岸十二个渡口同步改造。".encode() * 100
ARTICLE = "p/a/p-20260301-ab2c3d.html"
PICTURE = "media/" + "ab" * 32 + ".webp"


def changed(output: Output, path: str) -> int:
    """The time of a file's content, as another node sees it."""
    known = output.entry(path)
    assert known is not None
    return known.changed


@pytest.mark.parametrize("path", ["index.html", "p/yaowen/rss.xml", ARTICLE])
def test_a_new_file_stands_there_with_its_twin_and_its_contents_time(
    place: Any, path: str
) -> None:
    assert place.output().write(path, LONG, CHANGED)
    assert place.read(path) == gzip.decompress(place.read(f"{path}.gz")) == LONG
    assert changed(place.output(), path) == CHANGED.timestamp()
    assert place.output().read(path) == LONG
    assert place.names() == {path, f"{path}.gz"}


def test_equal_bytes_are_never_written_again(place: Any) -> None:
    place.output().write("a.xml", LONG, CHANGED)
    before = place.version("a.xml"), place.version("a.xml.gz")
    assert not place.output().write("a.xml", LONG, LATER)
    assert (place.version("a.xml"), place.version("a.xml.gz")) == before
    assert changed(place.output(), "a.xml") == CHANGED.timestamp()


def test_new_bytes_have_a_newer_time_whatever_the_content_says(place: Any) -> None:
    place.output().write("a.xml", LONG, LATER)
    assert place.output().write("a.xml", LONG + b"!", CHANGED)
    assert changed(place.output(), "a.xml") == LATER.timestamp() + 1


def test_twins_are_the_same_each_time_and_a_lost_one_is_made_again(place: Any) -> None:
    place.output().write("a.xml", LONG, CHANGED)
    first = place.read("a.xml.gz")
    place.lose("a.xml.gz")
    assert place.output().write("a.xml", LONG, CHANGED)
    assert place.read("a.xml.gz") == first


def test_a_file_that_shrinks_loses_its_twin(place: Any) -> None:
    place.output().write("a.xml", LONG, CHANGED)
    place.output().write("a.xml", b"<a/>", LATER)
    assert place.names() == {"a.xml"}


def test_pictures_have_no_twin_and_are_known_by_their_name(place: Any) -> None:
    output = place.output()
    assert output.entry(PICTURE) is None
    assert output.write(PICTURE, LONG, CHANGED)
    assert place.names() == {PICTURE}
    for node in (output, place.output()):
        assert node.entry(PICTURE).size == len(LONG)
        assert not node.write(PICTURE, LONG, LATER)
    assert output.remove(PICTURE)
    assert output.entry(PICTURE) is output.read(PICTURE) is None
    assert not output.remove(PICTURE)


@pytest.mark.parametrize("path", ["", "/etc/passwd", "a/../b", ".htaccess", "a\0b", "x" * 101])
def test_no_path_leads_anywhere_else(place: Any, path: str) -> None:
    """Security no. 70."""
    for act in (
        lambda output: output.write(path, b"x", CHANGED),
        lambda output: output.remove(path),
        lambda output: output.entry(path),
        lambda output: output.fresh(path, "f"),
    ):
        with pytest.raises(BridgeError, match="not a path for a published file"):
            act(place.output())


def test_removing_takes_the_twin_and_the_knowledge_away(place: Any) -> None:
    output = place.output()
    output.write("p/a.xml", LONG, CHANGED, fingerprint="1")
    assert output.remove("p/a.xml")
    assert place.names() == set()
    assert output.entry("p/a.xml") is None
    assert not output.fresh("p/a.xml", "1")
    assert not output.remove("p/a.xml")


def test_pruning_removes_what_nothing_derives_any_more(place: Any) -> None:
    output = place.output()
    with output.round():
        for path in ("p/x/rss.xml", "p/y/rss.xml", "pq/x/rss.xml", "index.html"):
            output.write(path, LONG, CHANGED)
    assert output.prune("p", {"p/x/rss.xml"}) == ("p/y/rss.xml",)
    assert list(output.paths("p")) == ["p/x/rss.xml"]
    assert list(output.paths()) == ["index.html", "p/x/rss.xml", "pq/x/rss.xml"]


# The fingerprint.


def _rendition(
    fingerprint: str, data: bytes, calls: list[str], path: str = "p/rss.xml"
) -> Rendition:
    def render() -> bytes:
        calls.append(fingerprint)
        return data

    return Rendition(path=path, fingerprint=fingerprint, changed=CHANGED, render=render)


@pytest.mark.parametrize("path", ["index.html", "p/yaowen/rss.xml", ARTICLE])
def test_what_is_unchanged_is_not_even_rendered(place: Any, path: str) -> None:
    calls: list[str] = []
    output = place.output()
    assert output.put(_rendition("one", LONG, calls, path))
    assert not output.put(_rendition("one", LONG, calls, path))
    assert not place.output().put(_rendition("one", LONG, calls, path))
    assert calls == ["one"]
    assert not output.put(_rendition("two", LONG, calls, path))  # the bytes are equal
    assert not place.output().put(_rendition("two", LONG, calls, path))
    assert calls == ["one", "two"]


def test_force_renders_and_an_empty_fingerprint_always_does(place: Any) -> None:
    calls: list[str] = []
    output = place.output()
    output.put(_rendition("one", LONG, calls))
    output.put(_rendition("one", LONG, calls), force=True)
    output.put(_rendition("", LONG, calls))
    output.put(_rendition("", LONG, calls))
    assert calls == ["one", "one", "", ""]


@pytest.mark.parametrize("lost", ["p/rss.xml", "p/rss.xml.gz", ".manifest", ""])
def test_a_lost_file_is_made_again(place: Any, lost: str) -> None:
    """Security no. 102: the output is derived, so anything in it may be deleted."""
    calls: list[str] = []
    place.output().put(_rendition("one", LONG, calls))
    before = place.read("p/rss.xml.gz")
    place.lose(lost)
    place.output().put(_rendition("one", LONG, calls))
    assert calls == ["one", "one"]
    assert (place.read("p/rss.xml"), place.read("p/rss.xml.gz")) == (LONG, before)


def test_a_file_changed_by_hand_is_put_right(place: Any) -> None:
    calls: list[str] = []
    place.output().put(_rendition("one", LONG, calls))
    place.spoil("p/rss.xml")
    assert place.output().put(_rendition("one", LONG, calls))
    assert place.read("p/rss.xml") == LONG


def test_what_is_known_of_a_file(place: Any) -> None:
    place.output().write("p/rss.xml", LONG, CHANGED, fingerprint="f")
    twin = place.read("p/rss.xml.gz")
    known = place.output().entry("p/rss.xml")
    assert (known.etag, known.twin) == (etag(LONG), etag(twin))
    assert (known.size, known.fingerprint) == (len(LONG), "f")
    place.lose(".manifest")
    again = place.output().entry("p/rss.xml")
    assert (again.etag, again.twin, again.changed) == (known.etag, known.twin, known.changed)


def test_two_nodes_that_take_turns_are_never_behind(place: Any) -> None:
    """What one node knows of its own last round must not hide the other's."""
    one, other = place.output(), place.output()
    for node, fingerprint in ((one, "1"), (other, "2"), (one, "1"), (other, "1"), (one, "3")):
        with node.round():
            node.put(_rendition(fingerprint, LONG + fingerprint.encode(), []))
        assert place.read("p/rss.xml") == LONG + fingerprint.encode()


def test_a_round_writes_a_path_twice_in_order(place: Any) -> None:
    output = place.output()
    with output.round():
        for number in range(5):
            output.write("a.xml", LONG + bytes([65 + number]), CHANGED)
        output.write("b.xml", LONG, CHANGED)
        assert output.remove("b.xml")
    assert place.read("a.xml") == LONG + b"E"
    assert changed(place.output(), "a.xml") == CHANGED.timestamp() + 4
    assert place.names() == {"a.xml", "a.xml.gz"}
