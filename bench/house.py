"""A deployment of Broadsheet in a folder of its own, with one invented paper."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from bridge.config import Settings, load
from bridge.model import (
    Activity,
    Article,
    Edition,
    Follower,
    Paragraph,
    Provenance,
    StoredArticle,
    Title,
    addresses,
)
from bridge.store import Connection, articles, editions
from bridge.wiring import Bridge

HOST = "bench.example"
BASE = f"https://{HOST}"
PAPER = "yanbei"
NOW = dt.datetime(2026, 3, 4, 0, 0, tzinfo=dt.UTC)
FIRST = dt.date(2026, 3, 4)

BRIDGE = """\
mode = "publisher"
base_url = "{base}"
title = "砚北"
[data]
{database}
[server]
port = {port}
workers = 1
blocking_threads = 1
[http]
allow_networks = ["127.0.0.0/8"]
[federation]
concurrency = {concurrency}
inbox_rate = 1000000
[log]
level = "error"
"""

PAPER_FILE = """\
[paper]
id = "yanbei"
title = "砚北日报"
title_latin = "YANBEI DAILY"
language = "zh-Hans"
timezone = "Asia/Shanghai"
hour = "06:00"
authority = "bench.example"
window = {window}

[source.daily]
kind = "folder"
path = "incoming"
settle = "0s"
"""

SECTION = """
[[section]]
slug = "s{number}"
title = "版块{number}"
match = {{ pages = [{pages}] }}
"""


def build(
    folder: Path,
    *,
    port: int = 8400,
    sections: int = 6,
    window: int = 7,
    concurrency: int = 16,
    database: str = "",
) -> Settings:
    """Write a config into a folder and load it; the sections take the pages by turns.

    `database` is a URL; without one it is SQLite in the folder.
    """
    papers = folder / "config" / "papers"
    papers.mkdir(parents=True, exist_ok=True)
    text = PAPER_FILE.format(window=window) + "".join(
        SECTION.format(number=n, pages=", ".join(f'"A{p}"' for p in range(n, 100, sections)))
        for n in range(1, sections + 1)
    )
    (papers / f"{PAPER}.toml").write_text(text, encoding="utf-8")
    file = folder / "config" / "bridge.toml"
    named = f'database = "{database}"' if database else ""
    main = BRIDGE.format(base=BASE, port=port, concurrency=concurrency, database=named)
    file.write_text(main, encoding="utf-8")
    return load(file, {})


def stored(
    number: int, date: dt.date, section: str, headline: str, body: list[str]
) -> StoredArticle:
    """Return an article as the store holds it, first seen at its edition's hour."""
    moment = dt.datetime.combine(date, dt.time(22), dt.UTC) - dt.timedelta(days=1)
    article = Article(
        order=number,
        pages=("A1",),
        section=section,
        kind="news",
        headline=headline,
        body=tuple(Paragraph(kind="paragraph", text=text) for text in body),
        language="zh-Hans",
        source=Provenance(file="A1.txt"),
    )
    return StoredArticle(
        key=f"{PAPER}-{date:%Y%m%d}-{number:06}",
        paper=PAPER,
        date=date,
        section=section,
        article=article,
        summary=body[0][:120],
        published=moment + dt.timedelta(seconds=number),
        updated=moment + dt.timedelta(seconds=number),
        first_seen=moment,
        revision=1,
        state="live",
    )


def store(bridge: Bridge, date: dt.date, made: Sequence[StoredArticle]) -> None:
    """Store an edition with these articles."""
    with bridge.store.begin() as connection:
        put(connection, date, made)


def put(connection: Connection, date: dt.date, made: Sequence[StoredArticle]) -> None:
    """Store an edition inside a transaction that holds others too."""
    title = Title(id=PAPER, title="砚北日报", title_latin=None, language="zh-Hans")
    editions.save(connection, PAPER, Edition(paper=title, date=date), {}, NOW)
    articles.insert_all(connection, made, NOW)


def activity(number: int, actor: str, text: str) -> Activity:
    """Return an activity of about two kilobytes, as a section's account sends it."""
    owner = addresses.actor_id(BASE, actor)
    body = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": addresses.activity_id(BASE, f"bench-{number}"),
        "type": "Create",
        "actor": owner,
        "object": {"id": addresses.object_id(BASE, f"bench-{number}"), "content": text},
    }
    return Activity(
        id=str(body["id"]),
        actor=actor,
        type="Create",
        object=addresses.object_id(BASE, f"bench-{number}"),
        body=body,
        created=NOW,
    )


def follower(actor: str, inbox: str) -> Follower:
    """Return somebody who follows an account and has this inbox."""
    id = inbox.removesuffix("/inbox")
    return Follower(
        actor=actor, id=id, inbox=inbox, shared_inbox=None, follow=f"{id}#follow", since=NOW
    )
