"""The shape of `papers/*.toml`: one newspaper, its sections in print order, its sources."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from bridge.config.forms import (
    Authority,
    Cron,
    Duration,
    Hour,
    Hours,
    Language,
    Line,
    Path,
    Query,
    Size,
    Slug,
    Template,
    Texts,
    Title,
    Urls,
    Within,
    Zone,
)
from bridge.config.models import Table
from bridge.model import template

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
    """The largest file that is read, PDFs apart."""

    pdf_max_bytes: Annotated[Size, Within("1kB", "1GB")] = "200MB"
    """The largest file ending in .pdf that is read. While one is read, that much memory is
    held."""

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

    federate: Literal["off", "note", "article", "digest"] = "note"
    """What its account posts: nothing; a short note with a link for each article; the whole
    article, of which Mastodon shows title and link only; or one note for each edition that
    lists its headlines."""

    template: Template = template.DEFAULT
    """What a note says. Places: {kicker}, {headline}, {deck}, {standfirst}, {byline}, {link},
    {hashtags}. A line whose places are all empty is left out, an empty line begins a paragraph,
    **bold** is bold, {{ and }} are braces."""

    hashtags: Texts | None = Field(None, examples=[["本地新闻"]])
    """Hashtags of its posts, without "#"; left out, the section's title."""

    keyword_tags: bool = True
    """Whether an article's keywords become hashtags too; five of them in all at most."""

    media: Literal["image", "card"] = "image"
    """What a post shows: the article's pictures, up to four, each with its caption for who
    cannot see it; or none, so that Mastodon makes a preview card of the link. It never does
    both."""

    embargo: Hour | None = Field(None, examples=["07:30"])
    """Nothing is posted before this time of the edition's day, in the paper's time zone. Feeds
    and pages do not wait."""

    replies: Literal["off", "held", "newcomers", "open"] = "newcomers"
    """What becomes of replies from the fediverse: not taken; held until an editor approves
    them; held only from people of whom none was approved yet; shown at once."""

    icon: Path | None = Field(None, examples=["config/papers/example-yaowen.png"])
    """A picture of its own for its account; left out, the paper's."""

    also_known_as: Urls = Field((), examples=[["https://old.example.org/users/yaowen"]])
    """Earlier addresses of its account, so that followers can be moved from there."""

    text: Literal["full", "excerpt", "headline"] = "full"
    """How much of an article its feed carries."""


class Accounts(Table):
    """How the paper's accounts in the fediverse look and behave."""

    icon: Path | None = Field(None, examples=["config/papers/example.png"])
    """A square picture (PNG, JPEG, WebP or GIF, 2 MB at most) shown beside every post of the
    paper's accounts; a section may have its own."""

    image: Path | None = Field(None, examples=["config/papers/example-wide.jpg"])
    """A wide picture for the head of the accounts' pages, three times as wide as high."""

    also_known_as: Urls = Field((), examples=[["https://old.example.org/users/example"]])
    """Earlier addresses of the paper's own account, so that followers can be moved from
    there."""

    boost: bool = True
    """Whether the paper's own account boosts what its sections post from page one."""

    daily: int = Field(30, ge=0, le=1000)
    """How many posts an account makes a day at most; what is too much is told in one digest.
    0 = as many as there are."""

    spread: Annotated[Duration, Within("0s", "12h")] = "30m"
    """Over how long an edition's posts are spaced, five minutes apart at most; "0s" posts all
    of them at once. What stands on page one is posted first."""

    quiet: Hours | None = Field(None, examples=["22:00-06:30"])
    """Hours in which nothing is posted, in the paper's time zone; it waits for their end.
    Corrections and withdrawals do not."""

    gather: Annotated[Duration, Within("0s", "12h")] = "10m"
    """How long a digest waits for late pages. What comes after that becomes an edit of it."""

    late: Annotated[Duration, Within("1h", "31d")] = "2d"
    """An article that comes in so long after its edition's hour is an import from the archive:
    it stands in the outbox and is sent to nobody."""


class Beat(Table):
    """A beat: a saved search with a feed, at <paper>/beat/<slug>/."""

    slug: Slug = Field(examples=["dukou"])
    """Short name in the feed's address; it stays for ever."""

    title: Title = Field(examples=["渡口与码头"])
    """Name of the feed."""

    query: Query = Field(examples=["渡口 OR 码头"])
    """What is looked for: words that all occur, "phrases", -exclusions, OR between two; see
    docs/search.md."""

    sections: Texts = Field((), examples=[["yaowen"]])
    """Slugs of the sections it looks through; left out, all of them."""

    description: Line = ""
    """One sentence about it, shown on its page and feed."""


class PaperFile(Table):
    """`config/papers/<name>.toml`: one newspaper."""

    paper: Paper
    accounts: Accounts = Accounts()
    source: dict[str, Folder] = Field(default_factory=dict)
    section: Annotated[tuple[Section, ...], Strict(False), Field(min_length=1)]
    beat: Annotated[tuple[Beat, ...], Strict(False)] = ()
