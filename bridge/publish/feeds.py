"""RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed of one channel, all from the same entries.

The documents in XML come through feedgen with our own extension: feedgen 1.0.0 as it comes
breaks links, dates feeds "now" and dies of one control character. Here every date, id and link
is given from the content, text is cleaned before it comes in, and the extension writes the
rest; the same channel gives the same bytes. Entries are written once (`bridge.publish.items`)
and kept, for each stands in two channels and in them for days: a document is head, entries and
foot.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import lru_cache
from itertools import groupby

import feedgen.entry
import feedgen.feed

from bridge.model import Channel, FeedText, Newspaper, Site, StoredArticle
from bridge.publish import extension, items, jsonfeed
from bridge.publish.entry import (
    Entry,
    Head,
    Options,
    Place,
    head,
    lengths,
    previous_archive,
    read,
    section_of,
)
from bridge.publish.items import Item

# feedgen writes dates by switching the locale of the whole process and back: a race between
# threads that can leave it switched. Both modules take the standard library's instead.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime

GENERATOR = "Broadsheet"
DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"

HELD = 1024
"""Entries kept as they were written: about ten megabytes."""

_ORDER: tuple[FeedText, ...] = ("headline", "excerpt", "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """Every form of one channel, rendered from the same entries."""

    rss: bytes
    atom: bytes
    about: Head
    entries: tuple[Entry, ...]

    @property
    def json(self) -> bytes:
        """Return the channel as JSON Feed, made anew each time."""
        return jsonfeed.render(self.about, self.entries)

    def fits(self, limit: int) -> bool:
        """Tell whether no form is larger.

        JSON is made for that only where it could be: it says nothing that Atom does not say,
        at most twice, and escapes a character with one more.
        """
        if max(len(self.rss), len(self.atom)) > limit:
            return False
        return 4 * len(self.atom) <= limit or len(self.json) <= limit


def render(channel: Channel, options: Options | None = None) -> Feeds:
    """Return a channel in every form, newest entry first, none above the size limit.

    The oldest editions give way first; an edition that is too large by itself shrinks to
    excerpts, then to headlines, then loses its last entries.
    """
    options = options or Options()
    for narrower, most in _ever_narrower(channel):
        found = _every_form(narrower, most, options)
        if found.fits(options.max_bytes):
            break
    return found  # the last one is the head alone


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
    return _atom(head(channel, options, place), _items(channel, "full", options))


def forms(about: Head, entries: Sequence[Entry]) -> Feeds:
    """Return a feed of these entries, however large, in every form."""
    return _forms(about, tuple(map(items.write, entries)))


def document(about: Head, entries: Sequence[Entry]) -> bytes:
    """Return a feed of entries that are no articles, in Atom."""
    return _atom(about, tuple(map(items.write, entries)))


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
    return _forms(head(channel, options, place), _items(channel, most, options))


def _forms(about: Head, found: Sequence[Item]) -> Feeds:
    feed = _feed(about, found)
    return Feeds(
        rss=_filled(feed.rss_str(), b"</channel>", (item.rss for item in found), about),
        atom=_filled(feed.atom_str(), b"</feed>", (item.atom for item in found), about),
        about=about,
        entries=tuple(item.entry for item in found),
    )


def _atom(about: Head, found: Sequence[Item]) -> bytes:
    """Return Atom alone; in an archive only the tombstone stays of a withdrawn entry."""
    shown = (item.atom for item in found if not (about.archive and item.tombstone))
    return _filled(_feed(about, found).atom_str(), b"</feed>", shown, about)


def _items(channel: Channel, most: FeedText, options: Options) -> tuple[Item, ...]:
    paper, desk = channel.paper, _desk(channel.site, channel.paper)
    return tuple(
        _item(
            stored,
            desk,
            min(section_of(paper, stored).text, most, key=_ORDER.index),
            lengths(stored, options),
        )
        for stored in channel.entries
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Desk:
    """Site and paper, compared as one thing: by value it would take longer than to write."""

    site: Site
    paper: Newspaper


@lru_cache(maxsize=32)
def _desk(site: Site, paper: Newspaper) -> _Desk:
    return _Desk(site=site, paper=paper)


@lru_cache(maxsize=HELD)
def _item(
    stored: StoredArticle, desk: _Desk, text: FeedText, sizes: tuple[int | None, ...]
) -> Item:
    return items.write(read(stored, desk.site, desk.paper, text, sizes))


def _feed(about: Head, found: Sequence[Item]) -> feedgen.feed.FeedGenerator:
    """Return the feed without its entries."""
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension("rss_parts", extension.RssFeed, atom=False, rss=True)
    feed.register_extension("atom_parts", extension.AtomFeed, atom=True, rss=False)
    feed.rss_parts.head = feed.atom_parts.head = about
    feed.atom_parts.withdrawn = tuple(item.tombstone for item in found if item.tombstone)
    feed.id(about.id)
    feed.title(about.title)
    feed.description(about.description)
    feed.language(about.language)
    feed.link(href=about.page, rel="alternate")
    feed.author(name=about.publisher, uri=about.publisher_page)
    feed.generator(GENERATOR)
    feed.updated(about.updated)
    return feed


def _filled(frame: bytes, foot: bytes, entries: Iterable[bytes], about: Head) -> bytes:
    """Set entries before the foot, and behind the declaration what no extension can write."""
    head, _, rest = frame.removeprefix(DECLARATION).rpartition(foot)
    instruction = f'<?xml-stylesheet type="text/css" href="{about.stylesheet}"?>\n'
    return b"".join((DECLARATION, instruction.encode(), head, *entries, foot, rest))
