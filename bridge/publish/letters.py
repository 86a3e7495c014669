"""Readers' letters: the approved replies from the fediverse, as entries of a feed of their own.

What they say was made harmless when it came in (`federation.sanitise`).
"""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlsplit

from bridge.model import Letter, Newspaper, Reply, Site, addresses
from bridge.publish.entry import BEGINNING, FOUNDED, Entry, Head, Options, headline
from bridge.publish.text import line, uri
from bridge.publish.words import words

LIMIT = 50
"""Letters in the feed."""


def changed(letters: Sequence[Letter]) -> dt.datetime:
    """Return the moment of the newest letter."""
    return max((letter.reply.received for letter in letters), default=BEGINNING)


def mark(reply: Reply) -> tuple[str, ...]:
    """Return what tells a reply apart from what it was."""
    return reply.id, reply.name, reply.url, reply.content, reply.language or ""


def head(site: Site, paper: Newspaper, letters: Sequence[Letter], options: Options) -> Head:
    """Return the feed itself."""
    base, say = uri(site.base_url), words(paper.language)
    front = addresses.url(base, addresses.paper_path(paper.id))
    folder = addresses.url(base, addresses.section_path(paper.id, addresses.REPLIES))
    return Head(
        id=addresses.channel_id(paper.authority, FOUNDED, paper.id, addresses.REPLIES),
        title=say("replies.feed_title", paper=line(paper.title)),
        description=say("replies.description", paper=line(paper.title)),
        language=paper.language,
        page=front,
        folder=folder,
        address=f"{folder}atom.xml",
        archive=False,
        previous=None,
        following=None,
        stylesheet=f"{urlsplit(base).path}/assets/feed.css",
        publisher=line(paper.title),
        publisher_page=front,
        updated=changed(letters).replace(microsecond=0).astimezone(paper.timezone),
        ttl=options.ttl,
    )


def entries(site: Site, paper: Newspaper, letters: Sequence[Letter]) -> tuple[Entry, ...]:
    """Return the letters as entries, in their order."""
    return tuple(_entry(letter, site, paper) for letter in letters)


def _entry(letter: Letter, site: Site, paper: Newspaper) -> Entry:
    say, reply, stored = words(paper.language), letter.reply, letter.stored
    base = uri(site.base_url)
    page = addresses.url(base, addresses.article_path(paper.id, stored.key))
    heading = say("replies.entry_title", name=line(reply.name), headline=headline(stored, say))
    return Entry(
        guid=reply.id,
        url=f"{page}#replies",
        title=heading,
        summary=heading,
        content=reply.content,
        authors=(line(reply.name),),
        language=reply.language,
        published=reply.published.replace(microsecond=0).astimezone(paper.timezone),
        updated=reply.received.replace(microsecond=0).astimezone(paper.timezone),
        categories=(),
        pictures=(),
    )
