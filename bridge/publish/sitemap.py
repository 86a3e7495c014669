"""What search engines read: sitemaps of the pages, and of the news (https://sitemaps.org).

The protocol of news sitemaps is Google's: the articles of the last two days, at most a
thousand. Two days of the paper, not of the clock: the same store gives the same files.
"""

import datetime as dt
from collections.abc import Sequence

from lxml import etree
from lxml.etree import SubElement

from bridge.model import Channel, Newspaper, Site, StoredArticle, addresses
from bridge.publish.entry import headline
from bridge.publish.text import line, uri
from bridge.publish.words import TRADITIONAL, words

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"

FRESH = dt.timedelta(days=1)
"""How much older than the newest edition news may be."""

LIMIT = 1000
"""Articles in a news sitemap."""


def index(site: Site) -> bytes:
    """Return the list of every paper's sitemaps."""
    root, base = _root("sitemapindex"), uri(site.base_url)
    for paper in site.papers:
        for path in (addresses.sitemap_path(paper.id), addresses.news_path(paper.id)):
            entry = SubElement(root, "sitemap")
            SubElement(entry, "loc").text = addresses.url(base, path)
    return _bytes(root)


def pages(found: Channel) -> bytes:
    """Return a paper's pages: its front, sections, corrections, and the window's editions.

    The channel is that of the whole paper, its entries those of the live feeds.
    """
    root, base, paper = _root("urlset"), uri(found.site.base_url), found.paper
    slugs = (addresses.ALL, *(section.slug for section in paper.sections))
    _url(root, base, addresses.paper_path(paper.id))
    for slug in (*slugs, addresses.CORRECTIONS):
        _url(root, base, addresses.section_path(paper.id, slug))
    for date in dict.fromkeys(stored.date for stored in _shown(found)):
        _url(root, base, addresses.edition_path(paper.id, date))
    for stored in _shown(found):
        path = addresses.article_path(paper.id, stored.key)
        entry = _url(root, base, path)
        SubElement(entry, "lastmod").text = _written(stored.updated, paper)
    return _bytes(root)


def news(found: Channel) -> bytes:
    """Return a paper's newest articles; the channel is that of the whole paper."""
    root, base, paper = _root("urlset", news=NEWS), uri(found.site.base_url), found.paper
    shown, say = _shown(found), words(paper.language)
    oldest = max((stored.date for stored in shown), default=dt.date.max) - FRESH
    fresh = [stored for stored in shown if stored.date >= oldest]
    for stored in fresh[:LIMIT]:
        entry = _url(root, base, addresses.article_path(paper.id, stored.key))
        told = SubElement(entry, f"{{{NEWS}}}news")
        publication = SubElement(told, f"{{{NEWS}}}publication")
        SubElement(publication, f"{{{NEWS}}}name").text = line(paper.title)
        SubElement(publication, f"{{{NEWS}}}language").text = language(paper.language)
        date = _written(stored.published, paper)
        SubElement(told, f"{{{NEWS}}}publication_date").text = date
        SubElement(told, f"{{{NEWS}}}title").text = headline(stored, say)
    return _bytes(root)


def language(tag: str) -> str:
    """Return a language as news sitemaps know it: ISO 639, and Chinese by its script."""
    primary, *subtags = tag.lower().split("-")
    if primary == "zh":
        return "zh-tw" if any(subtag in TRADITIONAL for subtag in subtags) else "zh-cn"
    return primary


def _shown(found: Channel) -> Sequence[StoredArticle]:
    return [stored for stored in found.entries if stored.state != "withdrawn"]


def _root(name: str, **prefixes: str) -> etree._Element:
    return etree.Element(name, {"xmlns": SITEMAP}, nsmap=prefixes)


def _url(root: etree._Element, base: str, path: str) -> etree._Element:
    entry = SubElement(root, "url")
    SubElement(entry, "loc").text = addresses.url(base, path)
    return entry


def _written(moment: dt.datetime, paper: Newspaper) -> str:
    return moment.astimezone(paper.timezone).isoformat("T", "seconds")


def _bytes(root: etree._Element) -> bytes:
    document: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return document
