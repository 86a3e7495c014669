"""The paper as its publisher sets it up: identity, sections, hours. Values from the config."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from bridge.model import template

Mode = Literal["publisher", "reader"]
FederationForm = Literal["off", "note", "article", "digest"]
"""What a section's account posts: nothing, a note or the whole article for each article, or
one note for each edition."""
PostMedia = Literal["image", "card"]
ReplyRule = Literal["off", "held", "newcomers", "open"]
FeedText = Literal["full", "excerpt", "headline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section: a feed and a fediverse account; the match lists decide what stands in it."""

    slug: str  # ASCII, lower case
    title: str
    description: str = ""
    pages: tuple[str, ...] = ()  # labels or shell-style patterns: "A1", "B*"
    names: tuple[str, ...] = ()  # page names and source sections
    banners: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    federate: FederationForm = "note"
    text: FeedText = "full"
    template: str = template.DEFAULT  # of its notes
    hashtags: tuple[str, ...] | None = None  # without `#`; None = the title
    keyword_tags: bool = True  # an article's keywords become hashtags too
    media: PostMedia = "image"
    icon: str | None = None  # an image file; None = the paper's
    also_known_as: tuple[str, ...] = ()  # ids of its account elsewhere
    embargo: dt.time | None = None  # of the edition's day; nothing is posted before
    replies: ReplyRule = "newcomers"  # which of them wait for an editor


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """How the accounts of a paper look and behave."""

    icon: str | None = None  # an image file
    image: str | None = None  # the same, wide
    also_known_as: tuple[str, ...] = ()  # ids of the paper's own account elsewhere
    boost: bool = True  # the paper's own account boosts what stands on page one
    daily: int = 30  # posts of one account a day; the rest is told in one digest. 0: no limit
    spread: dt.timedelta = dt.timedelta(
        minutes=30
    )  # an edition's posts are spaced over so long
    quiet: tuple[dt.time, dt.time] | None = None  # nothing is posted from, to; in `timezone`
    gather: dt.timedelta = dt.timedelta(minutes=10)  # a digest waits so long for more
    late: dt.timedelta = dt.timedelta(hours=48)  # what comes in later is never sent out


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A saved search of a paper: it has feeds like a section, and no account."""

    slug: str
    title: str
    query: str  # as `bridge.model.query` reads it
    sections: tuple[str, ...] = ()  # slugs; none: the whole paper
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newspaper:
    """One newspaper as configured."""

    id: str
    title: str
    title_latin: str | None
    language: str  # BCP 47
    timezone: ZoneInfo
    hour: dt.time  # when the edition counts as published, in `timezone`
    authority: str  # of `tag:` URIs: a host name or mail address, never changed
    description: str
    sections: tuple[Section, ...]  # in print order
    default_section: str  # slug of the section that takes what no rule claims
    window: int  # editions in the live feeds
    accounts: Accounts = Accounts()
    beats: tuple[Beat, ...] = ()

    def section(self, slug: str) -> Section:
        """Return the section with this slug; KeyError when there is none."""
        for section in self.sections:
            if section.slug == slug:
                return section
        raise KeyError(slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a paper's editions come from, and when to look."""

    id: str  # `<paper>/<name of the [source.…] table>`
    paper: str
    kind: Literal["folder"]
    path: str  # the watched folder
    settle: dt.timedelta  # a file must stay unchanged this long
    ignore: tuple[str, ...]  # shell-style patterns beside the built-in ones
    max_bytes: int  # a larger file is refused
    pdf_max_bytes: int = 200_000_000  # the same for a file whose name ends in `.pdf`
    cron: str | None  # five fields, in the paper's time zone; else `every` counts
    every: dt.timedelta
    jitter: dt.timedelta
    misfire_grace: dt.timedelta
    wait: dt.timedelta = dt.timedelta(0)  # for the missing pages of an incomplete edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication as a whole: what every address starts with, and what it may do."""

    base_url: str  # no trailing slash
    title: str
    mode: Mode
    contact: str  # mail address or URL shown to readers and other servers
    papers: tuple[Newspaper, ...]
    search: bool = False  # a server answers at /search
