"""Sitemaps: every page that should be found, the news of two days of the paper, no clock."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from bridge.model import Channel, StoredArticle
from bridge.publish import plan, site, sitemap

BASE = "https://feeds.example.org"
NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


def urls(document: bytes) -> list[str]:
    found = etree.fromstring(document).iterfind("s:*/s:loc", NS)
    return [(loc.text or "").removeprefix(f"{BASE}/") for loc in found]


def test_the_index_names_the_lists_of_every_paper(channel: Channel) -> None:
    assert urls(sitemap.index(channel.site)) == ["yunting/sitemap.xml", "yunting/news.xml"]


def test_every_kind_of_page_is_listed(channel: Channel) -> None:
    assert urls(sitemap.pages(channel)) == [
        "yunting/",
        *(f"yunting/{slug}/" for slug in ("all", "yaowen", "minsheng", "fukan", "corrections")),
        "yunting/e/2026-03-01/",
        *(f"yunting/a/{stored.key}.html" for stored in channel.entries),
    ]
    dates = etree.fromstring(sitemap.pages(channel)).findall("s:url/s:lastmod", NS)
    assert dates[0].text == "2026-03-01T09:15:00+08:00"


def test_news_says_when_and_what(channel: Channel) -> None:
    entry = etree.fromstring(sitemap.news(channel)).find("s:url", NS)
    assert entry is not None
    told = {etree.QName(one).localname: one.text for one in entry.iter() if len(one) == 0}
    assert told == {
        "loc": f"{BASE}/yunting/a/yunting-20260301-k3v9qa.html",
        "name": "云汀日报",
        "language": "zh-cn",
        "publication_date": "2026-03-01T05:29:59+08:00",
        "title": "云汀江早班渡船提前到五点半开航",
    }


def test_news_is_of_two_days_and_not_of_what_was_withdrawn(
    channel: Channel, ferry: StoredArticle, make: Callable[..., StoredArticle]
) -> None:
    days = [dt.date(2026, 3, 1), dt.date(2026, 2, 28), dt.date(2026, 2, 27)]
    entries = [
        make(ferry.article, f"yunting-{d:%Y%m%d}-000001", "摘要。", date=d) for d in days
    ]
    gone = replace(ferry, state="withdrawn")
    found = replace(channel, entries=(gone, *entries))
    assert urls(sitemap.news(found)) == [
        "yunting/a/yunting-20260301-000001.html",
        "yunting/a/yunting-20260228-000001.html",
    ]
    assert f"yunting/a/{gone.key}.html" not in urls(sitemap.pages(found))


def test_news_has_a_limit(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "LIMIT", 2)
    assert len(urls(sitemap.news(channel))) == 2


def test_an_empty_paper_has_lists_too(channel: Channel) -> None:
    empty = replace(channel, entries=())
    assert urls(sitemap.news(empty)) == []
    assert urls(sitemap.pages(empty))[0] == "yunting/"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("zh-Hans", "zh-cn"), ("zh", "zh-cn"), ("zh-Hant-HK", "zh-tw"), ("zh-TW", "zh-tw"),
     ("en-GB", "en"), ("bo", "bo")],
)  # fmt: skip
def test_languages(tag: str, code: str) -> None:
    assert sitemap.language(tag) == code


def test_a_private_copy_is_not_for_search_engines(channel: Channel) -> None:
    private = replace(channel, site=replace(channel.site, mode="reader"))
    assert plan.sitemaps(private) == ()
    paths = {rendition.path for rendition in plan.whole(private.site, (private,))}
    assert "sitemap.xml" not in paths
    assert b"Sitemap" not in site.robots(private.site)
    assert b"\nSitemap: https://feeds.example.org/sitemap.xml\n" in site.robots(channel.site)
