"""The paper as its publisher sets it up: identity, sections, hours. Values from the config."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Mode = Literal["publisher", "reader"]
FederationForm = Literal["off", "note"]
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
