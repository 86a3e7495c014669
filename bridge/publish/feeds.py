"""RSS 2.0 and Atom 1.0 (RFC 4287) from one channel, through feedgen with our own extension.

feedgen 1.0.0 as it comes breaks Atom links, loses authors, dates feeds "now" and dies of one
control character. Here every date, id and link is given from the content, text is cleaned
before it comes in, and the extension writes the rest; the same channel gives the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import format_datetime
from itertools import groupby

import feedgen.entry
import feedgen.feed

from bridge.model import Channel, FeedText
from bridge.publish import extension
from bridge.publish.entry import Entry, Head, Options, head, read, section_of

# feedgen writes dates by switching the locale of the whole process and back: a race between
# threads that can leave it switched. Both modules take the standard library's instead.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime

GENERATOR = "Broadsheet"
DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"

_ORDER: tuple[FeedText, ...] = ("headline", "excerpt", "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """Both forms of one channel, rendered from the same entries."""

    rss: bytes
    atom: bytes


def render(channel: Channel, options: Options | None = None) -> Feeds:
    """Return RSS and Atom of a channel, newest entry first, neither above the size limit.

    The oldest editions give way first; an edition that is too large by itself shrinks to
    excerpts, then to headlines, then loses its last entries.
    """
    options = options or Options()
    first = Feeds(rss=b"", atom=b"")
    for narrower, most in _ever_narrower(channel):
        first = _both(narrower, most, options)
        if max(len(first.rss), len(first.atom)) <= options.max_bytes:
            break
    return first


def rss(channel: Channel, options: Options | None = None) -> bytes:
    """Return the channel as RSS 2.0."""
    return render(channel, options).rss


def atom(channel: Channel, options: Options | None = None) -> bytes:
    """Return the channel as Atom 1.0."""
    return render(channel, options).atom


def _ever_narrower(channel: Channel) -> Iterator[tuple[Channel, FeedText]]:
    """Yield the channel as it is, then smaller and smaller, and in the end without entries."""
    editions = [list(group) for _, group in groupby(channel.entries, key=lambda e: e.date)]
    for count in range(len(editions), 1, -1):
        kept = tuple(entry for edition in editions[:count] for entry in edition)
        yield replace(channel, entries=kept), "full"
    newest = tuple(editions[0]) if editions else ()
    for most in reversed(_ORDER):
        yield replace(channel, entries=newest), most
    while newest:
        newest = newest[: len(newest) // 2]
        yield replace(channel, entries=newest), "headline"


def _both(channel: Channel, most: FeedText, options: Options) -> Feeds:
    about = head(channel, options)
    feed = _feed(about)
    for stored in channel.entries:
        text = min(section_of(channel.paper, stored).text, most, key=_ORDER.index)
        _add(feed, read(stored, channel.site, channel.paper, text, options))
    return Feeds(
        rss=_styled(feed.rss_str(), about.stylesheet),
        atom=_styled(feed.atom_str(), about.stylesheet),
    )


def _feed(about: Head) -> feedgen.feed.FeedGenerator:
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension(
        "rss_parts", extension.RssFeed, extension.RssEntry, atom=False, rss=True
    )
    feed.register_extension(
        "atom_parts", extension.AtomFeed, extension.AtomEntry, atom=True, rss=False
    )
    feed.rss_parts.head = feed.atom_parts.head = about
    feed.id(about.id)
    feed.title(about.title)
    feed.description(about.description)
    feed.language(about.language)
    feed.link(href=about.page, rel="alternate")
    feed.author(name=about.publisher, uri=about.publisher_page)
    feed.generator(GENERATOR)
    feed.updated(about.updated)
    return feed


def _add(feed: feedgen.feed.FeedGenerator, entry: Entry) -> None:
    item = feed.add_entry(order="append")
    item.rss_parts.entry = item.atom_parts.entry = entry
    item.id(entry.guid)
    item.title(entry.title)
    item.published(entry.published)
    item.updated(entry.updated)
    item.link(href=entry.url, rel="alternate")
    if entry.summary:
        item.summary(entry.summary, type="text")
    if entry.content:
        item.content(entry.content, type="html")
    item.author([{"name": name} for name in entry.authors])
    item.category(
        [{"term": c.term, "scheme": c.scheme, "label": c.label} for c in entry.categories]
    )
    for picture in entry.pictures[:1]:
        if picture.length is not None:
            item.enclosure(picture.url, str(picture.length), picture.type)


def _styled(document: bytes, stylesheet: str) -> bytes:
    """Put the stylesheet line, which no extension can write, behind the declaration."""
    body = document.removeprefix(DECLARATION)
    instruction = f'<?xml-stylesheet type="text/css" href="{stylesheet}"?>\n'
    return DECLARATION + instruction.encode() + body
