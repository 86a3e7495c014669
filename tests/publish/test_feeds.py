"""RSS and Atom: every known defect of feedgen 1.0.0 is a case here, and every promise."""

import datetime as dt
import json
import locale
import threading
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

import feedgen.feed  # before feedgen.util, which forgets to import lxml.etree
import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from bridge.model import Article, Channel, Paragraph, StoredArticle
from bridge.publish import feeds
from bridge.publish.entry import BEGINNING, Options, Place

DATA = Path(__file__).parent.parent / "data" / "publish"
SIZES = {"media/" + "ab" * 32 + ".jpg": 48213}
OPTIONS = Options(sizes=SIZES)
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def rss(channel: Channel) -> etree._Element:
    found = etree.fromstring(feeds.rss(channel, OPTIONS)).find("channel")
    assert found is not None
    return found


def atom(channel: Channel) -> etree._Element:
    return etree.fromstring(feeds.atom(channel, OPTIONS))


def _lines(document: bytes) -> str:
    return document.decode().replace("><", ">\n<") + "\n"


# What is written, whole.


def test_rss_golden(channel: Channel, golden: Callable[[Path, str], None]) -> None:
    golden(DATA / "all.rss.xml", _lines(feeds.rss(channel, OPTIONS)))


def test_atom_golden(channel: Channel, golden: Callable[[Path, str], None]) -> None:
    golden(DATA / "all.atom.xml", _lines(feeds.atom(channel, OPTIONS)))


# The defect list of feedgen 1.0.0.


def test_1_atom_links_keep_rel_type_and_length(channel: Channel) -> None:
    for entry in atom(channel).findall("a:entry", NS):
        links = [dict(link.attrib) for link in entry.findall("a:link", NS)]
        assert [link["type"] for link in links if link["rel"] == "alternate"] == ["text/html"]
        assert len({(link["rel"], link["type"]) for link in links}) == len(links)
    enclosure = atom(channel).find("a:entry/a:link[@rel='enclosure']", NS)
    assert enclosure is not None
    assert (enclosure.get("type"), enclosure.get("length")) == ("image/jpeg", "48213")


def test_2_the_channel_link_of_rss_is_the_page(channel: Channel) -> None:
    assert rss(channel).findtext("link") == "https://feeds.example.org/yunting/all/"


def test_3_and_4_atom_content_has_the_type_html(channel: Channel) -> None:
    content = atom(channel).find("a:entry/a:content", NS)
    assert content is not None
    assert content.get("type") == "html"
    assert content.text is not None
    assert content.text.startswith("<p>")


def test_5_rss_names_every_author_and_none_in_author(channel: Channel) -> None:
    items = rss(channel).findall("item")
    assert [[c.text for c in item.findall("dc:creator", NS)] for item in items] == [
        ["顾明汐", "沈一禾", "陶映"],
        ["白芷若"],
        ["Ada Larkin"],
    ]
    assert rss(channel).find("item/author") is None


def test_6_entries_stand_in_the_order_given(channel: Channel) -> None:
    titles = [entry.article.headline for entry in channel.entries]
    assert [item.findtext("title") for item in rss(channel).findall("item")] == titles
    assert [
        e.findtext("a:title", None, NS) for e in atom(channel).findall("a:entry", NS)
    ] == titles


def test_7_dates_are_the_contents_own_and_bytes_are_stable(channel: Channel) -> None:
    assert feeds.render(channel, OPTIONS) == feeds.render(channel, OPTIONS)
    built = parsedate_to_datetime(rss(channel).findtext("lastBuildDate") or "")
    assert built == channel.updated
    assert dt.datetime.fromisoformat(atom(channel).findtext("a:updated", "", NS)) == built


def test_7_an_empty_channel_has_a_date_too(channel: Channel) -> None:
    empty = replace(channel, entries=())
    assert feeds.render(empty) == feeds.render(empty)
    assert parsedate_to_datetime(rss(empty).findtext("lastBuildDate") or "") == BEGINNING
    assert feedparser.parse(feeds.atom(empty)).bozo is False


