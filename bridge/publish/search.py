"""A search for its reader: the page of results, and the same results as a feed.

A feed of a search is made of the same entries as every other; each carries as much text as its
section allows.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from bridge.model import Channel, Newspaper, Section, Site, StoredArticle, addresses
from bridge.model.query import LONGEST, MOST, Query, Reason
from bridge.publish import entry, feeds, snippets
from bridge.publish.entry import Entry, Head, Options
from bridge.publish.site.pages import page as render
from bridge.publish.snippets import Piece
from bridge.publish.text import line, uri
from bridge.publish.words import Words, words

FORMS = {"rss.xml": "search.rss", "atom.xml": "search.atom", "feed.json": "search.json"}
"""Where each form of a search's feed stands, before the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A search as its address says it; `within` is `paper` or `paper/section`."""

    text: str
    within: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def encoded(self, page: int = 1) -> str:
        """Return the part of an address behind the question mark, always in one order."""
        said = {
            "q": self.text,
            "in": self.within,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "page": str(page) if page > 1 else "",
        }
        return urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of what was found."""

    query: Query
    articles: tuple[StoredArticle, ...]
    total: int
    more: bool  # than `total`
    number: int  # of this page
    pages: int
    first: int  # the number of its first article


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    stored: StoredArticle
    headline: tuple[Piece, ...]
    text: tuple[Piece, ...]
    place: str


def page(
    site: Site,
    paper: Newspaper,
    terms: Terms,
    results: Results | None,
    wrong: Reason | None = None,
    *,
    federates: bool = False,
) -> bytes:
    """Return the search page in a paper's language; `wrong` says why nothing was looked for."""
    say = words(paper.language)
    error = say(f"search.error_{wrong}", longest=LONGEST, most=MOST) if wrong else ""
    return render(
        "search.html",
        site,
        paper,
        federates=federates,
        terms=terms,
        results=results,
        error=error,
        hits=_hits(site, results, say) if results else (),
        forms={name: f"{path}?{terms.encoded()}" for name, path in FORMS.items()},
    )


def feed(
    site: Site,
    paper: Newspaper,
    terms: Terms,
    found: Sequence[StoredArticle],
    options: Options,
) -> feeds.Feeds:
    """Return a search's feed in every form, without the oldest entries if it is too large."""
    about = _head(site, paper, terms, found, options)
    entries = tuple(_entry(site, stored, options) for stored in found)
    while True:
        made = feeds.forms(about, entries)
        if made.fits(options.max_bytes) or not entries:
            return made
        entries = entries[: len(entries) // 2]


def _hits(site: Site, results: Results, say: Words) -> tuple[_Hit, ...]:
    return tuple(_hit(site, stored, results.query, say) for stored in results.articles)


def _hit(site: Site, stored: StoredArticle, query: Query, say: Words) -> _Hit:
    paper = _paper_of(site, stored)
    section = entry.section_of(paper, stored)
    pages = say("article.pages_joined").join(map(line, stored.article.pages))
    title = section.title if len(site.papers) == 1 else f"{paper.title} · {section.title}"
    silent = section.text == "headline"
    return _Hit(
        stored=stored,
        headline=snippets.marked(entry.headline(stored, say), query.wanted),
        text=() if silent else snippets.snippet(stored, query.wanted),
        place=say("search.place", section=title, date=say.date(stored.date), pages=pages),
    )


def _entry(site: Site, stored: StoredArticle, options: Options) -> Entry:
    paper = _paper_of(site, stored)
    text = entry.section_of(paper, stored).text
    return entry.read(stored, site, paper, text, entry.lengths(stored, options))


def _paper_of(site: Site, stored: StoredArticle) -> Newspaper:
    return next(paper for paper in site.papers if paper.id == stored.paper)


def _head(
    site: Site,
    paper: Newspaper,
    terms: Terms,
    found: Sequence[StoredArticle],
    options: Options,
) -> Head:
    """Return the head of a search's feed, which stands in no folder."""
    base, encoded, say = uri(site.base_url), terms.encoded(), words(paper.language)
    room = Section(slug=addresses.SEARCH, title=say("search.title"), federate="off")
    channel = Channel(site=site, paper=paper, section=room, issue=None, entries=tuple(found))
    title = line(paper.title if terms.within or len(site.papers) == 1 else site.title)
    forms = {name: addresses.url(base, f"{path}?{encoded}") for name, path in FORMS.items()}
    name = f"{addresses.SEARCH}?{encoded}"
    return replace(
        entry.head(channel, options),
        id=addresses.channel_id(paper.authority, entry.FOUNDED, addresses.SEARCH, encoded),
        title=say("search.feed_title", query=terms.text, title=title),
        description=say("search.feed_description", query=terms.text, title=title),
        page=addresses.url(base, name),
        address=forms["atom.xml"],
        forms=forms,
    )
