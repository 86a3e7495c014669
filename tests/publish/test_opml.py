"""The list of all feeds."""

from dataclasses import replace

from lxml import etree

from bridge.model import Site
from bridge.publish import opml


def test_every_section_the_whole_paper_and_its_corrections_are_listed(site: Site) -> None:
    root = etree.fromstring(opml.render(site))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "云汀报业"
    feeds = root.findall("body/outline/outline")
    *sections, last = feeds
    assert [feed.get("xmlUrl") for feed in sections] == [
        f"https://feeds.example.org/yunting/{slug}/rss.xml"
        for slug in ("all", "yaowen", "minsheng", "fukan")
    ]
    assert (last.get("xmlUrl"), last.get("version"), last.get("text")) == (
        "https://feeds.example.org/yunting/corrections/atom.xml",
        "ATOM1",
        "云汀日报 · 更正与撤稿",
    )
    first = feeds[1]
    assert (first.get("text"), first.get("type"), first.get("version")) == (
        "云汀日报 · 要闻",
        "rss",
        "RSS2",
    )
    assert (first.get("htmlUrl"), first.get("language")) == (
        "https://feeds.example.org/yunting/yaowen/",
        "zh-Hans",
    )


def test_it_is_the_same_each_time_and_survives_odd_names(site: Site) -> None:
    assert opml.render(site) == opml.render(site)
    odd = replace(site, title="A\x00 <b>&", papers=())
    assert etree.fromstring(opml.render(odd)).findtext("head/title") == "A <b>&"
