"""Publish: derive a paper's feeds and pages from the store and write those that changed.

What is offered is the live window, the newest editions, and older ones of which something was
corrected or withdrawn lately; what left it stands unchanged. So the cost follows the window and
not the archive, and an unchanged section is not even rendered.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bridge.model import (
    Channel,
    Issue,
    Newspaper,
    Notice,
    Section,
    StoredArticle,
    addresses,
)
from bridge.model.order import position
from bridge.pipeline import beats, hubs
from bridge.publish import corrections, letters, opds, plan
from bridge.publish.body import own_image
from bridge.publish.entry import Options
from bridge.publish.files import Output, Rendition
from bridge.publish.opds import Shelf, Volume
from bridge.publish.site import Neighbours
from bridge.store import Connection, articles, editions, replies
from bridge.wiring import Bridge

TOLD = dt.timedelta(days=14)
"""How long a withdrawal stands in the feeds: counted back from the newest edition, never from
now, so that the same store gives the same files."""

ADDRESS_OF_CONTENTS = re.compile("[^/]+/e/[0-9-]{10}/index\\.html")
"""The path of an edition's contents."""

EVERY = 1_000_000
"""More editions than a paper can have: four a day for seven centuries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one round of publishing came to: changed paths, and how many files there are."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    offered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Press:
    """What every file of one paper's round is made with."""

    bridge: Bridge
    connection: Connection
    paper: Newspaper
    issues: tuple[Issue, ...]  # newest first; one more than is offered, as a neighbour
    notices: tuple[Notice, ...] = ()  # newest first

    def channel(
        self,
        section: Section | None,
        entries: tuple[StoredArticle, ...],
        issue: Issue | None = None,
    ) -> Channel:
        newest = self.issues[0] if self.issues else None
        return Channel(
            site=self.bridge.site,
            paper=self.paper,
            section=section,
            issue=issue or newest,
            entries=entries,
            archives=() if section else self._archives,
        )

    @property
    def _archives(self) -> tuple[dt.date, ...]:
        """Return as many editions as may follow on what a live feed holds."""
        return tuple(known.date for known in self.issues[: self.paper.window + 1])

    @property
    def since(self) -> dt.datetime:
        """Return from when on a withdrawal still stands in the feeds."""
        if not self.issues:
            return dt.datetime.min.replace(tzinfo=dt.UTC)
        newest = dt.datetime.combine(self.issues[0].date, self.paper.hour, self.paper.timezone)
        return newest.astimezone(dt.UTC) - TOLD

    @property
    def options(self) -> Options:
        """Return what the operator decides about feeds."""
        feeds = self.bridge.settings.feeds
        return Options(ttl=feeds.ttl, max_bytes=feeds.max_bytes, hubs=feeds.hubs)


def publish(bridge: Bridge, paper_id: str, *, whole: bool = False) -> Published:
    """Bring a paper's files up to date; `whole` covers every edition there ever was.

    Raises BridgeError when a file cannot be written; those written before it are good.
    """
    paper = bridge.paper(paper_id)
    with bridge.store.read() as connection, bridge.output.round():
        count = EVERY if whole else paper.window
        issues = editions.newest(connection, paper.id, count + 1)
        press = _Press(
            bridge=bridge,
            connection=connection,
            paper=paper,
            issues=issues,
            notices=articles.notices(connection, paper.id, corrections.LIMIT),
        )
        offered, written, removed = set(), [], []
        for rendition in _files(press, issues[:count]):
            offered.add(rendition.path)
            if bridge.output.put(rendition):
                written.append(rendition.path)
            for path in _replaced(rendition.path):
                if bridge.output.remove(path):
                    removed.append(path)
    removed += _forsaken(bridge.output, offered)
    removed += beats.forsaken(bridge.output, paper, offered)
    hubs.note(bridge, written)
    return Published(written=tuple(written), removed=tuple(removed), offered=len(offered))


