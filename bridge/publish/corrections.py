"""What a paper corrected or withdrew, as entries of a feed of its own.

Each notice has an id of its own, made from the article's key and the version it speaks of. Of a
withdrawn article nothing is repeated but where it stood in print.
"""

import datetime as dt
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from bridge.model import Newspaper, Notice, Site, addresses
from bridge.publish.entry import (
    BEGINNING,
    FOUNDED,
    Category,
    Entry,
    Head,
    Options,
    headline,
    printed,
)
from bridge.publish.text import clean, line, uri
from bridge.publish.words import Words, words

LIMIT = 50
"""Notices in the feed and on its page."""


def changed(notices: Sequence[Notice]) -> dt.datetime:
    """Return the moment of the newest notice."""
    return max((notice.at for notice in notices), default=BEGINNING)


def title(notice: Notice, paper: Newspaper, say: Words) -> str:
    """Return the heading of a notice."""
    if notice.kind == "withdrawal":
        stood = printed(paper, notice.stored)
        return say("corrections.withdrawal_title", printed=stood)
    return say(f"corrections.{notice.kind}_title", headline=headline(notice.stored, say))


def texts(notice: Notice, say: Words) -> tuple[str, ...]:
    """Return what a notice says, as plain paragraphs; there is always one."""
    said = clean(notice.text).strip()
    parts = say.names([say(f"part.{part}") for part in notice.parts])
    found = (
        say("corrections.withdrawn_text") if notice.kind == "withdrawal" else "",
        say("corrections.reason", reason=said) if notice.kind == "withdrawal" and said else "",
        said if notice.kind != "withdrawal" else "",
        say("corrections.changed", parts=parts) if parts else "",
    )
    return tuple(text for text in found if text)


def head(site: Site, paper: Newspaper, notices: Sequence[Notice], options: Options) -> Head:
    """Return the feed itself."""
    base, say = uri(site.base_url), words(paper.language)
    folder = addresses.url(base, addresses.section_path(paper.id, addresses.CORRECTIONS))
    return Head(
        id=addresses.channel_id(paper.authority, FOUNDED, paper.id, addresses.CORRECTIONS),
        title=say("corrections.feed_title", paper=line(paper.title)),
        description=say("corrections.description", paper=line(paper.title)),
        language=paper.language,
        page=folder,
        folder=folder,
        address=f"{folder}atom.xml",
        archive=False,
        previous=None,
        following=None,
        stylesheet=f"{urlsplit(base).path}/assets/feed.css",
        publisher=line(paper.title),
        publisher_page=addresses.url(base, addresses.paper_path(paper.id)),
        updated=changed(notices).replace(microsecond=0).astimezone(paper.timezone),
        ttl=options.ttl,
        hubs=options.hubs,
    )


def entries(site: Site, paper: Newspaper, notices: Sequence[Notice]) -> tuple[Entry, ...]:
    """Return the notices as entries, in their order."""
    return tuple(_entry(notice, site, paper) for notice in notices)


def mark(notice: Notice) -> tuple[object, ...]:
    """Return what tells one notice from another."""
    stored = notice.stored
    return notice.kind, stored.key, notice.number, notice.at.timestamp(), stored.revision


def _entry(notice: Notice, site: Site, paper: Newspaper) -> Entry:
    base, say, stored = uri(site.base_url), words(paper.language), notice.stored
    url = addresses.url(base, addresses.article_path(paper.id, stored.key))
    said, at = texts(notice, say), notice.at.replace(microsecond=0)
    heading, front = title(notice, paper, say), addresses.paper_path(paper.id)
    name = "withdrawal" if notice.kind == "withdrawal" else str(notice.number)
    content = "".join(f"<p>{escape(text)}</p>" for text in said)
    kind = Category(
        scheme=addresses.url(base, f"{front}#notice"), term=notice.kind, label=notice.kind
    )
    return Entry(
        guid=addresses.notice_id(paper.authority, stored.date, stored.key, name),
        url=url,
        title=heading,
        summary=said[0] if said else heading,
        content=f'{content}<p><a href="{escape(url)}">{escape(heading)}</a></p>',
        authors=(),
        language=None,
        published=at.astimezone(paper.timezone),
        updated=at.astimezone(paper.timezone),
        categories=(kind,),
        pictures=(),
    )
