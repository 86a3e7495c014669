"""RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed of one channel, all from the same entries.

The two in XML come through feedgen with our own extension: feedgen 1.0.0 as it comes breaks
Atom links, loses authors, dates feeds "now" and dies of one control character. Here every date,
id and link is given from the content, text is cleaned before it comes in, and the extension
writes the rest; the same channel gives the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from itertools import groupby

import feedgen.entry
import feedgen.feed

from bridge.model import Channel, FeedText
from bridge.publish import extension, jsonfeed
from bridge.publish.entry import (
    Entry,
    Head,
    Options,
    Place,
    head,
    previous_archive,
    read,
    section_of,
)

# feedgen writes dates by switching the locale of the whole process and back: a race between
# threads that can leave it switched. Both modules take the standard library's instead.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime

GENERATOR = "Broadsheet"
DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"

_ORDER: tuple[FeedText, ...] = ("headline", "excerpt", "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """Every form of one channel, rendered from the same entries."""

    rss: bytes
    atom: bytes
    json: bytes

    @property
    def size(self) -> int:
        """Return the bytes of the largest form."""
        return max(len(self.rss), len(self.atom), len(self.json))


def render(channel: Channel, options: Options | None = None) -> Feeds:
    """Return a channel in every form, newest entry first, none above the size limit.

    The oldest editions give way first; an edition that is too large by itself shrinks to
    excerpts, then to headlines, then loses its last entries.
    """
    options = options or Options()
    found = Feeds(rss=b"", atom=b"", json=b"")
    for narrower, most in _ever_narrower(channel):
        found = _every_form(narrower, most, options)
        if found.size <= options.max_bytes:
            break
    return found


def rss(channel: Channel, options: Options | None = None) -> bytes:
    """Return the channel as RSS 2.0."""
    return render(channel, options).rss


def atom(channel: Channel, options: Options | None = None) -> bytes:
    """Return the channel as Atom 1.0."""
    return render(channel, options).atom


def json(channel: Channel, options: Options | None = None) -> bytes:
    """Return the channel as JSON Feed 1.1."""
    return render(channel, options).json


def archive(channel: Channel, place: Place, options: Options | None = None) -> bytes:
    """Return one edition of a channel as an archive document (RFC 5005 §4), in Atom.

    It is whole however large, for nothing else would hold what was left out.
    """
    options = options or Options()
    about = head(channel, options, place)
    return document(about, _entries(channel, "full", options))


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


def _every_form(channel: Channel, most: FeedText, options: Options) -> Feeds:
    place = Place(previous=previous_archive(channel, whole=most == "full"))
    about, entries = head(channel, options, place), _entries(channel, most, options)
    feed = _feed(about, entries)
    return Feeds(
        rss=_styled(feed.rss_str(), about.stylesheet),
        atom=_styled(feed.atom_str(), about.stylesheet),
        json=jsonfeed.render(about, entries),
    )


def document(about: Head, entries: Sequence[Entry]) -> bytes:
    """Return a feed of entries that are no articles, in Atom."""
    return _styled(_feed(about, entries).atom_str(), about.stylesheet)


def _entries(channel: Channel, most: FeedText, options: Options) -> tuple[Entry, ...]:
    return tuple(
        read(
            stored,
            channel.site,
            channel.paper,
            min(section_of(channel.paper, stored).text, most, key=_ORDER.index),
            options,
        )
        for stored in channel.entries
    )


def _feed(about: Head, entries: Sequence[Entry]) -> feedgen.feed.FeedGenerator:
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension(
        "rss_parts", extension.RssFeed, extension.RssEntry, atom=False, rss=True
    )
    feed.register_extension(
        "atom_parts", extension.AtomFeed, extension.AtomEntry, atom=True, rss=False
    )
    feed.rss_parts.head = feed.atom_parts.head = about
    feed.atom_parts.withdrawn = tuple(entry for entry in entries if entry.withdrawn)
    feed.id(about.id)
    feed.title(about.title)
    feed.description(about.description)
    feed.language(about.language)
    feed.link(href=about.page, rel="alternate")
    feed.author(name=about.publisher, uri=about.publisher_page)
    feed.generator(GENERATOR)
    feed.updated(about.updated)
    for entry in entries:
        if not (about.archive and entry.withdrawn):  # there the tombstone alone stays
            _add(feed, entry)
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