def _files(press: _Press, issues: Sequence[Issue]) -> Iterator[Rendition]:
    """Yield every file that a round offers, the editions given among them."""
    return chain(
        _channels(press),
        _beats(press),
        _editions(press, issues),
        _older(press, issues),
        _whole(press),
        _catalogues(press, issues),
    )


def _forsaken(output: Output, offered: Collection[str]) -> Iterator[str]:
    """Remove and yield pages of the editions offered that nothing makes any more.

    That is a page as printed whose image or label is gone.
    """
    contents = [path for path in offered if ADDRESS_OF_CONTENTS.fullmatch(path)]
    for folder in sorted(path.rpartition("/")[0] for path in contents):
        for path in tuple(output.paths(folder)):
            if path.endswith(".html") and path not in offered and output.remove(path):
                yield path


def _channels(press: _Press) -> Iterator[Rendition]:
    """Yield the feeds and pages of every section and of all of them."""
    window = press.paper.window
    for section in (None, *press.paper.sections):
        slug = section.slug if section else None
        entries = articles.window(press.connection, press.paper.id, slug, window)
        gone = articles.withdrawn(press.connection, press.paper.id, slug, press.since)
        found = press.channel(section, _in_order((*entries, *gone)))
        options = replace(press.options, sizes=_sizes(press, entries))
        yield from plan.channel(found, options, federates=press.bridge.federates)
        if section is None:
            yield from plan.sitemaps(found)
    yield from plan.notices(
        press.bridge.site,
        press.paper,
        press.notices,
        press.options,
        federates=press.bridge.federates,
    )
    yield from _letters(press)


def _letters(press: _Press) -> Iterator[Rendition]:
    """Yield the feed of readers' replies once there is one, and then for ever."""
    said = replies.letters(press.connection, press.paper.id, letters.LIMIT)
    path = addresses.feed_path(press.paper.id, addresses.REPLIES, "atom.xml")
    if said or press.bridge.output.entry(path) is not None:
        of, federates = press.bridge.site, press.bridge.federates
        yield plan.readers(of, press.paper, said, press.options, federates=federates)


def _beats(press: _Press) -> Iterator[Rendition]:
    """Yield the feeds and pages of the paper's saved searches."""
    for beat in press.paper.beats:
        entries = beats.entries(press.connection, press.paper, beat, press.since)
        found = press.channel(beats.section(press.paper, beat), _in_order(entries))
        options = replace(press.options, sizes=_sizes(press, entries))
        yield from plan.channel(found, options, federates=press.bridge.federates)


def _sizes(press: _Press, entries: Sequence[StoredArticle]) -> dict[str, int]:
    """Return the bytes of the entries' own pictures, by path: an enclosure tells its length."""
    photos = (photo for stored in entries for photo in stored.article.photos)
    paths = {path for photo in photos if (path := own_image(photo))}
    records = {path: press.bridge.output.entry(path) for path in sorted(paths)}
    return {path: record.size for path, record in records.items() if record}


def _editions(press: _Press, issues: Sequence[Issue]) -> Iterator[Rendition]:
    """Yield the front page of the newest edition, and every edition's contents and articles."""
    federates = press.bridge.federates
    newer, older = (None, *press.issues), (*press.issues[1:], None)
    beside = {
        issue.date: Neighbours(
            previous=before.date if before else None, following=after.date if after else None
        )
        for after, issue, before in zip(newer, press.issues, older, strict=False)
    }
    for issue in issues:
        if issue is press.issues[0]:
            found = press.channel(None, _shown(press, issue), issue)
            yield plan.today(found, beside[issue.date], federates=federates)
        yield from _edition(press, issue, beside[issue.date])
    if not issues:
        yield plan.today(press.channel(None, ()), federates=federates)


def _older(press: _Press, offered: Sequence[Issue]) -> Iterator[Rendition]:
    """Yield the editions behind the window of which something changed lately."""
    done = {issue.date for issue in offered}
    lately = {one.stored.date for one in press.notices if one.at >= press.since}
    lately |= replies.lately(press.connection, press.paper.id, press.since)
    lately -= done
    for date in sorted(lately, reverse=True):
        issue = editions.get(press.connection, press.paper.id, date)
        before, after = editions.beside(press.connection, press.paper.id, date)
        if issue:
            yield from _edition(press, issue, Neighbours(previous=before, following=after))


