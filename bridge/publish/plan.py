"""Which files a channel, an edition, an article and the site come to, each ready to be put.

The pipeline reads the store, asks here what follows, and hands every `Rendition` to
`Output.put`, which renders only those whose fingerprint is new. Layout: design §5.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from bridge.model import (
    Channel,
    Issue,
    Letter,
    Newspaper,
    Notice,
    Page,
    Reply,
    Revision,
    Site,
    StoredArticle,
    addresses,
)
from bridge.publish import (
    corrections,
    edition_file,
    epub,
    feeds,
    letters,
    opds,
    opml,
    site,
    sitemap,
)
from bridge.publish.entry import BEGINNING, Options, Place, fingerprint, mark, slug
from bridge.publish.files import Rendition
from bridge.publish.opds import Shelf
from bridge.publish.site import Neighbours


def channel(
    found: Channel, options: Options | None = None, *, federates: bool = False
) -> tuple[Rendition, ...]:
    """Return a channel's folder: RSS, Atom, JSON Feed and the page beside them."""
    options = options or Options()
    paper, name = found.paper.id, slug(found)
    feed, changed = fingerprint(found, options), found.updated or BEGINNING
    forms = cache(partial(feeds.render, found, options))  # the files share one rendering
    shown = tuple(entry for entry in found.entries if entry.state != "withdrawn")
    page = partial(site.section, replace(found, entries=shown), federates=federates)
    return (
        _file(addresses.feed_path(paper, name, "rss.xml"), feed, changed, lambda: forms().rss),
        _file(
            addresses.feed_path(paper, name, "atom.xml"), feed, changed, lambda: forms().atom
        ),
        _file(
            addresses.feed_path(paper, name, "feed.json"), feed, changed, lambda: forms().json
        ),
        _file(
            f"{addresses.section_path(paper, name)}index.html",
            site.fingerprint(feed, _frame(found.site, found.paper, federates)),
            changed,
            page,
        ),
    )


def sitemaps(found: Channel) -> tuple[Rendition, ...]:
    """Return what search engines read of a paper, from the channel of all its sections.

    A reader's private copy has none.
    """
    if found.site.mode == "reader":
        return ()
    marks = [mark(entry) for entry in found.entries]
    seen = site.fingerprint(marks, _frame(found.site, found.paper, federates=False))
    make = partial(_file, fingerprint=seen, changed=found.updated or BEGINNING)
    return (
        make(addresses.sitemap_path(found.paper.id), render=partial(sitemap.pages, found)),
        make(addresses.news_path(found.paper.id), render=partial(sitemap.news, found)),
    )


def today(
    found: Channel, neighbours: Neighbours | None = None, *, federates: bool = False
) -> Rendition:
    """Return a paper's front page; the entries are those of `found.issue`."""
    return _file(
        f"{addresses.paper_path(found.paper.id)}index.html",
        _print_of_issue(found, neighbours, federates),
        _changed(found),
        partial(site.today, found, neighbours, federates=federates),
    )


def edition(
    found: Channel,
    issue: Issue,
    neighbours: Neighbours | None = None,
    *,
    federates: bool = False,
) -> Rendition:
    """Return the page of one edition's contents; entries are those of this issue."""
    found = replace(found, issue=issue)
    return _file(
        f"{addresses.edition_path(found.paper.id, issue.date)}index.html",
        _print_of_issue(found, neighbours, federates),
        _changed(found),
        partial(site.edition, found, neighbours, federates=federates),
    )


def facsimiles(
    found: Channel, issue: Issue, *, federates: bool = False
) -> tuple[Rendition, ...]:
    """Return the pages of an edition as they look in print; entries are those of this issue."""
    found, pages = replace(found, issue=issue), site.drawn(issue)
    around = [(page.label, page.name) for page in pages], issue.number, issue.date
    frame = _frame(found.site, found.paper, federates)
    return tuple(
        _file(
            addresses.facsimile_path(found.paper.id, issue.date, page.label),
            site.fingerprint(page, around, frame, _on_page(found, page)),
            _changed(found),
            partial(site.facsimile, found, page, federates=federates),
        )
        for page in pages
    )


def _on_page(found: Channel, page: Page) -> list[tuple[object, str]]:
    """Return what tells a page's articles apart from what they were: words and zones."""
    return [
        (mark(stored), repr(stored.article.source.boxes))
        for stored in found.entries
        if page.label in stored.article.pages
    ]


def archive(
    found: Channel,
    issue: Issue,
    neighbours: Neighbours | None = None,
    options: Options | None = None,
) -> tuple[Rendition, ...]:
    """Return an edition for programs: its archive document and the edition as JSON."""
    options, beside = options or Options(), neighbours or Neighbours()
    found = replace(found, section=None, issue=issue, archives=())
    place = Place(date=issue.date, previous=beside.previous, following=beside.following)
    folder, changed = addresses.edition_path(found.paper.id, issue.date), _changed(found)
    return (
        _file(
            addresses.archive_path(found.paper.id, issue.date),
            fingerprint(found, options, place),
            changed,
            partial(feeds.archive, found, place, options),
        ),
        _file(
            f"{folder}edition.json",
            site.fingerprint(_print_of_issue(found, None, federates=False)),
            changed,
            partial(edition_file.render, found, issue),
        ),
    )


def book(
    found: Channel, issue: Issue, read: epub.Read, sizes: Mapping[str, int] | None = None
) -> Rendition:
    """Return an edition as a book; entries are those of this issue.

    `read` returns a picture's bytes by its path, and `sizes` how many they are.
    """
    found, changed = replace(found, section=None, issue=issue, archives=()), _changed(found)
    seen = site.fingerprint(
        _print_of_issue(found, None, federates=False), sorted((sizes or {}).items())
    )
    path = addresses.book_path(found.paper.id, issue.date)
    return _file(path, seen, changed, partial(epub.render, found, issue, changed, read))