def test_8_the_syndication_module_is_spelt_right(channel: Channel) -> None:
    found = rss(channel)
    assert found.findtext("sy:updatePeriod", None, NS) == "hourly"
    assert found.findtext("sy:updateFrequency", None, NS) == "4"
    assert found.findtext("ttl") == "15"
    assert b"None" not in feeds.rss(channel)


def test_9_media_stands_in_the_item_itself(channel: Channel) -> None:
    media = rss(channel).findall("item/media:content", NS)
    assert [(m.get("medium"), m.get("type"), m.get("fileSize")) for m in media] == [
        ("image", "image/jpeg", "48213")
    ]
    assert rss(channel).find("item/media:group", NS) is None


def test_11_an_enclosure_needs_its_true_length(channel: Channel) -> None:
    enclosure = rss(channel).find("item/enclosure")
    assert enclosure is not None
    assert (enclosure.get("length"), enclosure.get("type")) == ("48213", "image/jpeg")
    unknown = etree.fromstring(feeds.rss(channel))
    assert unknown.find("channel/item/enclosure") is None
    assert unknown.find("channel/item/media:content", NS) is not None


def test_12_one_bad_article_never_costs_the_others(
    channel: Channel, ferry: StoredArticle
) -> None:
    """Security no. 67."""
    bad = "坏\x00\x1b\ud800\ufffe字"
    article = replace(
        ferry.article,
        headline=bad,
        kicker=bad,
        keywords=(bad,),
        pages=(bad,),
        body=(Paragraph(kind="paragraph", text=bad),),
        byline=tuple(replace(person, name=bad) for person in ferry.article.byline[:1]),
    )
    spoilt = replace(
        channel, entries=(replace(ferry, article=article, summary=bad), *channel.entries[1:])
    )
    for document in (feeds.rss(spoilt, OPTIONS), feeds.atom(spoilt, OPTIONS)):
        expat.ParserCreate().Parse(document, True)
        assert feedparser.parse(document).entries[0].title == "坏字"
        assert len(feedparser.parse(document).entries) == 3


@pytest.mark.parametrize(
    ("changes", "summary", "title"),
    [
        ({"headline": ""}, "第一句。", "两岸十二个渡口同步改造"),
        ({"headline": " ", "kicker": None}, "第一句。", "第一句。"),
        ({"headline": "", "kicker": None}, "长" * 60, "长" * 40 + "…"),
        ({"headline": "", "kicker": None}, "", "清晨，首班渡船离开东渡口。"),
        ({"headline": "", "kicker": None, "photos": ()}, "", "（无题）"),
        ({"headline": "两\n行"}, "", "两 行"),
        ({"headline": "长" * 60}, "", "长" * 60),
    ],
)
def test_14_every_entry_has_a_title(
    channel: Channel, ferry: StoredArticle, changes: dict[str, Any], summary: str, title: str
) -> None:
    entry = replace(ferry, article=replace(ferry.article, **changes), summary=summary)
    one = replace(channel, entries=(entry,))
    assert rss(one).findtext("item/title") == title
    assert atom(one).findtext("a:entry/a:title", None, NS) == title