def _edition(press: _Press, issue: Issue, beside: Neighbours) -> Iterator[Rendition]:
    """Yield one edition: its contents, its archive document and its articles."""
    every = articles.of_edition(press.connection, press.paper.id, issue.date)
    found = press.channel(None, _live(every), issue)
    yield plan.edition(found, issue, beside, federates=press.bridge.federates)
    yield from plan.facsimiles(found, issue, federates=press.bridge.federates)
    yield from plan.archive(press.channel(None, every, issue), issue, beside, press.options)
    yield plan.book(found, issue, press.bridge.output.read, _sizes(press, found.entries))
    yield from _articles(press, issue, every)


def _articles(
    press: _Press, issue: Issue, entries: Sequence[StoredArticle]
) -> Iterator[Rendition]:
    site, federates = press.bridge.site, press.bridge.federates
    revised = [stored.key for stored in entries if stored.revision > 1]
    histories = articles.histories(press.connection, revised)
    answers = replies.of_articles(press.connection, [stored.key for stored in entries])
    for stored in entries:
        history, said = histories.get(stored.key, ()), answers.get(stored.key, ())
        yield from plan.article(
            site, press.paper, issue, stored, history, said, federates=federates
        )


def _shown(press: _Press, issue: Issue) -> tuple[StoredArticle, ...]:
    return _live(articles.of_edition(press.connection, press.paper.id, issue.date))


def _live(entries: Sequence[StoredArticle]) -> tuple[StoredArticle, ...]:
    return tuple(stored for stored in entries if stored.state != "withdrawn")


def _in_order(entries: Sequence[StoredArticle]) -> tuple[StoredArticle, ...]:
    """Return entries newest edition first, in reading order inside."""

    def place(stored: StoredArticle) -> tuple[int, int, str]:
        article = stored.article
        return -stored.date.toordinal(), position(article.pages, article.order), stored.key

    return tuple(sorted(entries, key=place))


def _whole(press: _Press) -> Iterator[Rendition]:
    """Yield the files of no single paper, made of every paper's newest edition."""
    channels = []
    for paper in press.bridge.site.papers:
        issues = editions.newest(press.connection, paper.id, 1)
        own = replace(press, paper=paper, issues=issues)
        channels.append(own.channel(None, _shown(own, issues[0]) if issues else ()))
    yield from plan.whole(press.bridge.site, channels, federates=press.bridge.federates)


def _catalogues(press: _Press, offered: Sequence[Issue]) -> Iterator[Rendition]:
    """Yield the catalogues of books: of this round's, and of others that stand there."""
    site, ready = press.bridge.site, {issue.date for issue in offered}
    shelves = []
    for paper in site.papers:
        made = ready if paper.id == press.paper.id else frozenset()
        shelves.append(Shelf(paper=paper, volumes=tuple(_volumes(press, paper, made))))
    yield from plan.catalogues(site, shelves)


def _volumes(press: _Press, paper: Newspaper, made: Collection[dt.date]) -> Iterator[Volume]:
    issues = editions.newest(press.connection, paper.id, opds.LIMIT)
    oldest = issues[-1].date if issues else dt.date.max
    changes = articles.changes(press.connection, paper.id, oldest)
    for issue in issues:
        path = addresses.book_path(paper.id, issue.date)
        if issue.date in made or press.bridge.output.entry(path):
            changed = max(issue.updated, changes.get(issue.date, issue.updated))
            yield Volume(issue=issue, changed=changed)


def _replaced(path: str) -> tuple[str, ...]:
    """Return the pages of a withdrawn article: where its tombstone stands they must not."""
    if not path.endswith(".gone"):
        return ()
    page = path.removesuffix(".gone")
    return f"{page}.html", f"{page}.diff.html"
