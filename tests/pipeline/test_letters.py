"""Approved replies stand on the article's page and in a feed; what is taken back is gone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import feedparser
import pytest

from bridge.model import Reply, StoredArticle, Task
from bridge.pipeline import moderate, publish
from bridge.store import replies
from bridge.wiring import Bridge

KEY = "herald-20260301-000001"
PAGE = f"herald/a/{KEY}.html"
FEED = "herald/replies/atom.xml"


@pytest.fixture
def article(publish: Callable[..., StoredArticle]) -> StoredArticle:
    return publish(1)


@pytest.fixture
def reply(article: StoredArticle, now: dt.datetime) -> Reply:
    return Reply(
        id="https://home.example/notes/1",
        key=article.key,
        account="herald_city",
        actor="https://home.example/users/mei",
        name="mei@home.example",
        url="https://home.example/@mei/1",
        content='<p>When <em>does</em> it sail? <a href="https://home.example/">A & B</a></p>',
        language="en",
        published=now,
        received=now,
        public=True,
    )


def read(bridge: Bridge, path: str) -> str:
    found = bridge.output.read(path)
    return found.decode() if found is not None else ""


def test_only_what_is_approved_is_shown(
    federated: Bridge, reply: Reply, tasks: list[Task], now: dt.datetime
) -> None:
    with federated.store.begin() as connection:
        replies.add(connection, reply)
        replies.add(connection, replace(reply, id="https://home.example/notes/2"))
    publish.publish(federated, "herald")
    assert 'id="replies"' not in read(federated, PAGE)
    assert read(federated, FEED) == ""
    moderate.decide(federated, reply.id, "approved", now)
    assert tasks == [Task(name="publish", args=("herald",), partition="herald", fold=True)]
    done = publish.publish(federated, "herald")
    assert set(done.written) == {PAGE, FEED}
    page = read(federated, PAGE)
    assert page.count("When <em>does</em> it sail?") == 1
    assert 'href="https://home.example/@mei/1"' in page
    feed = feedparser.parse(read(federated, FEED))
    (entry,) = feed.entries
    assert entry.id == reply.id
    assert entry.link == f"https://paper.example/{PAGE}#replies"
    assert "mei@home.example" in entry.title
    assert publish.publish(federated, "herald").written == ()


def test_what_is_taken_back_is_gone_from_both(
    federated: Bridge, reply: Reply, now: dt.datetime
) -> None:
    with federated.store.begin() as connection:
        replies.add(connection, replace(reply, state="approved"))
    publish.publish(federated, "herald")
    assert "mei@home.example" in read(federated, PAGE)
    with federated.store.begin() as connection:
        replies.remove(connection, reply.id, reply.actor, now)
    publish.publish(federated, "herald")
    assert "mei@home.example" not in read(federated, PAGE)
    assert feedparser.parse(read(federated, FEED)).entries == []


def test_a_letter_about_an_old_edition_is_shown_too(
    federated: Bridge,
    publish: Callable[..., StoredArticle],
    reply: Reply,
    now: dt.datetime,
) -> None:
    from bridge.pipeline.publish import publish as press

    for day in range(2, 12):
        date = dt.date(2026, 3, day)
        later = now + dt.timedelta(days=day - 1)
        publish(day, date=date, key=f"herald-202603{day:02}-000001", published=later)
    press(federated, "herald", whole=True)
    late = now + dt.timedelta(days=9)
    with federated.store.begin() as connection:
        replies.add(connection, reply)
        replies.decide(connection, reply.id, "approved", late)
    assert PAGE in press(federated, "herald").written


def test_deleting_the_output_gives_it_all_back(federated: Bridge, reply: Reply) -> None:
    with federated.store.begin() as connection:
        replies.add(connection, replace(reply, state="approved"))
    publish.publish(federated, "herald")
    before = read(federated, PAGE), read(federated, FEED)
    for path in (PAGE, FEED):
        federated.output.remove(path)
    publish.publish(federated, "herald", whole=True)
    assert (read(federated, PAGE), read(federated, FEED)) == before
