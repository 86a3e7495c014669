"""Paths of the output, and which files have a compressed twin."""

import gzip

import pytest

from bridge.errors import BridgeError
from bridge.publish.files import checked, etag, is_path, twin

LONG = "两岸十二个渡口同步改造。".encode() * 100


def test_only_what_is_worth_it_has_a_twin() -> None:
    packed = twin("a.xml", LONG)
    assert packed is not None
    assert gzip.decompress(packed) == LONG
    assert packed == twin("b.html", LONG)  # no name and no hour in it
    assert twin("a.xml", b"<a/>") is None
    assert twin("media/a.jpg", LONG) is None
    assert etag(packed) != etag(LONG)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/etc/passwd", "../a", "a/../b", "a//b", "a/", ".htaccess", "a/.b", "a\\b",
        "a\0b", "a b", "报.xml", "a..b", "a.", "x" * 101, "a\n",
    ],
)  # fmt: skip
def test_no_path_leads_anywhere_else(path: str) -> None:
    """Security no. 70."""
    assert not is_path(path)
    with pytest.raises(BridgeError, match="not a path for a published file"):
        checked(path)


@pytest.mark.parametrize(
    "path", ["index.html", "p/a/p-20260301-ab2c3d.html", "p/e/2026-03-01/index.html"]
)
def test_our_own_paths_are_paths(path: str) -> None:
    assert is_path(path)
    assert checked(path) == path
