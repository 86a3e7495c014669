"""Publish: derive a paper's feeds and pages from the store and write those that changed.

What is offered is the live window, the newest editions; what left it stands unchanged. So the
cost follows the window and not the archive, and an unchanged section is not even rendered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bridge.model import Channel, Issue, Newspaper, Section, StoredArticle, addresses
from bridge.publish import plan
from bridge.publish.entry import Options
from bridge.publish.files import Rendition
from bridge.publish.site import Neighbours
from bridge.store import Connection, articles, editions
from bridge.wiring import Bridge

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
        )


def publish(bridge: Bridge, paper_id: str, *, whole: bool = False) -> Published:
    """Bring a paper's files up to date; `whole` covers every edition there ever was.

    Raises BridgeError when a file cannot be written; those written before it are good.
    """
    paper = bridge.paper(paper_id)
    with bridge.store.read() as connection:
        count = EVERY if whole else paper.window
        issues = editions.newest(connection, paper.id, count + 1)
        press = _Press(bridge=bridge, connection=connection, paper=paper, issues=issues)
        offered, written, removed = 0, [], []
        for rendition in chain(
            _channels(press), _editions(press, issues[:count]), _whole(press)
        ):
            offered += 1
            if bridge.output.put(rendition):
                written.append(rendition.path)
        for path in _gone(press, issues[:count]):
            if bridge.output.remove(path):
                removed.append(path)
    return Published(written=tuple(written), removed=tuple(removed), offered=offered)


def _channels(press: _Press) -> Iterator[Rendition]:
    """Yield the feeds and pages of every section and of all of them."""
    options = Options(
        ttl=press.bridge.settings.feeds.ttl, max_bytes=press.bridge.settings.feeds.max_bytes
    )
    window = press.paper.window
    for section in (None, *press.paper.sections):
        slug = section.slug if section else None
        entries = articles.window(press.connection, press.paper.id, slug, window)
        found = press.channel(section, entries)
        yield from plan.channel(found, options, federates=press.bridge.federates)


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
        entries = _shown(press, issue)
        found = press.channel(None, entries, issue)
        if issue is press.issues[0]:
            yield plan.today(found, beside[issue.date], federates=federates)
        yield plan.edition(found, issue, beside[issue.date], federates=federates)
        yield from _articles(press, issue, entries)
    if not issues:
        yield plan.today(press.channel(None, ()), federates=federates)


def _articles(
    press: _Press, issue: Issue, entries: Sequence[StoredArticle]
) -> Iterator[Rendition]:
    site, federates = press.bridge.site, press.bridge.federates
    for stored in entries:
        yield plan.article(site, press.paper, issue, stored, federates=federates)


def _shown(press: _Press, issue: Issue) -> tuple[StoredArticle, ...]:
    of_issue = articles.of_edition(press.connection, press.paper.id, issue.date)
    return tuple(stored for stored in of_issue if stored.state != "withdrawn")


def _whole(press: _Press) -> Iterator[Rendition]:
    """Yield the files of no single paper, made of every paper's newest edition."""
    channels = []
    for paper in press.bridge.site.papers:
        issues = editions.newest(press.connection, paper.id, 1)
        own = replace(press, paper=paper, issues=issues)
        channels.append(own.channel(None, _shown(own, issues[0]) if issues else ()))
    yield from plan.whole(press.bridge.site, channels, federates=press.bridge.federates)


def _gone(press: _Press, issues: Sequence[Issue]) -> Iterator[str]:
    """Yield the pages of withdrawn articles: they must not stay readable."""
    for issue in issues:
        for stored in articles.of_edition(press.connection, press.paper.id, issue.date):
            if stored.state == "withdrawn":
                yield addresses.article_path(press.paper.id, stored.key)
