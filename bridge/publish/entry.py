"""What an article and a channel say in every feed: one model behind RSS, Atom and JSON.

Identity is design §4: the guid comes from the minted key and from nothing else. Every date is
the content's own, in the paper's time zone; nothing here knows what time it is.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import zip_longest
from urllib.parse import urlsplit

from bridge import __version__
from bridge.model import Channel, FeedText, Newspaper, Section, Site, StoredArticle, addresses
from bridge.publish import body
from bridge.publish.text import clean, line, uri
from bridge.publish.words import Words, words

FOUNDED = "2026"
"""The year inside every channel's `tag:` URI: fixed, so that the ids never move."""

BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""The date of a feed that has had no entry yet."""

TITLE_LENGTH = 40
"""Characters taken from the text where an article has no headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the operator decides about feeds."""

    ttl: dt.timedelta = dt.timedelta(minutes=15)
    max_bytes: int = 5_000_000  # the limit of common readers and validators
    sizes: Mapping[str, int] = field(default_factory=dict)  # bytes of pictures, by path
    hubs: tuple[str, ...] = ()  # URLs of the hubs that are told of changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One tag of an entry, inside the scheme it belongs to."""

    scheme: str
    term: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of an entry; `length` is None while the file's size is not known."""

    url: str
    type: str
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as a feed says it; texts are clean, plain and not yet escaped."""

    guid: str
    url: str
    title: str
    summary: str | None
    content: str | None  # HTML; None where the section gives only an excerpt
    authors: tuple[str, ...]
    language: str | None  # only where it differs from the feed's
    published: dt.datetime
    updated: dt.datetime
    categories: tuple[Category, ...]
    pictures: tuple[Picture, ...]
    withdrawn: bool = False  # a notice in the place of an article that is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a document stands in the row of archives: dates of editions (RFC 5005 §4)."""

    date: dt.date | None = None  # its own edition; None for the live feed
    previous: dt.date | None = None
    following: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A feed without its entries."""

    id: str
    title: str
    description: str
    language: str
    page: str  # URL of the HTML page beside the feed
    folder: str  # URL of the folder of the feed files, with a slash at the end
    address: str  # URL of the document in Atom
    archive: bool  # it holds one edition for ever
    previous: str | None  # URLs of the archive documents beside it
    following: str | None
    stylesheet: str  # without host: only that of the page itself may be loaded
    publisher: str
    publisher_page: str
    updated: dt.datetime
    ttl: dt.timedelta
    forms: Mapping[str, str] = field(default_factory=dict)  # URLs of files not in the folder
    hubs: tuple[str, ...] = ()  # URLs

    def form(self, name: str) -> str:
        """Return the URL of one form: `rss.xml`, `atom.xml` or `feed.json`."""
        return self.forms.get(name, f"{self.folder}{name}")


def slug(channel: Channel) -> str:
    """Return the name of the channel's folder."""
    return channel.section.slug if channel.section else addresses.ALL


def section_of(paper: Newspaper, stored: StoredArticle) -> Section:
    """Return the article's section; one that has left the config lends rules of the default."""
    try:
        return paper.section(stored.section)
    except KeyError:
        rules = paper.section(paper.default_section)
        return Section(
            slug=stored.section, title=stored.section, federate="off", text=rules.text
        )


def headline(stored: StoredArticle, say: Words) -> str:
    """Return the headline on one line, or else the beginning of what the article says."""
    article = stored.article
    captions = (photo.caption for photo in article.photos)
    for text in (article.headline, article.kicker or "", stored.summary, *captions):
        if title := line(text):
            long = text is not article.headline and len(title) > TITLE_LENGTH
            return title[:TITLE_LENGTH] + "…" if long else title
    return say("article.untitled")


def title(channel: Channel) -> str:
    """Return the channel's title: the paper's, and the section's behind it."""
    paper = line(channel.paper.title)
    return f"{paper} · {line(channel.section.title)}" if channel.section else paper


def description(channel: Channel) -> str:
    """Return one sentence about the channel: the operator's, or else our own."""
    say, paper = words(channel.paper.language), line(channel.paper.title)
    if channel.section is None:
        own, other = channel.paper.description, say("site.all_description", paper=paper)
    else:
        own = channel.section.description
        section = line(channel.section.title)
        other = say("site.section_description", paper=paper, section=section)
    return line(own) or other


def printed(paper: Newspaper, stored: StoredArticle, number: str | None = None) -> str:
    """Return where the article stood in print: paper, date, issue and pages."""
    return _printed(paper.language, paper.title, stored.date, stored.article.pages, number)


@lru_cache(maxsize=1024)  # every article of a page says the same
def _printed(
    language: str, title: str, date: dt.date, pages: tuple[str, ...], number: str | None
) -> str:
    say = words(language)
    return say(
        "article.printed_number" if number else "article.printed",
        paper=line(title),
        date=say.date(date),
        number=number,
        pages=say("article.pages_joined").join(map(line, pages)),
    )


def previous_archive(channel: Channel, *, whole: bool = True) -> dt.date | None:
    """Return the newest archived edition that the channel's entries do not hold all of.

    `whole` is False where the text of what they hold was cut.
    """
    held = {entry.date for entry in channel.entries if entry.state != "withdrawn"}
    before = min(held, default=dt.date.max) - dt.timedelta(days=int(whole))
    return max((date for date in channel.archives if date <= before), default=None)


