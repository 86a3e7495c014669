"""What readers added to a post is read back: stamps of quotations, and approved replies."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bridge.config import load
from bridge.model import (
    Article,
    Edition,
    Provenance,
    Quote,
    Reply,
    StoredArticle,
    Title,
)
from bridge.store import articles, editions, quotes, replies
from bridge.web import create_app
from bridge.wiring import Bridge, open_bridge

BASE = "https://paper.example"

PAPER = """\
[paper]
id = "herald"
title = "The Harbour Herald"
language = "en"
timezone = "UTC"
authority = "paper.example"
[source.daily]
kind = "folder"
path = "incoming/herald"
[[section]]
slug = "city"
title = "City"
"""


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    (tmp_path / "config/papers").mkdir(parents=True)
    main = tmp_path / "config/bridge.toml"
    main.write_text(f'mode = "publisher"\nbase_url = "{BASE}"\n', encoding="utf-8")
    (tmp_path / "config/papers/herald.toml").write_text(PAPER, encoding="utf-8")
    with open_bridge(load(main, {}), lambda connection, tasks: None) as opened:
        yield opened


@pytest.fixture
def client(bridge: Bridge) -> FlaskClient:
    return create_app(bridge).test_client()


def test_a_stamp_says_who_agreed_to_what(bridge: Bridge, client: FlaskClient) -> None:
    quote = Quote(
        name="0123abcd",
        key="herald-20260301-000001",
        instrument="https://home.example/notes/7",
        actor="https://home.example/users/mei",
        account="herald_city",
    )
    with bridge.store.begin() as connection:
        quotes.add(connection, quote)
    found = client.get("/ap/quotes/0123abcd")
    assert found.status_code == 200
    assert found.content_type == "application/activity+json"
    document = found.get_json(force=True)
    assert document.pop("@context")[0] == "https://www.w3.org/ns/activitystreams"
    assert document == {
        "id": f"{BASE}/ap/quotes/0123abcd",
        "type": "QuoteAuthorization",
        "attributedTo": f"{BASE}/ap/actors/herald_city",
        "interactingObject": "https://home.example/notes/7",
        "interactionTarget": f"{BASE}/ap/o/herald-20260301-000001",
    }


def test_46_the_replies_of_a_post_are_those_that_were_approved(
    bridge: Bridge, client: FlaskClient, now: dt.datetime
) -> None:
    entry = StoredArticle(
        key="herald-20260301-000001",
        paper="herald",
        date=now.date(),
        section="city",
        article=Article(
            order=1,
            pages=("A1",),
            section="city",
            kind="news",
            headline="Ferry",
            language="en",
            source=Provenance(file="A1.txt"),
        ),
        summary="",
        published=now,
        updated=now,
        first_seen=now,
        revision=1,
        state="live",
    )
    paper = Title(id="herald", title="Herald", title_latin=None, language="en")
    with bridge.store.begin() as connection:
        editions.save(connection, "herald", Edition(paper=paper, date=now.date()), {}, now)
        articles.insert_all(connection, [entry], now)
        for number, state in enumerate(("approved", "held", "rejected")):
            said = Reply(
                id=f"https://home.example/notes/{number}",
                key=entry.key,
                account="herald_city",
                actor="https://home.example/users/mei",
                name="mei@home.example",
                url=f"https://home.example/notes/{number}",
                content="<p>When?</p>",
                language=None,
                published=now,
                received=now,
                public=True,
                state=state,  # type: ignore[arg-type]
            )
            replies.add(connection, said)
    post = client.get(f"/ap/o/{entry.key}").get_json(force=True)
    found = client.get(post["replies"].removeprefix(BASE)).get_json(force=True)
    assert found["id"] == post["replies"]
    assert found["orderedItems"] == ["https://home.example/notes/0"]
    assert client.get("/ap/o/herald-20260301-nobody/replies").status_code == 404


@pytest.mark.parametrize("name", ["0123", "x" * 500, "%00"])
def test_45_what_was_never_agreed_to_is_not_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/ap/quotes/{name}").status_code == 404
