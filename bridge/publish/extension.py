"""Our extension of feedgen: what it cannot say of a feed, and what it says wrongly.

Two classes, one for each format; `bridge.publish.feeds` registers them, and entries have their
own writer (`bridge.publish.items`). feedgen calls `extend_rss` and `extend_atom` with lxml
elements: in RSS the names carry namespaces, in Atom they are plain, since feedgen writes its
`xmlns` there as an attribute.
Dublin Core terms, RSS 1.0 syndication module, Media RSS 1.5, RFC 4287, RFC 5005, RFC 6721.
"""

from lxml import etree
from lxml.etree import SubElement

from bridge.publish.entry import Head
from bridge.publish.items import Tombstone

ATOM = "http://www.w3.org/2005/Atom"
AT = "http://purl.org/atompub/tombstones/1.0"
FH = "http://purl.org/syndication/history/1.0"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
SY = "http://purl.org/rss/1.0/modules/syndication/"

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
        """Add `atom:link` self, prev-archive and hub, `ttl` and `sy:*` to the channel."""
        channel, head = element[0], self.head
        _add(
            channel,
            f"{{{ATOM}}}link",
            href=head.form("rss.xml"),
            rel="self",
            type="application/rss+xml",
        )
        for rel, href in _archives(head):
            _add(channel, f"{{{ATOM}}}link", href=href, rel=rel, type=ATOM_TYPE)
        for hub in head.hubs:
            _add(channel, f"{{{ATOM}}}link", href=hub, rel="hub")
        seconds = max(60, int(head.ttl.total_seconds()))
        _add(channel, "ttl", str(seconds // 60))
        _add(channel, f"{{{SY}}}updatePeriod", "hourly")
        _add(channel, f"{{{SY}}}updateFrequency", str(max(1, HOUR // seconds)))
        return element


class AtomFeed(_Extension):
    """The feed of Atom: its addresses, the alternate one last."""

    head: Head
    withdrawn: tuple[Tombstone, ...]

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
        for hub in head.hubs:
            _add(element, "link", rel="hub", href=hub)
        _add(element, "link", rel="alternate", type="text/html", href=head.page)
        if head.archive:
            _add(element, f"{{{FH}}}archive")
        for grave in self.withdrawn:
            _add(element, f"{{{AT}}}deleted-entry", ref=grave.guid, when=grave.when)
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