def head(channel: Channel, options: Options, place: Place | None = None) -> Head:
    """Read the feed itself out of a channel; without a `place` it is the live one."""
    place = place or Place(previous=previous_archive(channel))
    base, paper, name = uri(channel.site.base_url), channel.paper, slug(channel)
    folder = addresses.url(base, addresses.section_path(paper.id, name))
    return Head(
        id=addresses.channel_id(paper.authority, FOUNDED, paper.id, name),
        title=title(channel),
        description=description(channel),
        language=paper.language,
        page=folder,
        folder=folder,
        address=_archive(base, paper, place.date) or f"{folder}atom.xml",
        archive=place.date is not None,
        previous=_archive(base, paper, place.previous),
        following=_archive(base, paper, place.following),
        stylesheet=f"{urlsplit(base).path}/assets/feed.css",
        publisher=line(paper.title),
        publisher_page=addresses.url(base, addresses.paper_path(paper.id)),
        updated=(channel.updated or BEGINNING).astimezone(paper.timezone),
        ttl=options.ttl,
        hubs=() if place.date else options.hubs,  # an archive changes too seldom
    )


def _archive(base: str, paper: Newspaper, date: dt.date | None) -> str | None:
    return addresses.url(base, addresses.archive_path(paper.id, date)) if date else None


def read(
    stored: StoredArticle,
    site: Site,
    paper: Newspaper,
    text: FeedText,
    sizes: tuple[int | None, ...] = (),
) -> Entry:
    """Read one article for a feed; `text` says how much of it the feed may carry.

    `sizes` are the bytes of its own pictures, in their order (`lengths`).
    """
    if stored.state == "withdrawn":
        return _grave(stored, site, paper)
    base, article, say = uri(site.base_url), stored.article, words(paper.language)
    stood = printed(paper, stored)
    content = body.entry(article, paper.language, base, stood) if text == "full" else None
    return Entry(
        guid=addresses.guid(paper.authority, stored.date, stored.key),
        url=addresses.url(base, addresses.article_path(paper.id, stored.key)),
        title=headline(stored, say),
        summary=(clean(stored.summary).strip() or None) if text != "headline" else None,
        content=content,
        authors=body.authors(article),
        language=article.language if article.language != paper.language else None,
        published=stored.published.astimezone(paper.timezone),
        updated=stored.updated.astimezone(paper.timezone),
        categories=_categories(stored, base, paper),
        pictures=_pictures(stored, base, sizes),
    )


def _grave(stored: StoredArticle, site: Site, paper: Newspaper) -> Entry:
    """Return what stands in the place of a withdrawn article: nothing of it but its id."""
    base, say = uri(site.base_url), words(paper.language)
    reason = say("corrections.reason", reason=stored.reason) if stored.reason else ""
    texts = [say("corrections.withdrawn_text"), clean(reason).strip()]
    front = addresses.url(base, addresses.paper_path(paper.id))
    section = section_of(paper, stored)
    return Entry(
        guid=addresses.guid(paper.authority, stored.date, stored.key),
        url=addresses.url(base, addresses.article_path(paper.id, stored.key)),
        title=say("corrections.withdrawal_title", printed=printed(paper, stored)),
        summary=texts[-1] or texts[0],
        content="".join(f"<p>{escape(text)}</p>" for text in texts if text),
        authors=(),
        language=None,
        published=stored.published.astimezone(paper.timezone),
        updated=stored.updated.astimezone(paper.timezone),
        categories=(_category(f"{front}#section", section.slug, line(section.title)),),
        pictures=(),
        withdrawn=True,
    )


def fingerprint(channel: Channel, options: Options, place: Place | None = None) -> str:
    """Return a short text that changes whenever the rendered feed would.

    It reads what a revision moves and never the bodies, so that an unchanged feed costs next
    to nothing.
    """
    paper = channel.paper
    rules = tuple((s.slug, s.title, s.text) for s in paper.sections)
    about = head(channel, options, place), channel.archives
    told = (__version__, about, options.max_bytes, rules, paper.authority)
    marks = [mark(entry) for entry in channel.entries]
    sizes = [(path, options.sizes[path]) for path in sorted(options.sizes)]
    return hashlib.sha256(repr((told, marks, sizes)).encode("utf-8", "replace")).hexdigest()[
        :32
    ]


def mark(stored: StoredArticle) -> tuple[object, ...]:
    """Return what tells one version of an article from another."""
    moments = stored.published.timestamp(), stored.updated.timestamp()
    place = stored.section, stored.article.pages, stored.article.order
    return stored.key, *place, stored.revision, stored.state, stored.summary, *moments


def _categories(stored: StoredArticle, base: str, paper: Newspaper) -> tuple[Category, ...]:
    front = addresses.url(base, addresses.paper_path(paper.id))
    article = stored.article
    section = section_of(paper, stored)
    found = [_category(f"{front}#section", section.slug, line(section.title))]
    for scheme, terms in (
        ("page", article.pages),
        ("column", article.banner),
        ("keyword", article.keywords),
    ):
        if terms:
            names = dict.fromkeys(map(line, terms))
            found += [_category(f"{front}#{scheme}", name, name) for name in names if name]
    return tuple(found)


@lru_cache(maxsize=4096)  # sections, pages and columns come again and again
def _category(scheme: str, term: str, label: str) -> Category:
    return Category(scheme=scheme, term=term, label=label)


def lengths(stored: StoredArticle, options: Options) -> tuple[int | None, ...]:
    """Return the bytes of an article's own pictures, None where they are not known."""
    if not stored.article.photos:
        return ()
    return tuple(options.sizes.get(path) for path in _held(stored))


def _pictures(
    stored: StoredArticle, base: str, sizes: tuple[int | None, ...]
) -> tuple[Picture, ...]:
    return tuple(
        Picture(
            url=addresses.url(base, path),
            type=body.IMAGE_TYPES[path.rpartition(".")[2]],
            length=size,
        )
        for path, size in zip_longest(_held(stored), sizes)
    )


def _held(stored: StoredArticle) -> list[str]:
    photos = (body.own_image(photo) for photo in stored.article.photos)
    return [path for path in photos if path]