def test_16_the_locale_of_the_process_is_never_touched(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    monkeypatch.setattr(locale, "setlocale", lambda *given: called.append(given))
    threads = [threading.Thread(target=feeds.render, args=(channel,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    feedgen.util.formatRFC2822(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert len(called) == 3, "only the control call at the end may switch it"


# What a first-class feed has.


def test_the_stylesheet_line_follows_the_declaration(channel: Channel) -> None:
    for document in (feeds.rss(channel), feeds.atom(channel)):
        lines = document.split(b"\n", 2)
        assert lines[0] == b"<?xml version='1.0' encoding='UTF-8'?>"
        assert lines[1] == b'<?xml-stylesheet type="text/css" href="/assets/feed.css"?>'


def test_ids_are_tag_uris_from_the_key_alone(channel: Channel, ferry: StoredArticle) -> None:
    guid = rss(channel).find("item/guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (
        "tag:feeds.example.org,2026-03-01:yunting-20260301-k3v9qa",
        "false",
    )
    assert atom(channel).findtext("a:id", None, NS) == "tag:feeds.example.org,2026:yunting/all"
    other = replace(ferry.article, headline="改过的题", pages=("A7",), banner=())
    moved = replace(channel, entries=(replace(ferry, article=other),))
    assert atom(moved).findtext("a:entry/a:id", None, NS) == guid.text


def test_self_is_the_exact_public_address(channel: Channel) -> None:
    folder = "https://feeds.example.org/yunting/all/"
    assert [link.get("href") for link in rss(channel).findall("a:link[@rel='self']", NS)] == [
        f"{folder}rss.xml"
    ]
    links = [
        (link.get("rel"), link.get("href")) for link in atom(channel).findall("a:link", NS)
    ]
    assert links == [("self", f"{folder}atom.xml"), ("alternate", folder)]


def test_hubs_are_named_in_every_form_and_in_no_archive(channel: Channel) -> None:
    hub = "https://hub.example/?a=1&b=2"
    found = feeds.render(channel, Options(hubs=(hub,)))
    for document in (found.rss, found.atom):
        links = etree.fromstring(document).iterfind(".//a:link[@rel='hub']", NS)
        assert [link.get("href") for link in links] == [hub]
        assert feedparser.parse(document).bozo is False
    assert json.loads(found.json)["hubs"] == [{"type": "WebSub", "url": hub}]
    place = Place(date=dt.date(2026, 3, 1))
    assert b"hub.example" not in feeds.archive(channel, place, Options(hubs=(hub,)))
    assert "hubs" not in json.loads(feeds.json(channel))


def test_the_summary_stands_before_the_whole_text(channel: Channel) -> None:
    item = rss(channel).find("item")
    assert item is not None
    names = [etree.QName(child).localname for child in item]
    assert names.index("description") < names.index("encoded")


def test_published_and_updated_are_two_things(channel: Channel) -> None:
    entry, item = atom(channel).find("a:entry", NS), rss(channel).find("item")
    assert entry is not None
    assert item is not None
    assert entry.findtext("a:published", None, NS) == "2026-03-01T05:29:59+08:00"
    assert entry.findtext("a:updated", None, NS) == "2026-03-01T09:15:00+08:00"
    assert item.findtext("pubDate") == "Sun, 01 Mar 2026 05:29:59 +0800"
    assert item.findtext("a:updated", None, NS) == "2026-03-01T09:15:00+08:00"
    uncorrected = rss(channel).findall("item")[1]
    assert uncorrected.find("a:updated", NS) is None


def test_languages(channel: Channel) -> None:
    assert rss(channel).findtext("language") == atom(channel).get(LANG) == "zh-Hans"
    assert [e.get(LANG) for e in atom(channel).findall("a:entry", NS)] == [None, None, "en"]
    items = rss(channel).findall("item")
    assert [item.findtext("dc:language", None, NS) for item in items] == [None, None, "en"]


def test_categories_say_what_they_are(channel: Channel) -> None:
    item = rss(channel).find("item")
    assert item is not None
    found = [
        ((c.get("domain") or "").partition("#")[2], c.text) for c in item.findall("category")
    ]
    assert found == [
        ("section", "要闻"),
        ("page", "A1"),
        ("column", "一线见闻"),
        ("keyword", "渡船"),
        ("keyword", "公共交通"),
    ]


def test_each_section_gives_as_much_text_as_it_may(channel: Channel) -> None:
    full, excerpt, headline = rss(channel).findall("item")
    assert full.find("content:encoded", NS) is not None
    assert (excerpt.findtext("description"), excerpt.find("content:encoded", NS)) == (
        "坐下来的人可以慢慢吃完一碗面。",
        None,
    )
    assert headline.find("description") is None
    assert "river keeps" not in feeds.atom(channel, OPTIONS).decode()


def test_a_section_that_left_the_config_keeps_its_articles(
    channel: Channel, ferry: StoredArticle
) -> None:
    old = replace(channel, entries=(replace(ferry, section="tiyu"),))
    assert rss(old).findtext("item/category") == "tiyu"


def test_urls_are_percent_encoded(channel: Channel) -> None:
    odd = replace(channel, site=replace(channel.site, base_url="https://渡口.example/报"))
    links = [rss(odd).findtext("link"), rss(odd).findtext("item/link")]
    assert all(link and link.startswith("https://xn--") and link.isascii() for link in links)


def test_both_forms_say_the_same(channel: Channel) -> None:
    one, other = (
        feedparser.parse(d) for d in (feeds.rss(channel, OPTIONS), feeds.atom(channel, OPTIONS))
    )
    assert (one.bozo, other.bozo) == (False, False)
    for name in ("id", "title", "link", "published_parsed"):
        assert [e.get(name) for e in one.entries] == [e.get(name) for e in other.entries], name
    assert [e.get("summary") for e in one.entries][:2] == [
        e.get("summary") for e in other.entries
    ][:2]
    assert [e.get("content", [{}])[0].get("value") for e in one.entries] == [
        e.get("content", [{}])[0].get("value") for e in other.entries
    ]
    assert [len(e.get("enclosures", ())) for e in other.entries] == [1, 0, 0]


# The size limit.


def _many(
    make: Callable[..., StoredArticle], ferry: Article, days: int, each: int
) -> tuple[StoredArticle, ...]:
    first = dt.date(2026, 3, 1)
    return tuple(
        make(
            replace(ferry, order=order + 1),
            f"yunting-{first - dt.timedelta(days=day):%Y%m%d}-{order:06}",
            "摘要。",
            date=first - dt.timedelta(days=day),
        )
        for day in range(days)
        for order in range(each)
    )


def test_the_oldest_editions_give_way_to_the_limit(
    channel: Channel, ferry: StoredArticle, make: Callable[..., StoredArticle]
) -> None:
    full = replace(channel, entries=_many(make, ferry.article, days=3, each=4))
    limit = len(feeds.rss(full)) - 1
    kept = feeds.render(full, Options(max_bytes=limit))
    dates = {entry.id[22:32] for entry in feedparser.parse(kept.rss).entries}
    assert dates == {"2026-03-01", "2026-02-28"}
    assert len(feedparser.parse(kept.atom).entries) == 8
    assert max(len(kept.rss), len(kept.atom)) <= limit


def test_an_edition_too_large_by_itself_shrinks_before_it_loses_articles(
    channel: Channel, ferry: StoredArticle, make: Callable[..., StoredArticle]
) -> None:
    full = replace(channel, entries=_many(make, ferry.article, days=1, each=10))
    limit = len(feeds.rss(full)) - 1
    excerpts = feedparser.parse(feeds.rss(full, Options(max_bytes=limit)))
    assert len(excerpts.entries) == 10
    assert not any("content" in entry for entry in excerpts.entries)
    few = feedparser.parse(feeds.rss(full, Options(max_bytes=5_000)))
    assert 0 < len(few.entries) < 10
    assert (
        len(feeds.rss(full, Options(max_bytes=10))) > 10
    )  # the head remains, whatever the limit


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(found=st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_gives_well_formed_feeds(
    channel: Channel, ferry: StoredArticle, found: str
) -> None:
    article = replace(
        ferry.article,
        headline=found,
        kicker=found,
        deck=(found,),
        banner=(found,),
        lead_in=found,
        body=(Paragraph(kind="item", text=found), Paragraph(kind="table", text=found)),
    )
    one = replace(channel, entries=(replace(ferry, article=article, summary=found),))
    both = feeds.render(one)
    for document in (both.rss, both.atom):
        expat.ParserCreate().Parse(document, True)
        assert len(feedparser.parse(document).entries) == 1
