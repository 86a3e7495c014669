"""Every page: well formed, whole without script, ours alone, and true to the article."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from bridge.model import Channel, Issue, Newspaper, Page, Paragraph, StoredArticle
from bridge.publish import plan, site
from bridge.publish.opds import Shelf
from bridge.publish.site import Neighbours

DATA = Path(__file__).parent.parent / "data" / "publish"
BESIDE = Neighbours(previous=dt.date(2026, 2, 28), following=dt.date(2026, 3, 2))

Pages = dict[str, bytes]


def build(channel: Channel, *, federates: bool = True) -> Pages:
    """Return every page by its path."""
    paper, issue = channel.paper, channel.issue
    found = list(plan.whole(channel.site, (channel,), federates=federates))
    found.append(plan.today(channel, BESIDE, federates=federates))
    if issue:
        found.append(plan.edition(channel, issue, BESIDE, federates=federates))
        found += plan.archive(channel, issue, BESIDE)
        found.append(plan.book(channel, issue, lambda path: None))
    for section in (None, *paper.sections):
        entries = tuple(
            e for e in channel.entries if section is None or e.section == section.slug
        )
        found += plan.channel(
            replace(channel, section=section, entries=entries), federates=federates
        )
    for stored in channel.entries:
        found += plan.article(channel.site, paper, issue, stored, federates=federates)
    found += plan.notices(channel.site, paper, (), federates=federates)
    found += plan.sitemaps(channel)
    found += plan.catalogues(channel.site, (Shelf(paper=paper, volumes=()),))
    return {rendition.path: rendition.render() for rendition in found}


def only_pages(pages: Pages) -> Pages:
    return {path: page for path, page in pages.items() if path.endswith(".html")}


def tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


@pytest.fixture
def pages(channel: Channel) -> Pages:
    return build(channel)


@pytest.fixture
def story(pages: Pages, ferry: StoredArticle) -> html.HtmlElement:
    return tree(pages[f"yunting/a/{ferry.key}.html"])


def english(channel: Channel) -> Channel:
    paper = replace(
        channel.paper, title="The Larkfield Courier", title_latin=None, language="en-GB"
    )
    return replace(channel, paper=paper, site=replace(channel.site, papers=(paper,)))


# Every page.


def test_pages_golden(
    pages: Pages, ferry: StoredArticle, golden: Callable[[Path, str], None]
) -> None:
    for name, path in (
        ("front", "index.html"),
        ("today", "yunting/index.html"),
        ("section", "yunting/yaowen/index.html"),
        ("edition", "yunting/e/2026-03-01/index.html"),
        ("article", f"yunting/a/{ferry.key}.html"),
    ):
        golden(DATA / f"{name}.html", pages[path].decode())


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_structure(channel: Channel, language: str) -> None:
    paper = replace(channel.paper, language=language)
    told = replace(channel, paper=paper, site=replace(channel.site, papers=(paper,)))
    for path, page in only_pages(build(told)).items():
        root = tree(page)
        levels = [int(heading.tag[1]) for heading in root.xpath("//h1|//h2|//h3|//h4")]
        ids = root.xpath("//@id")
        assert page.startswith(b"<!doctype html>"), path
        assert root.get("lang") == language, path
        assert levels.count(1) == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        assert len(ids) == len(set(ids)), path
        assert len(root.xpath("//main[@id='content']")) == 1, path
        assert root.xpath("//a[@class='skip' and @href='#content']"), path
        assert (root.findtext(".//title") or "").strip(), path
        assert all(image.get("alt") is not None for image in root.xpath("//img")), path
        assert all(nav.get("aria-label") for nav in root.xpath("//nav")), path


def test_nothing_runs_and_nothing_comes_from_elsewhere(pages: Pages) -> None:
    """Security nos. 65 and 85."""
    for path, page in only_pages(pages).items():
        root = tree(page)
        assert {s.get("type") for s in root.xpath("//script")} <= {"application/ld+json"}, path
        assert not root.xpath(
            "//@style|//style|//iframe|//object|//form|//@*[starts-with(name(),'on')]"
        )
        loaded = root.xpath("//img/@src | //link[@rel='stylesheet']/@href | //script/@src")
        assert all(
            address.startswith("/") and not address.startswith("//") for address in loaded
        ), path
        policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy[0].startswith("default-src 'none'"), path


def test_every_link_inside_leads_somewhere(pages: Pages) -> None:
    elsewhere = {"/yunting/e/2026-02-28/", "/yunting/e/2026-03-02/"}
    for path, page in only_pages(pages).items():
        root = tree(page)
        links = "//link[@rel='alternate' or @rel='related']/@href"
        for address in root.xpath(f"//a/@href | {links}"):
            if address.startswith(("#", "https://")) or address in elsewhere:
                continue
            target = address[1:] + ("index.html" if address.endswith("/") else "")
            assert target in pages, (path, address)


def test_no_rule_of_the_style_asks_the_network() -> None:
    for name in site.ASSETS:
        style = site.asset(name).decode()
        assert "url(" not in style
        assert "@import" not in style
        assert style.count("{") == style.count("}")


def test_the_same_values_give_the_same_bytes(channel: Channel, pages: Pages) -> None:
    assert build(channel) == pages


def test_addresses_carry_no_host_so_that_any_name_works(pages: Pages) -> None:
    for path, page in only_pages(pages).items():
        links = tree(page).xpath("//a/@href")
        assert not [link for link in links if link.startswith("https://feeds.example.org")], (
            path
        )


# The article.


def test_headline_kicker_and_deck_stand_in_one_group(story: html.HtmlElement) -> None:
    group = story.xpath("//hgroup")[0]
    assert [(e.tag, e.text_content()) for e in group] == [
        ("p", "两岸十二个渡口同步改造"),
        ("h1", "云汀江早班渡船提前到五点半开航"),
        ("p", "首日载客一千二百余人次"),
        ("p", "菜农赶早市不再摸黑绕桥"),
    ]


def test_the_article_says_where_it_stood_in_print(story: html.HtmlElement) -> None:
    assert (
        "《云汀日报》2026年3月1日 第4127期 A1版"
        in story.xpath("//article/footer")[0].text_content()
    )
    assert story.xpath("//article/footer//a/@href")[1:] == [
        "/yunting/e/2026-03-01/",
        "/yunting/yaowen/",
    ]


def test_a_correction_shows(
    story: html.HtmlElement, pages: Pages, kitchen: StoredArticle
) -> None:
    assert (
        story.xpath("//time[@class='dt-updated']")[0].text_content()
        == "更正于 2026年3月1日 09:15"
    )
    assert not tree(pages[f"yunting/a/{kitchen.key}.html"]).xpath("//time[@class='dt-updated']")


def test_microformats(story: html.HtmlElement) -> None:
    entry = story.xpath("//*[contains(@class,'h-entry')]")[0]

    def texts(name: str) -> list[str]:
        path = f".//*[contains(concat(' ',@class,' '),' {name} ')]"
        return [element.text_content().strip() for element in entry.xpath(path)]

    assert texts("p-name") == ["云汀江早班渡船提前到五点半开航"]
    assert texts("p-author") == ["顾明汐", "沈一禾", "陶映"]
    assert texts("p-summary") == ["从今天起，云汀江上的早班渡船比过去提前四十分钟。"]
    assert "渡口" in texts("e-content")[0]
    assert entry.xpath(".//time[@class='dt-published']/@datetime") == [
        "2026-03-01T05:29:59+08:00"
    ]


def test_foreign_runs_are_marked(pages: Pages, poem: StoredArticle) -> None:
    assert tree(pages[f"yunting/a/{poem.key}.html"]).xpath("//article/@lang") == ["en"]
    assert "en" in tree(pages["yunting/index.html"]).xpath("//article/@lang")


EVIL = '</script><script>alert(1)</script>{{ 7*7 }}{% raw %}" onload="x\' <b>&amp;\u2028'


def test_evil_text_stays_text_everywhere(channel: Channel, ferry: StoredArticle) -> None:
    """Security nos. 65, 66 and 80."""
    item = ferry.article
    article = replace(
        item,
        headline=EVIL,
        kicker=EVIL,
        deck=(EVIL,),
        banner=(EVIL,),
        byline=tuple(replace(person, name=EVIL, org=EVIL) for person in item.byline),
        agency=EVIL,
        keywords=(EVIL,),
        pages=(EVIL,),
        dateline=replace(item.dateline, raw=EVIL, place=EVIL),
        body=(Paragraph(kind="paragraph", text=EVIL),),
    )
    evil = replace(channel, entries=(replace(ferry, article=article, summary=EVIL),))
    for path, page in only_pages(build(evil)).items():
        root = tree(page)
        assert not root.xpath("//script[not(@type='application/ld+json')] | //@onload | //b"), (
            path
        )
        assert b"&amp;amp;amp;" not in page, path
    story = build(evil)[f"yunting/a/{ferry.key}.html"]
    assert story.count(b"{{ 7*7 }}") > 10
    told = json.loads(tree(story).xpath("//script")[0].text)
    assert told["headline"] == EVIL


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(found=st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_text_gives_a_page(
    channel: Channel, issue: Issue, ferry: StoredArticle, found: str
) -> None:
    article = replace(ferry.article, headline=found, kicker=found, byline=(), agency=found)
    stored = replace(ferry, article=article, summary=found)
    page = site.article(channel.site, channel.paper, issue, stored)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", page.decode("utf-8", "strict"))
    assert len(tree(page).xpath("//h1")) == 1


# The paper's other pages.


def test_today_tells_the_day_and_how_much_of_it_there_is(pages: Pages) -> None:
    ears = tree(pages["yunting/index.html"]).xpath("//ul[@class='ears']/li")
    assert [" ".join(ear.text_content().split()) for ear in ears] == [
        "2026年3月1日 星期日",
        "农历丙午年正月十三",
        "第4127期",
        "2 / 8 版",
        "多云转晴 6—14℃",
    ]


def test_today_shows_the_sections_in_print_order(channel: Channel) -> None:
    shuffled = replace(channel, entries=channel.entries[::-1])
    root = tree(site.today(shuffled))
    assert [
        h.text_content() for h in root.xpath("//section[starts-with(@class, 'section')]/h2")
    ] == ["要闻", "民生", "副刊"]


def test_an_edition_lists_its_pages_with_what_begins_there(
    channel: Channel, issue: Issue, kitchen: StoredArticle
) -> None:
    loose = replace(
        kitchen, key="yunting-20260301-loose0", article=replace(kitchen.article, pages=())
    )
    pages = (*issue.pages, Page(label="A3"))
    found = replace(
        channel, issue=replace(issue, pages=pages), entries=(*channel.entries, loose)
    )
    sections = tree(site.edition(found)).xpath("//section[@class='page']")
    told = [(s.find("h2").text_content(), len(s.xpath(".//li"))) for s in sections]
    assert told == [("A1版 要闻", 1), ("A2版 民生", 2), ("A3版", 0), ("全部", 1)]


def test_editions_lead_to_their_neighbours(pages: Pages) -> None:
    root = tree(pages["yunting/e/2026-03-01/index.html"])
    assert root.xpath("//a[@rel='prev']/@href") == ["/yunting/e/2026-02-28/"]
    assert root.xpath("//a[@rel='next']/@href") == ["/yunting/e/2026-03-02/"]


def test_a_section_offers_what_there_is_to_follow(pages: Pages) -> None:
    root = tree(pages["yunting/yaowen/index.html"])
    assert root.xpath("//section[@class='subscribe']//a/@href") == [
        "/yunting/yaowen/rss.xml",
        "/yunting/yaowen/atom.xml",
        "/yunting/yaowen/feed.json",
    ]
    assert (
        root.xpath("//section[@class='subscribe']//code")[0].text
        == "@yunting_yaowen@feeds.example.org"
    )


@pytest.mark.parametrize(
    ("path", "federates", "mode", "shown"),
    [
        ("yunting/yaowen/index.html", True, "publisher", True),
        ("yunting/fukan/index.html", True, "publisher", False),  # its config says off
        ("yunting/yaowen/index.html", False, "publisher", False),
        ("yunting/yaowen/index.html", True, "reader", False),
        ("yunting/index.html", True, "publisher", True),
        ("index.html", True, "publisher", True),
    ],
)
def test_accounts_are_named_where_there_are_some(
    channel: Channel, path: str, federates: bool, mode: Any, shown: bool
) -> None:
    told = replace(channel, site=replace(channel.site, mode=mode))
    assert (b"@yunting" in build(told, federates=federates)[path]) == shown


def test_a_private_copy_is_not_for_search_engines(channel: Channel) -> None:
    private = build(replace(channel, site=replace(channel.site, mode="reader")))
    assert all(b"noindex" in page for page in only_pages(private).values())
    assert private["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    public = build(channel)
    assert b"noindex" not in public["index.html"]


def test_before_the_first_edition(channel: Channel) -> None:
    empty = build(replace(channel, issue=None, entries=()))
    for path in ("index.html", "yunting/index.html"):
        assert "尚未收到任何一期" in empty[path].decode()
    assert "这个栏目还没有文章" in empty["yunting/yaowen/index.html"].decode()


def test_a_site_without_papers_still_opens(channel: Channel) -> None:
    assert tree(site.front(replace(channel.site, papers=()), ())).get("lang") == "en"


def test_an_english_paper_speaks_english(channel: Channel) -> None:
    found = build(english(channel))
    today = tree(found["yunting/index.html"])
    assert today.get("lang") == "en-GB"
    assert "Sunday, 1 March 2026" in " ".join(today.text_content().split())
    assert not re.search("[订阅栏目]{2}", found["404.html"].decode())


def test_the_fingerprint_of_a_page_moves_with_what_it_shows(
    channel: Channel, issue: Issue, ferry: StoredArticle, paper: Newspaper
) -> None:
    def mark(
        *, stored: StoredArticle = ferry, issue: Issue = issue, federates: bool = True
    ) -> str:
        (page,) = plan.article(channel.site, paper, issue, stored, federates=federates)
        return page.fingerprint

    prints = {
        mark(),
        mark(stored=replace(ferry, revision=3)),
        mark(issue=replace(issue, number="1")),
        mark(federates=False),
    }
    assert len(prints) == 4
    assert mark(issue=replace(issue, pages=())) == mark()
