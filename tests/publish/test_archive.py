"""Archive documents by RFC 5005, and editions as files for programs."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from bridge import edition_json
from bridge.model import Channel, Issue, Provenance, StoredArticle
from bridge.publish import edition_file, feeds
from bridge.publish.entry import Options, Place, fingerprint

DATA = Path(__file__).parent.parent / "data" / "publish"
DAY = dt.date(2026, 3, 1)
BEFORE, AFTER = dt.date(2026, 2, 27), dt.date(2026, 3, 2)
PLACE = Place(date=DAY, previous=BEFORE, following=AFTER)
ARCHIVED = "https://feeds.example.org/yunting/e/{}/archive.atom"
NS = {"a": "http://www.w3.org/2005/Atom", "fh": "http://purl.org/syndication/history/1.0"}


def links(document: bytes) -> dict[str | None, str | None]:
    tree = etree.fromstring(document)
    parent = tree if tree.tag.endswith("feed") else tree[0]
    return {link.get("rel"): link.get("href") for link in parent.findall("a:link", NS)}


def several_days(make: Callable[..., StoredArticle], one: StoredArticle, *days: int):
    return tuple(
        make(one.article, f"yunting-202603{day:02}-{n:06}", "句。", date=dt.date(2026, 3, day))
        for day in days
        for n in range(3)
    )


def test_golden(channel: Channel, golden: Callable[[Path, str], None]) -> None:
    document = feeds.archive(channel, PLACE).decode()
    golden(DATA / "archive.atom.xml", document.replace("><", ">\n<") + "\n")


def test_an_archive_document_knows_its_place(channel: Channel) -> None:
    document = feeds.archive(channel, PLACE)
    assert links(document) == {
        "self": ARCHIVED.format(DAY),
        "current": "https://feeds.example.org/yunting/all/atom.xml",
        "prev-archive": ARCHIVED.format(BEFORE),
        "next-archive": ARCHIVED.format(AFTER),
        "alternate": "https://feeds.example.org/yunting/all/",
    }
    assert etree.fromstring(document).find("fh:archive", NS) is not None


def test_either_end_of_the_row_has_one_neighbour(channel: Channel) -> None:
    first = links(feeds.archive(channel, replace(PLACE, previous=None)))
    last = links(feeds.archive(channel, replace(PLACE, following=None)))
    assert "prev-archive" not in first
    assert "next-archive" not in last


def test_it_is_the_same_feed_with_the_same_entries(channel: Channel) -> None:
    live, kept = (
        feedparser.parse(document)
        for document in (feeds.atom(channel), feeds.archive(channel, PLACE))
    )
    assert (kept.bozo, kept.feed.id) == (False, live.feed.id)
    assert kept.entries == live.entries


def test_the_live_feed_is_no_archive(channel: Channel) -> None:
    for document in (feeds.atom(channel), feeds.rss(channel)):
        assert b"syndication/history" not in document
        assert not {"current", "prev-archive", "next-archive"} & links(document).keys()


@pytest.mark.parametrize(
    ("days", "archives", "linked"),
    [
        ((3, 2), (3, 2, 1), 1),
        ((3, 2), (3, 2), None),
        ((3,), (3, 2, 1), 2),
        ((), (3, 2, 1), 3),
        ((), (), None),
    ],
)
def test_the_live_feed_leads_to_the_first_edition_it_lacks(
    channel: Channel,
    ferry: StoredArticle,
    make: Callable[..., StoredArticle],
    days: tuple[int, ...],
    archives: tuple[int, ...],
    linked: int | None,
) -> None:
    found = replace(
        channel,
        entries=several_days(make, ferry, *days),
        archives=tuple(dt.date(2026, 3, day) for day in archives),
    )
    expected = ARCHIVED.format(dt.date(2026, 3, linked)) if linked else None
    assert links(feeds.atom(found)).get("prev-archive") == expected
    assert links(feeds.rss(found)).get("prev-archive") == expected


def test_what_gave_way_to_the_size_limit_is_found_in_the_archive(
    channel: Channel, ferry: StoredArticle, make: Callable[..., StoredArticle]
) -> None:
    days = tuple(dt.date(2026, 3, day) for day in (3, 2, 1))
    found = replace(channel, entries=several_days(make, ferry, 3, 2, 1), archives=days)
    full = feeds.render(found)
    fewer = feeds.render(found, Options(max_bytes=len(full.rss) - 1))
    assert links(fewer.atom)["prev-archive"] == ARCHIVED.format("2026-03-01")
    cut = feeds.render(found, Options(max_bytes=5_000))
    assert links(cut.atom)["prev-archive"] == ARCHIVED.format("2026-03-03")


def test_an_archive_is_whole_however_large(channel: Channel) -> None:
    assert feeds.archive(channel, PLACE, Options(max_bytes=10)) == feeds.archive(channel, PLACE)


def test_only_a_change_of_its_own_makes_it_anew(channel: Channel) -> None:
    first = fingerprint(channel, Options(), PLACE)
    assert first == fingerprint(channel, Options(), PLACE)
    assert first != fingerprint(channel, Options(), replace(PLACE, following=None))
    assert first != fingerprint(channel, Options())


def test_an_edition_can_be_read_back_with_its_keys(channel: Channel, issue: Issue) -> None:
    text = edition_file.render(channel, issue).decode()
    edition = edition_json.load(text)
    assert (edition.date, edition.number, edition.pages) == (DAY, "4127", issue.pages)
    assert [article.headline for article in edition.articles] == [
        stored.article.headline for stored in channel.entries
    ]
    keys = [article["key"] for article in json.loads(text)["articles"]]
    assert keys == [stored.key for stored in channel.entries]


def test_pages_read_apart_keep_their_articles_apart(
    channel: Channel, issue: Issue, ferry: StoredArticle, kitchen: StoredArticle
) -> None:
    other = replace(kitchen, article=replace(kitchen.article, order=1))
    found = replace(channel, entries=(ferry, other))
    articles = json.loads(edition_file.render(found, issue))["articles"]
    assert [(a["order"], a["key"]) for a in articles] == [(1, ferry.key), (2, kitchen.key)]


def test_no_path_of_the_machine_gets_out(
    channel: Channel, issue: Issue, ferry: StoredArticle
) -> None:
    source = Provenance(file="/srv/desk/incoming/2026-03-01/A1.txt")
    one = replace(ferry, article=replace(ferry.article, source=source))
    document = edition_file.render(replace(channel, entries=(one,)), issue)
    assert b"desk" not in document
    assert json.loads(document)["articles"][0]["source"]["file"] == "A1.txt"
