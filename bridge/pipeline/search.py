"""Search: from what somebody asks to the articles, for the page, the feeds and the command."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bridge.model import Newspaper, Site, StoredArticle
from bridge.model.query import Query, QueryError, parse
from bridge.publish import search as shown
from bridge.publish.body import own_image
from bridge.publish.entry import Options
from bridge.publish.feeds import Feeds
from bridge.publish.search import Results, Terms
from bridge.store import search
from bridge.store.search import Found, Wanted
from bridge.wiring import Bridge

PAGE = 20
"""Results on a page."""

PAGES = 50
"""Pages that can be turned; a search that finds more should say more."""

FEED = 50
"""Entries of a search's feed."""


def within(site: Site, where: str) -> tuple[tuple[str, str | None], ...]:
    """Return what `paper` or `paper/section` means, nothing in particular for an empty one.

    Raises QueryError for a paper or section that the config does not have.
    """
    if not where:
        return ()
    paper_id, _, slug = where.partition("/")
    papers = [paper for paper in site.papers if paper.id == paper_id]
    known = not slug or any(slug == one.slug for paper in papers for one in paper.sections)
    if not papers or not known or where.endswith("/"):
        raise QueryError("place")
    return tuple((paper.id, slug or None) for paper in papers)


def speaker(site: Site, where: str) -> Newspaper:
    """Return the paper in whose language and name a search is answered."""
    paper_id = where.partition("/")[0]
    return next((paper for paper in site.papers if paper.id == paper_id), site.papers[0])


def find(bridge: Bridge, terms: Terms, limit: int) -> tuple[Query, Found]:
    """Return the newest of what is found; raises QueryError."""
    query, wanted = _wanted(bridge.site, terms)
    with bridge.store.read() as connection:
        return query, _known(bridge.site, search.find(connection, wanted, limit))


def results(bridge: Bridge, terms: Terms, number: int) -> Results:
    """Return one page of what is found; raises QueryError."""
    query, wanted = _wanted(bridge.site, terms)
    number = min(max(number, 1), PAGES)
    counted = PAGE * PAGES + 1
    with bridge.store.read() as connection:
        found = search.find(connection, wanted, PAGE, (number - 1) * PAGE, counted=counted)
    found, total = _known(bridge.site, found), min(found.total, PAGE * PAGES)
    return Results(
        query=query,
        articles=found.articles,
        total=total,
        more=found.total > total,
        number=number,
        pages=max(1, -(-total // PAGE)),
        first=(number - 1) * PAGE + 1,
    )


def feed(bridge: Bridge, terms: Terms) -> tuple[Feeds, dt.datetime]:
    """Return what is found as a feed, and when it last changed; raises QueryError."""
    _, found = find(bridge, terms, FEED)
    feeds = bridge.settings.feeds
    sizes = _sizes(bridge, found.articles)
    options = Options(ttl=feeds.ttl, max_bytes=feeds.max_bytes, sizes=sizes)
    paper = speaker(bridge.site, terms.within)
    made = shown.feed(bridge.site, paper, terms, found.articles, options)
    return made, made.about.updated


def _known(site: Site, found: Found) -> Found:
    """Leave out the articles of papers that have left the config: they have no page."""
    known = {paper.id for paper in site.papers}
    return replace(found, articles=tuple(a for a in found.articles if a.paper in known))


def _wanted(site: Site, terms: Terms) -> tuple[Query, Wanted]:
    query, scopes = parse(terms.text), within(site, terms.within)
    wanted = Wanted(query=query, scopes=scopes, since=terms.since, until=terms.until)
    return query, wanted


def _sizes(bridge: Bridge, found: Sequence[StoredArticle]) -> dict[str, int]:
    """Return the bytes of the articles' own pictures, by path."""
    photos = (photo for stored in found for photo in stored.article.photos)
    paths = {path for photo in photos if (path := own_image(photo))}
    records = {path: bridge.output.entry(path) for path in sorted(paths)}
    return {path: record.size for path, record in records.items() if record}
