"""Our extension of feedgen: what it cannot say, and what it says wrongly.

Four classes, one for each format and level; `bridge.publish.feeds` registers them. feedgen
calls `extend_rss` and `extend_atom` with lxml elements: in RSS the names carry namespaces, in
Atom they are plain, since feedgen writes its `xmlns` there as an attribute.
Dublin Core terms, RSS 1.0 syndication module, Media RSS 1.5, RFC 4287, RFC 5005,
RFC 6721.
"""

from lxml import etree
from lxml.etree import SubElement

from bridge.publish.entry import Entry, Head

ATOM = "http://www.w3.org/2005/Atom"
AT = "http://purl.org/atompub/tombstones/1.0"
FH = "http://purl.org/syndication/history/1.0"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

HOUR = 3600
ATOM_TYPE = "application/atom+xml"


class _Extension:
    """What feedgen expects of every extension: one hook for each format, and namespaces."""

    def extend_ns(self) -> dict[str, str]:
        """Add no namespace."""
        return {}

    def extend_rss(self, element: etree._Element) -> etree._Element:
        """Leave RSS as it is."""
        return element

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Leave Atom as it is."""
        return element


class RssFeed(_Extension):
    """The channel of RSS: its own address, and how often to ask."""

    head: Head

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces used in channel and items."""
        return {"dc": DC, "media": MEDIA, "sy": SY}

    def extend_rss(self, element: etree._Element) -> etree._Element:
        """Add `atom:link` self and prev-archive, `ttl` and `sy:*` to the channel."""
        channel, head = element[0], self.head
        _add(
            channel,
            f"{{{ATOM}}}link",
            href=f"{head.folder}rss.xml",
            rel="self",
            type="application/rss+xml",
        )
        for rel, href in _archives(head):
            _add(channel, f"{{{ATOM}}}link", href=href, rel=rel, type=ATOM_TYPE)
        seconds = max(60, int(head.ttl.total_seconds()))
        _add(channel, "ttl", str(seconds // 60))
        _add(channel, f"{{{SY}}}updatePeriod", "hourly")
        _add(channel, f"{{{SY}}}updateFrequency", str(max(1, HOUR // seconds)))
        return element


class RssEntry(_Extension):
    """An item of RSS: people, language, correction and pictures."""

    entry: Entry

    def extend_rss(self, element: etree._Element) -> etree._Element:
        """Add what RSS itself has no valid place for."""
        entry = self.entry
        for name in entry.authors:
            _add(element, f"{{{DC}}}creator", name)
        if entry.language:
            _add(element, f"{{{DC}}}language", entry.language)
        if entry.updated != entry.published:
            _add(element, f"{{{ATOM}}}updated", entry.updated.isoformat())
        self._pictures(element)
        return element

    def _pictures(self, element: etree._Element) -> None:
        """Add each picture; feedparser would take a caption inside for the item's text."""
        for picture in self.entry.pictures:
            size = {} if picture.length is None else {"fileSize": str(picture.length)}
            _add(
                element,
                f"{{{MEDIA}}}content",
                url=picture.url,
                type=picture.type,
                medium="image",
                **size,
            )


class AtomFeed(_Extension):
    """The feed of Atom: its addresses, the alternate one last."""

    head: Head
    withdrawn: tuple[Entry, ...]

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces of archives and tombstones where they are used."""
        return ({"fh": FH} if self.head.archive else {}) | (
            {"at": AT} if self.withdrawn else {}
        )

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Write the links in place of feedgen's own, the archive's mark and tombstones."""
        _drop_links(element)
        head = self.head
        current = (("current", f"{head.folder}atom.xml"),) if head.archive else ()
        for rel, href in (("self", head.address), *current, *_archives(head)):
            _add(element, "link", rel=rel, type=ATOM_TYPE, href=href)
        _add(element, "link", rel="alternate", type="text/html", href=head.page)
        if head.archive:
            _add(element, f"{{{FH}}}archive")
        for entry in self.withdrawn:
            when = entry.updated.isoformat()
            _add(element, f"{{{AT}}}deleted-entry", ref=entry.guid, when=when)
        return element


class AtomEntry(_Extension):
    """An entry of Atom: its links with rel, type and length, and its language."""

    entry: Entry

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Write the links that feedgen 1.0.0 strips of their attributes, and `xml:lang`."""
        _drop_links(element)
        entry = self.entry
        if entry.language:
            element.set(LANG, entry.language)
        for picture in entry.pictures:
            length = {} if picture.length is None else {"length": str(picture.length)}
            _add(
                element, "link", rel="enclosure", type=picture.type, href=picture.url, **length
            )
        _add(element, "link", rel="alternate", type="text/html", href=entry.url)
        return element


def _archives(head: Head) -> tuple[tuple[str, str], ...]:
    beside = (("prev-archive", head.previous), ("next-archive", head.following))
    return tuple((rel, href) for rel, href in beside if href)


def _add(
    parent: etree._Element, name: str, content: str | None = None, **attributes: str
) -> etree._Element:
    element = SubElement(parent, name, attributes)
    element.text = content
    return element


def _drop_links(element: etree._Element) -> None:
    for link in element.findall("link"):
        element.remove(link)
