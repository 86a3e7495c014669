"""`Link` headers: what a page announces and what a feed says it is."""

import pytest

from bridge.web.links import link

BASE = "https://feeds.example.org"
ALL = ["yunting/all/rss.xml", "yunting/all/atom.xml", "yunting/all/feed.json"]


@pytest.mark.parametrize(
    ("path", "feeds"),
    [
        ("yunting/index.html", ALL),
        ("yunting/all/index.html", ALL),
        ("yunting/yaowen/index.html", [feed.replace("all", "yaowen") for feed in ALL]),
        ("yunting/e/2026-03-01/index.html", ALL),
        ("yunting/e/2026-03-01/A1.html", ALL),
        ("yunting/a/yunting-20260301-k3v9qa.html", ALL),
        ("yunting/a/yunting-20260301-k3v9qa.diff.html", ALL),
        ("yunting/corrections/index.html", ["yunting/corrections/atom.xml"]),
        ("index.html", ["opml.xml"]),
        ("404.html", ["opml.xml"]),
    ],
)
def test_a_page_announces_its_feeds(path: str, feeds: list[str]) -> None:
    found = (link(BASE, path) or "").split(", ")
    assert [one.partition(">")[0] for one in found] == [f"<{BASE}/{feed}" for feed in feeds]
    assert all('; rel="alternate"; type="' in one for one in found)


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_feed_names_itself_and_its_page(name: str) -> None:
    assert link(BASE, f"yunting/yaowen/{name}") == (
        f'<{BASE}/yunting/yaowen/{name}>; rel="self", '
        f'<{BASE}/yunting/yaowen/>; rel="alternate"; type="text/html"'
    )


def test_a_feed_names_its_hubs() -> None:
    found = link(BASE, "yunting/all/atom.xml", ("https://hub.example/", "https://two.example/"))
    assert found is not None
    assert '<https://hub.example/>; rel="hub", <https://two.example/>; rel="hub"' in found
    page = link(BASE, "yunting/index.html", ("https://hub.example/",))
    assert page is not None
    assert "hub.example" not in page


@pytest.mark.parametrize(
    "path",
    ["opml.xml", "assets/style.css", "media/ab.webp", "yunting/e/2026-03-01/edition.epub"],
)
def test_other_files_have_none(path: str) -> None:
    assert link(BASE, path) is None
