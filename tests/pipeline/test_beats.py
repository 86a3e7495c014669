"""Beats: saved searches published like sections, when they change and only then."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest

from bridge.model import Beat, Paragraph, StoredArticle
from bridge.pipeline import publish as press
from bridge.store import articles
from bridge.wiring import Bridge

Publish = Callable[..., StoredArticle]

BEAT = Beat(slug="quays", title="Quays & ferries", query="quay OR ferries", sections=("city",))
FOLDER = "herald/beat/quays"
FILES = {f"{FOLDER}/{name}" for name in ("rss.xml", "atom.xml", "feed.json", "index.html")}


@pytest.fixture
def bridge(federated: Bridge) -> Bridge:
    return beating(federated, BEAT)


def beating(bridge: Bridge, *beats: Beat) -> Bridge:
    paper = replace(bridge.site.papers[0], beats=beats)
    site = replace(bridge.site, papers=(paper,))
    return replace(bridge, settings=replace(bridge.settings, site=site))


def read(bridge: Bridge, path: str) -> str:
    place = bridge.settings.feeds.place
    assert isinstance(place, Path)
    return (place / path).read_text("utf-8")


def titles(bridge: Bridge) -> list[str]:
    return [one.title for one in feedparser.parse(read(bridge, f"{FOLDER}/atom.xml")).entries]


@pytest.fixture
def tell(federated: Bridge, publish: Publish) -> Publish:
    """Store an article that says something."""

    def tell(number: int, text: str, section: str = "city") -> StoredArticle:
        made = publish(number, section=section)
        body = (Paragraph(kind="paragraph", text=text),)
        article = replace(made.article, section=section, headline=f"Story {number}", body=body)
        stored = replace(made, article=article)
        with federated.store.begin() as connection:
            assert articles.move(connection, stored)
        return stored

    return tell


def test_a_beat_is_published_as_feeds_and_a_page(bridge: Bridge, tell: Publish) -> None:
    tell(1, "The quay is open.")
    tell(2, "A quiet day.")
    tell(3, "Ferries wait at the bridge.")
    tell(4, "The quay lost its match.", section="sport")
    assert set(press.publish(bridge, "herald").written) >= FILES
    assert titles(bridge) == ["Story 1", "Story 3"]
    feed = feedparser.parse(read(bridge, f"{FOLDER}/rss.xml"))
    assert feed.feed.title == "The Harbour Herald · Quays & ferries"
    (own,) = (link.href for link in feed.feed.links if link.rel == "self")
    assert own == f"https://paper.example/{FOLDER}/rss.xml"
    assert "Story 3" in read(bridge, f"{FOLDER}/index.html")
    assert "@herald_beat" not in read(bridge, f"{FOLDER}/index.html")


def test_a_beat_is_listed_in_opml_and_on_the_front_page(bridge: Bridge) -> None:
    press.publish(bridge, "herald")
    assert f'xmlUrl="https://paper.example/{FOLDER}/rss.xml"' in read(bridge, "opml.xml")
    assert f'<a href="/{FOLDER}/">Quays &amp; ferries</a>' in read(bridge, "herald/index.html")


def test_only_what_a_beat_finds_writes_its_feeds_again(bridge: Bridge, tell: Publish) -> None:
    tell(1, "The quay is open.")
    press.publish(bridge, "herald")
    assert press.publish(bridge, "herald").written == ()
    tell(2, "A quiet day.")
    assert not FILES & set(press.publish(bridge, "herald").written)
    tell(3, "Another quay.")
    assert set(press.publish(bridge, "herald").written) >= FILES
    assert titles(bridge) == ["Story 1", "Story 3"]


def test_of_what_was_withdrawn_a_notice_stays_where_it_had_been_found(
    bridge: Bridge, tell: Publish, now: dt.datetime
) -> None:
    gone, other = tell(1, "The quay is open."), tell(2, "A quiet day.")
    press.publish(bridge, "herald")
    with bridge.store.begin() as connection:
        articles.withdraw(connection, [gone.key, other.key], now, "It was not.")
    press.publish(bridge, "herald")
    feed = read(bridge, f"{FOLDER}/atom.xml")
    assert "The quay is open" not in feed
    (entry,) = feedparser.parse(feed).entries
    assert entry.id.endswith(gone.key)


def test_a_beat_that_left_the_config_leaves_no_file(bridge: Bridge, tell: Publish) -> None:
    tell(1, "The quay is open.")
    press.publish(bridge, "herald")
    bare = beating(bridge)
    assert set(press.publish(bare, "herald").removed) == FILES
    assert FOLDER not in read(bare, "opml.xml")
    assert FOLDER not in read(bare, "herald/index.html")
