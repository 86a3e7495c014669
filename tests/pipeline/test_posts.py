"""Posts as they are read: each id, an account's outbox, an edition's conversation."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.model import (
    Actor,
    Byline,
    Credit,
    Follower,
    Paragraph,
    Photo,
    StoredArticle,
)
from bridge.pipeline import actors, announce, posts
from bridge.store import articles, followers, pictures
from bridge.store.pictures import Measure
from bridge.wiring import Bridge

BASE = "https://paper.example"
IMAGE = f"media/{'a' * 64}.webp"
Configured = Callable[..., Bridge]
Publish = Callable[..., StoredArticle]


def account(bridge: Bridge, name: str, now: dt.datetime) -> Actor:
    with bridge.store.read() as connection:
        found = actors.everyone(bridge, connection, now)
    return next(actor for actor in found if actor.name == name)


@pytest.fixture
def pictured(publish: Publish) -> StoredArticle:
    """An article with a photo of ours, one without a file, and a byline."""
    plain = publish(9)
    photos = (
        Photo(
            caption="The ferry at the quay",
            credits=(Credit(name="Ann Quill", role="photographer"),),
            image=IMAGE,
        ),
        Photo(caption="A map", image=None),
    )
    article = replace(
        plain.article,
        photos=photos,
        byline=(Byline(name="Tom Reed", role="reporter"),),
        body=(Paragraph(kind="paragraph", text="The quay is open <again>."),),
    )
    return publish(1, article=article)


def test_a_picture_of_ours_is_shown_with_its_words(
    federated: Bridge, pictured: StoredArticle, now: dt.datetime
) -> None:
    measure = Measure(path=IMAGE, width=30, height=20, blurhash="LEHV6nWB", focus=(0.0, 0.5))
    with federated.store.begin() as connection:
        pictures.put(connection, measure)
    found = posts.find(federated, pictured.key, now)
    assert found is not None
    (image,) = found.document["attachment"]
    assert image["url"] == f"{BASE}/{IMAGE}"
    assert "The ferry at the quay" in image["name"]
    assert "Ann Quill" in image["name"]
    assert (image["width"], image["blurhash"], image["focalPoint"]) == (
        30,
        "LEHV6nWB",
        [0.0, 0.5],
    )


def test_or_a_card_is_left_room_for_and_never_both(
    configured: Configured, pictured: StoredArticle, now: dt.datetime
) -> None:
    found = posts.find(configured(media="card"), pictured.key, now)
    assert found is not None
    assert found.document["attachment"] == []


def test_an_article_is_whole(
    configured: Configured, pictured: StoredArticle, now: dt.datetime
) -> None:
    found = posts.find(configured(federate="article"), pictured.key, now)
    assert found is not None
    post = found.document
    assert post["type"] == "Article"
    assert "<p>The quay is open &lt;again&gt;.</p>" in post["content"]
    assert "Tom Reed" in post["content"]
    assert f'<img src="{BASE}/{IMAGE}"' in post["content"]


def test_a_note_names_who_wrote_it_where_the_template_asks(
    configured: Configured, pictured: StoredArticle, now: dt.datetime
) -> None:
    bridge = configured(template="{headline}\n{byline}")
    found = posts.find(bridge, pictured.key, now)
    assert found is not None
    assert "Tom Reed" in found.document["content"]


@pytest.mark.parametrize(("form", "former"), [("note", "Note"), ("article", "Article")])
def test_46_a_withdrawn_one_is_a_tombstone(
    configured: Configured, publish: Publish, now: dt.datetime, form: str, former: str
) -> None:
    article = publish(1)
    bridge = configured(federate=form)
    with bridge.store.begin() as connection:
        articles.withdraw(connection, [article.key], now, "It never sailed.")
    found = posts.find(bridge, article.key, now)
    assert found is not None
    assert found.gone
    assert found.document["formerType"] == former


def test_nothing_is_said_of_what_is_not_there_or_not_posted(
    federated: Bridge, publish: Publish, now: dt.datetime
) -> None:
    assert posts.find(federated, "herald-20260301-nobody", now) is None
    assert posts.find(federated, publish(1, section="notices").key, now) is None


def test_an_outbox_holds_whole_posts_newest_first_page_by_page(
    federated: Bridge, publish: Publish, now: dt.datetime
) -> None:
    kept = [publish(number).key for number in (1, 2, 3)]
    actor = account(federated, "herald_city", now)
    first, more = posts.outbox(federated, actor, now, 0, 2)
    rest, end = posts.outbox(federated, actor, now, 2, 2)
    assert [one.object.rsplit("/", 1)[1] for one in (*first, *rest)] == kept
    assert (more, end) == (True, False)
    assert all(one.body["object"]["content"] for one in first)
    assert posts.count(federated, actor, now) == 3


def test_the_outbox_of_a_section_with_digests_holds_digests(
    configured: Configured, publish: Publish, now: dt.datetime
) -> None:
    bridge = configured(federate="digest")
    entries = [publish(1), publish(2)]
    with bridge.store.begin() as connection:
        announce.announce(bridge, connection, entries, now)
    actor = account(bridge, "herald_city", now)
    (item,), more = posts.outbox(bridge, actor, now, 0, 20)
    assert item.object == f"{BASE}/ap/o/herald-20260301-city-digest"
    assert not more
    assert posts.count(bridge, actor, now) == 1


def test_the_outbox_of_a_paper_holds_what_it_boosted(
    federated: Bridge, publish: Publish, now: dt.datetime
) -> None:
    follower = Follower(
        actor="herald",
        id="https://one.example/u",
        inbox="https://one.example/u/inbox",
        shared_inbox=None,
        follow="https://one.example/f",
        since=now,
    )
    article = publish(1)
    with federated.store.begin() as connection:
        followers.put(connection, follower)
        announce.announce(federated, connection, [article], now)
    actor = account(federated, "herald", now)
    (boost,), _ = posts.outbox(federated, actor, now, 0, 20)
    assert boost.type == "Announce"
    assert posts.count(federated, actor, now) == 1


def test_a_conversation_lists_the_posts_of_an_edition(
    federated: Bridge, publish: Publish
) -> None:
    kept = [publish(1).key, publish(2, section="sport").key]
    publish(3, section="notices")
    publish(4, state="suspected")
    found = posts.edition(federated, "herald", dt.date(2026, 3, 1))
    assert found is not None
    assert found["orderedItems"] == [f"{BASE}/ap/o/{key}" for key in kept]
    assert found["id"] == f"{BASE}/ap/editions/herald/2026-03-01"
    assert posts.edition(federated, "herald", dt.date(2026, 3, 2)) is None
