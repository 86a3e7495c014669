"""Catalogues of books: what e-readers that speak OPDS 1.2 look for."""

import datetime as dt
from dataclasses import replace

import feedparser
from lxml import etree

from bridge.model import Issue, Newspaper, Site
from bridge.model.news import PageImage
from bridge.publish import opds, plan
from bridge.publish.opds import Shelf, Volume

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
NS = {"a": "http://www.w3.org/2005/Atom", "t": "http://purl.org/dc/terms/"}
BASE = "https://feeds.example.org"
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"


def shelf(paper: Newspaper, *issues: Issue) -> Shelf:
    return Shelf(paper=paper, volumes=tuple(Volume(issue=i, changed=CHANGED) for i in issues))


def links(element: etree._Element) -> dict[str, tuple[str | None, str | None]]:
    found = element.findall("a:link", NS)
    return {link.get("rel", ""): (link.get("href"), link.get("type")) for link in found}


def test_the_root_leads_to_each_papers_catalogue(site: Site, paper: Newspaper) -> None:
    feed = etree.fromstring(opds.root(site, (shelf(paper),)))
    assert links(feed) == {
        "self": (f"{BASE}/opds.xml", NAVIGATION),
        "start": (f"{BASE}/opds.xml", NAVIGATION),
    }
    (entry,) = feed.findall("a:entry", NS)
    assert entry.findtext("a:title", None, NS) == "云汀日报"
    assert links(entry) == {"subsection": (f"{BASE}/yunting/opds.xml", ACQUISITION)}


def test_a_catalogue_offers_each_edition_as_a_book(
    site: Site, paper: Newspaper, issue: Issue
) -> None:
    older = replace(issue, date=dt.date(2026, 2, 28), number=None)
    document = opds.catalogue(site, shelf(paper, issue, older))
    feed = etree.fromstring(document)
    assert links(feed)["self"] == (f"{BASE}/yunting/opds.xml", ACQUISITION)
    assert links(feed)["up"] == links(feed)["start"] == (f"{BASE}/opds.xml", NAVIGATION)
    first, second = feed.findall("a:entry", NS)
    assert first.findtext("a:id", None, NS) == "tag:feeds.example.org,2026-03-01:yunting"
    assert first.findtext("a:title", None, NS) == "云汀日报 2026年3月1日"
    assert first.findtext("a:summary", None, NS) == "第4127期"
    assert first.findtext("t:issued", None, NS) == "2026-03-01"
    assert links(first) == {
        "http://opds-spec.org/acquisition/open-access": (
            f"{BASE}/yunting/e/2026-03-01/edition.epub",
            "application/epub+zip",
        ),
        "alternate": (f"{BASE}/yunting/e/2026-03-01/", "text/html"),
    }
    assert second.find("a:summary", NS) is None
    assert feedparser.parse(document).bozo is False


def test_the_front_page_is_the_cover_where_there_is_an_image(
    site: Site, paper: Newspaper, issue: Issue
) -> None:
    path = "media/" + "cd" * 32 + ".webp"
    drawn = replace(issue.pages[0], image=PageImage(path=path, width=8, height=12, scale=2.0))
    document = opds.catalogue(site, shelf(paper, replace(issue, pages=(drawn,))))
    entry = etree.fromstring(document).find("a:entry", NS)
    assert entry is not None
    assert links(entry)["http://opds-spec.org/image"] == (f"{BASE}/{path}", "image/webp")


def test_dates_are_the_contents_own(site: Site, paper: Newspaper, issue: Issue) -> None:
    """A catalogue that has nothing yet is dated too, and never now."""
    for volumes, date in (((issue,), "2026-03-01T01:15:00"), ((), "2026-01-01T00:00:00")):
        full = shelf(paper, *volumes)
        for rendition in plan.catalogues(site, (full,)):
            document = rendition.render()
            assert document == rendition.render()
            updated = etree.fromstring(document).findtext("a:updated", "", NS)
            assert updated.startswith(date)


def test_only_a_change_is_rendered(site: Site, paper: Newspaper, issue: Issue) -> None:
    def seen(*volumes: Issue) -> list[str]:
        return [one.fingerprint for one in plan.catalogues(site, (shelf(paper, *volumes),))]

    assert seen(issue) == seen(issue)
    assert seen(issue)[1] != seen(replace(issue, number="4128"))[1]
