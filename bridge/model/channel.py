"""What a feed or page is made of: one model behind RSS, Atom, JSON Feed and HTML."""

import datetime as dt
from dataclasses import dataclass

from bridge.model.news import Masthead, Page, StoredArticle
from bridge.model.paper import Newspaper, Section, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An edition as stored: what the pages and the archive say about it."""

    paper: str
    date: dt.date
    number: str | None
    pages_total: int | None
    masthead: Masthead
    pages: tuple[Page, ...]
    first_seen: dt.datetime
    updated: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One feed: a section of a paper, or all of it (`section` None), newest entry first."""

    site: Site
    paper: Newspaper
    section: Section | None
    issue: Issue | None  # the newest edition of the paper
    entries: tuple[StoredArticle, ...]
    archives: tuple[dt.date, ...] = ()  # editions that have an archive document, newest first

    @property
    def updated(self) -> dt.datetime | None:
        """Return the moment of the newest change inside; None while it is empty."""
        return max((entry.updated for entry in self.entries), default=None)