def catalogues(of: Site, shelves: Sequence[Shelf]) -> tuple[Rendition, ...]:
    """Return the catalogues that e-readers browse: one of each paper's books, and the root."""
    root, changed = opds.moment(shelves), opds.moment
    return (
        _file("opds.xml", site.fingerprint(of, root), root, partial(opds.root, of, shelves)),
        *(
            _file(
                addresses.catalogue_path(shelf.paper.id),
                site.fingerprint(shelf, _frame(of, shelf.paper, federates=False)),
                changed((shelf,)),
                partial(opds.catalogue, of, shelf),
            )
            for shelf in shelves
        ),
    )


def article(
    of: Site,
    paper: Newspaper,
    issue: Issue | None,
    stored: StoredArticle,
    history: Sequence[Revision] = (),
    replies: Sequence[Reply] = (),
    *,
    federates: bool = False,
) -> tuple[Rendition, ...]:
    """Return the page of one article, and what changed in it; or what stands in its place.

    `history` holds the versions of an article that has several, `replies` those approved.
    """
    number = issue.number if issue else None
    drawn = [page.label for page in site.drawn(issue) if page.label in stored.article.pages]
    said = map(letters.mark, replies)
    seen = site.fingerprint(mark(stored), number, drawn, _frame(of, paper, federates), *said)
    make = partial(_file, fingerprint=seen, changed=stored.updated)
    if stored.state == "withdrawn":
        page = partial(site.gone, of, paper, stored, federates=federates)
        return (make(addresses.tombstone_path(paper.id, stored.key), render=page),)
    page = partial(
        site.article, of, paper, issue, stored, history, replies, federates=federates
    )
    found = (make(addresses.article_path(paper.id, stored.key), render=page),)
    if len(history) < 2:
        return found
    page = partial(site.versions, of, paper, stored, history, federates=federates)
    return (*found, make(addresses.differences_path(paper.id, stored.key), render=page))


def notices(
    of: Site,
    paper: Newspaper,
    told: Sequence[Notice],
    options: Options | None = None,
    *,
    federates: bool = False,
) -> tuple[Rendition, ...]:
    """Return the feed and the page of what a paper corrected or withdrew."""
    about = corrections.head(of, paper, told, options or Options())
    marks = tuple(map(corrections.mark, told))
    make = partial(
        _file,
        fingerprint=site.fingerprint(marks, about, _frame(of, paper, federates)),
        changed=corrections.changed(told),
    )

    def feed() -> bytes:
        return feeds.document(about, corrections.entries(of, paper, told))

    return (
        make(addresses.feed_path(paper.id, addresses.CORRECTIONS, "atom.xml"), render=feed),
        make(
            f"{addresses.section_path(paper.id, addresses.CORRECTIONS)}index.html",
            render=partial(site.notices, of, paper, told, federates=federates),
        ),
    )


def readers(
    of: Site,
    paper: Newspaper,
    said: Sequence[Letter],
    options: Options | None = None,
    *,
    federates: bool = False,
) -> Rendition:
    """Return the feed of what readers answered."""
    about = letters.head(of, paper, said, options or Options())
    marks = [(letters.mark(one.reply), mark(one.stored)) for one in said]
    return _file(
        addresses.feed_path(paper.id, addresses.REPLIES, "atom.xml"),
        site.fingerprint(marks, about, _frame(of, paper, federates)),
        letters.changed(said),
        lambda: feeds.document(about, letters.entries(of, paper, said)),
    )


def whole(
    of: Site, channels: Sequence[Channel], *, federates: bool = False
) -> tuple[Rendition, ...]:
    """Return the files of no single paper: front door, OPML, robots, 404 page and styles.

    `channels` holds one per paper: its newest issue and that issue's articles.
    """
    told = [_print_of_issue(found, None, federates) for found in channels]
    changed = max(map(_changed, channels), default=BEGINNING)
    rest = {
        "opml.xml": partial(opml.render, of),
        "robots.txt": partial(site.robots, of),
        "404.html": partial(site.not_found, of),
        **{f"assets/{name}": partial(site.asset, name) for name in site.ASSETS},
    }
    if of.mode != "reader":
        rest["sitemap.xml"] = partial(sitemap.index, of)
    door = partial(site.front, of, channels, federates=federates)
    return (
        _file("index.html", site.fingerprint(told, of), changed, door),
        *(_file(path, "", BEGINNING, render) for path, render in rest.items()),
    )


def _file(
    path: str, fingerprint: str, changed: dt.datetime, render: Callable[[], bytes]
) -> Rendition:
    return Rendition(path=path, fingerprint=fingerprint, changed=changed, render=render)


def _frame(of: Site, paper: Newspaper, federates: bool) -> str:
    """Return what every page of a paper shows around its content."""
    return repr((of.base_url, of.title, of.mode, of.contact, of.search, paper, federates))


def _changed(found: Channel) -> dt.datetime:
    moments = [entry.updated for entry in found.entries]
    if found.issue:
        moments.append(found.issue.updated)
    return max(moments, default=BEGINNING)


def _print_of_issue(found: Channel, neighbours: Neighbours | None, federates: bool) -> str:
    marks = [mark(entry) for entry in found.entries]
    frame = _frame(found.site, found.paper, federates)
    return site.fingerprint(marks, found.issue, neighbours, frame)
