"""Corrections and withdrawals: what feeds and pages say, and what they no longer say."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from lxml import etree, html

from bridge.model import (
    Channel,
    Issue,
    Newspaper,
    Notice,
    Revision,
    Site,
    StoredArticle,
)
from bridge.publish import corrections, edition_file, feeds, plan, site
from bridge.publish.entry import Options, Place

DATA = Path(__file__).parent.parent / "data" / "publish"
AT = dt.datetime(2026, 3, 2, 1, 30, 15, 999, tzinfo=dt.UTC)
NS = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
REASON = "会议记录未经核实 <b>&"
SECRET = ("渡船", "渡口", "顾明汐")


@pytest.fixture
def gone(ferry: StoredArticle) -> StoredArticle:
    return replace(ferry, state="withdrawn", reason=REASON, updated=AT.replace(microsecond=0))


@pytest.fixture
def history(ferry: StoredArticle) -> tuple[Revision, ...]:
    old = replace(ferry.article, headline="云汀江早班渡船提前到六点开航")
    return (
        Revision(key=ferry.key, number=1, at=ferry.first_seen, note="", article=old),
        Revision(key=ferry.key, number=2, at=AT, note="headline", article=ferry.article),
        Revision(
            key=ferry.key,
            number=3,
            at=AT + dt.timedelta(hours=1),
            note="",
            article=ferry.article,
            remark="首班开航时间应为五点半 <b>",
        ),
    )


@pytest.fixture
def notices(
    ferry: StoredArticle, kitchen: StoredArticle, gone: StoredArticle
) -> tuple[Notice, ...]:
    return (
        Notice(kind="withdrawal", stored=gone, number=2, at=AT, text=REASON),
        Notice(kind="correction", stored=kitchen, number=3, at=AT, text="人名应为白芷若。"),
        Notice(kind="revision", stored=kitchen, number=2, at=AT, parts=("headline", "body")),
    )


def tree(page: bytes) -> html.HtmlElement:
    return html.fromstring(page.decode())


def silent(document: bytes) -> bool:
    return not any(word in document.decode() for word in SECRET)


# A withdrawn article in the feeds.


def test_a_notice_under_its_own_id_takes_its_place(
    channel: Channel, ferry: StoredArticle, gone: StoredArticle
) -> None:
    before = feedparser.parse(feeds.rss(channel)).entries[0]
    found = feeds.render(replace(channel, entries=(gone, *channel.entries[1:])))
    item = json.loads(found.json)["items"][0]
    for document in (found.rss, found.atom):
        entry = feedparser.parse(document).entries[0]
        assert entry.id == before.id == item["id"]
        assert entry.title == item["title"] == "撤稿：《云汀日报》2026年3月1日 A1版"
        content = entry.content[0].value
        assert "会议记录未经核实" in content
        assert "<b>" not in content
    assert item["content_html"].endswith("会议记录未经核实 &lt;b&gt;&amp;</p>")
    assert "image" not in item


def test_nothing_of_a_withdrawn_article_is_repeated(
    channel: Channel, issue: Issue, gone: StoredArticle
) -> None:
    alone = replace(channel, entries=(gone,))
    found = feeds.render(alone, Options())
    documents = (
        found.rss,
        found.atom,
        found.json,
        feeds.archive(alone, Place(date=issue.date)),
        edition_file.render(alone, issue),
        site.gone(channel.site, channel.paper, gone),
        *(rendition.render() for rendition in plan.channel(alone)),
        *(rendition.render() for rendition in plan.archive(alone, issue)),
    )
    assert all(map(silent, documents))


def test_atom_says_it_for_programs(channel: Channel, gone: StoredArticle) -> None:
    found = etree.fromstring(feeds.atom(replace(channel, entries=(gone,))))
    (grave,) = found.findall("at:deleted-entry", NS)
    assert dict(grave.attrib) == {
        "ref": "tag:feeds.example.org,2026-03-01:yunting-20260301-k3v9qa",
        "when": "2026-03-02T09:30:15+08:00",
    }
    updated = found.findtext("a:entry/a:updated", None, NS)
    assert updated == grave.get("when"), "newer than that would undo the tombstone"


def test_feeds_without_tombstones_do_not_name_them(channel: Channel) -> None:
    assert b"tombstones" not in feeds.atom(channel)


def test_the_archive_keeps_the_tombstone_alone(
    channel: Channel, issue: Issue, gone: StoredArticle
) -> None:
    kept = replace(channel, entries=(gone, *channel.entries[1:]))
    found = etree.fromstring(feeds.archive(kept, Place(date=issue.date)))
    assert len(found.findall("at:deleted-entry", NS)) == 1
    assert len(found.findall("a:entry", NS)) == len(channel.entries) - 1


def test_a_withdrawal_of_long_ago_hides_no_archive(
    channel: Channel, gone: StoredArticle
) -> None:
    old = replace(gone, date=dt.date(2026, 1, 5))
    days = tuple(dt.date(2026, 2, day) for day in (28, 27))
    found = replace(channel, entries=(*channel.entries[1:], old), archives=days)
    assert b"e/2026-02-28/archive.atom" in feeds.atom(found)


def test_its_page_becomes_its_tombstone(
    channel: Channel, issue: Issue, gone: StoredArticle
) -> None:
    (found,) = plan.article(channel.site, channel.paper, issue, gone)
    assert found.path == "yunting/a/yunting-20260301-k3v9qa.gone"
    page = tree(found.render())
    assert page.xpath("//h1/text()") == ["本文已撤回"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert REASON in page.text_content()


# A correction on the article's page, and its versions.


def test_the_correction_stands_above_the_text(
    channel: Channel, issue: Issue, ferry: StoredArticle, history: tuple[Revision, ...]
) -> None:
    found = replace(ferry, revision=3)
    page, versions = plan.article(channel.site, channel.paper, issue, found, history)
    shown = tree(page.render())
    (box,) = shown.xpath("//section[@class='correction']")
    assert box.getnext().get("class") == "e-content text"
    assert "首班开航时间应为五点半 <b>" in box.text_content()
    assert box.xpath(".//time/@datetime") == ["2026-03-02T10:30:15+08:00"]
    (told,) = shown.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(told)["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "首班开航时间应为五点半 <b>",
            "datePublished": "2026-03-02T10:30:15+08:00",
        }
    ]
    assert f"/{versions.path}" in shown.xpath("//article/footer//a/@href")


def test_an_article_of_one_version_has_no_box_and_no_versions(
    channel: Channel, issue: Issue, kitchen: StoredArticle, history: tuple[Revision, ...]
) -> None:
    (page,) = plan.article(channel.site, channel.paper, issue, kitchen, history[:1])
    assert b'class="correction"' not in page.render()
    assert b".diff.html" not in page.render()


def test_the_versions_page(
    site: Site,
    paper: Newspaper,
    ferry: StoredArticle,
    history: tuple[Revision, ...],
    golden: Callable[[Path, str], None],
) -> None:
    from bridge.publish.site import versions

    page = versions(site, paper, ferry, history)
    golden(DATA / "versions.html", page.decode())
    shown = tree(page)
    assert shown.xpath("//main//h2/text()") == ["第 3 稿", "第 2 稿", "第 1 稿"]
    assert shown.xpath("//del/text()") == ["六"]
    assert shown.xpath("//ins/text()") == ["五", "半"]


# The feed and the page of all of them.


def test_the_page_of_corrections(
    site: Site,
    paper: Newspaper,
    notices: tuple[Notice, ...],
    golden: Callable[[Path, str], None],
) -> None:
    _, page = plan.notices(site, paper, notices)
    golden(DATA / "corrections.html", page.render().decode())
    assert tree(page.render()).xpath("//main//li/h2//text()") == [
        "撤稿：《云汀日报》2026年3月1日 A1版",
        "更正：老街食堂添了一张“不着急”的长桌",
        "修订：老街食堂添了一张“不着急”的长桌",
    ]


def test_the_feed_of_corrections(
    site: Site,
    paper: Newspaper,
    notices: tuple[Notice, ...],
    golden: Callable[[Path, str], None],
) -> None:
    feed, page = plan.notices(site, paper, notices)
    golden(DATA / "corrections.atom.xml", feed.render().decode().replace("><", ">\n<") + "\n")
    told = feedparser.parse(feed.render())
    assert (told.bozo, feed.changed) == (False, AT)
    assert [entry.id.partition(":yunting-20260301-")[2] for entry in told.entries] == [
        "k3v9qa/withdrawal",
        "7mxt2c/3",
        "7mxt2c/2",
    ]
    assert [entry.summary for entry in told.entries] == [
        "这篇文章已由本报撤回，不再提供。",
        "人名应为白芷若。",
        "改动：标题、正文",
    ]
    assert silent(feed.render())
    assert silent(page.render())


def test_no_corrections_are_a_feed_too(site: Site, paper: Newspaper) -> None:
    feed, page = plan.notices(site, paper, ())
    assert feedparser.parse(feed.render()).bozo is False
    assert "至今没有更正或撤稿。" in page.render().decode()


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_notice_says_something(
    paper: Newspaper, notices: tuple[Notice, ...], language: str
) -> None:
    from bridge.publish.words import words

    for notice in (*notices, replace(notices[1], text="")):
        assert corrections.title(notice, paper, words(language))
    assert corrections.texts(replace(notices[0], text=""), words(language))


def test_only_a_new_notice_makes_them_anew(
    site: Site, paper: Newspaper, notices: tuple[Notice, ...]
) -> None:
    prints = [rendition.fingerprint for rendition in plan.notices(site, paper, notices)]
    assert prints == [r.fingerprint for r in plan.notices(site, paper, notices)]
    assert prints[0] != plan.notices(site, paper, notices[1:])[0].fingerprint
