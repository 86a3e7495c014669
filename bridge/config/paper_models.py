"""The shape of `papers/*.toml`: one newspaper, its sections in print order, its sources."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from bridge.config.forms import (
    Authority,
    Cron,
    Duration,
    Hour,
    Language,
    Line,
    Path,
    Size,
    Slug,
    Texts,
    Title,
    Within,
    Zone,
)
from bridge.config.models import Table

DEFAULT_EVERY = "20s"
"""A page dropped into a watched folder is in its feed within a minute: two looks, then work."""


class Paper(Table):
    """The newspaper itself."""

    id: Slug = Field(examples=["example"])
    """Short name in every address and handle: a-z, 0-9 and "-", at most 40 characters. It
    stays for ever."""

    title: Title = Field(examples=["Example Daily"])
    """Name as the masthead prints it."""

    title_latin: Title | None = Field(None, examples=["EXAMPLE DAILY"])
    """Name in Latin letters, when the masthead has one beside the title."""

    language: Language = Field(examples=["zh-Hans"])
    """Language of the text as a BCP 47 tag."""

    timezone: Zone = Field(examples=["Asia/Shanghai"])
    """IANA time zone of the paper: its hours and cron expressions are meant there."""

    hour: Hour = "06:00"
    """When an edition counts as published, in the paper's time zone."""

    authority: Authority = Field(examples=["example.org"])
    """A host name or mail address you own, put into every article's id (RFC 4151). If it
    changes, every feed reader shows every article again: it stays for ever."""

    description: Line = ""
    """One or two sentences about the paper, shown on its page, feeds and account."""

    default_section: Slug | None = Field(None, examples=["yaowen"])
    """Slug of the section that takes what no rule claims; left out, the first section."""

    window: int | None = Field(None, ge=1, le=366, examples=[7])
    """How many editions the live feeds hold; left out, as [feeds] in bridge.toml says."""


class Folder(Table):
    """A watched folder. Files are read where they are, never moved or deleted."""

    kind: Literal["folder"] = Field(examples=["folder"])
    """What sort of source this is."""

    path: Path = Field(examples=["incoming/example"])
    """The folder, with its sub-folders: incoming/example/2026-03-04/A1.txt."""

    settle: Annotated[Duration, Within("0s", "1h")] = "5s"
    """How long a file must stay unchanged before it is read, so that half-written ones are
    left alone."""

    wait: Annotated[Duration, Within("0s", "1d")] = "0s"
    """How long an edition that says how many pages it has is held back until all of them are
    there, counted from its first one. A file edition.ready beside the pages ends the wait.
    Without it what there is is published at once, marked "3 of 8 pages"; late pages join."""

    ignore: Texts = Field((), examples=[["*.bak", "drafts/*"]])
    """Shell-style patterns of files to leave alone, beside the built-in ones (hidden files,
    partial downloads, editors' copies)."""

    max_bytes: Annotated[Size, Within("1kB", "4GB")] = "25MB"
    """The largest file that is read."""

    every: Annotated[Duration, Within("1s", "31d")] | None = Field(None, examples=["20s"])
    """How often to look, "20s" when cron is not given either."""

    cron: Cron | None = Field(None, examples=["*/5 4-7 * * mon-sat"])
    """When to look instead: minute, hour, day of month, month, day of week, in the paper's
    time zone. Weekdays are named. Only one of every and cron may be given."""

    jitter: Annotated[Duration, Within("0s", "1d")] | None = Field(None, examples=["10s"])
    """Random delay of up to this long; left out, as [schedule] in bridge.toml says."""

    misfire_grace: Annotated[Duration, Within("1s", "7d")] | None = Field(None, examples=["1h"])
    """How late a missed run is made up for; left out, as [schedule] says."""


class Match(Table):
    """Which articles belong to a section; pages are tried first, then names, banners, words and
    agencies, each of them through the sections in their order."""

    pages: Texts = Field((), examples=[["A1", "B*"]])
    """Page labels or shell-style patterns."""

    names: Texts = Field((), examples=[["要闻"]])
    """Page names, and section names the source gives."""

    banners: Texts = Field((), examples=[["街巷走访"]])
    """Series or column titles printed over the headline."""

    words: Texts = Field((), examples=[["停水", "公交"]])
    """Words in the headline, the kicker above it or the deck below."""

    agencies: Texts = Field((), examples=[["新华社"]])
    """Wire services."""


class Section(Table):
    """A section: a feed and an account."""

    slug: Slug = Field(examples=["yaowen"])
    """Short name in the feed's address and, after the paper's id, in the account's handle;
    it stays for ever."""

    title: Title = Field(examples=["要闻"])
    """Name as printed."""

    description: Line = ""
    """One sentence about the section, shown on its page, feed and account."""

    match: Match = Match()

    federate: Literal["off", "note"] = "note"
    """What its account posts: nothing, or a short note with a link for each article."""

    text: Literal["full", "excerpt", "headline"] = "full"
    """How much of an article its feed carries."""


class PaperFile(Table):
    """`config/papers/<name>.toml`: one newspaper."""

    paper: Paper
    source: dict[str, Folder] = Field(default_factory=dict)
    section: Annotated[tuple[Section, ...], Strict(False), Field(min_length=1)]
