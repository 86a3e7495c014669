"""The middleware in front: no Flask for files, Flask for everything else, memory bounded."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from bridge.web.published import Published
from bridge.web.shelf import COST, FolderShelf
from bridge.web.wsgi import PublishedFiles, application
from bridge.wiring import Bridge


def _never(environ: object, start_response: object) -> object:
    raise AssertionError("Flask was asked")


def test_files_are_answered_without_flask(bridge: Bridge) -> None:
    front = PublishedFiles(_never, Published(FolderShelf(bridge.output.root)))  # type: ignore[arg-type]
    for path in ("/", "/yunting", "/yunting/yaowen/rss.xml"):
        assert Client(front).get(path).status_code in (200, 301)
    with pytest.raises(AssertionError, match="Flask was asked"):
        Client(front).get("/livez")


def test_everything_else_is_flasks(bridge: Bridge) -> None:
    client = Client(application(bridge))
    assert client.get("/livez").data == b"ok\n"
    assert client.get("/nothing").status_code == 404


def test_an_empty_path_is_the_front_page(bridge: Bridge) -> None:
    environ = EnvironBuilder(path="/").get_environ()
    environ["PATH_INFO"] = ""
    _, status, _ = run_wsgi_app(application(bridge), environ)
    assert status == "200 OK"


def test_a_prefix_of_the_server_stays_in_redirects(bridge: Bridge) -> None:
    environ = EnvironBuilder(path="/yunting", base_url="http://h/paper").get_environ()
    _, _, headers = run_wsgi_app(application(bridge), environ)
    assert headers["Location"] == "/paper/yunting/"


def test_reader_mode_keeps_search_engines_and_shared_caches_out(
    open_at: Callable[..., Bridge],
) -> None:
    client = Client(application(open_at("reader", "false")))
    for path in ("/yunting/yaowen/rss.xml", "/livez", "/nothing"):
        assert client.get(path).headers["X-Robots-Tag"] == "noindex, noarchive"
    assert "private" in client.get("/yunting/yaowen/rss.xml").headers["Cache-Control"]


# The shelf.


def test_memory_is_bounded_and_the_last_used_stay(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.xml").write_bytes(b"x" * 1000)
    shelf = FolderShelf(tmp_path, max_bytes=9000)
    for number in range(20):
        assert shelf.get("0.xml") is shelf.get("0.xml")
        assert shelf.get(f"{number}.xml") is not None
    assert sum(len(held.body) + COST for held in shelf._held.values()) == shelf._bytes <= 9000
    assert "0.xml" in shelf._held


def test_a_file_too_large_is_served_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "big.epub").write_bytes(b"x" * 3000)
    shelf = FolderShelf(tmp_path, max_bytes=5000)
    held = shelf.get("big.epub")
    assert held is not None
    assert len(held.body) == 3000
    assert not shelf._held


def test_what_is_unchanged_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<a/>")
    shelf = FolderShelf(tmp_path)
    first = shelf.get("a.xml")
    assert shelf.get("a.xml") is first
    (tmp_path / "b").write_bytes(b"<b/>")
    (tmp_path / "b").replace(tmp_path / "a.xml")
    second = shelf.get("a.xml")
    assert second is not None
    assert second.body == b"<b/>"
    (tmp_path / "a.xml").unlink()
    assert shelf.get("a.xml") is None
    assert shelf._bytes == 0


def test_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "d.xml").mkdir()
    os.mkfifo(tmp_path / "p.xml")
    assert FolderShelf(tmp_path).get("d.xml") is None
    assert FolderShelf(tmp_path).get("p.xml") is None
