"""What other programs read of an article: JSON-LD and the head of its page."""

import json
from typing import Any

import pytest
from lxml import html

from bridge.model import Channel, Issue, StoredArticle
from bridge.publish import site


@pytest.fixture
def story(channel: Channel, issue: Issue, ferry: StoredArticle) -> html.HtmlElement:
    page = site.article(channel.site, channel.paper, issue, ferry, federates=True)
    return html.document_fromstring(page.decode())


def test_linked_data(story: html.HtmlElement) -> None:
    told: dict[str, Any] = json.loads(story.xpath("//script")[0].text)
    assert told["@type"] == "NewsArticle"
    assert (told["printEdition"], told["printPage"]) == ("4127", "A1")
    assert [author["name"] for author in told["author"]] == ["顾明汐", "沈一禾", "陶映"]
    assert told["isPartOf"]["@type"] == "PublicationIssue"
    assert (told["datePublished"], told["dateModified"]) == (
        "2026-03-01T05:29:59+08:00",
        "2026-03-01T09:15:00+08:00",
    )
    assert told["image"] == ["https://feeds.example.org/media/" + "ab" * 32 + ".jpg"]


def test_what_other_programs_read_in_the_head(
    story: html.HtmlElement, ferry: StoredArticle
) -> None:
    address = f"https://feeds.example.org/yunting/a/{ferry.key}.html"
    named = {
        m.get("property") or m.get("name"): m.get("content") for m in story.xpath("//meta")
    }
    assert story.xpath("//link[@rel='canonical']/@href") == [address]
    assert named["og:url"] == address
    assert named["og:title"] == "云汀江早班渡船提前到五点半开航"
    assert named["og:image"].startswith("https://feeds.example.org/media/")
    assert named["article:section"] == "要闻"
    assert named["fediverse:creator"] == "@yunting_yaowen@feeds.example.org"
    alternate = {
        link.get("type"): link.get("href") for link in story.xpath("//link[@rel='alternate']")
    }
    assert alternate == {
        "application/activity+json": f"https://feeds.example.org/ap/o/{ferry.key}",
        "application/rss+xml": "/yunting/yaowen/rss.xml",
        "application/atom+xml": "/yunting/yaowen/atom.xml",
        "application/feed+json": "/yunting/yaowen/feed.json",
    }
