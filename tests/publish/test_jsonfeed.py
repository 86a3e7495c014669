"""JSON Feed 1.1: its own rules, and that it says what RSS and Atom say."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bridge.model import Channel, Photo, StoredArticle
from bridge.publish import feeds
from bridge.publish.entry import Options

DATA = Path(__file__).parent.parent / "data" / "publish"
OPTIONS = Options(sizes={"media/" + "ab" * 32 + ".jpg": 48213})
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}

Told = dict[str, Any]


def feed(channel: Channel) -> Told:
    found: Told = json.loads(feeds.json(channel, OPTIONS))
    return found


def from_json(channel: Channel) -> list[Told]:
    return [
        {
            "id": item["id"],
            "url": item["url"],
            "title": item["title"],
            "summary": item.get("summary"),
            "html": item.get("content_html"),
            "authors": [author["name"] for author in item["authors"]],
            "published": dt.datetime.fromisoformat(item["date_published"]),
            "updated": dt.datetime.fromisoformat(item["date_modified"]),
            "language": item.get("language"),
            "tags": item["tags"],
            "images": [
                (one["url"], one["mime_type"], str(one["size_in_bytes"]))
                for one in item.get("attachments", [])
            ],
        }
        for item in feed(channel)["items"]
    ]


def from_rss(channel: Channel) -> list[Told]:
    return [
        _rss_item(item)
        for item in etree.fromstring(feeds.rss(channel, OPTIONS))[0].iter("item")
    ]


def _rss_item(item: etree._Element) -> Told:
    published = parsedate_to_datetime(item.findtext("pubDate") or "")
    updated = item.findtext("a:updated", None, NS)
    return {
        "id": item.findtext("guid"),
        "url": item.findtext("link"),
        "title": item.findtext("title"),
        "summary": item.findtext("description"),
        "html": item.findtext("content:encoded", None, NS),
        "authors": [creator.text for creator in item.findall("dc:creator", NS)],
        "published": published,
        "updated": dt.datetime.fromisoformat(updated) if updated else published,
        "language": item.findtext("dc:language", None, NS),
        "images": [
            (one.get("url"), one.get("type"), one.get("fileSize"))
            for one in item.findall("media:content", NS)
        ],
    }


def from_atom(channel: Channel) -> list[Told]:
    tree = etree.fromstring(feeds.atom(channel, OPTIONS))
    return [_atom_entry(entry) for entry in tree.findall("a:entry", NS)]


def _atom_entry(entry: etree._Element) -> Told:
    def moment(name: str) -> dt.datetime:
        return dt.datetime.fromisoformat(entry.findtext(f"a:{name}", "", NS))

    return {
        "id": entry.findtext("a:id", None, NS),
        "url": next(x.get("href") for x in entry.findall("a:link[@rel='alternate']", NS)),
        "title": entry.findtext("a:title", None, NS),
        "summary": entry.findtext("a:summary", None, NS),
        "html": entry.findtext("a:content", None, NS),
        "authors": [name.text for name in entry.findall("a:author/a:name", NS)],
        "published": moment("published"),
        "updated": moment("updated"),
        "language": entry.get("{http://www.w3.org/XML/1998/namespace}lang"),
        "tags": [category.get("label") for category in entry.findall("a:category", NS)],
        "images": [
            (one.get("href"), one.get("type"), one.get("length"))
            for one in entry.findall("a:link[@rel='enclosure']", NS)
        ],
    }


def without(told: list[Told], name: str) -> list[Told]:
    return [{key: value for key, value in one.items() if key != name} for one in told]


def test_golden(channel: Channel, golden: Callable[[Path, str], None]) -> None:
    told = json.dumps(feed(channel), ensure_ascii=False, indent=1) + "\n"
    golden(DATA / "all.feed.json", told)


def test_json_atom_and_rss_say_the_same(channel: Channel) -> None:
    assert from_json(channel) == from_atom(channel)
    assert without(from_json(channel), "tags") == from_rss(channel)
    assert len(from_json(channel)) == 3


def test_the_three_name_the_same_tags(channel: Channel) -> None:
    items = etree.fromstring(feeds.rss(channel, OPTIONS))[0].findall("item")
    terms = [len(item.findall("category")) for item in items]
    assert terms == [len(item["tags"]) for item in feed(channel)["items"]]


def test_the_head(channel: Channel) -> None:
    told = feed(channel)
    del told["items"]
    folder = "https://feeds.example.org/yunting/all/"
    assert told == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "云汀日报",
        "home_page_url": folder,
        "feed_url": f"{folder}feed.json",
        "description": "一张虚构的地方报纸，写云汀江两岸的日常。",
        "authors": [
            {"name": "云汀日报", "url": "https://feeds.example.org/yunting/"},
        ],
        "language": "zh-Hans",
    }


def test_every_item_says_something_and_nothing_is_null(channel: Channel) -> None:
    for item in feed(channel)["items"]:
        assert item.get("content_html") or item.get("content_text")
        assert None not in item.values()
        assert isinstance(item["id"], str)


def test_what_a_section_withholds_is_not_in_its_text(channel: Channel) -> None:
    _, excerpt, headline = feed(channel)["items"]
    assert excerpt["content_text"] == excerpt["summary"] == "坐下来的人可以慢慢吃完一碗面。"
    assert headline["content_text"] == headline["title"] == "A Letter from the Weir"
    assert "summary" not in headline


@pytest.mark.parametrize("image", [None, "https://example.net/far.jpg"])
def test_pictures_we_do_not_hold_are_not_attached(
    channel: Channel, ferry: StoredArticle, image: str | None
) -> None:
    article = replace(ferry.article, photos=(Photo(caption="渡口", image=image),))
    item = feed(replace(channel, entries=(replace(ferry, article=article),)))["items"][0]
    assert "attachments" not in item
    assert "image" not in item


def test_a_size_that_is_not_known_is_left_out(channel: Channel) -> None:
    item = json.loads(feeds.json(channel))["items"][0]
    assert item["attachments"] == [{"url": item["image"], "mime_type": "image/jpeg"}]


def test_dates_have_an_offset(channel: Channel) -> None:
    first = feed(channel)["items"][0]
    assert first["date_published"] == "2026-03-01T05:29:59+08:00"
    assert first["date_modified"] == "2026-03-01T09:15:00+08:00"


def test_bytes_are_stable_and_an_empty_feed_is_one(channel: Channel) -> None:
    assert feeds.json(channel) == feeds.json(channel)
    assert feed(replace(channel, entries=()))["items"] == []


def test_any_character_leaves_it_readable(channel: Channel, ferry: StoredArticle) -> None:
    """Security no. 67."""
    article = replace(ferry.article, headline="坏\x00\ud800\u2028字</script>")
    one = replace(channel, entries=(replace(ferry, article=article),))
    assert feed(one)["items"][0]["title"] == "坏\u2028字</script>"


def test_it_counts_in_the_size_limit(channel: Channel, poem: StoredArticle) -> None:
    """Quotes are what JSON needs most room for."""
    quotes = replace(poem, article=replace(poem.article, headline='"' * 5000))
    found = feeds.render(replace(channel, entries=(quotes,)))
    atom, json_ = len(found.atom), len(found.json)
    assert 3 * atom < json_ <= 4 * atom
    assert found.fits(json_)
    assert not found.fits(json_ - 1)
    smaller = feeds.render(replace(channel, entries=(quotes,)), Options(max_bytes=json_ - 1))
    assert smaller.entries == ()
