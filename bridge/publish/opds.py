"""Catalogues of books that e-readers browse: OPDS 1.2 (https://specs.opds.io/opds-1.2).

The root names the papers; each paper's catalogue offers its newest editions, newest first.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from lxml.etree import SubElement

from bridge.model import Issue, Newspaper, Site, addresses
from bridge.publish import body
from bridge.publish.entry import BEGINNING, FOUNDED
from bridge.publish.text import line, uri
from bridge.publish.words import words

LIMIT = 30
"""Editions in a catalogue: a month of a daily."""

ATOM = "http://www.w3.org/2005/Atom"
TERMS = "http://purl.org/dc/terms/"
OPDS = "http://opds-spec.org"
NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
BOOK = "application/epub+zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One edition that there is a book of, and when the book last changed."""

    issue: Issue
    changed: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The books of one paper, newest first."""

    paper: Newspaper
    volumes: tuple[Volume, ...]


def moment(shelves: Sequence[Shelf]) -> dt.datetime:
    """Return when anything on these shelves last changed."""
    moments = (volume.changed for shelf in shelves for volume in shelf.volumes)
    return max(moments, default=BEGINNING)


def root(site: Site, shelves: Sequence[Shelf]) -> bytes:
    """Return the root of the catalogue: one entry for each paper."""
    base = uri(site.base_url)
    address = addresses.url(base, "opds.xml")
    feed = _feed(address, line(site.title), moment(shelves), address, NAVIGATION, address)
    for shelf in shelves:
        paper, href = shelf.paper, addresses.url(base, addresses.catalogue_path(shelf.paper.id))
        entry = _entry(feed, _id(paper), line(paper.title), moment((shelf,)))
        SubElement(entry, "link", rel="subsection", href=href, type=ACQUISITION)
        text = line(paper.description) or line(paper.title)
        SubElement(entry, "content", type="text").text = text
    return _bytes(feed)


def catalogue(site: Site, shelf: Shelf) -> bytes:
    """Return the catalogue of one paper's books."""
    base, paper, say = uri(site.base_url), shelf.paper, words(shelf.paper.language)
    address = addresses.url(base, addresses.catalogue_path(paper.id))
    top = addresses.url(base, "opds.xml")
    feed = _feed(_id(paper), line(paper.title), moment((shelf,)), address, ACQUISITION, top)
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", paper.language)
    SubElement(feed, "link", rel="up", href=top, type=NAVIGATION)
    for volume in shelf.volumes:
        date = volume.issue.date
        title = say("edition.book_title", paper=line(paper.title), date=say.date(date))
        id = addresses.edition_id(paper.authority, date, paper.id)
        entry = _entry(feed, id, title, volume.changed.astimezone(paper.timezone))
        _described(entry, paper, volume.issue)
        _offered(entry, base, paper, volume.issue)
    return _bytes(feed)


def _id(paper: Newspaper) -> str:
    return addresses.channel_id(paper.authority, FOUNDED, paper.id, "opds")


def _described(entry: etree._Element, paper: Newspaper, issue: Issue) -> None:
    say = words(paper.language)
    author = SubElement(entry, "author")
    SubElement(author, "name").text = line(paper.title)
    SubElement(entry, f"{{{TERMS}}}language").text = paper.language
    SubElement(entry, f"{{{TERMS}}}publisher").text = line(paper.title)
    SubElement(entry, f"{{{TERMS}}}issued").text = issue.date.isoformat()
    if issue.number:
        text = say("edition.number", number=line(issue.number))
        SubElement(entry, "summary", type="text").text = text


def _offered(entry: etree._Element, base: str, paper: Newspaper, issue: Issue) -> None:
    """Add the links: the book itself, its page, and the front page where there is an image."""
    book = addresses.url(base, addresses.book_path(paper.id, issue.date))
    page = addresses.url(base, addresses.edition_path(paper.id, issue.date))
    SubElement(entry, "link", rel=f"{OPDS}/acquisition/open-access", href=book, type=BOOK)
    SubElement(entry, "link", rel="alternate", href=page, type="text/html")
    image = next((one.image.path for one in issue.pages[:1] if one.image), None)
    if image:
        kind = body.IMAGE_TYPES[image.rpartition(".")[2]]
        href = addresses.url(base, image)
        SubElement(entry, "link", rel=f"{OPDS}/image", href=href, type=kind)


def _feed(
    id: str, title: str, updated: dt.datetime, address: str, kind: str, top: str
) -> etree._Element:
    feed = etree.Element("feed", {"xmlns": ATOM}, nsmap={"dcterms": TERMS})
    SubElement(feed, "id").text = id
    SubElement(feed, "title").text = title
    SubElement(feed, "updated").text = _written(updated)
    SubElement(feed, "link", rel="self", href=address, type=kind)
    SubElement(feed, "link", rel="start", href=top, type=NAVIGATION)
    return feed


def _entry(feed: etree._Element, id: str, title: str, updated: dt.datetime) -> etree._Element:
    entry = SubElement(feed, "entry")
    SubElement(entry, "title").text = title
    SubElement(entry, "id").text = id
    SubElement(entry, "updated").text = _written(updated)
    return entry


def _written(moment: dt.datetime) -> str:
    return moment.isoformat("T", "seconds")


def _bytes(feed: etree._Element) -> bytes:
    document: bytes = etree.tostring(
        feed, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return document
