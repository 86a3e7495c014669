"""OPML 2.0: every feed of the site in one file, papers above sections and corrections.

http://opml.org/spec2.opml; the dates of the file are left out, since nothing in it has one.
"""

from lxml import etree
from lxml.etree import SubElement

from bridge.model import Newspaper, Site, addresses
from bridge.publish.text import line, uri
from bridge.publish.words import words

VERSIONS = {"rss.xml": "RSS2", "atom.xml": "ATOM1"}
"""What the list calls each form of feed."""


def render(site: Site) -> bytes:
    """Return the list of all papers and their sections as OPML."""
    root = etree.Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = line(site.title)
    SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = SubElement(root, "body")
    for paper in site.papers:
        title = line(paper.title)
        outline = SubElement(body, "outline", text=title, title=title)
        _feed(outline, site, paper, addresses.ALL, title)
        for section in paper.sections:
            _feed(outline, site, paper, section.slug, f"{title} · {line(section.title)}")
        for beat in paper.beats:
            slug = addresses.beat_slug(beat.slug)
            _feed(outline, site, paper, slug, f"{title} · {line(beat.title)}")
        told = words(paper.language)("corrections.feed_title", paper=title)
        _feed(outline, site, paper, addresses.CORRECTIONS, told, "atom.xml")
    document: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return document


def _feed(
    outline: etree._Element,
    site: Site,
    paper: Newspaper,
    slug: str,
    title: str,
    form: str = "rss.xml",
) -> None:
    base = uri(site.base_url)
    SubElement(
        outline,
        "outline",
        text=title,
        title=title,
        type="rss",
        version=VERSIONS[form],
        language=paper.language,
        xmlUrl=addresses.url(base, addresses.feed_path(paper.id, slug, form)),
        htmlUrl=addresses.url(base, addresses.section_path(paper.id, slug)),
    )
